"""What inventory says: everything physical.

Articles, reservations, holds (claims by transfers), devices and custody, stock moves, days.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    IsoCode,
    Money,
    OrderId,
    OrderLineId,
    PayerId,
    Quantity,
    StoreId,
    TransferId,
    UserId,
    Value,
)

# -- inventory.articles --------------------------------------------------------------------------


class ArticleListed(Event, type="inventory.article.listed.v1"):
    """An article is in the region's catalogue, or what is said of it changed.

    Prices stand in ArticlePriced.
    """

    article_number: ArticleNumber
    name: str
    iso_code: IsoCode
    type: ArticleType
    marked: bool
    in_assortment: bool
    charging: Charging
    status: ArticleStatus
    lead_time_days: int
    fee_group: str | None = None
    supplier: str | None = None
    unit: str = "piece"


class ArticlePriced(Event, type="inventory.article.priced.v1"):
    """From `valid_from` on the article costs this: per month for rent, per unit for sale."""

    article_number: ArticleNumber
    valid_from: date
    price: Money


ArticleEvent = ArticleListed | ArticlePriced
"""Every event of an article."""

# -- inventory.reservations (key: the order's id) ------------------------------------------------


class AllocatedLine(Value):
    """What an order line has in the store: set aside, and still missing."""

    line_id: OrderLineId
    article_number: ArticleNumber
    reserved: Annotated[int, Field(ge=0)]
    missing: Annotated[int, Field(ge=0)]


class SentLine(Value):
    """What was sent of an order line."""

    line_id: OrderLineId
    quantity: Quantity
    devices: tuple[DeviceId, ...] = ()


class StockReserved(Event, type="inventory.reservation.reserved.v1"):
    """Everything that the order wants is set aside; it is expected to leave on the day (ORD-4)."""

    order_id: OrderId
    planned_dispatch_on: date
    lines: tuple[AllocatedLine, ...] = ()


class StockBackordered(Event, type="inventory.reservation.backordered.v1"):
    """Something is missing; with the supplier's lead time the order is expected to leave on the day
    (ORD-4). Said again, with what is still missing, when a part of it has come.
    """

    order_id: OrderId
    planned_dispatch_on: date
    missing: tuple[ArticleNumber, ...]
    lines: tuple[AllocatedLine, ...] = ()


class ReservationDeclined(Event, type="inventory.reservation.declined.v1"):
    """The order cannot be served at all: no balance in the own store (ORD-7), or the device is not
    in that store (ORD-8).
    """

    order_id: OrderId
    reason: str
    rule: str


class OrderPickingStarted(Event, type="inventory.reservation.picking-begun.v1"):
    """The warehouse has begun with the order (ORD-14)."""

    order_id: OrderId


class OrderGoodsDispatched(Event, type="inventory.reservation.dispatched.v1"):
    """Goods of the order have left the store; they count as received on `arrives_on` (ORD-13)."""

    order_id: OrderId
    dispatched_on: date
    arrives_on: date
    lines: tuple[SentLine, ...] = ()


class LineDelivered(Event, type="inventory.reservation.line-delivered.v1"):
    """Some or all of an order line has reached the recipient.

    Charges and fees follow from it (BIL-2, BIL-3).
    """

    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[DeviceId, ...] = ()
    payer_id: PayerId
    delivered_on: date


class ReservationReleased(Event, type="inventory.reservation.released.v1"):
    """What was set aside is free again: the order may be voided (ORD-14)."""

    order_id: OrderId


class ReleaseRefused(Event, type="inventory.reservation.release-refused.v1"):
    """Nothing is released: PICKING_BEGUN or DELIVERED (ORD-14)."""

    order_id: OrderId
    reason: str


ReservationEvent = (
    StockReserved
    | StockBackordered
    | ReservationDeclined
    | OrderPickingStarted
    | OrderGoodsDispatched
    | LineDelivered
    | ReservationReleased
    | ReleaseRefused
)
"""Every event of a reservation."""

# -- inventory.holds (key: the transfer's id) ----------------------------------------------------


class HoldGranted(Event, type="inventory.hold.granted.v1"):
    """All devices of the transfer are claimed for it: nothing else may claim them until it has
    ended (BMB-12).
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]


class RefusedDevice(Value):
    """Which device could not be claimed, and why."""

    device_id: DeviceId
    reason: str


class HoldRefused(Event, type="inventory.hold.refused.v1"):
    """None of the devices is claimed (all or none). `refused` says which and why (BMB-12)."""

    transfer_id: TransferId
    refused: Annotated[tuple[RefusedDevice, ...], Field(min_length=1)]


class HoldBroken(Event, type="inventory.hold.broken.v1"):
    """A physical fact (return, scrap, loss) took one device out of the hold."""

    transfer_id: TransferId
    device_id: DeviceId
    reason: str


class HoldReleased(Event, type="inventory.hold.released.v1"):
    """The transfer has ended; its devices are free."""

    transfer_id: TransferId


HoldEvent = HoldGranted | HoldRefused | HoldBroken | HoldReleased
"""Every event of a transfer's hold."""

# -- inventory.devices (key: the device's id) ----------------------------------------------------


class DeviceRegistered(Event, type="inventory.device.registered.v1"):
    """A marked device is known, and in which store it stands (INV-5)."""

    device_id: DeviceId
    device_number: DeviceNumber
    serial_number: str | None = None
    article_number: ArticleNumber
    store: StoreId
    registered_on: date


class Custody(Value):
    """Who has a device, who pays and who prescribed it, from which Stockholm day.

    In a store nobody pays.
    """

    holder: Holder
    payer_id: PayerId | None = None
    customer_id: CustomerId | None = None
    prescriber: UserId | None = None
    since: date


class DeviceStatedOnLoan(Event, type="inventory.device.stated-on-loan.v1"):
    """Old stock: the device was on loan when Kvitt took over; the payer pays from `custody.since`
    (cut-over day).
    """

    device_id: DeviceId
    device_number: DeviceNumber
    serial_number: str | None = None
    article_number: ArticleNumber
    custody: Custody


class CustodyCause(Value):
    """What changed custody: an order line, a transfer, or a return (neither)."""

    order_id: OrderId | None = None
    line_id: OrderLineId | None = None
    transfer_id: TransferId | None = None


class CustodyChanged(Event, type="inventory.device.custody-changed.v1"):
    """The only fact of effect: from `custody.since` on, the device has this holder, payer and
    prescriber (BIL-1).
    """

    device_id: DeviceId
    article_number: ArticleNumber
    custody: Custody
    before: Custody
    cause: CustodyCause


DeviceEvent = DeviceRegistered | DeviceStatedOnLoan | CustodyChanged
"""Every event of a device."""

# -- inventory.stock-moves (key: the balance of an article in a store) ---------------------------


class MoveKind(StrEnum):
    """Why a balance moved (INV-4)."""

    RECEIVED = "received"
    STATED = "stated"
    RESERVED = "reserved"
    RELEASED = "released"
    DISPATCHED = "dispatched"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    ORDERED = "ordered"


class StockMoved(Event, type="inventory.stock-move.recorded.v1"):
    """One move of the ledger: `available`, `reserved` and `on_order` are the changes, with sign
    (INV-4). `on_order` is what orders wait for.
    """

    article_number: ArticleNumber
    store: StoreId
    kind: MoveKind
    available: int
    reserved: int
    on_order: int = 0
    moved_on: date


BalanceEvent = StockMoved
"""Every event of a balance."""

# -- inventory.days (key: the region) ------------------------------------------------------------


class DayClosed(Event, type="inventory.day.closed.v1"):
    """The Stockholm day is over in the region, and so many custody changes have been said since the
    beginning.
    """

    day: date
    custody_changes_so_far: Annotated[int, Field(ge=0)]


DayEvent = DayClosed
"""Every event of a region's days."""
