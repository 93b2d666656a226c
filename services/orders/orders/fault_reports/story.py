"""A fault report's story in words, and what it waits for. Decides nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
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

from orders.fault_reports.domain import FaultReport, Outcome, Status, Use
from orders.fault_reports.writes import ANSWER

TIMERS: Final = (ANSWER,)

_USE: Final[Mapping[Use, str]] = {
    Use.FORBIDDEN: "får inte användas",
    Use.RESTRICTED: "får användas med begränsningar",
    Use.ALLOWED: "får användas",
}
_OUTCOME: Final[Mapping[Outcome, str]] = {
    Outcome.REPLACED: "hjälpmedlet byttes",
    Outcome.REPAIRED: "hjälpmedlet reparerades",
    Outcome.ASSESSED_ANEW: "behovet bedömdes på nytt",
    Outcome.NO_FAULT: "det var inget fel",
}
_WHY: Final[Mapping[str, str]] = {
    "IN_TRANSFER": "hjälpmedlet är i ett byte",
    "LOCKED": "ett obesvarat byte låser hjälpmedlet",
    "IN_DISPATCH": "hjälpmedlet är på väg till en mottagare",
    "NOT_AT_RECIPIENT": "hjälpmedlet är inte längre utlånat",
    "HAS_PRESCRIBER": "hjälpmedlet har fått en förskrivare",
}


def tell(event: FaultReportEvent) -> Told:
    """An event of a fault report in words."""
    return Told(summary=_said(event), rule="ACT-6")


def _said(event: FaultReportEvent) -> str:
    match event:
        case FaultReported():
            return f"Ett fel anmäldes; {event.service_point} ska svara."
        case FaultReportEscalated():
            return "Ingen hade svarat i tid: kundtjänst fick veta det."
        case FaultReportPrescriberNamed():
            return f"{event.prescriber} angavs som förskrivare."
        case FaultReportPrescriberSet():
            return f"{event.prescriber} förskriver hjälpmedlet från och med nu."
        case FaultReportPrescriberRefused():
            why = _WHY.get(event.reason, f"av skälet {event.reason}")
            return f"Förskrivaren kunde inte sättas: {why}."
        case FaultReportForwarded():
            return f"Behovet av en ny bedömning gick vidare till {event.to}."
        case FaultReportRiskAssessed():
            who = "Teknikerna" if event.side == "technician" else "Huvudansvarig"
            return f"{who} bedömde att hjälpmedlet {_USE[Use(event.use)]}."
        case FaultReportClosed():
            return f"Felanmälan avslutades: {_OUTCOME[Outcome(event.outcome)]}."


def what_comes(report: FaultReport, *, due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What a report waits for, and what its timer does when it is `due`."""
    if report.status is Status.WAITING:
        what = (
            f"Huvudansvarig på {report.service_point} anger en förskrivare, eller skickar vidare."
        )
        yield Coming(at=None, what=what)
    if report.status is Status.NAMING:
        yield Coming(at=None, what="Lagret svarar.")
    if ANSWER.name in due:
        yield Coming(at=due[ANSWER.name], what="Har ingen svarat då får kundtjänst veta det.")
