"""The commands of an order."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import (
    TEXT,
    Address,
    ArticleNumber,
    DeviceNumber,
    Goods,
    LineNumber,
    MarkedDevice,
    Money,
    NamedRecipient,
    OrderNumber,
    PayerId,
    Quantity,
    ReasonCode,
    RegionCode,
    ServicePointId,
    StoreId,
    UserId,
    Value,
    WorkOrderId,
)


class UnitAddress(Value):
    """To the unit's address."""

    kind: Literal["unit"] = "unit"


class RecipientAddress(Value):
    """To the recipient's address."""

    kind: Literal["recipient"] = "recipient"


class OneOffAddress(Value):
    """To an address stored with this order only (ORD-3).

    Over HTTP only: an address travels on no order topic.
    """

    kind: Literal["one_off"] = "one_off"
    address: Address


class Delivery(Value):
    """How an order is delivered (ORD-3).

    Phone, door code and instructions are given over HTTP only.
    """

    to: Annotated[UnitAddress | RecipientAddress | OneOffAddress, Field(discriminator="kind")] = (
        UnitAddress()
    )
    consolidated: bool = True
    order_phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    recipient_phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    door_code: Annotated[str, Field(max_length=20, pattern=TEXT)] | None = None
    instructions: Annotated[str, Field(max_length=500, pattern=TEXT)] | None = None
    contact_person: Annotated[str, Field(max_length=120, pattern=TEXT)] | None = None
    information: Annotated[str, Field(max_length=500, pattern=TEXT)] | None = None


class LineToOrder(Value):
    """One wanted line.

    `payer_id` only where it differs from the order's (REF-4); `device_number` for a marked device
    of the own store: the central store chooses one itself (ORD-8). `application`: the approved
    application that an article outside the assortment is ordered by (ACT-5). `instead_of`: the
    article that was asked for first, where an older one of its replacement group is taken (ORD-6).
    """

    article_number: ArticleNumber
    quantity: Quantity = 1
    payer_id: PayerId | None = None
    device_number: DeviceNumber | None = None
    comment: Annotated[str, Field(max_length=500, pattern=TEXT)] | None = None
    application: WorkOrderId | None = None
    instead_of: ArticleNumber | None = None


class CoveredByRegion(Value):
    """The recipient's own region pays; it is a payer of the region's policy (BIL-5)."""

    kind: Literal["home_region"] = "home_region"
    region: RegionCode


class CoveredByState(Value):
    """The state pays, for an asylum seeker, a Swede living abroad or an EU citizen (BIL-11)."""

    kind: Literal["state"] = "state"


CoverToOrder = Annotated[CoveredByRegion | CoveredByState, Field(discriminator="kind")]
"""Who pays instead of the region's own payers, as it is ordered (BIL-5, BIL-11)."""


class PlaceOrder(Command, type="orders.order.place.v1"):
    """Order from the device service's central store, or direct from suppliers (ORD-1, ORD-21).

    Subject: the region's own reference, which names the order. `cover` instead of a payer, where
    another region or the state pays (BIL-5, BIL-11).
    """

    recipient: NamedRecipient
    prescriber: UserId
    requester: UserId | None = None
    service_point: ServicePointId
    payer_id: PayerId | None = None
    cover: CoverToOrder | None = None
    lines: Annotated[tuple[LineToOrder, ...], Field(min_length=1, max_length=100)]
    delivery: Delivery = Delivery()

    over_http_only: ClassVar[tuple[str, ...]] = (
        "delivery.to:one_off",
        "delivery.order_phone",
        "delivery.recipient_phone",
        "delivery.door_code",
        "delivery.instructions",
        "delivery.contact_person",
        "delivery.information",
    )


class RegisterWithdrawal(Command, type="orders.withdrawal.register.v1"):
    """Prescribe goods of the service point's own store; they are delivered at once (ORD-7).

    Subject: the region's own reference. `cover` as of an order.
    """

    recipient: NamedRecipient
    prescriber: UserId
    requester: UserId | None = None
    service_point: ServicePointId
    store: StoreId
    payer_id: PayerId | None = None
    cover: CoverToOrder | None = None
    lines: Annotated[tuple[LineToOrder, ...], Field(min_length=1, max_length=100)]


class VoidOrder(Command, type="orders.order.void.v1"):
    """Void a whole order (ORD-14). Subject: the reference that the order was placed under."""

    by: UserId


class VoidOrderLines(Command, type="orders.order.void-lines.v1"):
    """Void single lines, by policy `order.void_line` (ORD-14).

    Subject: the reference that the order was placed under. `asked_by` where customer service acts.
    """

    lines: Annotated[tuple[LineNumber, ...], Field(min_length=1, max_length=100)]
    reason: ReasonCode
    is_supplier_told: bool = False
    by: UserId
    asked_by: UserId | None = None


class PlaceReplenishment(Command, type="orders.replenishment.place.v1"):
    """Order to one's own store (ORD-9). Subject: the region's own reference, which names the order.

    `follows_proposal`: the store's refill proposal of the night is ordered by it (INV-9).
    """

    requester: UserId
    service_point: ServicePointId
    to_store: StoreId
    follows_proposal: bool = False
    lines: Annotated[tuple[Goods, ...], Field(min_length=1, max_length=200)]


class SetDelivery(Command, type="orders.order.set-delivery.v1"):
    """Customer service makes an order urgent, or lets it go in parts or together (REF-12).

    Subject: the reference that the order was placed under. `asked_by`: who wanted it.
    """

    is_urgent: bool
    is_consolidated: bool
    by: UserId
    asked_by: UserId


# -- reserved ------------------------------------------------------------------------------------


class ReduceOrderLine(Command, type="orders.order.reduce-line.v1"):
    """Customer service lowers a line to this quantity (REF-12)."""

    line: LineNumber
    quantity: Quantity
    by: UserId
    asked_by: UserId


class ReceivedLine(Value):
    """What has arrived of one line of the order; a line without a price needs `price` (ORD-12)."""

    line: LineNumber
    quantity: Quantity
    price: Money | None = None
    devices: tuple[MarkedDevice, ...] = ()


class ReportReceipt(Command, type="orders.receipt.report.v1"):
    """Receive a direct delivery by order number or purchase-order number (ORD-12).

    Subject: the region's own reference of the receipt.
    """

    number_kind: Literal["order", "purchase_order"]
    number: OrderNumber
    received_on: HappenedOn
    lines: Annotated[tuple[ReceivedLine, ...], Field(min_length=1, max_length=100)]
    by: UserId
