"""Counts what was committed: a transaction that is rolled back, or tried again, counts nothing."""

from collections.abc import Callable

from kvitt_chassis.transaction import Transaction
from sqlalchemy import event


def when_committed(tx: Transaction, count: Callable[[], None]) -> None:
    """Call `count` once the transaction is committed."""
    event.listen(tx.session.sync_session, "after_commit", lambda session: count(), once=True)
