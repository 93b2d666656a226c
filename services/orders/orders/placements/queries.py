"""Look-ups for placing: the rows that a command names, and the values that its rules read."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PlaceOrder, RegisterWithdrawal
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    NamedPatient,
    PersonRef,
)

from orders.articles.domain import Article
from orders.articles.models import ArticleRow
from orders.customer_orders.models import OrderRow
from orders.people.domain import must_be_active
from orders.people.models import PersonDetailsRow
from orders.people.queries import current_person, rows_of_person
from orders.placements import domain
from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow
from orders.units.queries import care_unit_key, customer_key, payer_key, user_key


def rows_to_write(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that the command's handler writes: they are locked before it runs."""
    yield OrderRow, tx.target("order")
    if isinstance(command, PlaceOrder) and domain.has_details(command.delivery):
        # Rows of the vault that an order of the batch may write are locked before the counter.
        for row_key in _recipient_rows(command.recipient, tx):
            if row_key[0] is PersonDetailsRow:
                yield row_key


def rows_to_read(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that the command's handler reads: fetched before it runs, not locked."""
    yield CustomerRow, customer_key(command.service_point, tx)
    yield UserRow, user_key(command.prescriber, tx)
    yield UserRow, user_key(command.requester or command.prescriber, tx)
    for line in command.lines:
        yield ArticleRow, line.article_number
    for payer in (command.payer_id, *(line.payer_id for line in command.lines)):
        if payer is not None:
            yield PayerRow, payer_key(payer, tx)
    yield from _recipient_rows(command.recipient, tx)


async def parties_of(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> domain.Parties:
    """Returns recipient, prescriber, requester and service point of a command.

    Raises Refused: one is unknown (REF-3; recipient ORD-1, REF-1), or inactive (REF-14).
    """
    place = await tx.get(
        CustomerRow, customer_key(command.service_point, tx), rule="REF-3", field="service_point"
    )
    prescriber = await tx.get(
        UserRow, user_key(command.prescriber, tx), rule="REF-3", field="prescriber"
    )
    requester = await tx.get(
        UserRow,
        user_key(command.requester or command.prescriber, tx),
        rule="REF-3",
        field="requester",
    )
    return domain.Parties(
        recipient=await _recipient(command.recipient, tx),
        prescriber=prescriber.state(),
        requester=requester.state(),
        service_point=place.state(),
    )


async def articles_of(
    command: PlaceOrder | RegisterWithdrawal, tx: Transaction
) -> dict[ArticleNumber, Article]:
    """Returns the articles of a command's lines, by number, once all payers named are known.

    Raises Refused naming the field: an unknown article (ORD-1) or payer (REF-4).
    """
    found = {}
    for number, line in enumerate(command.lines):
        row = await tx.get(
            ArticleRow, line.article_number, rule="ORD-1", field=f"lines.{number}.article_number"
        )
        found[line.article_number] = row.article()
        if line.payer_id is not None:
            await tx.get(
                PayerRow,
                payer_key(line.payer_id, tx),
                rule="REF-4",
                field=f"lines.{number}.payer_id",
            )
    if command.payer_id is not None:
        await tx.get(PayerRow, payer_key(command.payer_id, tx), rule="REF-4", field="payer_id")
    return found


def _recipient_rows(named: NamedPatient | CareUnitRecipient, tx: Transaction) -> Iterable[RowKey]:
    if isinstance(named, CareUnitRecipient):
        return [(CareUnitRow, care_unit_key(named.unit, tx))]
    return rows_of_person(named.person, tx)


async def _recipient(
    named: NamedPatient | CareUnitRecipient, tx: Transaction
) -> domain.Patient | CareUnitRecipient:
    if isinstance(named, CareUnitRecipient):
        await tx.get(
            CareUnitRow, care_unit_key(named.unit, tx), rule="ORD-1", field="recipient.unit"
        )
        return named
    person = await current_person(named.person, tx, field="recipient.person")
    must_be_active(person.state())
    details = await tx.get(PersonDetailsRow, person.id, rule="REF-1", field="recipient.person")
    return domain.Patient(
        person=PersonRef(person.id),
        born_on=details.born_on,
        has_address=details.address is not None,
    )
