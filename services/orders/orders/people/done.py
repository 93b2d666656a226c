"""What is done about persons is logged where it is recorded, whatever it is (REF-21)."""

from collections.abc import Sequence
from typing import Any

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Event
from kvitt_contracts.types import PersonRef, UserId

from orders.people.domain import Look
from orders.people.writes import log_accesses


class AboutPersons:
    """A row that is about persons: what somebody does with it is logged of them. It has a column
    `recipient_person`, or says by `concerned` whom it is about.
    """

    def concerned(self) -> Sequence[PersonRef]:
        """The persons whom it is about."""
        row: Any = self
        return () if row.recipient_person is None else (row.recipient_person,)

    def recorded(self, events: Sequence[Event], tx: Transaction) -> None:
        """Log what somebody does by a command; what follows of it by itself is nobody's act."""
        if tx.is_command and tx.actor is not None:
            log_done(events, self.concerned(), tx)


def log_done(events: Sequence[Event], persons: Sequence[PersonRef], tx: Transaction) -> None:
    """Store who did something about persons: each event is what it was done for."""
    assert tx.actor is not None
    for event in events:
        purpose = event.wire_type
        log_accesses(tx, UserId(tx.actor), purpose, tuple(dict.fromkeys(persons)), look=Look.DONE)
