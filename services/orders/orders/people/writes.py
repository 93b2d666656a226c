"""Writes into the vault beyond one row by its key. Every access to a person is logged (REF-6)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import Delivery, RecipientAddress
from kvitt_contracts.types import PersonRef, UserId
from sqlalchemy import func, select

from orders.people.corrections import keep_correction
from orders.people.domain import HOUR, Limit, Look
from orders.people.keys.opening import writable
from orders.people.models import PersonAccessRow, PersonDetailsRow
from orders.people.terms.writes import forget_terms

EDIT_CONTACT = "edit_contact"
"""The purpose that an edited phone, door code or instruction is logged under."""

LOOKS = declare(
    "counter",
    "person_looks_total",
    "Accesses to persons by what came of them: found, not_found, added, opened (in an emergency),"
    " listed (by a search), shown, out_of_reach, edited, done (something about them), merged,"
    " erased, exported, reviewed, too_many (429)",
    "Many not_found, out_of_reach or too_many: somebody searches; each opened: tell the region."
    " docs/runbooks/persons.md",
    ("region", "look"),
    silent="nobody has looked at a person since the process began",
)


def log_accesses(
    tx: Transaction,
    user: UserId,
    purpose: str,
    persons: Sequence[PersonRef | None],
    *,
    look: Look = Look.SHOWN,
    reason: str | None = None,
) -> None:
    """Store who looked at persons, or did something about them, when, from which unit, by which act
    and why (REF-6, REF-19, REF-21).

    None stands for nobody: the look found no person. The time is the database's, never business
    time. The unit and the act are the transaction's.
    """
    tx.session.add_all(
        PersonAccessRow(
            region=tx.region,
            access_id=uuid4(),
            user_id=user,
            look=look,
            purpose=purpose,
            reason=reason,
            person=ref,
            unit=tx.place,
            act=tx.act,
        )
        for ref in persons
    )
    if persons:
        counted = LOOKS.labels("orders", tx.region, look)
        tx.after_commit(lambda: counted.inc(len(persons)))


def log_edit(tx: Transaction, user: UserId, person: PersonRef) -> None:
    """Store who edited how a person is reached, and when (REF-19)."""
    log_accesses(tx, user, EDIT_CONTACT, [person], look=Look.EDITED)


async def full_until(limit: Limit, user: UserId, tx: Transaction) -> datetime | None:
    """Until when a user may have no more of some looks (real time), or None.

    Those of one user wait for each other here until the end of their transactions: what is asked
    for at once is counted one by one.
    """
    whose = func.hashtextextended(f"looks/{tx.region}/{user}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(whose)))
    recent = (
        select(PersonAccessRow.at)
        .where(
            PersonAccessRow.region == tx.region,
            PersonAccessRow.user_id == user,
            PersonAccessRow.look.in_(limit.looks),
            PersonAccessRow.at > func.now() - HOUR,
        )
        .order_by(PersonAccessRow.at.desc())
        .limit(limit.an_hour)
    )
    times = (await tx.session.scalars(recent)).all()
    return times[-1] + HOUR if len(times) == limit.an_hour else None


async def note_contact(person: PersonRef, delivery: Delivery, tx: Transaction) -> None:
    """Copy phone, door code and instructions of a delivery to the recipient, for later orders
    (REF-1); who changed them by that is logged.
    """
    details = await writable(await tx.get(PersonDetailsRow, person), tx)
    before, known = details.contact, details.details()
    details.phone = delivery.recipient_phone or details.phone
    if isinstance(delivery.to, RecipientAddress):  # else they belong to another door
        details.door_code = delivery.door_code or details.door_code
        details.instructions = delivery.instructions or details.instructions
    if details.contact != before:
        assert tx.actor is not None  # over HTTP alone
        log_edit(tx, UserId(tx.actor), person)
        keep_correction(details, known, tx)


async def delete_details(details: PersonDetailsRow, tx: Transaction) -> None:
    """Delete the vault's row of a reference that became an alias: what is stored for the person
    that it leads to is valid.
    """
    tx.will_lock(PersonDetailsRow)
    await forget_terms(details.person, tx)
    await tx.session.delete(details)
    await tx.session.flush()


async def change_number_index(details: PersonDetailsRow, index: bytes, tx: Transaction) -> None:
    """Give a person another number. The old one is free from here on, for a later message of the
    same batch too.
    """
    tx.will_lock(PersonDetailsRow)
    details.number_index = index
    await tx.session.flush()
