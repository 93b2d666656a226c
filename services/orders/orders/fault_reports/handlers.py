"""Handlers of fault reports: reported, answered, assessed, closed; and what inventory says of the
prescriber who was named.
"""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyChanged
from kvitt_contracts.orders import (
    AssessRisk,
    CloseFaultReport,
    ForwardFaultReport,
    NamePrescriber,
    ReportFault,
)
from kvitt_contracts.types import FaultReportId, Word

from orders.care.models import CareDeviceRow
from orders.care.writes import note_custody
from orders.fault_reports import domain, queries
from orders.fault_reports.commands import AssessRiskInWords, ReportFaultInWords
from orders.fault_reports.models import FaultReportRow
from orders.fault_reports.writes import ANSWER, await_answer
from orders.people.keys.opening import writable
from orders.units.queries import place_named, user_named

messages = Handlers()

Reported = ReportFault | ReportFaultInWords
Assessed = AssessRisk | AssessRiskInWords


def _read_to_report(command: Reported, tx: Transaction) -> Iterable[RowKey]:
    users = (command.by, command.asked_by)
    return queries.rows_of_report(command.device_number, command.service_point, users, tx)


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(FaultReportRow, tx.target("fault-report"))]


@messages.command(ReportFault, loads=_its_row, reads=_read_to_report)
async def report_fault(command: ReportFault, tx: Transaction) -> None:
    """Report a fault on a rented device without a current prescriber: the main responsible is
    told, and it waits (ACT-6).

    Refused: UNKNOWN_DEVICE, ALREADY_REPORTED, NOT_ON_LOAN, UNIT_NOT_KNOWN, NOT_RENTED,
    HAS_PRESCRIBER, NOT_A_SERVICE_POINT (ACT-6), UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3).
    """
    await _report(command, tx)


@messages.command(ReportFaultInWords, loads=_its_row, reads=_read_to_report)
async def report_fault_in_words(command: ReportFaultInWords, tx: Transaction) -> None:
    """Report a fault, and describe it (ACT-6).

    Refused: UNKNOWN_DEVICE, ALREADY_REPORTED, NOT_ON_LOAN, UNIT_NOT_KNOWN, NOT_RENTED,
    HAS_PRESCRIBER, NOT_A_SERVICE_POINT (ACT-6), UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3).
    """
    row = await _report(command, tx)
    await writable(row, tx)
    row.text = command.text


@messages.command(
    NamePrescriber,
    of=FaultReportRow,
    rule="ACT-6",
    reads=lambda command, tx: queries.rows_of_answer(
        _fetched(tx), (command.by, command.prescriber), tx
    ),
)
async def name_prescriber(row: FaultReportRow, command: NamePrescriber, tx: Transaction) -> None:
    """Name who prescribes the device from now on; inventory answers (ACT-6).

    Refused: UNKNOWN_FAULT_REPORT (ACT-6), UNKNOWN_USER (REF-3), NOT_RESPONSIBLE, NOT_WAITING,
    NOT_A_PRESCRIBER, NOT_AT_SERVICE_POINT (ACT-6).
    """
    events = domain.name_prescriber(
        row.state(),
        await user_named(command.prescriber, tx, field="prescriber"),
        by=await user_named(command.by, tx, field="by"),
        responsible=await queries.responsible_today(tx, row.service_point),
    )
    if events:
        tx.record(row, *events)
        await_answer(row, tx)


@messages.command(
    ForwardFaultReport,
    of=FaultReportRow,
    rule="ACT-6",
    reads=lambda command, tx: queries.rows_of_answer(_fetched(tx), (command.by, command.to), tx),
)
async def forward_fault_report(
    row: FaultReportRow, command: ForwardFaultReport, tx: Transaction
) -> None:
    """Forward the need for a new assessment to a prescriber (ACT-6).

    Refused: UNKNOWN_FAULT_REPORT (ACT-6), UNKNOWN_USER (REF-3), NOT_RESPONSIBLE, NOT_WAITING,
    NOT_A_PRESCRIBER (ACT-6).
    """
    events = domain.forward(
        row.state(),
        await user_named(command.to, tx, field="to"),
        by=await user_named(command.by, tx, field="by"),
        responsible=await queries.responsible_today(tx, row.service_point),
    )
    if events:
        tx.record(row, *events)
        await_answer(row, tx)


def _read_to_assess(command: Assessed, tx: Transaction) -> Iterable[RowKey]:
    return queries.rows_of_answer(_fetched(tx), (command.by,), tx)


@messages.command(AssessRisk, of=FaultReportRow, rule="ACT-6", reads=_read_to_assess)
async def assess_risk(row: FaultReportRow, command: AssessRisk, tx: Transaction) -> None:
    """Assess for one side whether and how the device may be used meanwhile (ACT-6).

    Refused: UNKNOWN_FAULT_REPORT (ACT-6), UNKNOWN_USER (REF-3), UNKNOWN_WORD, ALREADY_CLOSED,
    NOT_RESPONSIBLE, NOT_OF_THAT_SIDE (ACT-6).
    """
    await _assess(row, command, tx, text=None)


@messages.command(AssessRiskInWords, of=FaultReportRow, rule="ACT-6", reads=_read_to_assess)
async def assess_risk_in_words(
    row: FaultReportRow, command: AssessRiskInWords, tx: Transaction
) -> None:
    """Assess for one side how the device may be used, and say why (ACT-6).

    Refused: UNKNOWN_FAULT_REPORT (ACT-6), UNKNOWN_USER (REF-3), UNKNOWN_WORD, ALREADY_CLOSED,
    NOT_RESPONSIBLE, NOT_OF_THAT_SIDE, ALREADY_ASSESSED (ACT-6).
    """
    if command.is_first:
        domain.must_be_first(row.state(), side=command.side, use=command.use)
    await _assess(row, command, tx, text=command.text)


@messages.command(CloseFaultReport, of=FaultReportRow, rule="ACT-6")
async def close_fault_report(
    row: FaultReportRow, command: CloseFaultReport, tx: Transaction
) -> None:
    """End the report with what it led to (ACT-6).

    Refused: UNKNOWN_FAULT_REPORT, UNKNOWN_WORD, ALREADY_CLOSED (ACT-6).
    """
    tx.record(row, *domain.close(row.state(), outcome=command.outcome, by=command.by))
    await_answer(row, tx)


def _changed(event: CustodyChanged, _: Transaction) -> Iterable[RowKey]:
    yield CareDeviceRow, event.device_id
    if event.cause.fault_report_id is not None:
        yield FaultReportRow, event.cause.fault_report_id


@messages.on(CustodyChanged, loads=_changed)
async def on_custody_changed(event: CustodyChanged, tx: Transaction) -> None:
    """Store whose the device is; where a report made the change, it has its prescriber (ACT-6)."""
    await note_custody(event, tx)
    prescriber = event.custody.prescriber
    if event.cause.fault_report_id is not None and prescriber is not None:
        row = await tx.lock(FaultReportRow, event.cause.fault_report_id)
        tx.record(row, *domain.set_prescriber(row.state(), prescriber))
        await_answer(row, tx)


@messages.timer(ANSWER)
async def escalate(row: FaultReportRow, due: datetime, tx: Transaction) -> None:
    """Nobody has answered within the policy's working days: customer service is told (ACT-6)."""
    tx.record(row, *domain.escalate(row.state()))


async def _report(command: Reported, tx: Transaction) -> FaultReportRow:
    report_id = FaultReportId(tx.target("fault-report"))
    row = await tx.find(FaultReportRow, report_id)
    device = await queries.device_numbered(command.device_number, tx)
    place = await place_named(command.service_point, tx)
    await user_named(command.by, tx, field="by")
    if command.asked_by is not None:
        await user_named(command.asked_by, tx, field="asked_by")
    events = domain.report_fault(
        row.state() if row is not None else None,
        device,
        report_id=report_id,
        is_reported=await queries.is_reported(device.id, tx),
        service_point=command.service_point,
        is_service_point=place.is_service_point,
        has_text=isinstance(command, ReportFaultInWords) and command.text is not None,
        by=command.by,
        asked_by=command.asked_by,
    )
    reported = tx.record_at(FaultReportRow, report_id, *events)
    await_answer(reported, tx)
    return reported


async def _assess(
    row: FaultReportRow, command: Assessed, tx: Transaction, *, text: str | None
) -> None:
    events = domain.assess(
        row.state(),
        side=command.side,
        use=command.use,
        has_text=text is not None,
        by=await user_named(command.by, tx, field="by"),
        responsible=await queries.responsible_today(tx, row.service_point),
    )
    if not events:
        return
    tx.record(row, *events)
    await writable(row, tx)
    if command.side == Word(domain.Side.RESPONSIBLE):
        row.responsible_text = text
    else:
        row.technician_text = text


def _fetched(tx: Transaction) -> FaultReportRow | None:
    return tx.fetched(FaultReportRow, tx.target("fault-report"))
