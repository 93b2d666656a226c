"""Handlers of consents: given, withdrawn, over by themselves."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import ConsentId, PersonRef

from orders.consents import domain
from orders.consents.commands import GiveConsent, WithdrawConsent
from orders.consents.models import ConsentRow
from orders.people.models import PersonRow
from orders.people.queries import current_row
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, place_named, user_key, user_named

messages = Handlers()

ENDS = Timer("consent_ends", ConsentRow)


def _reads(command: GiveConsent, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.by, tx)
    yield CustomerRow, customer_key(command.service_point, tx)


@messages.command(GiveConsent, reads=_reads)
async def give_consent(command: GiveConsent, tx: Transaction) -> None:
    """Register a patient's consent, with who received it (REF-26).

    Refused: UNKNOWN_PERSON (REF-26), UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), UNTIL_IS_PAST (REF-26).
    """
    consent_id = ConsentId(tx.target("consent"))
    person = await tx.get(PersonRow, command.person, rule="REF-26")
    given = domain.give(
        consent_id,
        person=PersonRef((await current_row(person, tx)).id),
        place=await place_named(command.service_point, tx),
        until_on=command.until_on,
        opens_blocks=command.opens_blocks,
        by=await user_named(command.by, tx, field="by"),
        today=tx.today,
    )
    row = tx.start(ConsentRow, consent_id, given)
    row.given_at = tx.now
    tx.schedule(ENDS, key=consent_id, due=start_of_day(given.until_on + timedelta(days=1)))


@messages.command(WithdrawConsent, of=ConsentRow, rule="REF-26")
async def withdraw_consent(row: ConsentRow, command: WithdrawConsent, tx: Transaction) -> None:
    """Take a consent back (REF-26); no effect where it holds no more.

    Refused: UNKNOWN_CONSENT (REF-26).
    """
    tx.record(row, *domain.withdraw(row.state(), by=command.by))
    tx.cancel_timer(ENDS, key=row.id)


@messages.timer(ENDS)
async def end_consent(row: ConsentRow, due: datetime, tx: Transaction) -> None:
    """Its last day has passed (REF-26)."""
    tx.record(row, *domain.end(row.state()))
