"""How a receipt is written: devices, balances, custody and the order's lines in one transaction."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyCause, LineDelivered, LineStocked, MoveKind
from kvitt_contracts.orders import OrderReceiptReported
from kvitt_contracts.types import StoreHolder

from inventory.devices import domain as devices
from inventory.devices.models import DeviceRow
from inventory.devices.queries import new_device_id
from inventory.devices.writes import change_custody, register
from inventory.direct_deliveries import domain
from inventory.people.queries import current_holder
from inventory.reservations.backorders import serve_all_backorders
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.stock.writes import move_stock


async def book(
    tx: Transaction, order: PlacedOrderRow, event: OrderReceiptReported, known: domain.Known
) -> None:
    """Book a receipt that nothing hinders: its balances and its reservation are locked."""
    ids = {
        device.device_number: new_device_id(tx, device.device_number)
        for line in event.lines
        for device in line.devices
    }
    for registered in domain.register(event, known=known, ids=ids):
        register(tx, registered)
    handed_on = domain.hand_on(event, known=known, ids=ids)
    await _move(tx, event, known)
    tx.record_at(ReservationRow, event.order_id, *handed_on)
    await _serve_waiting(tx, event, known)
    for line in handed_on:
        await _give(tx, order, event, line)


async def _move(tx: Transaction, event: OrderReceiptReported, known: domain.Known) -> None:
    """The goods pass through the purchasing store, which never shows a balance (INV-4)."""
    to = event.deliver_to.store if isinstance(event.deliver_to, StoreHolder) else None
    for store in sorted({known.lines[line.line_id].store for line in event.lines}):
        lines = [line for line in event.lines if known.lines[line.line_id].store == store]
        for number, quantity in domain.stocked_articles(lines, known=known).items():
            for place, kind, moved in (
                (store, MoveKind.RECEIVED, quantity),
                (store, MoveKind.DISPATCHED, -quantity),
                (to, MoveKind.RECEIVED, quantity),
            ):
                if place is not None:
                    await move_stock(
                        tx,
                        place,
                        number,
                        kind,
                        on=event.received_on,
                        available=moved,
                        cause_id=event.receipt_id,
                    )


async def _serve_waiting(tx: Transaction, event: OrderReceiptReported, known: domain.Known) -> None:
    """What is put into a store goes to the orders that wait for it there (ORD-4)."""
    if isinstance(event.deliver_to, StoreHolder):
        numbers = domain.stocked_articles(event.lines, known=known)
        await serve_all_backorders(tx, event.deliver_to.store, list(numbers))


async def _give(
    tx: Transaction,
    order: PlacedOrderRow,
    event: OrderReceiptReported,
    line: LineDelivered | LineStocked,
) -> None:
    """Let the line's devices change custody to whom it is for, from the day of the receipt."""
    holder = await current_holder(tx, event.deliver_to)
    for device_id in line.devices:
        row = await tx.lock(DeviceRow, device_id)
        changed = devices.change_custody(
            device_id,
            row.state(),
            holder=holder,
            payer_id=line.payer_id if isinstance(line, LineDelivered) else None,
            customer_id=order.customer_id,
            prescriber=order.prescriber,
            since=event.received_on,
            cause=CustodyCause(order_id=order.order_id, line_id=line.line_id),
        )
        await change_custody(tx, row, changed)
