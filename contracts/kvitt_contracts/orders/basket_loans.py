"""Topic `orders.basket-loans` (key: the order's id), one aggregate kind: the basket loan (ORD-10).

Custody stays in the store while it is lent. A line ends once; with none open the basket is closed.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    ActId,
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    GroupName,
    Item,
    LineNumber,
    Money,
    NamedRecipient,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    PolicyVersion,
    Quantity,
    ReasonCode,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
    Value,
    Word,
)


class BasketLine(Item):
    """A lent line: a device, an unmarked article; or the patient fee of another line, `fee_of`, of
    the group that the policy has a fee for (ORD-18). Lines are numbered from 1.
    """

    number: LineNumber
    device_number: DeviceNumber | None = None
    fee_of: OrderLineId | None = None
    fee_group: GroupName | None = None


class BasketLoanRequested(Event, type="orders.basket-loan.requested.v1"):
    """A prescriber wants to lend these from the store until `due_on`, the last day; payer and
    recipient come later. A service point is a customer by the same id.

    Inventory answers BasketReserved or ReservationDeclined; after 24 hours without it is declined.
    """

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None = None
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    store: StoreId
    lent_on: date
    due_on: date
    policy: PolicyVersion
    lines: Annotated[tuple[BasketLine, ...], Field(min_length=1)]


class BasketLoanOpened(Event, type="orders.basket-loan.opened.v1"):
    """Everything is reserved on the prescriber: the loan runs."""

    order_id: OrderId


class BasketLoanDeclined(Event, type="orders.basket-loan.declined.v1"):
    """The store could not serve it, or did not answer: the loan has no effect.

    What is reserved for it afterwards is released.
    """

    order_id: OrderId
    reason: ReasonCode
    prescriber: UserId


class BasketLoanOverdue(Event, type="orders.basket-loan.overdue.v1"):
    """The last day has passed and lines are open; emitted daily. The loan stays open."""

    order_id: OrderId
    prescriber: UserId


class LineToDeliver(Value):
    """A lent line that goes to the act's recipient, and who pays."""

    line_id: OrderLineId
    payer_id: PayerId


class PinnedFee(Value):
    """What a fee line will cost, for one unit: decided when its device's line is delivered
    (ORD-18); `timing` says when it is charged (BIL-3).
    """

    line_id: OrderLineId
    fee: Money
    timing: Word


class BasketLoanActRequested(Event, type="orders.basket-loan.act-requested.v1"):
    """A colleague delivers lines to one recipient, or puts lines back, in one act.

    Inventory does all of it in one transaction and answers for each line (LineDelivered,
    BasketLinePutBack), or BasketActRefused for the whole. `fees`: of the fee lines of what is
    delivered, those that the recipient is to pay.
    """

    order_id: OrderId
    act_id: ActId
    recipient: Recipient | None = None
    deliver: tuple[LineToDeliver, ...] = ()
    put_back: tuple[OrderLineId, ...] = ()
    fees: tuple[PinnedFee, ...] = ()
    acted_on: date
    by: UserId


class BasketLoanLineEnded(Event, type="orders.basket-loan.line-ended.v1"):
    """A line is over: `delivered`, `put_back` or `lost`; a fee line that nobody is to pay is
    `not_due`.
    """

    order_id: OrderId
    line_id: OrderLineId
    outcome: Word
    ended_on: date
    devices: tuple[DeviceId, ...] = ()


class BasketLoanActDeclined(Event, type="orders.basket-loan.act-declined.v1"):
    """Nothing of the act took effect: its lines are open as before."""

    order_id: OrderId
    act_id: ActId
    reason: ReasonCode
    by: UserId


class BasketLoanFeeDelivered(Event, type="orders.basket-loan.fee-delivered.v1"):
    """A fee line was delivered in an act of its own: the patient pays it (BIL-3, ORD-10).

    `fee` is of one unit of what line `fee_of` delivered on `received_on`, with its devices.
    """

    order_id: OrderId
    line_id: OrderLineId
    fee_of: OrderLineId
    recipient: Recipient
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[DeviceId, ...] = ()
    received_on: date
    fee: Money
    timing: Word
    by: UserId


BasketLoanEvent = (
    BasketLoanRequested
    | BasketLoanOpened
    | BasketLoanDeclined
    | BasketLoanOverdue
    | BasketLoanActRequested
    | BasketLoanLineEnded
    | BasketLoanActDeclined
    | BasketLoanFeeDelivered
)
"""Every event of a basket loan."""


# -- commands ------------------------------------------------------------------------------------


class LineToLend(Value):
    """One line to lend; `device_number` for a marked device."""

    article_number: ArticleNumber
    quantity: Quantity = 1
    device_number: DeviceNumber | None = None


class RequestBasketLoan(Command, type="orders.basket-loan.request.v1"):
    """Lend from one's own store for at most five working days (ORD-10).

    Subject: the region's own reference, which names the loan. Which fees go with it nobody chooses
    (ORD-18): each has a line of its own after the lent ones.
    """

    prescriber: UserId
    requester: UserId | None = None
    service_point: ServicePointId
    store: StoreId
    lines: Annotated[tuple[LineToLend, ...], Field(min_length=1, max_length=100)]


class DeliveredLine(Value):
    """A line of the basket by its number, and who pays where it is not the default payer."""

    line: LineNumber
    payer_id: PayerId | None = None


class ActOnBasketLoan(Command, type="orders.basket-loan.act.v1"):
    """Deliver lines to one recipient, put lines back, or both (ORD-10)."""

    recipient: NamedRecipient | None = None
    deliver: Annotated[tuple[DeliveredLine, ...], Field(max_length=100)] = ()
    put_back: Annotated[tuple[LineNumber, ...], Field(max_length=100)] = ()
    by: UserId

    @model_validator(mode="after")
    def _names_what_it_does(self) -> Self:
        if not self.deliver and not self.put_back:
            raise ValueError("ORD-10: en åtgärd levererar eller lägger tillbaka minst en rad")
        if self.deliver and self.recipient is None:
            raise ValueError("ORD-10: den som rader levereras till måste anges")
        return self


class DeliverBasketFee(Command, type="orders.basket-loan.deliver-fee.v1"):
    """Deliver a fee line, in an act of its own, to the patient who pays it (ORD-10, ORD-18): whom
    its device was delivered to, where none is named.
    """

    line: LineNumber
    recipient: NamedRecipient | None = None
    by: UserId
