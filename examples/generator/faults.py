"""Faults on rented devices that nobody prescribes any more: who answers names a prescriber, or
forwards the need; both sides assess the risk; nobody answers; another claim decides meanwhile.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import (
    AssessRisk,
    CloseFaultReport,
    ForwardFaultReport,
    NamePrescriber,
    ReportFault,
    RequestPickup,
    VoidPickup,
)
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import DeviceNumber, UserId, Word

from examples.generator.catalogue import Listed
from examples.generator.fetching import STAFF, TECHNICIAN
from examples.generator.model.state import Person
from examples.generator.month import Month, may
from examples.generator.ordering import patient
from examples.generator.own_devices import lent, numbered, reachable
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import HEAD, service_point_at, team

_FIRST: Final = 49301
_COUNT: Final = 6
_HEADED, _WITH_MAIN, _WITHOUT, _ELSEWHERE = 2, 3, 4, 6
"""Service points: the head's, one whose main responsible stays, one where whoever works there
answers, another one (responsibles.py)."""


def devices(
    profile: Profile, units: Units, listed: list[Listed], people: dict[str, Person]
) -> Iterator[DeviceStated]:
    """What the reports are about: one patient's each, the last one prescribed by the head."""
    *orphans, headed = numbered(profile, _FIRST, _COUNT)
    *names, last = reachable(people)[-_COUNT:]
    for number, name in zip(orphans, names, strict=True):
        yield from lent([number], name, units=units, listed=listed, prescriber=None, at=_WITH_MAIN)
    yield from lent([headed], last, units=units, listed=listed, prescriber=HEAD, at=_HEADED)


def plan_fault_reports(month: Month) -> None:
    """Each report on days of its own."""
    numbers = numbered(month.profile, _FIRST, _COUNT)
    month.keep(numbers)
    named, forwarded, answered_late, unanswered, fetched, headed = numbers
    _prescriber_is_named(month, named)
    _need_is_forwarded(month, forwarded)
    _nobody_answers(month, answered_late, unanswered)
    _fetched_meanwhile(month, fetched)
    _prescriber_leaves(month, headed)


def _prescriber_is_named(month: Month, number: DeviceNumber) -> None:
    """The substitute does not answer faults, and it must be a prescriber who works there."""
    substitute, main, requester = team(month.units, _WITH_MAIN)
    stranger, *_ = team(month.units, _ELSEWHERE)
    _report(month, number, may(4), by=substitute)  # customer service does that
    _report(month, number, may(5), asked_by=main)
    _report(month, number, may(6), again=True)  # it is reported already
    _say(month, number, NamePrescriber(prescriber=substitute, by=substitute), may(6))
    _say(month, number, NamePrescriber(prescriber=requester, by=main), may(6))
    _say(month, number, NamePrescriber(prescriber=stranger, by=main), may(6))
    _say(month, number, NamePrescriber(prescriber=substitute, by=main), may(6))
    _say(month, number, CloseFaultReport(outcome=Word("repaired"), by=STAFF), may(11))


def _need_is_forwarded(month: Month, number: DeviceNumber) -> None:
    """Both sides assess the risk meanwhile: the stricter counts."""
    _, main, _ = team(month.units, _WITH_MAIN)
    to, *_ = team(month.units, _ELSEWHERE)
    _report(month, number, may(6))
    _assess(month, number, "responsible", "restricted", main, may(7))
    _assess(month, number, "technician", "allowed", main, may(7))  # they are not of that side
    _assess(month, number, "technician", "forbidden", TECHNICIAN, may(7))
    _say(month, number, ForwardFaultReport(to=to, by=main), may(8))
    _say(month, number, CloseFaultReport(outcome=Word("assessed_anew"), by=STAFF), may(13))
    _assess(month, number, "responsible", "allowed", main, may(15))  # it is over


def _nobody_answers(month: Month, late: DeviceNumber, never: DeviceNumber) -> None:
    """Customer service is told after the policy's working days; one is answered at last."""
    _, main, _ = team(month.units, _WITH_MAIN)
    _report(month, late, may(5))
    _say(month, late, ForwardFaultReport(to=main, by=main), may(12))
    _report(month, never, may(19), at=_WITHOUT)


def _fetched_meanwhile(month: Month, number: DeviceNumber) -> None:
    """What fetches a device decides who prescribes it, until it is taken back (BMB-12)."""
    substitute, main, _ = team(month.units, _WITH_MAIN)
    pickup = f"{month.profile.sends_order}-HO-{number}"
    request = RequestPickup(
        recipient=patient(month.device(number).now.holder[1]),
        service_point=service_point_at(month.units, _WITH_MAIN),
        cause=Word("broken"),
        devices=(number,),
        by=STAFF,
    )
    month.plan(may(8), partial(month.send, "orders", pickup, request))
    _report(month, number, may(11))
    naming = NamePrescriber(prescriber=substitute, by=main)
    _say(month, number, naming, may(12))
    month.plan(may(13), partial(month.send, "orders", pickup, VoidPickup(by=main)))
    _say(month, number, naming, may(15))


def _prescriber_leaves(month: Month, number: DeviceNumber) -> None:
    """As long as the prescriber works there, it is theirs; afterwards whoever does answers."""
    substitute, other, _ = team(month.units, _HEADED)
    _report(month, number, may(12), at=_HEADED)
    _report(month, number, may(15), at=_HEADED, again=True)
    naming = NamePrescriber(prescriber=substitute, by=other)
    month.plan(
        may(18), partial(month.send, "orders", _reference(month, number, again=True), naming)
    )


def _report(
    month: Month,
    number: DeviceNumber,
    on: date,
    *,
    at: int = _WITH_MAIN,
    by: UserId = STAFF,
    asked_by: UserId | None = None,
    again: bool = False,
) -> None:
    command = ReportFault(
        device_number=number,
        service_point=service_point_at(month.units, at),
        by=by,
        asked_by=asked_by,
    )
    month.plan(on, partial(month.send, "orders", _reference(month, number, again=again), command))


def _assess(month: Month, number: DeviceNumber, side: str, use: str, by: UserId, on: date) -> None:
    _say(month, number, AssessRisk(side=Word(side), use=Word(use), by=by), on)


def _say(month: Month, number: DeviceNumber, command: Command, on: date) -> None:
    month.plan(on, partial(month.send, "orders", _reference(month, number), command))


def _reference(month: Month, number: DeviceNumber, *, again: bool = False) -> str:
    """What the region calls the report: `VB-FA-R49301`."""
    return f"{month.profile.sends_order}-FA-{number}" + ("-2" if again else "")
