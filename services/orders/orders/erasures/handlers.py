"""What we do about an erasure."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef, UserId

from orders.erasures import domain
from orders.erasures.commands import ErasePerson, ErasePersonAgain
from orders.erasures.queries import left_of, references_of
from orders.erasures.writes import destroy_keys, forget_texts
from orders.people.domain import Look
from orders.people.models import PersonRow
from orders.people.writes import log_accesses

messages = Handlers()

ERASE = "erase"
"""The purpose that an erasure is logged under."""
ERASE_AGAIN = "erase_again"
"""The purpose of one that is done anew after a restore."""


# decision 0517: erasure destroys the key, and deletes what is not sealed
@messages.command(ErasePerson)
async def erase_person(command: ErasePerson, tx: Transaction) -> None:
    """Erase who a person is, under every reference (REF-23); no effect when that is done.

    Refused: UNKNOWN_PERSON (contract), PERSON_HAS_SOMETHING_LEFT (REF-23).
    """
    person = PersonRef(tx.target("person"))
    asked = await tx.get(PersonRow, person, rule="REF-23")
    if asked.is_erased:
        return
    refs = await references_of(person, tx)
    left = await left_of(refs, tx)
    domain.must_be_over(asked.state(), left=left, is_ordered=command.is_ordered)
    await forget_texts(refs, tx)
    erased = []
    for row in await tx.lock_all(PersonRow, refs):
        events = domain.erase(row.state())
        tx.record(row, *events)
        if events and row.merged_into is None:  # the log is read by who they are now
            erased.append(PersonRef(row.id))
    await destroy_keys(refs, tx)
    assert tx.actor is not None  # over HTTP alone
    log_accesses(tx, UserId(tx.actor), ERASE, erased, look=Look.ERASED, reason=command.why)


# decision 0533: a restore undoes no erasure
@messages.command(ErasePersonAgain)
async def erase_person_again(command: ErasePersonAgain, tx: Transaction) -> None:
    """Erase whom a restore has brought back: this reference alone, since each was told of (REF-23).
    Nothing stands against it, since it was decided before; it is logged each time.

    Refused: UNKNOWN_PERSON (contract, REF-23).
    """
    ref = PersonRef(tx.target("person"))
    await tx.get(PersonRow, ref, rule="REF-23")
    await forget_texts([ref], tx)
    row = await tx.lock(PersonRow, ref, rule="REF-23")
    for event in domain.erase(row.state()):
        if command.seq is None or command.event_id is None:
            tx.record(row, event)
        else:
            tx.record_again(row, event, seq=command.seq, event_id=command.event_id)
    await destroy_keys([ref], tx)
    assert tx.actor is not None  # over HTTP alone
    log_accesses(tx, UserId(tx.actor), ERASE_AGAIN, [ref], look=Look.ERASED, reason=command.why)
