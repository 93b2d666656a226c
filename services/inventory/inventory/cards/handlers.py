"""The handlers of a device's card: numbers, fields, and the work that it follows from."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import RenumberDevice, SetDeviceCard
from kvitt_contracts.orders import WorkOrderFinished, WorkOrderRegistered
from kvitt_contracts.types import DeviceId, WorkOrderId, identify

from inventory.cards import domain
from inventory.cards.commands import GiveNumber, SetCard
from inventory.cards.models import WorkOrderRow
from inventory.cards.queries import lock_device_of, rows_of_card, work_order
from inventory.devices.models import DeviceRow, SipNumberRow
from inventory.devices.queries import find_device_id
from inventory.devices.writes import renumber
from inventory.people.models import UserRow

messages = Handlers()

_SET_CARD = "inventory.device.set-card"
messages.project(WorkOrderRegistered, WorkOrderRow)


def _read(
    command: RenumberDevice | GiveNumber | SetDeviceCard | SetCard, tx: Transaction
) -> Iterable[RowKey]:
    return rows_of_card(command.device_number, command.by, tx)


@messages.command(RenumberDevice, reads=_read)
async def renumber_device(command: RenumberDevice, tx: Transaction) -> None:
    """INV-6: the device bears another number from now on; the one before finds it still.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE (INV-5), DEVICE_GONE (INV-7), SAME_NUMBER,
    DEVICE_NUMBER_TAKEN, NOT_CONFIRMED (INV-6), UNKNOWN_WORK_ORDER, WORK_ORDER_OF_ANOTHER_DEVICE,
    NO_REPAIR (ACT-4).
    """
    named = command.work_order
    repair = WorkOrderId(identify(tx.region, "work-order", named)) if named else None
    await _renumber(command, repair, tx)


@messages.command(GiveNumber, reads=_read)
async def give_number(command: GiveNumber, tx: Transaction) -> None:
    """INV-6: as `renumber_device`, after the repair with an id.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE (INV-5), DEVICE_GONE (INV-7), SAME_NUMBER,
    DEVICE_NUMBER_TAKEN, NOT_CONFIRMED (INV-6), UNKNOWN_WORK_ORDER, WORK_ORDER_OF_ANOTHER_DEVICE,
    NO_REPAIR (ACT-4).
    """
    try:
        await _renumber(command, command.work_order_id, tx)
    except domain.CardRefused as refused:
        raise refused.of_body() from refused


@messages.command(SetDeviceCard, reads=_read)
async def set_device_card(command: SetDeviceCard, tx: Transaction) -> None:
    """INV-5, INV-6: set fields of a device's card.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE, NOTHING_TO_SET (INV-5), CUSTOMER_SERVICE_ONLY
    (INV-6), ASKED_BY_MISSING (REF-12), DUE_BEFORE_DONE (DAY-5).
    """
    await _set_card(command, None, tx)


@messages.command(SetCard, reads=_read)
async def set_card(command: SetCard, tx: Transaction) -> None:
    """INV-5, INV-6: as `set_device_card`, the SIP number among the fields.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE, NOTHING_TO_SET (INV-5), CUSTOMER_SERVICE_ONLY
    (INV-6), ASKED_BY_MISSING (REF-12), DUE_BEFORE_DONE (DAY-5).
    """
    row = await _set_card(command, command.sip_number, tx)
    if command.sip_number is not None:
        sip = await tx.find(SipNumberRow, row.id)
        if sip is None:
            sip = SipNumberRow(region=tx.region, device_id=DeviceId(row.id))
            tx.put(sip)
        sip.sip_number, sip.holder_key = command.sip_number, row.holder_key


def _read_work(event: WorkOrderFinished, _: Transaction) -> Iterable[RowKey]:
    return [(WorkOrderRow, event.work_order_id)]


def _locked_work(event: WorkOrderFinished, tx: Transaction) -> Iterable[RowKey]:
    work = tx.fetched(WorkOrderRow, event.work_order_id)
    if work is not None and work.kind == domain.MAINTENANCE and work.device_id is not None:
        yield DeviceRow, work.device_id


@messages.on(WorkOrderFinished, loads=_locked_work, reads=_read_work)
async def on_work_order_finished(event: WorkOrderFinished, tx: Transaction) -> None:
    """ACT-8: finished maintenance is the device's last one from now on. Work that is not known yet:
    the event waits.
    """
    work = await tx.get(WorkOrderRow, event.work_order_id)
    if work.kind != domain.MAINTENANCE or work.device_id is None:
        return
    row = await tx.lock(DeviceRow, work.device_id)
    tx.record(row, *domain.maintained(DeviceId(row.id), row.state(), event))


async def _renumber(
    command: RenumberDevice | GiveNumber, repair: WorkOrderId | None, tx: Transaction
) -> None:
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    row = await lock_device_of(command.device_number, by, tx, act="inventory.device.renumber")
    event = domain.renumber(
        DeviceId(row.id),
        row.state(),
        number=command.new_number,
        is_used=await find_device_id(tx, command.new_number) not in (None, row.id),
        is_confirmed=command.is_confirmed,
        repair=await work_order(repair, tx) if repair else None,
        by=command.by,
    )
    await renumber(tx, row, event)


async def _set_card(
    command: SetDeviceCard | SetCard, sip_number: str | None, tx: Transaction
) -> DeviceRow:
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    row = await lock_device_of(command.device_number, by, tx, act=_SET_CARD)
    event = domain.set_card(
        DeviceId(row.id),
        row.state(),
        domain.Fields(
            serial_number=command.serial_number,
            has_sip_number=None if sip_number is None else True,
            maintained_on=command.maintained_on,
            maintenance_due_on=command.maintenance_due_on,
        ),
        is_customer_service=by.may_for_all(_SET_CARD),
        by=command.by,
        asked_by=command.asked_by,
    )
    tx.record(row, event)
    return row
