"""How reservations are written: goods set aside, freed, and delivered with their devices."""

from typing import Protocol

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyCause, LineDelivered, MoveKind
from kvitt_contracts.types import ArticleNumber, CustomerId, OrderId, Recipient, UserId

from inventory.articles.queries import get_article
from inventory.devices import domain as devices
from inventory.devices.models import DeviceRow
from inventory.devices.writes import change_custody
from inventory.metrics import ORDERS_ANSWERED, count
from inventory.people.queries import current_holder
from inventory.reservations import domain
from inventory.reservations.backorders import note_missing, serve_all_backorders
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.stock.writes import lock_balances, move_stock


async def reserve(tx: Transaction, order: PlacedOrderRow) -> None:
    """Answer a new order: set aside what the store has of it; the rest is waited for (ORD-4), or
    the order is declined where that is purchased no more (ORD-6).
    """
    numbers = dict.fromkeys(line.article_number for line in order.lines)
    articles = {number: await get_article(tx, number) for number in numbers}
    balances = await lock_balances(tx, order.store, articles)
    answer = domain.reserve(
        order.order_id,
        order.lines,
        available={number: balance.available for number, balance in balances.items()},
        lead_time_days={number: article.lead_time_days for number, article in articles.items()},
        not_purchased={n for n, article in articles.items() if not article.is_purchased},
        never_stocked=(never := {n for n, one in articles.items() if one.is_contribution}),
        fills_a_store=order.to_store is not None,
        today=tx.today,
    )
    row = tx.start(ReservationRow, order.order_id, answer)
    count(tx, ORDERS_ANSWERED, row.status)
    await note_missing(tx, order, (), row.lines)
    for number, held in domain.held_by_article(order.lines, row.lines, never_stocked=never).items():
        await move_stock(
            tx,
            order.store,
            number,
            MoveKind.RESERVED if held.reserved else MoveKind.ORDERED,
            on=tx.today,
            available=-held.reserved,
            reserved=held.reserved,
            on_order=held.missing,
            cause_id=order.order_id,
        )


async def free_goods(
    tx: Transaction, order: PlacedOrderRow, before: domain.Reservation, row: ReservationRow
) -> None:
    """Free the goods of a released reservation, for the orders that wait for them (ORD-4, ORD-14).

    `before` is its state before the release; the balances of its articles are locked.
    """
    await note_missing(tx, order, before.lines, row.lines)
    never = await contributions_of(tx, order)
    freed = domain.held_by_article(order.lines, before.lines, never_stocked=never)
    for number, held in freed.items():
        await move_stock(
            tx,
            order.store,
            number,
            MoveKind.RELEASED,
            on=tx.today,
            available=held.reserved,
            reserved=-held.reserved,
            on_order=-held.missing,
            cause_id=order.order_id,
        )
    await serve_all_backorders(tx, order.store, freed)


async def contributions_of(tx: Transaction, order: PlacedOrderRow) -> set[ArticleNumber]:
    """The articles of an order's lines that are contributions (INV-16)."""
    numbers = {line.article_number for line in order.lines}
    return {number for number in numbers if (await get_article(tx, number)).is_contribution}


class Prescribed(Protocol):
    """Whom what is delivered goes to, as whose customer's and by whose prescription."""

    @property
    def order_id(self) -> OrderId: ...
    @property
    def recipient(self) -> Recipient | None: ...
    @property
    def customer_id(self) -> CustomerId: ...
    @property
    def prescriber(self) -> UserId: ...


async def give_devices(tx: Transaction, order: Prescribed, delivered: LineDelivered) -> None:
    """Let the line's locked devices change custody to the order's recipient from the day of
    delivery.
    """
    if order.recipient is None:
        raise ValueError(f"order {order.order_id} has no recipient")
    holder = await current_holder(tx, order.recipient)
    for device_id in delivered.devices:
        row = await tx.lock(DeviceRow, device_id)
        row.claim = None
        changed = devices.change_custody(
            device_id,
            row.state(),
            holder=holder,
            payer_id=delivered.payer_id,
            customer_id=order.customer_id,
            prescriber=order.prescriber,
            since=delivered.delivered_on,
            cause=CustodyCause(order_id=order.order_id, line_id=delivered.line_id),
        )
        await change_custody(tx, row, changed)
