"""What regions send: facts and commands on `region.<code>.<service>`, person facts on
`region.<code>.persons`; and the feed they read.

The subject of a fact is what the region calls the thing; a region's order is named by the region's
own reference.
"""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from kvitt_contracts.envelope import Event, Fact
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import (
    TEXT,
    Address,
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    CareUnitId,
    Charging,
    CustomerId,
    Day,
    DeviceNumber,
    IsoCode,
    NamedRecipient,
    Ore,
    PayerId,
    Quantity,
    Reference,
    RegionPersonId,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    Value,
    VatPercent,
)

Version = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=2**31 - 1,
        description="The source's own version of this fact: a counter, or a time in seconds.",
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT)]


class PersonStated(Fact, type="region.person.stated.v1"):
    """A person as the population registry has them (REF-1). Subject: the region's own opaque id.

    The only message that carries a number, a name or an address. Read by orders alone.
    """

    version: Version
    identity: Identity
    name: Name
    address: Address | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    home_region: Annotated[str, Field(pattern=r"^[a-z]{1,2}$")]
    protected: bool = False
    deceased: bool = False
    active: bool = True


class PersonsJoined(Fact, type="region.person.joined.v1"):
    """Two of the region's ids turned out to be one person. Subject: the id that stays."""

    version: Version
    joined: RegionPersonId


class PayerStated(Fact, type="region.payer.stated.v1"):
    """A payer. Subject: the payer id."""

    version: Version
    payer_id: PayerId
    name: Name


class CustomerStated(Fact, type="region.customer.stated.v1"):
    """A customer with its base link to a payer (REF-4). Subject: the customer id.

    A service point is a customer that users work at; a private clinic has no stock of its own
    (REF-7).
    """

    version: Version
    customer_id: CustomerId
    name: Name
    payer_id: PayerId
    is_service_point: bool = False
    private_clinic: bool = False
    store: StoreId | None = None
    address: Address | None = None


class CareUnitStated(Fact, type="region.care-unit.stated.v1"):
    """A care unit, a possible recipient, with the customer that it belongs to.

    Subject: its code.
    """

    version: Version
    unit: CareUnitId
    name: Name
    customer_id: CustomerId


class UserStated(Fact, type="region.user.stated.v1"):
    """A user by internal id, never by name (REF-3).

    Subject: the user id. `acts_for`: prescribers whom a requester registers for.
    """

    version: Version
    user_id: UserId
    roles: tuple[Role, ...]
    service_points: Annotated[tuple[ServicePointId, ...], Field(min_length=1)]
    default_service_point: ServicePointId
    acts_for: tuple[UserId, ...] = ()
    active: bool = True


class StoreStated(Fact, type="region.store.stated.v1"):
    """A store (INV-4). Subject: the store id. An own store belongs to a service point."""

    version: Version
    store: StoreId
    name: Name
    kind: Literal["central", "purchasing", "own", "investigation"]
    service_point: ServicePointId | None = None


class ArticleStated(Fact, type="region.article.stated.v1"):
    """An article of the region's catalogue (INV-2). Subject: the article number."""

    version: Version
    article_number: ArticleNumber
    name: Name
    iso_code: IsoCode
    type: ArticleType
    marked: bool
    in_assortment: bool
    charging: Charging
    status: ArticleStatus = ArticleStatus.ACTIVE
    supplier: Name | None = None
    lead_time_days: Annotated[int, Field(strict=True, ge=0, le=365)] = 5
    fee_group: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}$")] | None = None
    unit: Literal["piece", "pair", "set"] = "piece"

    @model_validator(mode="after")
    def _rent_is_counted_by_device(self) -> Self:
        if self.charging is Charging.RENT and not self.marked:
            raise ValueError(
                "BIL-1: rent is charged by device and day, so the article must be marked"
            )
        return self


class ArticlePriceStated(Fact, type="region.article-price.stated.v1"):
    """The price of an article from a day on: per month for rent, per unit for sale, in öre.

    Subject: the article number.
    """

    version: Version
    article_number: ArticleNumber
    valid_from: Day
    net_ore: Annotated[Ore, Field(ge=0)]
    vat_percent: VatPercent = 25


class MarkedDevice(Value):
    """One marked device in a delivery."""

    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None


class GoodsReceived(Fact, type="region.goods.received.v1"):
    """Goods have come into a store.

    Marked articles name each device (INV-5). Subject: the delivery's reference.
    """

    version: Version
    store: StoreId
    article_number: ArticleNumber
    quantity: Quantity
    devices: tuple[MarkedDevice, ...] = ()
    received_on: Day


class BalanceStated(Fact, type="region.balance.stated.v1"):
    """Old stock of an unmarked article at the cut-over day. Subject: a reference of its own."""

    version: Version
    store: StoreId
    article_number: ArticleNumber
    quantity: Quantity
    stated_on: Day


class DeviceStated(Fact, type="region.device.stated.v1"):
    """Old stock: a marked device with where it is at the cut-over day, in a store or on loan.

    Subject: the device number.
    """

    version: Version
    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None
    article_number: ArticleNumber
    store: StoreId | None = None
    recipient: NamedRecipient | None = None
    payer_id: PayerId | None = None
    prescriber: UserId | None = None
    stated_on: Day


class PickingBegun(Fact, type="region.picking.begun.v1"):
    """The warehouse has begun with an order (ends the right to void, ORD-14).

    Subject: the region's order reference.
    """

    version: Version
    order: Reference


class DispatchedLine(Value):
    """What was sent of one line; marked articles name the devices."""

    line: Annotated[int, Field(strict=True, ge=1, le=1000)]
    quantity: Quantity
    devices: tuple[DeviceNumber, ...] = ()


class GoodsDispatched(Fact, type="region.goods.dispatched.v1"):
    """Goods have left the central store; they count as received on arrival (ORD-13).

    Subject: the region's order reference.
    """

    version: Version
    order: Reference
    dispatched_on: Day
    arrives_on: Day
    lines: Annotated[tuple[DispatchedLine, ...], Field(min_length=1)]


class DeviceReturned(Fact, type="region.device.returned.v1"):
    """A device has come back into a store (INV-7).

    A physical fact: it wins over claims. Subject: the device number.
    """

    version: Version
    device_number: DeviceNumber
    store: StoreId
    returned_on: Day


class MessageRefused(Event, type="region.message.refused.v1"):
    """On the region's feed: a message of the region was refused, by which rule, and what to do.

    Repeats no value that came in.
    """

    message_id: str
    message_type: str
    subject: str
    service: str
    reason: str
    rule: str
    field: str | None = None
    way_on: str


class OrderReported(Event, type="region.order.reported.v1"):
    """On the region's feed: an order reached a status of ORD-15."""

    order: str
    order_number: str
    status: Literal["registered", "part_delivered", "delivered", "voided", "declined"]
    occurred_at: AwareDatetime


class TransferReported(Event, type="region.transfer.reported.v1"):
    """On the region's feed: a transfer was sent to the receiver or ended."""

    transfer: str
    status: str
    occurred_at: AwareDatetime


ReportEvent = MessageRefused | OrderReported | TransferReported
"""Everything that stands on a region's feed."""
