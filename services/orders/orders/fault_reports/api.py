"""Fault reports over HTTP: report, answer, assess, close, list, show. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, In
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.orders import CloseFaultReport, ForwardFaultReport, NamePrescriber
from kvitt_contracts.types import DeviceId, ServicePointId, Word, identify
from sqlalchemy import select

from orders.fault_reports import story
from orders.fault_reports.commands import AssessRiskInWords, ReportFaultInWords
from orders.fault_reports.domain import Status
from orders.fault_reports.models import FaultReportRow
from orders.fault_reports.queries import SCOPE
from orders.fault_reports.views import (
    AssessRiskBody,
    CloseBody,
    FaultReportBody,
    FaultReportLine,
    FaultReportView,
    ForwardBody,
    NamePrescriberBody,
)
from orders.people.keys.opening import opened

router = ApiRouter(tags=["Felanmälningar"])


@router.post("/fault-reports", status_code=201)
async def report_fault(body: FaultReportBody, commands: Commands) -> FaultReportView:
    """Anmäl ett fel på ett hyrt hjälpmedel som ingen förskriver längre: huvudansvarig får veta det
    och svarar (ACT-6).

    Nekas: UNKNOWN_DEVICE, ALREADY_REPORTED, NOT_ON_LOAN, UNIT_NOT_KNOWN, NOT_RENTED,
    HAS_PRESCRIBER, NOT_A_SERVICE_POINT (ACT-6), UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3).
    """
    caller, reference = commands.caller, body.reference
    report_id = identify(caller.region, "fault-report", reference) if reference else uuid4()
    command = ReportFaultInWords(
        device_number=body.device_number,
        service_point=body.service_point,
        by=caller.user_id,
        asked_by=body.asked_by,
        text=body.text,
    )
    return await commands.run(
        command, target=report_id, subject=reference, rule="ACT-6", show=_show(report_id)
    )


@router.post("/fault-reports/{fault_report_id}:name-prescriber", status_code=202)
async def name_prescriber(
    fault_report_id: UUID, body: NamePrescriberBody, commands: Commands
) -> FaultReportView:
    """Ange vem som förskriver hjälpmedlet från och med nu, till exempel för ett byte till ett
    identiskt (ACT-6). Lagret svarar; `Prefer: wait=2` väntar.

    Nekas: UNKNOWN_FAULT_REPORT (ACT-6), UNKNOWN_USER (REF-3), NOT_RESPONSIBLE, NOT_WAITING,
    NOT_A_PRESCRIBER, NOT_AT_SERVICE_POINT (ACT-6).
    """
    command = NamePrescriber(prescriber=body.prescriber, by=commands.caller.user_id)
    return await commands.run(
        command, target=fault_report_id, scope=SCOPE, rule="ACT-6", show=_show(fault_report_id)
    )


@router.post("/fault-reports/{fault_report_id}:forward")
async def forward_fault_report(
    fault_report_id: UUID, body: ForwardBody, commands: Commands
) -> FaultReportView:
    """Skicka behovet av en ny bedömning vidare till en förskrivare (ACT-6).

    Nekas: UNKNOWN_FAULT_REPORT (ACT-6), UNKNOWN_USER (REF-3), NOT_RESPONSIBLE, NOT_WAITING,
    NOT_A_PRESCRIBER (ACT-6).
    """
    command = ForwardFaultReport(to=body.to, by=commands.caller.user_id)
    return await commands.run(
        command, target=fault_report_id, scope=SCOPE, rule="ACT-6", show=_show(fault_report_id)
    )


@router.post("/fault-reports/{fault_report_id}:assess-risk")
async def assess_risk(
    fault_report_id: UUID, body: AssessRiskBody, commands: Commands
) -> FaultReportView:
    """Bedöm för en sida om och hur hjälpmedlet får användas så länge: den strängare bedömningen
    gäller (ACT-6). Med `is_first` ersätts ingen bedömning som du inte har sett.

    Nekas: UNKNOWN_FAULT_REPORT (ACT-6), UNKNOWN_USER (REF-3), ALREADY_CLOSED, NOT_RESPONSIBLE,
    NOT_OF_THAT_SIDE, ALREADY_ASSESSED (ACT-6).
    """
    command = AssessRiskInWords(
        side=Word(body.side),
        use=Word(body.use),
        by=commands.caller.user_id,
        text=body.text,
        is_first=body.is_first,
    )
    return await commands.run(
        command, target=fault_report_id, scope=SCOPE, rule="ACT-6", show=_show(fault_report_id)
    )


@router.post("/fault-reports/{fault_report_id}:close")
async def close_fault_report(
    fault_report_id: UUID, body: CloseBody, commands: Commands
) -> FaultReportView:
    """Avsluta en felanmälan med vad den ledde till (ACT-6).

    Nekas: UNKNOWN_FAULT_REPORT, ALREADY_CLOSED (ACT-6).
    """
    command = CloseFaultReport(outcome=Word(body.outcome), by=commands.caller.user_id)
    return await commands.run(
        command, target=fault_report_id, scope=SCOPE, rule="ACT-6", show=_show(fault_report_id)
    )


class FaultReportQuery(ListQuery):
    """Which fault reports."""

    service_point: Annotated[
        ServicePointId | None, Eq(FaultReportRow.service_point, "Tjänstestället som svarar")
    ] = None
    status: Annotated[list[Status] | None, In(FaultReportRow.status, "En eller flera")] = None
    device_id: Annotated[DeviceId | None, Eq(FaultReportRow.device_id, "Hjälpmedlet")] = None
    escalated: Annotated[
        bool | None, Eq(FaultReportRow.is_escalated, "Bara de som ingen svarat på i tid")
    ] = None


FAULT_REPORTS = ListOf(
    select(FaultReportRow),
    scope=SCOPE,
    sorts=named(FaultReportRow.status, FaultReportRow.service_point),
    default="status",
    view=FaultReportLine.of,
    then=FaultReportRow.status,
)


@router.get("/fault-reports")
async def list_fault_reports(
    reader: Reader, asked: Annotated[FaultReportQuery, Query()]
) -> Page[FaultReportLine]:
    """Felanmälningar som dina tjänsteställen svarar på, eller som du gjort eller fått; för
    kundtjänst alla, utom dem om någon med skyddade personuppgifter.
    """
    return await FAULT_REPORTS.page(asked, reader)


@router.get("/fault-reports/{fault_report_id}")
async def show_fault_report(
    fault_report_id: UUID, reader: Reader, tx: ReadTransaction
) -> FaultReportView:
    """En felanmälan, med båda sidors bedömning."""
    row = await reader.get(FaultReportRow, fault_report_id, scope=SCOPE, rule="ACT-6")
    return FaultReportView.of(await opened(row, tx))


@router.get("/fault-reports/{fault_report_id}/story")
async def tell_fault_report(fault_report_id: UUID, reader: Reader) -> Story:
    """Vad som har hänt med en felanmälan, och vad den väntar på (REF-6)."""
    row = await reader.get(FaultReportRow, fault_report_id, scope=SCOPE, rule="ACT-6")
    due = await reader.due(*story.TIMERS, of=[fault_report_id])
    return Story(
        items=told(await reader.log_of(row), by=story.tell),
        next=list(story.what_comes(row.state(), due=due)),
    )


def _show(report_id: UUID) -> Callable[[Transaction], Awaitable[FaultReportView]]:
    async def show(tx: Transaction) -> FaultReportView:
        return FaultReportView.of(await opened(await tx.get(FaultReportRow, report_id), tx))

    return show
