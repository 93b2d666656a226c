"""Transactions for HTTP calls that are no commands: they read, and at most log that they read."""

from kvitt_chassis.web.reading import Looker, Looking, ReadTransaction, looker

__all__ = ["Looker", "Looking", "ReadTransaction", "looker"]
