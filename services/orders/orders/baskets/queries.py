"""Whose a basket loan is, and the rows and values that a command about one names."""

from collections.abc import Iterable
from typing import Any, Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.wishes import Concerning
from kvitt_contracts.orders import ActOnBasketLoan, RequestBasketLoan
from kvitt_contracts.types import (
    ActId,
    ArticleNumber,
    CareUnitRecipient,
    LineNumber,
    Money,
    NamedPatient,
    PatientRecipient,
    PayerId,
    PersonRef,
    Recipient,
    Word,
)
from sqlalchemy import ColumnElement, Text, and_, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from orders.articles.domain import Article
from orders.articles.models import ArticleRow
from orders.baskets.domain import WAITING, Act, Basket
from orders.baskets.models import BasketLoanPersonRow, BasketLoanRow
from orders.blocks.queries import WISHES
from orders.parties.domain import Ordering, Patient, as_published
from orders.parties.queries import recipient_named, rows_of_recipient
from orders.people.queries import current_person, current_reference, is_among_protected
from orders.placements.domain import TIMINGS, fee_rule
from orders.units.models import CustomerRow, PayerRow, UserRow
from orders.units.queries import customer_key, payer_key, place_named, user_key, user_named

BASKET: Final = "basket-loan"
"""What a reference of a region names, and what messages about it are about."""


def _concerns(ref: ColumnElement[PersonRef]) -> ColumnElement[bool]:
    """Something of a basket loan is delivered to a person."""
    is_named: ColumnElement[bool] = cast(BasketLoanRow.persons, JSONB).has_key(cast(ref, Text))
    return is_named


# decision 0342: under row security no index of JSON is used
def _concerns_some(refs: ColumnElement[Any]) -> ColumnElement[bool]:
    """Something of it is delivered to one of some persons: found from them."""
    theirs = select(BasketLoanPersonRow.order_id).where(BasketLoanPersonRow.person == any_(refs))
    is_named: ColumnElement[bool] = cast(BasketLoanRow.persons, JSONB).has_any(
        cast(refs, ARRAY(Text))
    )
    return and_(BasketLoanRow.id == any_(func.array(theirs.scalar_subquery())), is_named)


SCOPE: Final = ScopeOfPersons(
    BasketLoanRow.region,
    service_points=[BasketLoanRow.service_point],
    users=[BasketLoanRow.prescriber, BasketLoanRow.requester],
    protected=lambda: is_among_protected(BasketLoanRow.persons),
    wishes=WISHES.of(
        Concerning(one=_concerns, some=_concerns_some),
        units=[BasketLoanRow.service_point],
        is_under_way=lambda: BasketLoanRow.status.in_(WAITING),
    ),
)
"""Whose a basket loan is: its service point's, colleagues included, and its parties' (ORD-10)."""


def rows_of_request(command: RequestBasketLoan, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that a request reads."""
    yield CustomerRow, customer_key(command.service_point, tx)
    yield UserRow, user_key(command.prescriber, tx)
    yield UserRow, user_key(command.requester or command.prescriber, tx)
    for line in command.lines:
        yield ArticleRow, line.article_number


async def ordering_of(command: RequestBasketLoan, tx: Transaction) -> Ordering:
    """Who lends, and at which service point. Raises Refused: one is unknown (REF-3)."""
    return Ordering(
        prescriber=await user_named(command.prescriber, tx, field="prescriber"),
        requester=await user_named(command.requester or command.prescriber, tx, field="requester"),
        service_point=await place_named(command.service_point, tx),
    )


async def articles_of(command: RequestBasketLoan, tx: Transaction) -> dict[ArticleNumber, Article]:
    """The articles of a request's lines. Raises Refused naming the line: unknown (ORD-1)."""
    found = {}
    for place, line in enumerate(command.lines):
        field = f"lines.{place}.article_number"
        row = await tx.get(ArticleRow, line.article_number, rule="ORD-1", field=field)
        found[line.article_number] = row.article()
    return found


def rows_of_act(command: ActOnBasketLoan, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that an act reads."""
    yield UserRow, user_key(command.by, tx)
    for line in command.deliver:
        if line.payer_id is not None:
            yield PayerRow, payer_key(line.payer_id, tx)
    if command.recipient is not None:
        yield from rows_of_recipient(command.recipient, tx)
    row = tx.fetched(BasketLoanRow, tx.target(BASKET))
    if row is not None:
        yield CustomerRow, customer_key(row.service_point, tx)
        for one in row.lines:
            yield ArticleRow, one.article_number


async def act_of(command: ActOnBasketLoan, row: BasketLoanRow, tx: Transaction) -> Act:
    """What a colleague does in one act, with payers and fees (REF-4, ORD-18).

    Raises Refused: an unknown payer (REF-4) or recipient (ORD-1, REF-1), or one who is inactive
    (REF-14).
    """
    recipient = None
    if command.recipient is not None and command.deliver:
        recipient = await recipient_named(command.recipient, tx)
    default = (await place_named(row.service_point, tx)).payer_id
    deliver = []
    for place, line in enumerate(command.deliver):
        if line.payer_id is not None:
            field = f"deliver.{place}.payer_id"
            await tx.get(PayerRow, payer_key(line.payer_id, tx), rule="REF-4", field=field)
        deliver.append((line.line, line.payer_id or default))
    return Act(
        act_id=ActId(tx.mint()),
        recipient=as_published(recipient) if recipient is not None else None,
        deliver=deliver,
        put_back=command.put_back,
        fees=await _fees(row.state(), deliver, recipient, tx),
    )


async def recipient_of_fee(
    named: NamedPatient | CareUnitRecipient | None, went_to: Recipient | None, tx: Transaction
) -> Recipient | None:
    """Whom a fee is said to be of; `went_to`, whom its device went to, where that is the same
    person now. Nobody is refused for being inactive: the fee was decided when they got the device
    (REF-14). Raises Refused: unknown (REF-1).
    """
    if not isinstance(named, NamedPatient):
        return named
    person = await current_person(named.person, tx, field="recipient.person")
    ref = PersonRef(person.id)
    is_same = (
        isinstance(went_to, PatientRecipient) and await current_reference(went_to.person, tx) == ref
    )
    return went_to if is_same else PatientRecipient(person=ref)


async def _fees(
    basket: Basket,
    deliver: Iterable[tuple[LineNumber, PayerId]],
    recipient: Patient | CareUnitRecipient | None,
    tx: Transaction,
) -> dict[LineNumber, tuple[Money, Word]]:
    """What the recipient is to pay for one unit of each delivered line, by the policy of today."""
    articles = {line.number: line.article_number for line in basket.lines}
    fees = {}
    for number, _ in deliver:
        row = await tx.look_up(ArticleRow, articles[number]) if number in articles else None
        if row is None or recipient is None:
            continue
        rule = fee_rule(row.article(), recipient=recipient, policy=tx.policy, today=tx.today)
        if rule is not None:
            fees[number] = (rule.amount, TIMINGS[rule.timing])
    return fees
