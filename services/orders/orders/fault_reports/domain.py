"""The rules of fault reports: what is reported, who answers, how the risk is assessed (ACT-6). No
clock, no database.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    FaultReportClosed,
    FaultReported,
    FaultReportEscalated,
    FaultReportEvent,
    FaultReportForwarded,
    FaultReportPrescriberNamed,
    FaultReportPrescriberRefused,
    FaultReportPrescriberSet,
    FaultReportRiskAssessed,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    Charging,
    DeviceId,
    FaultReportId,
    ReasonCode,
    Recipient,
    Role,
    ServicePointId,
    UserId,
    Word,
)

from orders.units.domain import User
from orders.waits.domain import LISTED, TELLS_CUSTOMER_SERVICE, Owner, Wait

WordT = TypeVar("WordT", bound=StrEnum)


class Status(StrEnum):
    """Where a report is. `naming`: a prescriber is named, and inventory has not answered yet."""

    WAITING = "waiting"
    NAMING = "naming"
    PRESCRIBED = "prescribed"
    FORWARDED = "forwarded"
    CLOSED = "closed"


AWAITING: Final = (Status.WAITING, Status.NAMING)
"""What somebody is to answer."""


class Side(StrEnum):
    """Who assesses a risk: the unit's main responsible, or the device service's technicians."""

    RESPONSIBLE = "responsible"
    TECHNICIAN = "technician"


class Use(StrEnum):
    """How a device may be used meanwhile, the strictest first."""

    FORBIDDEN = "forbidden"
    RESTRICTED = "restricted"
    ALLOWED = "allowed"


class Outcome(StrEnum):
    """What a report has led to."""

    REPLACED = "replaced"
    REPAIRED = "repaired"
    ASSESSED_ANEW = "assessed_anew"
    NO_FAULT = "no_fault"


class Reason(StrEnum):
    """Why something is not done with a fault report."""

    ALREADY_REPORTED = "ALREADY_REPORTED"
    NOT_ON_LOAN = "NOT_ON_LOAN"
    UNIT_NOT_KNOWN = "UNIT_NOT_KNOWN"
    NOT_RENTED = "NOT_RENTED"
    HAS_PRESCRIBER = "HAS_PRESCRIBER"
    NOT_A_SERVICE_POINT = "NOT_A_SERVICE_POINT"
    NOT_WAITING = "NOT_WAITING"
    NOT_RESPONSIBLE = "NOT_RESPONSIBLE"
    NOT_A_PRESCRIBER = "NOT_A_PRESCRIBER"
    NOT_AT_SERVICE_POINT = "NOT_AT_SERVICE_POINT"
    NOT_OF_THAT_SIDE = "NOT_OF_THAT_SIDE"
    ALREADY_ASSESSED = "ALREADY_ASSESSED"
    ALREADY_CLOSED = "ALREADY_CLOSED"
    UNKNOWN_WORD = "UNKNOWN_WORD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device as far as a report asks of it. `recipient` is None in a store, and of a loan to a
    care unit that began before orders read which; `charging` None where it is not known how the
    loan is charged; `prescriber` is whoever prescribed it last.
    """

    id: DeviceId
    is_on_loan: bool
    recipient: Recipient | None
    charging: Charging | None
    prescriber: User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """A report. `by_responsible`, `by_technician`: how each side has assessed the use."""

    id: FaultReportId
    status: Status
    device_id: DeviceId
    recipient: Recipient
    service_point: ServicePointId
    has_text: bool
    reported_by: UserId
    asked_by: UserId | None = None
    is_escalated: bool = False
    prescriber: UserId | None = None
    refused: str | None = None
    forwarded_to: UserId | None = None
    by_responsible: Word | None = None
    by_technician: Word | None = None
    outcome: Word | None = None

    @property
    def use(self) -> Use | None:
        """How the device may be used until the report is closed: the stricter of both assessments,
        None before there is one (ACT-6).
        """
        assessed = [Use(one) for one in (self.by_responsible, self.by_technician) if one]
        return min(assessed, key=_STRICTEST_FIRST.index, default=None)


_STRICTEST_FIRST: Final = tuple(Use)


# decision 0358: a prescriber who has left is no current one
def report_fault(
    known: FaultReport | None,
    device: Device,
    *,
    report_id: FaultReportId,
    is_reported: bool,
    service_point: ServicePointId,
    is_service_point: bool,
    has_text: bool,
    by: UserId,
    asked_by: UserId | None,
) -> tuple[FaultReported, ...]:
    """Report a fault on a rented device that has no current prescriber (ACT-6). `is_reported`: a
    report on it is open.

    Raises Refused: ALREADY_REPORTED, NOT_ON_LOAN, UNIT_NOT_KNOWN, NOT_RENTED, HAS_PRESCRIBER,
    NOT_A_SERVICE_POINT (ACT-6).
    """
    if known is not None:
        way_on = "Använd en ny beteckning: den här namnger redan en felanmälan."
        raise _refuse(Reason.ALREADY_REPORTED, way_on)
    if is_reported:
        way_on = "Hjälpmedlet har en öppen felanmälan: svara på den, eller avsluta den."
        raise _refuse(Reason.ALREADY_REPORTED, way_on, field="device_number")
    if device.recipient is None and device.is_on_loan:
        way_on = "Kvitt vet inte vilken vårdenhet som har det: ange en förskrivare genom ett byte."
        raise _refuse(Reason.UNIT_NOT_KNOWN, way_on, field="device_number")
    if device.recipient is None:
        way_on = "Hjälpmedlet står i ett förråd: kontrollera individnumret."
        raise _refuse(Reason.NOT_ON_LOAN, way_on, field="device_number")
    if device.charging is Charging.SALE:
        way_on = "Hjälpmedlet är köpt, inte hyrt: gör en arbetsorder för reparation."
        raise _refuse(Reason.NOT_RENTED, way_on, field="device_number")
    if device.prescriber is not None and device.prescriber.has(Role.PRESCRIBER):
        way_on = f"Kontakta förskrivaren {device.prescriber.user_id}, som svarar för hjälpmedlet."
        raise _refuse(Reason.HAS_PRESCRIBER, way_on, field="device_number")
    if not is_service_point:
        way_on = "Ange ett tjänsteställe, till exempel det som betalar för hjälpmedlet."
        raise _refuse(Reason.NOT_A_SERVICE_POINT, way_on, field="service_point")
    return (
        FaultReported(
            fault_report_id=report_id,
            device_id=device.id,
            recipient=device.recipient,
            service_point=service_point,
            has_text=has_text,
            by=by,
            asked_by=asked_by,
        ),
    )


def name_prescriber(
    report: FaultReport, prescriber: User, *, by: User, responsible: Set[UserId]
) -> tuple[FaultReportEvent, ...]:
    """Name who prescribes the device from now on: of those who work at the report's service point
    (ACT-6). Inventory answers. No event where the same one is named already.

    Raises Refused: NOT_RESPONSIBLE, NOT_WAITING, NOT_A_PRESCRIBER, NOT_AT_SERVICE_POINT (ACT-6).
    """
    refuse_others(report, by=by, responsible=responsible)
    named = report.status in {Status.NAMING, Status.PRESCRIBED}
    if named and report.prescriber == prescriber.user_id:
        return ()
    _must_wait(report)
    _must_prescribe(prescriber, field="prescriber")
    if not prescriber.works_at(report.service_point):
        way_on = f"Ange en förskrivare på {report.service_point}, eller vidarebefordra behovet."
        raise _refuse(Reason.NOT_AT_SERVICE_POINT, way_on, field="prescriber")
    return (
        FaultReportPrescriberNamed(
            fault_report_id=report.id,
            device_id=report.device_id,
            prescriber=prescriber.user_id,
            by=by.user_id,
        ),
    )


def forward(
    report: FaultReport, to: User, *, by: User, responsible: Set[UserId]
) -> tuple[FaultReportEvent, ...]:
    """Forward the need for a new assessment to a prescriber, wherever they work (ACT-6). No event
    where it is forwarded to them already.

    Raises Refused: NOT_RESPONSIBLE, NOT_WAITING, NOT_A_PRESCRIBER (ACT-6).
    """
    refuse_others(report, by=by, responsible=responsible)
    if report.status is Status.FORWARDED and report.forwarded_to == to.user_id:
        return ()
    _must_wait(report)
    _must_prescribe(to, field="to")
    return (FaultReportForwarded(fault_report_id=report.id, to=to.user_id, by=by.user_id),)


def assess(
    report: FaultReport,
    *,
    side: Word,
    use: Word,
    has_text: bool,
    by: User,
    responsible: Set[UserId],
) -> tuple[FaultReportEvent, ...]:
    """Assess for one side whether and how the device may be used meanwhile (ACT-6). No event where
    that side has said so already.

    Raises Refused: UNKNOWN_WORD, ALREADY_CLOSED, NOT_RESPONSIBLE, NOT_OF_THAT_SIDE (ACT-6).
    """
    whose, may_use = _word(Side, side, field="side"), _word(Use, use, field="use")
    if report.status is Status.CLOSED:
        raise _refuse(Reason.ALREADY_CLOSED, "Felanmälan är avslutad: gör en ny vid behov.")
    if whose is Side.RESPONSIBLE:
        refuse_others(report, by=by, responsible=responsible)
    elif not by.may_for_all("orders.fault-report.close"):
        way_on = "Teknikernas bedömning lämnas av hjälpmedelsverksamheten: ange responsible."
        raise _refuse(Reason.NOT_OF_THAT_SIDE, way_on, field="side")
    if _said(report, whose) == Word(may_use) and not has_text:
        return ()
    return (
        FaultReportRiskAssessed(
            fault_report_id=report.id, side=side, use=use, has_text=has_text, by=by.user_id
        ),
    )


def close(report: FaultReport, *, outcome: Word, by: UserId) -> tuple[FaultReportEvent, ...]:
    """End the report with what it led to (ACT-6). No event where it ended so already.

    Raises Refused: UNKNOWN_WORD, ALREADY_CLOSED (ACT-6).
    """
    _word(Outcome, outcome, field="outcome")
    if report.status is Status.CLOSED and report.outcome == outcome:
        return ()
    if report.status is Status.CLOSED:
        raise _refuse(Reason.ALREADY_CLOSED, "Felanmälan är avslutad: gör en ny vid behov.")
    return (FaultReportClosed(fault_report_id=report.id, outcome=outcome, by=by),)


def escalate(report: FaultReport) -> tuple[FaultReportEvent, ...]:
    """Nobody has answered in time, or inventory has not said what became of the answer: customer
    service is told, and the report waits on (ACT-6).
    """
    if report.status not in AWAITING or report.is_escalated:
        return ()
    return (FaultReportEscalated(fault_report_id=report.id, service_point=report.service_point),)


def waits_for(report: FaultReport, *, until: date | None) -> Wait | None:
    """What a report waits for and on whom; `until` is the last day of that wait (REF-20). None when
    it is closed.
    """
    told = LISTED if report.is_escalated else TELLS_CUSTOMER_SERVICE
    match report.status:
        case Status.WAITING:
            point = report.service_point
            on = Owner.SERVICE_POINT
            return Wait(awaits=Word("answer"), on=on, service_point=point, until=until, then=told)
        case Status.NAMING:
            return Wait(awaits=Word("claim"), on=Owner.STORE, until=until, then=told)
        case Status.FORWARDED:
            to = report.forwarded_to
            return Wait(awaits=Word("assessment"), on=Owner.USER, user=to, until=until, then=LISTED)
        case Status.PRESCRIBED:
            on = Owner.CUSTOMER_SERVICE
            return Wait(awaits=Word("closing"), on=on, until=until, then=LISTED)
        case Status.CLOSED:
            return None


def set_prescriber(report: FaultReport, prescriber: UserId) -> tuple[FaultReportEvent, ...]:
    """The device has the prescriber who was named. No event where the report has ended."""
    if report.status is not Status.NAMING:
        return ()
    return (FaultReportPrescriberSet(fault_report_id=report.id, prescriber=prescriber),)


def refuse_prescriber(report: FaultReport, reason: ReasonCode) -> tuple[FaultReportEvent, ...]:
    """The device cannot be given a prescriber now: the report waits for another answer."""
    if report.status is not Status.NAMING:
        return ()
    return (FaultReportPrescriberRefused(fault_report_id=report.id, reason=reason),)


def refuse_others(report: FaultReport, *, by: User, responsible: Set[UserId]) -> None:
    """Raises Refused (NOT_RESPONSIBLE, ACT-6) unless the user answers for the report's service
    point: is its main responsible, or the stand-in today, or works there where there is no main.
    """
    there = by.active and by.works_at(report.service_point)
    if there and (not responsible or by.user_id in responsible):
        return
    who = ", ".join(sorted(responsible)) or f"någon som arbetar på {report.service_point}"
    raise _refuse(Reason.NOT_RESPONSIBLE, f"Be {who} att svara.")


def evolve(report: FaultReport | None, event: FaultReportEvent) -> FaultReport:
    """Returns the state after an event; every event of a fault report is handled.

    Raises ValueError for a first event that cannot begin a report.
    """
    if isinstance(event, FaultReported):
        return FaultReport(
            **same_fields(event, FaultReport),
            id=event.fault_report_id,
            status=Status.WAITING,
            reported_by=event.by,
        )
    if report is None:
        raise ValueError(f"{event.wire_type} cannot be a fault report's first event")
    match event:
        case FaultReportEscalated():
            return replace(report, is_escalated=True)
        case FaultReportPrescriberNamed():
            named = replace(report, status=Status.NAMING, prescriber=event.prescriber)
            return replace(named, refused=None, is_escalated=False)  # if refused, a new wait begins
        case FaultReportPrescriberSet():
            return replace(report, status=Status.PRESCRIBED)
        case FaultReportPrescriberRefused():
            return replace(report, status=Status.WAITING, prescriber=None, refused=event.reason)
        case FaultReportForwarded():
            return replace(report, status=Status.FORWARDED, forwarded_to=event.to)
        case FaultReportRiskAssessed(side=Side.RESPONSIBLE):
            return replace(report, by_responsible=event.use)
        case FaultReportRiskAssessed():
            return replace(report, by_technician=event.use)
        case FaultReportClosed():
            return replace(report, status=Status.CLOSED, outcome=event.outcome)


def _must_wait(report: FaultReport) -> None:
    if report.status is not Status.WAITING:
        way_on = "Felanmälan är redan besvarad, eller väntar på lagrets svar."
        raise _refuse(Reason.NOT_WAITING, way_on)


def must_be_first(report: FaultReport, *, side: Word, use: Word) -> None:
    """Raises Refused (ALREADY_ASSESSED, ACT-6): that side has said something else already, which
    whoever assesses it has not seen.
    """
    if _said(report, _word(Side, side, field="side")) not in (None, use):
        way_on = "En kollega har redan bedömt felet. Läs varför, och ändra det sedan om det behövs."
        raise _refuse(Reason.ALREADY_ASSESSED, way_on)


def _said(report: FaultReport, side: Side) -> Word | None:
    return report.by_responsible if side is Side.RESPONSIBLE else report.by_technician


def _must_prescribe(user: User, *, field: str) -> None:
    if not user.has(Role.PRESCRIBER):
        raise _refuse(Reason.NOT_A_PRESCRIBER, "Ange en aktiv förskrivare.", field=field)


def _word(words: type[WordT], said: Word, *, field: str) -> WordT:
    try:
        return words(said)
    except ValueError:
        way_on = f"Ange ett av: {', '.join(words)}."
        raise _refuse(Reason.UNKNOWN_WORD, way_on, field=field) from None


def _refuse(reason: Reason, way_on: str, *, field: str | None = None) -> Refused:
    return Refused(reason, rule="ACT-6", field=field, way_on=way_on)
