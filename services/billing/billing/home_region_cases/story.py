"""A home-region case's story in words. Decides nothing."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.billing import (
    CommitmentRecorded,
    FittingFinished,
    HomeRegionCaseEnded,
    HomeRegionCaseEvent,
    HomeRegionCaseOpened,
    HomeRegionReminderDue,
)
from kvitt_contracts.calendar import in_swedish, start_of_day

from billing.home_region_cases.domain import BY_STATE, ORDER_VOIDED
from billing.home_region_cases.writes import REMIND

TIMERS: Final = (REMIND,)


def tell(event: HomeRegionCaseEvent) -> Told:
    """An event of a case in words."""
    rule = "BIL-5"
    match event:
        case HomeRegionCaseOpened():
            is_state = event.kind == BY_STATE
            rule = "BIL-11" if is_state else rule
            who = "Staten" if is_state else "Hemregionen"
            said = f"{who} betalar ordern, som betalare {event.payer_id}."
        case CommitmentRecorded():
            said = (
                f"Hemregionens betalningsförbindelse {event.reference} registrerades, godkänd "
                f"{in_swedish(event.approved_on)}."
            )
        case FittingFinished():
            said = f"Utprovningen rapporterades avslutad {in_swedish(event.finished_on)}."
        case HomeRegionCaseEnded():
            what = "makulerades" if event.reason == ORDER_VOIDED else "avvisades"
            said = f"Ordern {what}: inget debiteras."
        case HomeRegionReminderDue():
            said = _reminded(event)
    return Told(summary=said, rule=rule)


def what_comes(due_days: Iterable[date], *, remind_at: datetime | None) -> Iterator[Coming]:
    """What happens next by itself. `due_days`: those on which what still waits falls due."""
    if remind_at is not None:
        what = "Förskrivaren och enheten får veta att betalaren snart faktureras."
        yield Coming(at=remind_at, what=what)
    for day in sorted(set(due_days)):
        what = "Det som levererats debiteras, om utprovningen inte är rapporterad avslutad."
        yield Coming(at=start_of_day(day), what=what)


def _reminded(event: HomeRegionReminderDue) -> str:
    day = in_swedish(event.due_on)
    if not event.is_fitting_open:
        return f"Förskrivaren fick veta att betalningsförbindelsen saknas; faktureras {day}."
    return f"Förskrivaren och enheten fick veta att betalaren faktureras {day}."
