"""What orders says, and what it can be asked.

Persons, units, users, customer orders (architecture §1).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    TEXT,
    Address,
    ArticleNumber,
    ArticleType,
    CareUnitId,
    CustomerId,
    DeviceNumber,
    Money,
    NamedRecipient,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    PersonRef,
    PolicyVersion,
    Quantity,
    Recipient,
    Reference,
    RegionPersonId,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    Value,
)

# -- orders.persons: the reference of a person, never who it is ----------------------------------


class PersonRegistered(Event, type="orders.person.registered.v1"):
    """A person has got a reference. `active` is False for the deceased and the moved (REF-14)."""

    person: PersonRef
    region_person_id: RegionPersonId
    active: bool


class PersonInactivated(Event, type="orders.person.inactivated.v1"):
    """Nothing new may be registered on the person from now on (REF-14)."""

    person: PersonRef


class PersonReactivated(Event, type="orders.person.reactivated.v1"):
    """The person may be registered on again."""

    person: PersonRef


class PersonsMerged(Event, type="orders.person.merged.v1"):
    """`person` (the subject) is an alias from now on: read `into` wherever it stands."""

    person: PersonRef
    region_person_id: RegionPersonId
    into: PersonRef


PersonEvent = PersonRegistered | PersonInactivated | PersonReactivated | PersonsMerged
"""Every event of a person's reference."""

# -- orders.units: payers, customers, care units as the region reports them ----------------------


class PayerRegistered(Event, type="orders.unit.payer-registered.v1"):
    """A payer is known, or its name changed."""

    payer_id: PayerId
    name: str


class CustomerRegistered(Event, type="orders.unit.customer-registered.v1"):
    """A customer is known, or changed. `payer_id` is its default payer (REF-4)."""

    customer_id: CustomerId
    name: str
    payer_id: PayerId
    is_service_point: bool
    private_clinic: bool
    store: StoreId | None = None


class CareUnitRegistered(Event, type="orders.unit.care-unit-registered.v1"):
    """A care unit is known, or changed."""

    unit: CareUnitId
    name: str
    customer_id: CustomerId


UnitEvent = PayerRegistered | CustomerRegistered | CareUnitRegistered
"""Every event of a unit; each kind of unit has one."""

# -- orders.users --------------------------------------------------------------------------------


class UserRegistered(Event, type="orders.user.registered.v1"):
    """A user is known, or changed (REF-3). Internal id only."""

    user_id: UserId
    roles: tuple[Role, ...]
    service_points: tuple[ServicePointId, ...]
    default_service_point: ServicePointId
    acts_for: tuple[UserId, ...] = ()
    active: bool


UserEvent = UserRegistered
"""Every event of a user."""

# -- orders.customer-orders ----------------------------------------------------------------------


class Supply(StrEnum):
    """Where a line comes from: the device service's central store, or one's own store (a
    withdrawal, ORD-7).
    """

    CENTRAL = "central"
    OWN_STORE = "own_store"


class AddressKind(StrEnum):
    """Where an order goes (ORD-3). The address itself stays with orders; only the kind is told."""

    UNIT = "unit"
    RECIPIENT = "recipient"
    ONE_OFF = "one_off"


class PlacedLine(Value):
    """A line as placed.

    `payer_id` is decided (REF-4); `fee` is the patient fee for one unit, pinned here (ORD-18).
    """

    line_id: OrderLineId
    number: Annotated[int, Field(ge=1)]
    article_number: ArticleNumber
    article_type: ArticleType
    marked: bool
    quantity: Quantity
    payer_id: PayerId
    device_number: DeviceNumber | None = None
    fee: Money | None = None


class OrderPlaced(Event, type="orders.order.placed.v1"):
    """An order is registered.

    Inventory answers with StockReserved, StockBackordered, StockWithdrawn or ReservationDeclined.
    """

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None = None
    recipient: Recipient
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    customer_id: CustomerId
    supply: Supply
    store: StoreId
    address_kind: AddressKind
    consolidated: bool = True
    placed_on: date
    policy: PolicyVersion
    lines: Annotated[tuple[PlacedLine, ...], Field(min_length=1)]


class OrderPlanned(Event, type="orders.order.planned.v1"):
    """When the order is expected to leave the central store (ORD-4).

    `changed` when an earlier date was told.
    """

    order_id: OrderId
    planned_dispatch_on: date
    changed: bool


class OrderPickingBegun(Event, type="orders.order.picking-begun.v1"):
    """The warehouse has begun: the order can no longer be voided (ORD-14)."""

    order_id: OrderId


class OrderLineDelivered(Event, type="orders.order.line-delivered.v1"):
    """Some or all of a line has been delivered (ORD-15: the order is in part delivered until
    OrderDelivered).
    """

    order_id: OrderId
    line_id: OrderLineId
    quantity: Quantity
    delivered_on: date


class OrderDelivered(Event, type="orders.order.delivered.v1"):
    """Every line is delivered in full."""

    order_id: OrderId
    prescriber: UserId
    delivered_on: date


class OrderDeclined(Event, type="orders.order.declined.v1"):
    """Inventory could not serve a withdrawal or a marked device: the order has no effect (ORD-7,
    ORD-8).
    """

    order_id: OrderId
    prescriber: UserId
    reason: str
    rule: str


class OrderVoidRequested(Event, type="orders.order.void-requested.v1"):
    """Somebody asks to void the whole order (ORD-14).

    Inventory answers ReservationReleased or ReleaseRefused.
    """

    order_id: OrderId


class OrderVoided(Event, type="orders.order.voided.v1"):
    """The order has no effect; its record stays (ORD-14)."""

    order_id: OrderId
    prescriber: UserId


class OrderVoidRefused(Event, type="orders.order.void-refused.v1"):
    """The order goes on: the warehouse had begun (ORD-14)."""

    order_id: OrderId
    prescriber: UserId
    reason: str


OrderEvent = (
    OrderPlaced
    | OrderPlanned
    | OrderPickingBegun
    | OrderLineDelivered
    | OrderDelivered
    | OrderDeclined
    | OrderVoidRequested
    | OrderVoided
    | OrderVoidRefused
)
"""Every event of an order or a withdrawal."""

# -- commands ------------------------------------------------------------------------------------


class UnitAddress(Value):
    """To the unit's address."""

    kind: Literal["unit"] = "unit"


class RecipientAddress(Value):
    """To the recipient's address."""

    kind: Literal["recipient"] = "recipient"


class OneOffAddress(Value):
    """To an address kept with this order only (ORD-3).

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

    `payer_id` only where it differs from the order's (REF-4); `device_number` for a marked device.
    """

    article_number: ArticleNumber
    quantity: Quantity = 1
    payer_id: PayerId | None = None
    device_number: DeviceNumber | None = None
    comment: Annotated[str, Field(max_length=500, pattern=TEXT)] | None = None


class PlaceOrder(Command, type="orders.order.place.v1"):
    """Order from the device service's central store (ORD-1).

    Subject: the region's own reference, which names the order.
    """

    recipient: NamedRecipient
    prescriber: UserId
    requester: UserId | None = None
    service_point: ServicePointId
    payer_id: PayerId | None = None
    lines: Annotated[tuple[LineToOrder, ...], Field(min_length=1, max_length=100)]
    delivery: Delivery = Delivery()


class RegisterWithdrawal(Command, type="orders.withdrawal.register.v1"):
    """Prescribe what stands in one's own store; it is delivered at once (ORD-7).

    Subject: the region's own reference.
    """

    recipient: NamedRecipient
    prescriber: UserId
    requester: UserId | None = None
    service_point: ServicePointId
    store: StoreId
    payer_id: PayerId | None = None
    lines: Annotated[tuple[LineToOrder, ...], Field(min_length=1, max_length=100)]


class VoidOrder(Command, type="orders.order.void.v1"):
    """Void a whole order (ORD-14). Subject: the reference that the order was placed under."""

    by: UserId
