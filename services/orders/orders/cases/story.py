"""A case's story in words, and what it waits for. Decides nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.orders import (
    CaseAnswered,
    CaseAsked,
    CaseEvent,
    CaseReminderDue,
    CaseWithdrawn,
)

from orders.cases.domain import Case, Outcome, Status
from orders.cases.writes import ANSWER

TIMERS: Final = (ANSWER,)

_OUTCOME: Final[Mapping[Outcome, str]] = {
    Outcome.DONE: "det är gjort",
    Outcome.REFUSED: "det görs inte",
}


def tell(event: CaseEvent) -> Told:
    """An event of a case in words."""
    return Told(summary=_said(event), rule="CAS-1")


def _said(event: CaseEvent) -> str:
    match event:
        case CaseAsked():
            return f"{event.by} på {event.service_point} frågade kundtjänst."
        case CaseReminderDue():
            return "Ingen hade svarat i tid: kundtjänst fick veta det."
        case CaseAnswered():
            return f"Kundtjänst svarade: {_OUTCOME[Outcome(event.outcome)]}."
        case CaseWithdrawn():
            return f"{event.by} tog tillbaka ärendet."


def what_comes(case: Case, *, due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What a case waits for, and what its timer does when it is `due`."""
    if case.status is Status.WAITING:
        yield Coming(at=None, what="Kundtjänst svarar.")
    if ANSWER.name in due:
        yield Coming(at=due[ANSWER.name], what="Har ingen svarat då får kundtjänst veta det.")
