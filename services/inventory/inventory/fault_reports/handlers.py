"""The handler of what a fault report asks: a prescriber for a device."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ClaimRefused
from kvitt_contracts.orders import FaultReportPrescriberNamed
from kvitt_contracts.types import Role

from inventory.devices.models import DeviceRow
from inventory.devices.writes import change_custody
from inventory.fault_reports import domain
from inventory.fault_reports.models import RefusedPrescriberRow
from inventory.people.models import UserRow

messages = Handlers()


def _locked(event: FaultReportPrescriberNamed, _: Transaction) -> Iterable[RowKey]:
    yield DeviceRow, event.device_id
    yield RefusedPrescriberRow, event.fault_report_id


def _read(event: FaultReportPrescriberNamed, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(DeviceRow, event.device_id)
    if row is not None and row.custody.prescriber is not None:
        yield UserRow, row.custody.prescriber


@messages.on(FaultReportPrescriberNamed, loads=_locked, reads=_read)
async def prescribe(event: FaultReportPrescriberNamed, tx: Transaction) -> None:
    """ACT-6: the device has the prescriber from today, or the report is told why not. A device
    that is not known yet: the event waits.
    """
    row = await tx.lock(DeviceRow, event.device_id)
    answer = domain.prescribe(
        event.fault_report_id,
        event.device_id,
        row.state(),
        event.prescriber,
        claim=row.claim,
        is_current=await _is_current(row, tx),
        today=tx.today,
    )
    if isinstance(answer, ClaimRefused):
        await tx.find(RefusedPrescriberRow, event.fault_report_id)
        tx.record_at(RefusedPrescriberRow, event.fault_report_id, answer)
    else:
        await change_custody(tx, row, answer)


async def _is_current(row: DeviceRow, tx: Transaction) -> bool:
    if row.custody.prescriber is None:
        return False
    known = await tx.look_up(UserRow, row.custody.prescriber)
    return known is not None and known.active and Role.PRESCRIBER in known.roles
