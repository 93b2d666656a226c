"""Writes into the vault beyond one row by its key. Every access to a person is logged (REF-6)."""

from collections.abc import Sequence
from uuid import uuid4

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import Delivery, RecipientAddress
from kvitt_contracts.types import PersonRef, UserId

from orders.people.models import PersonAccessRow, PersonDetailsRow


def log_accesses(tx: Transaction, user: UserId, purpose: str, persons: Sequence[PersonRef]) -> None:
    """Store who looked at persons, or edited how they are reached, when and why (REF-6)."""
    tx.session.add_all(
        PersonAccessRow(
            region=tx.region,
            access_id=uuid4(),
            at=tx.now,
            user_id=user,
            purpose=purpose,
            person=ref,
        )
        for ref in persons
    )


async def note_contact(person: PersonRef, delivery: Delivery, tx: Transaction) -> None:
    """Copy phone, door code and instructions of a delivery to the recipient, for later orders
    (REF-1).
    """
    details = await tx.get(PersonDetailsRow, person)
    details.phone = delivery.recipient_phone or details.phone
    if isinstance(delivery.to, RecipientAddress):  # else they belong to another door
        details.door_code = delivery.door_code or details.door_code
        details.instructions = delivery.instructions or details.instructions


async def delete_details(details: PersonDetailsRow, tx: Transaction) -> None:
    """Delete the vault's row of a reference that became an alias: what is stored for the person
    that it leads to is valid.
    """
    tx.will_lock(PersonDetailsRow)
    await tx.session.delete(details)
    await tx.session.flush()


async def change_number_index(details: PersonDetailsRow, index: bytes, tx: Transaction) -> None:
    """Give a person another number. The old one is free from here on, for a later message of the
    same batch too.
    """
    tx.will_lock(PersonDetailsRow)
    details.number_index = index
    await tx.session.flush()
