"""What we tell of orders: messages to the prescriber, statuses to the region (NTF-2, ORD-15)."""

from typing import Literal

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import MessageKind
from kvitt_contracts.orders import (
    OrderDeclined,
    OrderDelivered,
    OrderLineDelivered,
    OrderPlaced,
    OrderPlanned,
    OrderVoided,
    OrderVoidRefused,
)
from kvitt_contracts.regions import OrderReported

from notifications.feed.models import ReportRow
from notifications.feed.reporting import report, when
from notifications.messages.posting import about_order, tell_user
from notifications.orders.models import OrderRow

messages = Handlers()

OrderEvent = (
    OrderPlanned
    | OrderLineDelivered
    | OrderDelivered
    | OrderDeclined
    | OrderVoided
    | OrderVoidRefused
)
Status = Literal["registered", "part_delivered", "delivered", "voided", "declined"]


@messages.on(
    OrderPlaced, loads=lambda event, _: [(OrderRow, event.order_id), (ReportRow, event.order_id)]
)
async def on_order_placed(event: OrderPlaced, tx: Transaction) -> None:
    """The order is registered."""
    row = OrderRow(
        region=tx.region,
        order_id=event.order_id,
        name=event.reference or str(event.order_id),
        order_number=event.order_number,
        prescriber=event.prescriber,
        outstanding=sum(line.quantity for line in event.lines),
    )
    tx.put(row)
    await _report(row, "registered", tx)


@messages.on(OrderPlanned, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_order_planned(event: OrderPlanned, tx: Transaction) -> None:
    """An earlier date is no longer true: the prescriber is told (ORD-4)."""
    if event.changed:
        await _tell(event, MessageKind.DELIVERY_DATE_CHANGED, tx)


@messages.on(
    OrderLineDelivered,
    loads=lambda event, _: [(OrderRow, event.order_id), (ReportRow, event.order_id)],
)
async def on_order_line_delivered(event: OrderLineDelivered, tx: Transaction) -> None:
    """In part delivered, while something is outstanding (ORD-15)."""
    row = await tx.get(OrderRow, event.order_id)
    row.outstanding -= event.quantity
    if row.outstanding > 0:
        await _report(row, "part_delivered", tx)


@messages.on(
    OrderDelivered, loads=lambda event, _: [(OrderRow, event.order_id), (ReportRow, event.order_id)]
)
async def on_order_delivered(event: OrderDelivered, tx: Transaction) -> None:
    """Everything has arrived."""
    await _tell(event, MessageKind.ORDER_DELIVERED, tx)
    await _report(await tx.get(OrderRow, event.order_id), "delivered", tx)


@messages.on(
    OrderDeclined, loads=lambda event, _: [(OrderRow, event.order_id), (ReportRow, event.order_id)]
)
async def on_order_declined(event: OrderDeclined, tx: Transaction) -> None:
    """Inventory could not serve it: the order has no effect."""
    await _tell(event, MessageKind.ORDER_DECLINED, tx)
    await _report(await tx.get(OrderRow, event.order_id), "declined", tx)


@messages.on(
    OrderVoided, loads=lambda event, _: [(OrderRow, event.order_id), (ReportRow, event.order_id)]
)
async def on_order_voided(event: OrderVoided, tx: Transaction) -> None:
    """The order has no effect (ORD-14)."""
    await _tell(event, MessageKind.ORDER_VOIDED, tx)
    await _report(await tx.get(OrderRow, event.order_id), "voided", tx)


@messages.on(OrderVoidRefused, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_order_void_refused(event: OrderVoidRefused, tx: Transaction) -> None:
    """The order goes on: whoever wanted it void must know (ORD-14)."""
    await _tell(event, MessageKind.ORDER_VOID_REFUSED, tx)


async def _tell(event: OrderEvent, message: MessageKind, tx: Transaction) -> None:
    row = await tx.get(OrderRow, event.order_id)
    tell_user(tx, row.prescriber, message, about_order(event.order_id))


async def _report(row: OrderRow, status: Status, tx: Transaction) -> None:
    said = OrderReported(
        order=row.name, order_number=row.order_number, status=status, occurred_at=when(tx)
    )
    await report(tx, row.order_id, said)
