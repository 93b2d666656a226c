"""Messages about fault reports, to whoever is to act next (NTF-2, ACT-6)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToStaff, ToUser
from kvitt_contracts.orders import (
    FaultReported,
    FaultReportEscalated,
    FaultReportForwarded,
    FaultReportPrescriberRefused,
    FaultReportPrescriberSet,
)

from notifications.fault_reports.models import FaultReportRow
from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_fault_report, post
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()


def _responsibles(event: FaultReported, _: Transaction) -> Iterable[RowKey]:
    return [(ResponsiblesRow, event.service_point)]


@messages.on(FaultReported, reads=_responsibles)
async def on_fault_reported(event: FaultReported, tx: Transaction) -> None:
    """Tell the main responsible of a fault on a device that nobody prescribes (NTF-2)."""
    row = FaultReportRow(
        region=tx.region,
        fault_report_id=event.fault_report_id,
        service_point=event.service_point,
    )
    tx.put(row)
    await _tell_service_point(row, NewKind.FAULT_REPORTED, tx)


@messages.on(FaultReportEscalated)
async def on_fault_report_escalated(event: FaultReportEscalated, tx: Transaction) -> None:
    """Tell customer service that nobody has answered in time (ACT-6)."""
    about = about_fault_report(event.fault_report_id)
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.FAULT_REPORT_ESCALATED, about)


@messages.on(FaultReportForwarded)
async def on_fault_report_forwarded(event: FaultReportForwarded, tx: Transaction) -> None:
    """Tell whoever is to assess the need anew (ACT-6)."""
    about = about_fault_report(event.fault_report_id)
    post(tx, ToUser(user_id=event.to), NewKind.FAULT_REPORT_FORWARDED, about)


@messages.on(FaultReportPrescriberSet)
async def on_prescriber_set(event: FaultReportPrescriberSet, tx: Transaction) -> None:
    """Tell whoever prescribes the device from now on (ACT-6)."""
    about = about_fault_report(event.fault_report_id)
    post(tx, ToUser(user_id=event.prescriber), NewKind.PRESCRIBER_NAMED, about)


def _who_answers(event: FaultReportPrescriberRefused, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(FaultReportRow, event.fault_report_id)
    if row is not None:
        yield ResponsiblesRow, row.service_point


@messages.on(FaultReportPrescriberRefused, of=FaultReportRow, reads=_who_answers)
async def on_prescriber_refused(
    row: FaultReportRow, event: FaultReportPrescriberRefused, tx: Transaction
) -> None:
    """Tell the main responsible that another answer is waited for (ACT-6)."""
    await _tell_service_point(row, NewKind.PRESCRIBER_REFUSED, tx)


async def _tell_service_point(row: FaultReportRow, message: NewKind, tx: Transaction) -> None:
    known = await tx.look_up(ResponsiblesRow, row.service_point)
    told = whom_to_tell(row.service_point, known.facts() if known else None, on=tx.today)
    for to in told:
        post(tx, to, message, about_fault_report(row.fault_report_id))
