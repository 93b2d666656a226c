"""The catalogue: every topic with its owner, key, types, readers and writers.

Topics, ACLs, AsyncAPI and docs are made from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from kvitt_contracts import billing, bmb, inventory, notifications, orders, refusals, regions
from kvitt_contracts.envelope import Message

SERVICES = ("orders", "bmb", "inventory", "billing", "notifications")

FOR_EVER = -1
DAYS_14 = 14 * 24 * 60 * 60 * 1000
REGION = "<code>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic.

    `consumers` are services; `readers` and `writers` are principals (`orders`, `region-ac`).
    """

    name: str
    owner: str
    key: str
    types: tuple[type[Message], ...]
    consumers: frozenset[str] = frozenset()
    writers: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    partitions: int = 6
    retention_ms: int = FOR_EVER
    max_message_bytes: int = 1024 * 1024
    personal_data: bool = False

    @property
    def is_inbound(self) -> bool:
        """True for what regions write."""
        return self.owner == "region"

    @property
    def wire_types(self) -> frozenset[str]:
        """The declared types, as they stand in `ce_type`."""
        return frozenset(message.wire_type for message in self.types)

    @property
    def is_per_region(self) -> bool:
        """True while the name still holds the place of a region's code."""
        return REGION in self.name


def _every(union: Any) -> tuple[type[Message], ...]:
    # a union of one is the type itself
    return get_args(union) or (union,)


def _domain(name: str, key: str, events: Any, *consumers: str) -> Topic:
    """A service's topic; `events` is the union of what happens to its aggregate."""
    owner = name.split(".")[0]
    readers = frozenset(consumers) | {owner}
    return Topic(
        name=name,
        owner=owner,
        key=key,
        types=_every(events),
        consumers=frozenset(consumers),
        writers=frozenset({owner}),
        readers=readers,
    )


def _inbound(
    name: str,
    consumer: str,
    key: str,
    types: Sequence[type[Message]],
    *,
    personal_data: bool = False,
) -> Topic:
    return Topic(
        name=f"region.{REGION}.{name}",
        owner="region",
        key=key,
        types=tuple(types),
        consumers=frozenset({consumer}),
        writers=frozenset({f"region-{REGION}"}),
        readers=frozenset({consumer}),
        retention_ms=DAYS_14,
        personal_data=personal_data,
    )


ORDERS_PERSONS = _domain(
    "orders.persons",
    "PersonRef",
    orders.PersonEvent,
    "inventory",
    "bmb",
)
ORDERS_UNITS = _domain(
    "orders.units",
    "the unit's id",
    orders.UnitEvent,
    "inventory",
    "bmb",
    "billing",
)
# decision 0100: users have a topic of their own
ORDERS_USERS = _domain("orders.users", "the user's id", orders.UserEvent, "bmb")
ORDERS_CUSTOMER_ORDERS = _domain(
    "orders.customer-orders",
    "OrderId",
    orders.OrderEvent,
    "inventory",
    "billing",
    "notifications",
)
ORDERS_REFUSALS = _domain(
    "orders.refusals", "the refused message's id", refusals.OrdersMessageRefused, "notifications"
)

BMB_TRANSFERS = _domain(
    "bmb.transfers",
    "TransferId",
    bmb.TransferEvent,
    "inventory",
    "notifications",
)
BMB_REFUSALS = _domain(
    "bmb.refusals", "the refused message's id", refusals.BmbMessageRefused, "notifications"
)

INVENTORY_ARTICLES = _domain(
    "inventory.articles",
    "the article's id",
    inventory.ArticleEvent,
    "orders",
    "billing",
)
INVENTORY_RESERVATIONS = _domain(
    "inventory.reservations",
    "OrderId",
    inventory.ReservationEvent,
    "orders",
    "billing",
)
INVENTORY_HOLDS = _domain(
    "inventory.holds",
    "TransferId",
    inventory.HoldEvent,
    "bmb",
)
INVENTORY_DEVICES = _domain(
    "inventory.devices",
    "DeviceId",
    inventory.DeviceEvent,
    "bmb",
    "billing",
)
INVENTORY_STOCK_MOVES = _domain("inventory.stock-moves", "the balance's id", inventory.BalanceEvent)
INVENTORY_DAYS = _domain("inventory.days", "the region's id", inventory.DayEvent, "billing")
INVENTORY_REFUSALS = _domain(
    "inventory.refusals",
    "the refused message's id",
    refusals.InventoryMessageRefused,
    "notifications",
)

BILLING_CHARGES = _domain("billing.charges", "ChargeId", billing.ChargeEvent)
BILLING_INVOICES = _domain("billing.invoices", "InvoiceId", billing.InvoiceEvent)

BILLING_INVOICE_RUNS = _domain(
    "billing.invoice-runs",
    "the run's id",
    billing.InvoiceRunEvent,
)

NOTIFICATIONS_MESSAGES = _domain(
    "notifications.messages",
    "MessageId",
    notifications.MessageEvent,
)

REGION_PERSONS = _inbound(
    "persons",
    "orders",
    "the region's id of the person",
    [regions.PersonStated, regions.PersonsJoined],
    personal_data=True,
)
REGION_ORDERS = _inbound(
    "orders",
    "orders",
    "what the region calls the thing",
    [
        regions.PayerStated,
        regions.CustomerStated,
        regions.CareUnitStated,
        regions.UserStated,
        orders.PlaceOrder,
        orders.RegisterWithdrawal,
        orders.VoidOrder,
    ],
)
REGION_BMB = _inbound(
    "bmb",
    "bmb",
    "what the region calls the transfer",
    [
        bmb.SaveTransfer,
        bmb.ExecuteTransfer,
        bmb.CancelTransfer,
        bmb.AcceptTransfer,
        bmb.RejectTransfer,
        bmb.UnlockTransfer,
    ],
)
REGION_INVENTORY = _inbound(
    "inventory",
    "inventory",
    "what the region calls the thing",
    [
        regions.StoreStated,
        regions.ArticleStated,
        regions.ArticlePriceStated,
        regions.GoodsReceived,
        regions.BalanceStated,
        regions.DeviceStated,
        regions.PickingBegun,
        regions.GoodsDispatched,
        regions.DeviceReturned,
    ],
)
REGION_EVENTS = Topic(
    name=f"region.{REGION}.events",
    owner="notifications",
    key="what the region calls the thing",
    types=_every(regions.ReportEvent),
    writers=frozenset({"notifications"}),
    readers=frozenset({f"region-{REGION}", "notifications"}),
)

CATALOGUE: tuple[Topic, ...] = (
    ORDERS_PERSONS,
    ORDERS_UNITS,
    ORDERS_USERS,
    ORDERS_CUSTOMER_ORDERS,
    ORDERS_REFUSALS,
    BMB_TRANSFERS,
    BMB_REFUSALS,
    INVENTORY_ARTICLES,
    INVENTORY_RESERVATIONS,
    INVENTORY_HOLDS,
    INVENTORY_DEVICES,
    INVENTORY_STOCK_MOVES,
    INVENTORY_DAYS,
    INVENTORY_REFUSALS,
    BILLING_CHARGES,
    BILLING_INVOICES,
    BILLING_INVOICE_RUNS,
    NOTIFICATIONS_MESSAGES,
    REGION_PERSONS,
    REGION_ORDERS,
    REGION_BMB,
    REGION_INVENTORY,
    REGION_EVENTS,
)
"""Every topic; those of regions with `<code>` in the place of the region's code."""


def catalogue(codes: Sequence[str]) -> tuple[Topic, ...]:
    """Every topic for these regions, names and principals filled in."""
    return tuple(filled for topic in CATALOGUE for filled in _filled(topic, codes))


def for_region(topic: Topic, code: str) -> Topic:
    """A region's own copy of a topic that exists per region."""
    return replace(
        topic,
        name=topic.name.replace(REGION, code),
        writers=frozenset(name.replace(REGION, code) for name in topic.writers),
        readers=frozenset(name.replace(REGION, code) for name in topic.readers),
    )


def consumed_by(service: str, codes: Sequence[str]) -> tuple[Topic, ...]:
    """What a service subscribes to, sorted by name."""
    return tuple(
        sorted(
            (t for t in catalogue(codes) if service in t.consumers), key=lambda topic: topic.name
        )
    )


def _filled(topic: Topic, codes: Sequence[str]) -> list[Topic]:
    return [for_region(topic, code) for code in codes] if topic.is_per_region else [topic]
