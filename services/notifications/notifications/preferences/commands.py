"""What a user does with what they want mailed. Over HTTP alone."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import UserId, Word


class SetPreferences(Command):
    """Want mail by these routines and no other."""

    email: tuple[Word, ...]
    by: UserId
