"""The rules of basket loans once they are asked for: each line is over once (ORD-10). No clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    BasketLine,
    BasketLoanActDeclined,
    BasketLoanActRequested,
    BasketLoanDeclined,
    BasketLoanEvent,
    BasketLoanFeeDelivered,
    BasketLoanLineEnded,
    BasketLoanOpened,
    BasketLoanOverdue,
    BasketLoanRequested,
    LineToDeliver,
    PinnedFee,
)
from kvitt_contracts.types import (
    ActId,
    CustomerId,
    DeviceId,
    Known,
    LineNumber,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    PolicyVersion,
    ReasonCode,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
    Word,
)

from orders.baskets.reasons import Reason, refusal
from orders.units.domain import User
from orders.waits.domain import REMINDS, Owner, Wait

DELIVERED, PUT_BACK, LOST = Word("delivered"), Word("put_back"), Word("lost")
NOT_DUE: Final = Word("not_due")
"""How a fee line ends that nobody is to pay."""

NOT_ANSWERED: Final = ReasonCode("NOT_ANSWERED")
"""Why a basket is declined whose store has not answered in a day."""


class Status(StrEnum):
    """Where a basket loan is. `requested` waits for inventory's answer."""

    REQUESTED = "requested"
    OPEN = "open"
    CLOSED = "closed"
    DECLINED = "declined"


WAITING: Final = (Status.REQUESTED, Status.OPEN)
"""What is not over yet."""


class Line(BasketLine):
    """A line with how it ended. `act_id` while inventory owes an answer about it, to whoever has
    `acted_by`; recipient and payer as the act says that delivers it; of a fee line what one unit
    costs, once that is decided.
    """

    outcome: Annotated[Word | None, Known(DELIVERED, PUT_BACK, LOST, NOT_DUE)] = None
    act_id: ActId | None = None
    acted_by: UserId | None = None
    recipient: Recipient | None = None
    payer_id: PayerId | None = None
    ended_on: date | None = None
    devices: tuple[DeviceId, ...] = ()
    fee: Money | None = None
    timing: Annotated[Word | None, Known("immediate", "delayed_90_days")] = None

    @property
    def is_fee(self) -> bool:
        """True of the fee of another line."""
        return self.fee_of is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """A basket loan; `lent_until` is its last day. `refused_act` and `refusal`: the last act that
    inventory refused and why, or why the whole was declined.
    """

    id: OrderId
    order_number: OrderNumber
    reference: Reference | None
    status: Status
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    store: StoreId
    lent_on: date
    lent_until: date
    policy: PolicyVersion
    lines: tuple[Line, ...]
    is_overdue: bool = False
    refused_act: ActId | None = None
    refusal: ReasonCode | None = None

    @property
    def is_pending(self) -> bool:
        """True while inventory owes an answer: to the loan, or to an act."""
        return self.status is Status.REQUESTED or any(line.act_id for line in self.lines)

    @property
    def open_lines(self) -> tuple[Line, ...]:
        """The lines that are not over, fees too."""
        return tuple(line for line in self.lines if line.outcome is None)

    @property
    def lent_lines(self) -> tuple[Line, ...]:
        """The lines of goods that are lent still."""
        return tuple(line for line in self.open_lines if not line.is_fee)


def open_loan(basket: Basket) -> tuple[BasketLoanOpened, ...]:
    """Inventory has reserved everything: the loan runs (ORD-10). No event: it was answered."""
    if basket.status is not Status.REQUESTED:
        return ()
    return (BasketLoanOpened(order_id=basket.id),)


def decline(basket: Basket, *, reason: str) -> tuple[BasketLoanDeclined, ...]:
    """The store cannot serve it, or has not answered: it has no effect (ORD-10)."""
    if basket.status is not Status.REQUESTED:
        return ()
    declined = BasketLoanDeclined(
        order_id=basket.id, reason=ReasonCode(reason), prescriber=basket.prescriber
    )
    return (declined,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a colleague does in one act: to whom lines are delivered, with the payer of each, and
    which are put back. `fees`: what the recipient is to pay for one unit of a delivered line.
    """

    act_id: ActId
    recipient: Recipient | None
    deliver: Sequence[tuple[LineNumber, PayerId]]
    put_back: Sequence[LineNumber]
    fees: Mapping[LineNumber, tuple[Money, Word]]


# decision 0422: a line is over once, whole
def act(basket: Basket, wanted: Act, *, by: User, today: date) -> tuple[BasketLoanActRequested]:
    """Ask inventory to deliver lines to one recipient and to put lines back, in one act (ORD-10).

    `today` is a Stockholm day. Raises BasketRefused (ORD-10): `by` is not of the service point;
    the loan waits for the store, was declined or is closed; a line is unknown, named twice, over,
    or in another act that waits; a fee, which is delivered in an act of its own.
    """
    _must_be_theirs(basket, by)
    _must_be_open(basket)
    lines = {line.number: line for line in basket.lines}
    seen: set[LineNumber] = set()
    for field, numbers in (
        ("deliver", [number for number, _ in wanted.deliver]),
        ("put_back", wanted.put_back),
    ):
        for place, number in enumerate(numbers):
            named = f"{field}.{place}"
            _must_be_actable(lines.get(number), number, field=named, seen=seen)
            seen.add(number)
    delivered = {lines[number].line_id: number for number, _ in wanted.deliver}
    fees = tuple(
        PinnedFee(line_id=line.line_id, fee=fee, timing=timing)
        for line in basket.lines
        if line.fee_of in delivered and delivered[line.fee_of] in wanted.fees
        for fee, timing in (wanted.fees[delivered[line.fee_of]],)
    )
    requested = BasketLoanActRequested(
        order_id=basket.id,
        act_id=wanted.act_id,
        recipient=wanted.recipient if wanted.deliver else None,
        deliver=tuple(
            LineToDeliver(line_id=lines[number].line_id, payer_id=payer)
            for number, payer in wanted.deliver
        ),
        put_back=tuple(lines[number].line_id for number in wanted.put_back),
        fees=fees,
        acted_on=today,
        by=by.user_id,
    )
    return (requested,)


def end_line(
    basket: Basket,
    line_id: OrderLineId,
    *,
    outcome: Word,
    on: date,
    devices: tuple[DeviceId, ...] = (),
) -> tuple[BasketLoanLineEnded, ...]:
    """Inventory says that a line is over. Its fee is over too where nobody is to pay it: what was
    not delivered, and what costs the recipient nothing (ORD-18). No event: it was over before, or
    nothing was ever lent.
    """
    is_open = any(line.line_id == line_id for line in basket.open_lines)
    if not is_open or basket.status is Status.DECLINED:
        return ()
    ended = BasketLoanLineEnded(
        order_id=basket.id, line_id=line_id, outcome=outcome, ended_on=on, devices=devices
    )
    fees = [
        BasketLoanLineEnded(order_id=basket.id, line_id=fee.line_id, outcome=NOT_DUE, ended_on=on)
        for fee in basket.open_lines
        if fee.fee_of == line_id and (outcome != DELIVERED or fee.fee is None)
    ]
    return (ended, *fees)


def decline_act(
    basket: Basket, act_id: ActId, *, reason: ReasonCode
) -> tuple[BasketLoanActDeclined, ...]:
    """Inventory refuses an act: its lines are open as before (ORD-10), and whoever acted is told.
    No event: it is known.
    """
    by = next((line.acted_by for line in basket.lines if line.act_id == act_id), None)
    if by is None:
        return ()
    declined = BasketLoanActDeclined(order_id=basket.id, act_id=act_id, reason=reason, by=by)
    return (declined,)


def deliver_fee(
    basket: Basket, number: LineNumber, *, recipient: Recipient | None, by: User
) -> tuple[BasketLoanFeeDelivered]:
    """Deliver a fee line, in an act of its own, to the patient who has its device (ORD-10, ORD-18).

    `recipient`: whom `by` names, None for whom the device went to. Raises BasketRefused (ORD-10):
    `by` is not of the service point; the loan waits, was declined or is closed; the line is
    unknown, no fee, or over; its device is not delivered yet, or went to another.
    """
    _must_be_theirs(basket, by)
    _must_be_open(basket)
    line = next((one for one in basket.lines if one.number == number), None)
    if line is None:
        raise refusal(Reason.UNKNOWN_LINE, "ORD-10", "line", _NO_SUCH_LINE)
    if line.outcome is not None:
        raise refusal(Reason.LINE_ENDED, "ORD-10", "line", _FEE_IS_OVER)
    if line.fee_of is None:
        raise refusal(Reason.NOT_A_FEE, "ORD-10", "line", _NO_FEE)
    goods = next(one for one in basket.lines if one.line_id == line.fee_of)
    to, received_on = goods.recipient, goods.ended_on
    is_delivered = goods.outcome == DELIVERED
    if not is_delivered or to is None or received_on is None:
        raise refusal(Reason.DEVICE_NOT_DELIVERED, "ORD-10", "line", _DELIVER_FIRST)
    if recipient is not None and recipient != to:
        raise refusal(Reason.FEE_OF_ANOTHER, "ORD-10", "recipient", _OF_ANOTHER)
    if line.fee is None or line.timing is None:
        raise ValueError(f"fee line {line.line_id} is open and costs nothing")
    delivered = BasketLoanFeeDelivered(
        order_id=basket.id,
        line_id=line.line_id,
        fee_of=line.fee_of,
        recipient=to,
        article_number=line.article_number,
        quantity=line.quantity,
        devices=goods.devices,
        received_on=received_on,
        fee=line.fee,
        timing=line.timing,
        by=by.user_id,
    )
    return (delivered,)


def whom_it_went_to(basket: Basket, number: LineNumber) -> Recipient | None:
    """The recipient of the goods that a fee line is of; None where the line is no fee."""
    fee = next((one for one in basket.lines if one.number == number), None)
    goods = (one for one in basket.lines if fee is not None and one.line_id == fee.fee_of)
    return next((one.recipient for one in goods), None)


def fall_due(basket: Basket) -> tuple[BasketLoanOverdue, ...]:
    """The last day has passed with something lent still: told each day (ORD-10). It stays open."""
    if basket.status is not Status.OPEN or not basket.lent_lines:
        return ()
    return (BasketLoanOverdue(order_id=basket.id, prescriber=basket.prescriber),)


def waits_for(basket: Basket, *, until: date | None) -> Wait | None:
    """What a basket waits for and on whom: the store's answer, the unit that is to deliver or put
    back what it has lent, or to deliver a fee (REF-20). None when it is over.
    """
    if basket.status not in WAITING:
        return None
    if basket.status is Status.REQUESTED:
        return Wait(awaits=Word("claim"), on=Owner.STORE, until=until, then=Word("refused"))
    awaits = Word("acting") if basket.lent_lines else Word("fee")
    return Wait(
        awaits=awaits,
        on=Owner.SERVICE_POINT,
        service_point=basket.service_point,
        user=basket.prescriber,
        until=until,
        then=REMINDS if basket.lent_lines else None,
    )


def evolve(basket: Basket | None, event: BasketLoanEvent) -> Basket:
    """Returns the state after an event; every event of a basket loan is handled.

    Raises ValueError for any event before the loan is asked for.
    """
    if isinstance(event, BasketLoanRequested):
        asked = {
            "id": event.order_id,
            "status": Status.REQUESTED,
            "lent_until": event.due_on,
            "lines": tuple(Line(**dict(line)) for line in event.lines),
        }
        return Basket(**same_fields(event, Basket) | asked)
    if basket is None:
        raise ValueError(f"{event.wire_type} before the basket loan is asked for")
    match event:
        case BasketLoanOpened():
            return replace(basket, status=Status.OPEN)
        case BasketLoanDeclined():
            return replace(basket, status=Status.DECLINED, refusal=event.reason)
        case BasketLoanOverdue():
            return replace(basket, is_overdue=True)
        case BasketLoanActRequested():
            return _acted_on(basket, event)
        case BasketLoanLineEnded():
            ends: dict[str, Any] = {"outcome": event.outcome, "ended_on": event.ended_on}
            ends |= {"act_id": None, "devices": event.devices}
            if event.outcome != DELIVERED:
                ends |= {"recipient": None, "payer_id": None}
            return _closed_when_over(_with(basket, [event.line_id], **ends))
        case BasketLoanActDeclined():
            named = [line.line_id for line in basket.lines if line.act_id == event.act_id]
            nothing = dict.fromkeys(
                ("act_id", "acted_by", "recipient", "payer_id", "fee", "timing")
            )
            after = _with(basket, named, **nothing)
            return replace(after, refused_act=event.act_id, refusal=event.reason)
        case BasketLoanFeeDelivered():
            paid = {"outcome": DELIVERED, "recipient": event.recipient, "acted_by": event.by}
            after = _with(basket, [event.line_id], ended_on=event.received_on, **paid)
            return _closed_when_over(after)


def _acted_on(basket: Basket, event: BasketLoanActRequested) -> Basket:
    asked = {"act_id": event.act_id, "acted_by": event.by}
    after = _with(basket, event.put_back, **asked)
    for line in event.deliver:
        to = {"recipient": event.recipient, "payer_id": line.payer_id, **asked}
        after = _with(after, [line.line_id], **to)
    for fee in event.fees:
        pinned = {"fee": fee.fee, "timing": fee.timing, **asked}
        after = _with(after, [fee.line_id], **pinned)
    return replace(after, refused_act=None, refusal=None)


def _with(basket: Basket, named: Iterable[OrderLineId], **changes: object) -> Basket:
    wanted = frozenset(named)
    lines = tuple(
        line.model_copy(update=changes) if line.line_id in wanted else line for line in basket.lines
    )
    return replace(basket, lines=lines)


def _closed_when_over(basket: Basket) -> Basket:
    # a fee waits for no answer once its device's line is over
    over = {line.line_id for line in basket.lines if line.outcome is not None}
    freed = [line.line_id for line in basket.lines if line.fee_of in over]
    basket = _with(basket, freed, act_id=None)
    if basket.open_lines:
        return replace(basket, is_overdue=basket.is_overdue and bool(basket.lent_lines))
    return replace(basket, status=Status.CLOSED, is_overdue=False)


def _must_be_theirs(basket: Basket, by: User) -> None:
    is_named = by.user_id in (basket.prescriber, basket.requester)
    works_there = by.works_at(CustomerId(basket.service_point))
    if is_named or works_there or by.may_for_all("orders.basket-loan.act"):
        return
    raise refusal(Reason.NOT_YOUR_BASKET, "ORD-10", "by", _NOT_YOURS)


def _must_be_open(basket: Basket) -> None:
    match basket.status:
        case Status.REQUESTED:
            raise refusal(Reason.WAITING, "ORD-10", None, _WAITS)
        case Status.DECLINED:
            raise refusal(Reason.DECLINED, "ORD-10", None, _WAS_DECLINED)
        case Status.CLOSED:
            raise refusal(Reason.CLOSED, "ORD-10", None, _IS_CLOSED)
        case Status.OPEN:
            return


def _must_be_actable(
    line: Line | None, number: LineNumber, *, field: str, seen: set[LineNumber]
) -> None:
    if line is None:
        raise refusal(Reason.UNKNOWN_LINE, "ORD-10", field, _NO_SUCH_LINE)
    if number in seen:
        raise refusal(Reason.LINE_NAMED_TWICE, "ORD-10", field, _NAMED_TWICE)
    if line.is_fee:
        raise refusal(Reason.FEE_IN_ITS_OWN_ACT, "ORD-10", field, _FEE_APART)
    if line.outcome is not None:
        raise refusal(Reason.LINE_ENDED, "ORD-10", field, _LINE_IS_OVER)
    if line.act_id is not None:
        raise refusal(Reason.LINE_IN_ANOTHER_ACT, "ORD-10", field, _IN_ANOTHER_ACT)


_NOT_YOURS = "Bara den som arbetar på varukorgens tjänsteställe, eller kundtjänst, åtgärdar den."
_WAITS = "Förrådet har inte svarat än. Åtgärda varukorgen om en stund."
_WAS_DECLINED = "Förrådet avvisade varukorgen: ingenting är utlånat. Gör en ny."
_IS_CLOSED = "Varukorgen är avslutad. Är något kvar hos mottagaren: registrera en retur."
_NO_SUCH_LINE = "Varukorgen har ingen sådan rad. Ange ett radnummer ur varukorgen."
_NAMED_TWICE = "Raden står två gånger. En rad levereras eller läggs tillbaka, en gång."
_LINE_IS_OVER = "Raden är redan levererad eller tillbakalagd. Läs in varukorgen på nytt."
_IN_ANOTHER_ACT = "En kollega har just åtgärdat raden. Läs in varukorgen på nytt."
_FEE_APART = "Egenavgiften tas ut för sig, när hjälpmedlet är levererat. Ta bort raden."
_FEE_IS_OVER = "Egenavgiften är redan uttagen, eller ska inte betalas. Läs in varukorgen på nytt."
_NO_FEE = "Raden är ingen egenavgift. Leverera den till en mottagare i stället."
_DELIVER_FIRST = "Hjälpmedlet är inte levererat än. Leverera det, och ta sedan ut egenavgiften."
_OF_ANOTHER = "Egenavgiften är den patients som fick hjälpmedlet. Utelämna mottagaren."
