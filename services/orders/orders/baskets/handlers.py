"""Handlers of basket loans: lent, acted on, a fee delivered; and inventory's answers."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    BasketActRefused,
    BasketLineBroken,
    BasketLinePutBack,
    BasketReserved,
)
from kvitt_contracts.orders import (
    ActOnBasketLoan,
    DeliverBasketFee,
    RequestBasketLoan,
)
from kvitt_contracts.types import OrderId

from orders.baskets import domain, queries
from orders.baskets.lending import domain as lending
from orders.baskets.models import BasketLoanRow
from orders.baskets.queries import BASKET
from orders.baskets.writes import (
    ACT_UNANSWERED,
    ACTS_UNANSWERED,
    ANSWER,
    ANSWER_WITHIN,
    OVERDUE,
    await_act,
    await_acts,
    await_answer,
    count_step,
    end_line,
    stop_waiting_when_over,
    tell_overdue,
)
from orders.parties.domain import must_prescribe_to_patients
from orders.parties.queries import rows_of_recipient
from orders.placements.writes import naming_of
from orders.units.models import UserRow
from orders.units.queries import user_key, user_named

messages = Handlers()


@messages.command(
    RequestBasketLoan,
    loads=lambda _, tx: [(BasketLoanRow, tx.target(BASKET))],
    reads=queries.rows_of_request,
)
async def request_basket_loan(command: RequestBasketLoan, tx: Transaction) -> None:
    """Lend out of one's own store for the policy's working days (ORD-10); inventory answers.

    Refused: INVALID_SUBJECT (contract), ALREADY_LENT, STORE_LENDS_NO_BASKETS (ORD-10),
    UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_PRESCRIBER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT, NOT_CONNECTED_TO_PRESCRIBER (REF-3), UNKNOWN_ARTICLE (ORD-1),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), STORE_NOT_OF_SERVICE_POINT, DEVICE_NUMBER_MISSING,
    DEVICE_NUMBER_TWICE, ONE_OF_A_MARKED_DEVICE, NOT_MARKED (ORD-8), STORE_NOT_OF_USER,
    ARTICLE_OUTSIDE_PRODUCT_AREAS, SOURCE_NOT_OF_PRODUCT_AREA (REF-11), ARTICLE_FOR_OWN_UNITS_ONLY,
    SOURCE_NOT_OF_ARTICLE (ORD-22), SERVICE_IS_NOT_STOCKED (ORD-7),
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), PROFESSION_MAY_NOT_PRESCRIBE (REF-15).
    """
    if await tx.find(BasketLoanRow, tx.target(BASKET)) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise lending.refuse_used_reference(field=field)
    parties = await queries.ordering_of(command, tx)
    articles = await queries.articles_of(command, tx)
    event = lending.lend(
        command,
        naming=await naming_of(OrderId(tx.target(BASKET)), tx, noun=BASKET),
        parties=parties,
        articles=articles,
        policy=tx.policy,
        today=tx.today,
    )
    row = tx.start(BasketLoanRow, event.order_id, event)
    await_answer(row, tx)
    count_step("requested", tx)


@messages.command(ActOnBasketLoan, of=BasketLoanRow, rule="ORD-10", reads=queries.rows_of_act)
async def act_on_basket_loan(row: BasketLoanRow, command: ActOnBasketLoan, tx: Transaction) -> None:
    """Deliver lines to one recipient, put lines back, or both; inventory answers (ORD-10).

    Refused: UNKNOWN_BASKET_LOAN, NOT_YOUR_BASKET, WAITING, DECLINED, CLOSED, UNKNOWN_LINE,
    LINE_NAMED_TWICE, LINE_ENDED, LINE_IN_ANOTHER_ACT, FEE_IN_ITS_OWN_ACT (ORD-10), UNKNOWN_USER
    (REF-3), UNKNOWN_PAYER (REF-4), UNKNOWN_CARE_UNIT (ORD-1), UNKNOWN_PERSON_ID,
    UNKNOWN_PERSON_DETAIL (REF-1), RECIPIENT_INACTIVE (REF-14), STORE_FOR_PATIENTS_ONLY (ORD-25).
    """
    by = await user_named(command.by, tx, field="by")
    act = await queries.act_of(command, row, tx)
    waits_already = row.state().is_pending
    events = domain.act(row.state(), act, by=by, today=tx.today)
    must_prescribe_to_patients(row.store, act.recipient if act.deliver else None, policy=tx.policy)
    tx.record(row, *events)
    if not waits_already:  # else the first act's alarm would be put off by each that follows
        await_act(row, tx)


def _read_to_deliver_fee(command: DeliverBasketFee, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.by, tx)
    if command.recipient is not None:
        yield from rows_of_recipient(command.recipient, tx)


@messages.command(DeliverBasketFee, of=BasketLoanRow, rule="ORD-10", reads=_read_to_deliver_fee)
async def deliver_basket_fee(
    row: BasketLoanRow, command: DeliverBasketFee, tx: Transaction
) -> None:
    """Deliver a fee line in an act of its own: the patient pays it (ORD-10, ORD-18).

    Refused: UNKNOWN_BASKET_LOAN, NOT_YOUR_BASKET, WAITING, DECLINED, CLOSED, UNKNOWN_LINE,
    LINE_ENDED, NOT_A_FEE, DEVICE_NOT_DELIVERED, FEE_OF_ANOTHER (ORD-10), UNKNOWN_USER (REF-3),
    UNKNOWN_PERSON_ID (REF-1).
    """
    by = await user_named(command.by, tx, field="by")
    went_to = domain.whom_it_went_to(row.state(), command.line)
    recipient = await queries.recipient_of_fee(command.recipient, went_to, tx)
    delivered = domain.deliver_fee(row.state(), command.line, recipient=recipient, by=by)
    tx.record(row, *delivered)
    stop_waiting_when_over(row, tx)


@messages.on(BasketReserved, of=BasketLoanRow, key=lambda event, _: event.order_id)
async def on_basket_reserved(row: BasketLoanRow, event: BasketReserved, tx: Transaction) -> None:
    """Everything is reserved: the loan runs until its last day (ORD-10)."""
    opened = domain.open_loan(row.state())
    tx.record(row, *opened)
    if opened:
        await_acts(row, tx)
        count_step("opened", tx)


@messages.on(BasketLinePutBack, of=BasketLoanRow, key=lambda event, _: event.order_id)
async def on_basket_line_put_back(
    row: BasketLoanRow, event: BasketLinePutBack, tx: Transaction
) -> None:
    """A line is in the store again, by an act or by a return (ORD-10)."""
    end_line(row, event.line_id, tx, outcome=domain.PUT_BACK)


@messages.on(BasketLineBroken, of=BasketLoanRow, key=lambda event, _: event.order_id)
async def on_basket_line_broken(
    row: BasketLoanRow, event: BasketLineBroken, tx: Transaction
) -> None:
    """A lent device is lost, or was sent away: its line is over (ORD-10)."""
    end_line(row, event.line_id, tx, outcome=domain.LOST)


@messages.on(BasketActRefused, of=BasketLoanRow, key=lambda event, _: event.order_id)
async def on_basket_act_refused(
    row: BasketLoanRow, event: BasketActRefused, tx: Transaction
) -> None:
    """Nothing of an act took effect: its lines are open as before (ORD-10)."""
    tx.record(row, *domain.decline_act(row.state(), event.act_id, reason=event.reason))
    stop_waiting_when_over(row, tx)


@messages.timer(ANSWER)
async def give_up(row: BasketLoanRow, due: datetime, tx: Transaction) -> None:
    """Inventory has not answered within a day: nothing is lent; a late grant is let go (ORD-10)."""
    tx.record(row, *domain.decline(row.state(), reason=domain.NOT_ANSWERED))
    stop_waiting_when_over(row, tx)


@messages.timer(OVERDUE)
async def remind(row: BasketLoanRow, due: datetime, tx: Transaction) -> None:
    """The last day has passed with something lent still: told each day (ORD-10)."""
    tell_overdue(row, tx)


# decision 0031: without inventory's answer there is an alarm, and nothing is decided
@messages.timer(ACT_UNANSWERED)
async def alarm_unanswered(row: BasketLoanRow, due: datetime, tx: Transaction) -> None:
    """Count an act whose answer is overdue, and look again later."""
    if row.state().is_pending:
        tx.after_commit(ACTS_UNANSWERED.labels("orders", tx.region).inc)
        tx.schedule(ACT_UNANSWERED, key=row.id, due=due + ANSWER_WITHIN)
