"""A work order's story in words, and what it waits for. Decides nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.orders import (
    WorkOrderApplicationDecided,
    WorkOrderEvent,
    WorkOrderFinished,
    WorkOrderNoted,
    WorkOrderPlanned,
    WorkOrderRegistered,
    WorkOrderReminderDue,
    WorkOrderRenumbered,
    WorkOrderStarted,
    WorkOrderVoided,
)

from orders.work_orders.applications.domain import Decision
from orders.work_orders.domain import Kind, Outcome, WorkOrder, waits_for
from orders.work_orders.writes import REMINDER

TIMERS: Final = (REMINDER,)

KINDS: Final[Mapping[Kind, str]] = {
    Kind.TIED_TO_ORDER: "arbete för en order",
    Kind.ADJUSTMENT: "anpassning",
    Kind.REPAIR: "reparation",
    Kind.SPECIAL_ADAPTATION: "specialanpassning",
    Kind.WARRANTY_REPAIR: "garantireparation",
    Kind.INSTALLATION: "installation",
    Kind.DISMANTLING: "nedmontering",
    Kind.INSTALLED_REPAIR: "reparation av installerat hjälpmedel",
    Kind.MAINTENANCE: "förebyggande underhåll",
    Kind.APPLICATION: "ansökan om enskild förskrivning utanför sortimentet",
}
_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.DONE: "arbetet är utfört",
    Outcome.REPAIRED: "hjälpmedlet är reparerat",
    Outcome.REPLACED: "hjälpmedlet är utbytt och ska få sitt nya individnummer",
    Outcome.NOT_WARRANTY: "garantin gällde inte",
}
_DECISIONS: Final[Mapping[Decision, str]] = {
    Decision.APPROVED: "Ansökan godkändes",
    Decision.REFUSED: "Ansökan avslogs",
    Decision.REFERRED: "Ansökan lämnades över till sortimentsansvarig",
}
_AWAITED: Final[Mapping[str, str]] = {
    "plan": "Teknikerna planerar arbetet.",
    "start": "Teknikern börjar.",
    "finish": "Arbetet avslutas.",
    "decision": "Sortimentsansvarig beslutar.",
    "renumbering": "Hjälpmedlet får sitt nya individnummer.",
}
_LATE: Final[Mapping[str, str]] = {
    "finish": "Arbetet var inte klart i tid",
    "decision": "Ansökan var inte beslutad i tid",
    "renumbering": "Det utbytta hjälpmedlet hade inte fått sitt nummer i tid",
}


def tell(event: WorkOrderEvent) -> Told:
    """An event of a work order in words."""
    is_decision = isinstance(event, WorkOrderApplicationDecided)
    return Told(summary=_said(event), rule="ACT-5" if is_decision else "ACT-3")


def _said(event: WorkOrderEvent) -> str:
    match event:
        case WorkOrderRegistered():
            return f"Registrerades av {event.by}: {KINDS[Kind(event.kind)]}."
        case WorkOrderPlanned(technician=None):
            return f"Arbetet planerades till {event.planned_on}."
        case WorkOrderPlanned():
            return f"Arbetet planerades till {event.planned_on}, med {event.technician}."
        case WorkOrderStarted():
            return f"{event.technician} började arbetet."
        case WorkOrderNoted():
            return f"{event.technician} skrev en anteckning."
        case WorkOrderFinished():
            what = _OUTCOMES[Outcome(event.outcome)]
            return f"Avslutades av {event.by} den {event.finished_on}: {what}."
        case WorkOrderVoided():
            return f"Makulerades av {event.by}."
        case WorkOrderApplicationDecided(article_number=None):
            return f"{_DECISIONS[Decision(event.outcome)]} av {event.by}."
        case WorkOrderApplicationDecided():
            what = _DECISIONS[Decision(event.outcome)]
            return f"{what} av {event.by}: artikel {event.article_number} får beställas."
        case WorkOrderRenumbered():
            return "Det utbytta hjälpmedlet fick sitt nya individnummer."
        case WorkOrderReminderDue():
            return f"{_LATE[event.waits_for]}: kundtjänst fick veta det."


def what_comes(work: WorkOrder, *, due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What a work order waits for, and what its timer does when it is `due`."""
    waits = waits_for(work)
    if waits is not None:
        yield Coming(at=None, what=_AWAITED[waits.awaits])
    if REMINDER.name in due:
        yield Coming(at=due[REMINDER.name], what="Är det inte gjort då får kundtjänst veta det.")
