"""What is written of a home-region case where something is delivered, finished or returned."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from kvitt_chassis.handlers import RowKey, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import CustodyChanged, LineDelivered
from kvitt_contracts.types import ChargeId, DeviceId, Money, OrderId

from billing.home_region_cases import domain
from billing.home_region_cases.models import HomeRegionCaseRow
from billing.ledger.writes import enter_charge
from billing.models import ChargeRow, DeviceRow, OrderLineRow
from billing.returned.domain import ended_between, returned_between
from billing.returned.writes import cancel_returned


def _case_of(key: UUID, tx: Transaction) -> Collection[RowKey]:
    row = tx.fetched(ChargeRow, key)
    return [] if row is None or row.order_id is None else [(HomeRegionCaseRow, row.order_id)]


DUE = Timer("home_region_charge_due", ChargeRow, reads=_case_of)
REMIND = Timer("home_region_case_reminder", HomeRegionCaseRow)


def rows_of_delivery(event: LineDelivered, tx: Transaction) -> Iterable[RowKey]:
    """The rows that are written where a line that another payer covers is delivered."""
    line = tx.fetched(OrderLineRow, event.line_id)
    if line is not None and line.is_covered:
        yield HomeRegionCaseRow, event.order_id
        yield from ((DeviceRow, device_id) for device_id in event.devices)


async def wait_for_fitting(
    event: LineDelivered, tx: Transaction, *, unit_price: Money | None
) -> None:
    """Have what was delivered wait for the fitting's end: of what was sold, at a price, each unit's
    charge; of devices that are rented their days (BIL-5, BIL-11).
    """
    row = await tx.lock(HomeRegionCaseRow, event.order_id)
    devices = await tx.lock_all(DeviceRow, event.devices)
    due = domain.due_on(event.delivered_on, tx.policy)
    _note(row, due, tx)
    if unit_price is not None:
        await _defer(event, row, devices, unit_price=unit_price, tx=tx)
        return
    row.devices = tuple(sorted({*row.devices, *event.devices}, key=str))
    until = domain.waits_until(row.state(), delivered_on=event.delivered_on, due=due)
    for device in devices:
        ended = ended_between(device.points, first=event.delivered_on, last=until)
        device.waits_from, device.waits_until = event.delivered_on, ended or until


def _note(row: HomeRegionCaseRow, due: date, tx: Transaction) -> None:
    """Note a day on which something falls due by itself, and tell what is missing."""
    if due in row.due_days:
        return
    tx.record(row, *domain.missed_at_delivery(OrderId(row.id), row.state(), due=due))
    row.due_days = tuple(sorted({*row.due_days, due}))
    row.last_due_on = row.due_days[-1]
    if row.status is domain.CaseStatus.OPEN and due > tx.today:
        later = domain.remind_next(row.due_days, after=tx.today)
        told_on = due - domain.TOLD_BEFORE
        tx.schedule(REMIND, key=row.id, due=start_of_day(min(told_on, later or told_on)))


async def _defer(
    event: LineDelivered,
    row: HomeRegionCaseRow,
    devices: Collection[DeviceRow],
    *,
    unit_price: Money,
    tx: Transaction,
) -> None:
    points = {device.device_id: device.points for device in devices}
    charge_ids = [ChargeId(tx.mint()) for _ in range(event.quantity)]
    for deferred in domain.defer(
        charge_ids, event, row.state(), unit_price=unit_price, policy=tx.policy
    ):
        charge = tx.start(ChargeRow, deferred.charge_id, deferred)
        until = domain.waits_until(
            row.state(), delivered_on=event.delivered_on, due=deferred.due_on
        )
        of_device = points.get(charge.device_id, ()) if charge.device_id else ()
        back = returned_between(of_device, first=event.delivered_on, last=until)
        if back is not None:
            await cancel_returned([charge], returned_on=back, had_since=back, quantity=1, tx=tx)
        elif not await raise_if_due(charge, row, tx):
            tx.schedule(DUE, key=charge.id, due=start_of_day(deferred.due_on))


async def raise_if_due(charge: ChargeRow, row: HomeRegionCaseRow, tx: Transaction) -> bool:
    """Raise a charge that waits no longer, and enter it. False where it still waits."""
    raised = domain.fall_due(ChargeId(charge.id), charge.state(), row.state(), today=tx.today)
    tx.record(charge, *raised)
    for one in raised:
        await enter_charge(tx, one)
    return bool(raised)


async def end_waits(row: HomeRegionCaseRow, tx: Transaction) -> None:
    """The fitting is finished: what waited for that is charged, rent with the next run (BIL-5)."""
    tx.cancel_timer(REMIND, key=row.id)
    for device in await tx.lock_all(DeviceRow, row.devices):
        if device.waits_until is not None and row.reported_on is not None:
            device.waits_until = min(device.waits_until, row.reported_on)
    charges = await tx.search_all(ChargeRow, ChargeRow.order_id, row.id)
    waiting = [one.id for one in charges if one.kind == domain.KIND]
    for charge in await tx.lock_all(ChargeRow, waiting):
        if await raise_if_due(charge, row, tx):
            tx.cancel_timer(DUE, key=charge.id)


def note_return(device: DeviceRow, event: CustodyChanged) -> None:
    """A device came back, or is missing: its days until then wait no longer (BIL-5)."""
    back = event.custody.since
    if (
        device.waits_from is not None
        and device.waits_until is not None
        and (device.waits_from <= back)
    ):
        device.waits_until = min(device.waits_until, back)


async def still_waits(row: HomeRegionCaseRow, tx: Transaction) -> bool:
    """True while something of a case waits: a charge, or a device's days."""
    charges = await tx.search_all(ChargeRow, ChargeRow.order_id, row.id)
    if any(one.kind == domain.KIND and one.status == "deferred" for one in charges):
        return True
    devices: Iterable[DeviceId] = row.devices
    lent = await tx.look_up_all(DeviceRow, devices)
    return any(one.waits_until is not None and one.waits_until > tx.today for one in lent)
