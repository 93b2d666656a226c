"""Handlers of delayed fees: one falls due, is paused, or ends since its unit is returned."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import ChargeRaised, PauseCharge
from kvitt_contracts.inventory import LineReturned
from kvitt_contracts.types import ChargeId, identify

from billing.delayed_fees import domain
from billing.delayed_fees.commands import PauseDelayedFee
from billing.delayed_fees.writes import FEE_DUE, await_due, cancel
from billing.ledger.writes import enter_charge
from billing.models import ChargeRow, DeviceRow, UserRow

messages = Handlers()


@messages.timer(FEE_DUE)
async def charge_delayed_fee(row: ChargeRow, due: datetime, tx: Transaction) -> None:
    """Charge a fee that has waited until its day (BIL-3); or cancel it, where its device was
    returned before and that came ahead of the delivery (BIL-4).
    """
    device = await tx.look_up(DeviceRow, row.device_id) if row.device_id else None
    points = device.points if device else ()
    for event in domain.fall_due(ChargeId(row.id), row.state(), points, today=tx.today):
        tx.record(row, event)
        if isinstance(event, ChargeRaised):
            await enter_charge(tx, event)


@messages.command(
    PauseDelayedFee,
    of=ChargeRow,
    rule="BIL-4",
    reads=lambda command, _: [(UserRow, command.asked_by)],
)
async def pause_delayed_fee(row: ChargeRow, command: PauseDelayedFee, tx: Transaction) -> None:
    """Put a fee that waits off until a day (BIL-4).

    Refused: UNKNOWN_CHARGE (BIL-4), UNKNOWN_USER (REF-3), NOT_DEFERRED, ALREADY_CHARGED,
    CHARGE_CANCELLED, PAUSE_TOO_LATE, NOT_LATER (BIL-4).
    """
    await _pause(row, command, tx)


def _read_of_device(command: PauseCharge, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.asked_by
    yield DeviceRow, identify(tx.region, "device", command.device_number)
    yield DeviceRow.device_number, command.device_number
    for found in (
        tx.fetched(DeviceRow, identify(tx.region, "device", command.device_number)),
        tx.fetched(DeviceRow.device_number, command.device_number),
    ):
        if found is not None:
            yield ChargeRow.device_id, found.device_id


@messages.command(PauseCharge, reads=_read_of_device)
async def pause_charge(command: PauseCharge, tx: Transaction) -> None:
    """Put the fee that waits for a device off until a day (BIL-4).

    Refused: UNKNOWN_DEVICE (BIL-4), UNKNOWN_USER (REF-3), NOT_DEFERRED, ALREADY_CHARGED,
    CHARGE_CANCELLED, PAUSE_TOO_LATE, NOT_LATER (BIL-4).
    """
    key = identify(tx.region, "device", command.device_number)  # decision 0366
    device = await tx.look_up(DeviceRow, key)
    if device is None:
        device = await tx.search(DeviceRow, DeviceRow.device_number, command.device_number)
    if device is None:
        device = await tx.get(DeviceRow, key, rule="BIL-4", field="device_number")
    rows = await tx.search_all(ChargeRow, ChargeRow.device_id, device.device_id)
    states = {ChargeId(one.id): one.state() for one in rows}
    row = await tx.lock(ChargeRow, domain.charge_to_pause(states))
    await _pause(row, command, tx)


@messages.on(LineReturned, reads=lambda event, _: [(ChargeRow.order_id, event.order_id)])
async def on_line_returned(event: LineReturned, tx: Transaction) -> None:
    """So many units of an unmarked line were returned: of those that were not due then, none is
    owed (BIL-4), nor what another region was to pay when the fitting ends (BIL-5).
    """
    of_order = await tx.search_all(ChargeRow, ChargeRow.order_id, event.order_id)
    of_line = [row for row in of_order if row.line_id == event.line_id and row.device_id is None]
    returned_on = event.returned_on
    await cancel(
        of_line, returned_on=returned_on, had_since=returned_on, quantity=event.quantity, tx=tx
    )


async def _pause(row: ChargeRow, command: PauseDelayedFee | PauseCharge, tx: Transaction) -> None:
    await tx.get(UserRow, command.asked_by, rule="REF-3", field="asked_by")
    paused = domain.pause(
        ChargeId(row.id),
        row.state(),
        until_on=command.until_on,
        by=command.by,
        asked_by=command.asked_by,
        today=tx.today,
    )
    tx.record(row, *paused)
    await_due(row, tx)
