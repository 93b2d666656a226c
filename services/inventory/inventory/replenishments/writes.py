"""How goods that fill up a unit's own store are written: balance, and custody of devices."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyCause, LineStocked, MoveKind
from kvitt_contracts.types import StoreHolder

from inventory.devices import domain as devices
from inventory.devices.models import DeviceRow
from inventory.devices.writes import change_custody
from inventory.reservations.models import PlacedOrderRow
from inventory.stock.writes import balance_rows, move_stock


def balances_filled(order: PlacedOrderRow, tx: Transaction) -> Iterable[RowKey]:
    """The balances that an order's goods raise when they arrive; none but a replenishment's do."""
    if order.to_store is None:
        return ()
    return balance_rows(order.to_store, {line.article_number for line in order.lines}, tx)


async def put_into_stock(tx: Transaction, order: PlacedOrderRow, stocked: LineStocked) -> None:
    """Let a line be available in the store that it fills up, its marked devices in the store's
    custody from that day (ORD-9). The balance and the devices are locked.
    """
    await move_stock(
        tx,
        stocked.store,
        stocked.article_number,
        MoveKind.RECEIVED,
        on=stocked.stocked_on,
        available=stocked.quantity,
        cause_id=order.order_id,
    )
    for device_id in stocked.devices:
        row = await tx.lock(DeviceRow, device_id)
        row.claim = None
        changed = devices.change_custody(
            device_id,
            row.state(),
            holder=StoreHolder(store=stocked.store),
            payer_id=None,
            customer_id=None,
            prescriber=None,
            since=stocked.stocked_on,
            # not `order_id`: it is neither a loan nor a return on the way
            cause=CustodyCause(replenishment_id=order.order_id),
        )
        await change_custody(tx, row, changed)
