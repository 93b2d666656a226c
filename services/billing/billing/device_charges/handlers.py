"""The handlers of devices that are gone, damaged, or in use after all: they are charged, or not."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import DeviceDamageRecorded, DeviceStatusChanged
from kvitt_contracts.types import ChargeId, SaleId

from billing.device_charges import domain
from billing.ledger.writes import enter_cancelled, start_charge
from billing.models import ChargeRow, DeviceRow
from billing.region_sales.domain import RETURNED, price_of
from billing.region_sales.models import RegionSaleRow
from billing.region_sales.writes import drop
from billing.services.domain import GONE_DEVICES

messages = Handlers()

SOLD, LOST, IN_USE = "sold", "lost", "in_use"


def _read(event: DeviceStatusChanged, tx: Transaction) -> Iterable[RowKey]:
    if event.kind in (SOLD, LOST):
        yield DeviceRow, event.device_id


def _locked(event: DeviceStatusChanged, tx: Transaction) -> Iterable[RowKey]:
    if event.kind == SOLD and event.cause_id is not None:
        yield RegionSaleRow, event.cause_id


@messages.on(DeviceStatusChanged, loads=_locked, reads=_read)
async def on_device_status_changed(event: DeviceStatusChanged, tx: Transaction) -> None:
    """Charge what is sold to the region that buys (BIL-7), what is lost at a private clinic to it
    (BIL-8); what is in use after all is not owed: where it was invoiced it is credited.

    Other states cost nothing here.
    """
    match event.kind:
        case "sold":
            await _charge_sold(event, tx)
        case "lost":
            device = await tx.get(DeviceRow, event.device_id)
            key = ChargeId(tx.mint())
            article = device.article_number
            for raised in domain.charge_lost(key, event, article_number=article):
                await start_charge(tx, key, raised)
        case "in_use":
            await _cancel(event, tx)


# Nobody reads a device's charges ahead: whose return cancels them reads them under its lock.
@messages.on(DeviceDamageRecorded, reads=lambda event, _: [(DeviceRow, event.device_id)])
async def on_device_damage_recorded(event: DeviceDamageRecorded, tx: Transaction) -> None:
    """Charge what was decided of a stolen, lost or damaged device; what was charged of it before is
    cancelled, and credited where it was invoiced (BIL-8).
    """
    device = await tx.get(DeviceRow, event.device_id)
    article = device.article_number
    found = await tx.search_all(ChargeRow, ChargeRow.device_id, event.device_id)
    of_it = [row.id for row in found if domain.is_of(row.state(), event)]
    rows = {ChargeId(row.id): row for row in await tx.lock_all(ChargeRow, of_it)}
    states = {key: row.state() for key, row in rows.items()}
    for key, cancelled in domain.decided_anew(states, event).items():
        tx.record(rows[key], cancelled)
        await enter_cancelled(tx, key, states[key])
    new = ChargeId(tx.mint())
    for raised in domain.charge_damage(new, event, article_number=article, charges=states):
        await start_charge(tx, new, raised)


async def _charge_sold(event: DeviceStatusChanged, tx: Transaction) -> None:
    if event.cause_id is None:
        return
    device = await tx.get(DeviceRow, event.device_id)
    sale = await tx.lock(RegionSaleRow, event.cause_id)
    price = price_of(sale.state(), event.device_id)
    if price is None:
        return
    key = ChargeId(tx.mint())
    raised = domain.charge_sold(
        key,
        event,
        sale_id=SaleId(sale.id),
        payer=sale.payer_id,
        price=price,
        article_number=device.article_number,
    )
    await start_charge(tx, key, raised)


async def _cancel(event: DeviceStatusChanged, tx: Transaction) -> None:
    found = await tx.search_all(ChargeRow, ChargeRow.device_id, event.device_id)
    gone = [row for row in found if row.kind in GONE_DEVICES]
    sold = {row.id: row.sale_id for row in gone if row.sale_id is not None}
    sales = {row.id: row for row in await tx.lock_all(RegionSaleRow, set(sold.values()))}
    rows = {ChargeId(row.id): row for row in await tx.lock_all(ChargeRow, [one.id for one in gone])}
    states = {key: row.state() for key, row in rows.items()}
    for key, cancelled in domain.to_cancel(states).items():
        tx.record(rows[key], cancelled)
        if key in sold:
            drop(sales[sold[key]], event.device_id, RETURNED, tx)
        await enter_cancelled(tx, key, states[key])
