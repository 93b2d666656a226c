"""Work orders: a warranty repair whose device is replaced and gets another number, a repair that is
charged, an adjustment that technicians plan and do, one that they have begun, one that was not
needed, a special adaptation, what rules refuse.

The tales are about devices of their own, one patient's.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.envelope import Command
from kvitt_contracts.inventory import RenumberDevice
from kvitt_contracts.orders import (
    FinishWorkOrder,
    PlanWorkOrder,
    RegisterWorkOrder,
    StartWorkOrder,
    VoidWorkOrder,
)
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    ReasonCode,
    Reference,
    UserId,
    Word,
)

from examples.generator.catalogue import Listed
from examples.generator.fetching import STAFF, TECHNICIAN
from examples.generator.model.state import Person
from examples.generator.month import Month, may
from examples.generator.ordering import patient
from examples.generator.own_devices import AT, lent, numbered, reachable
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team

_FIRST: Final = 49401
_NAMES: Final = (
    "replaced",
    "no_warranty",
    "adjusted",
    "not_needed",
    "waits",
    "repaired",
    "adapted",
)
_NEW: Final = 49490
"""The first number of what comes instead of a device."""
_PATIENT: Final = 20
"""Whose they are, by where the patient stands among those who can be reached."""
_ELSEWHERE: Final = 5


def devices(
    profile: Profile, units: Units, listed: list[Listed], people: dict[str, Person]
) -> Iterator[DeviceStated]:
    """What is mended."""
    prescriber, *_ = team(units, AT)
    name = patient_of(people)
    numbers = _numbers(profile).values()
    yield from lent(numbers, name, units=units, listed=listed, prescriber=prescriber)


def plan_work_orders(month: Month) -> None:
    """Each work order on days of its own."""
    month.keep(_numbers(month.profile).values())
    unit, colleague, _ = team(month.units, AT)
    _register(month, "replaced", "warranty_repair", may(5))
    _finish(month, "replaced", "replaced", unit, may(12))
    month.plan(may(18), partial(_renumber, month, unit))
    _register(month, "repaired", "repair", may(11))
    _finish(month, "repaired", "repaired", TECHNICIAN, may(14), quantity=2)
    _register(month, "no_warranty", "warranty_repair", may(6))
    _finish(month, "no_warranty", "not_warranty", colleague, may(15))
    _register(month, "adjusted", "adjustment", may(6))
    _plan(month, "adjusted", PlanWorkOrder(planned_on=may(12), by=STAFF), may(7))
    _plan(month, "adjusted", StartWorkOrder(technician=TECHNICIAN), may(12))
    _finish(month, "adjusted", "done", TECHNICIAN, may(13))
    _register(month, "not_needed", "adjustment", may(7))
    _plan(month, "not_needed", VoidWorkOrder(reason=_NOT_NEEDED, by=colleague), may(8))
    _register(month, "waits", "adjustment", may(20))
    _plan(month, "waits", PlanWorkOrder(planned_on=date(2026, 6, 2), by=STAFF), may(22))
    _register(month, "no_warranty", "adjustment", may(18), again=True)
    planning = PlanWorkOrder(planned_on=date(2026, 6, 3), technician=TECHNICIAN, by=STAFF)
    _plan(month, "no_warranty", planning, may(20), again=True)
    _plan(month, "no_warranty", StartWorkOrder(technician=TECHNICIAN), may(28), again=True)
    _register(month, "adapted", "special_adaptation", may(8), attests=True)
    _plan(month, "adapted", StartWorkOrder(technician=TECHNICIAN), may(19))
    _finish(month, "adapted", "done", TECHNICIAN, may(21))
    _refused(month)


_NOT_NEEDED: Final = ReasonCode("NOT_NEEDED")


def _refused(month: Month) -> None:
    """What a rule refuses, on days on which nothing else is done with it."""
    stranger, *_ = team(month.units, _ELSEWHERE)
    _refuse(month, may(5), kind=Word("application"))
    _refuse(month, may(5), service_article=None)
    _refuse(month, may(6), device_number=None)
    _refuse(month, may(6), kind=Word("polish"))
    _refuse(month, may(7), requester=stranger)
    _register(month, "adapted", "special_adaptation", may(7))  # nothing is attested
    _register(month, "not_needed", "adjustment", may(11))  # by a reference that names one already
    _finish(month, "no_warranty", "replaced", stranger, may(11))
    _finish(month, "no_warranty", "done", STAFF, may(12))
    _plan(month, "not_needed", StartWorkOrder(technician=TECHNICIAN), may(12))


def _register(
    month: Month, tale: str, kind: str, on: date, *, again: bool = False, attests: bool = False
) -> None:
    command = _wish(month, tale, kind).model_copy(update={"attests_outside_instructions": attests})
    _plan(month, tale, command, on, again=again)


def _refuse(month: Month, on: date, **said: object) -> None:
    command = _wish(month, "waits", "warranty_repair").model_copy(update=said)
    month.plan(on, partial(month.send, "orders", month.name("FEL"), command))


def _wish(month: Month, tale: str, kind: str) -> RegisterWorkOrder:
    number = _numbers(month.profile)[tale]
    requester, *_ = team(month.units, AT)
    service = next(one.article for one in month.listed if one.kind.type == "service")
    return RegisterWorkOrder(
        kind=Word(kind),
        recipient=patient(month.device(number).now.holder[1]),
        service_point=service_point_at(month.units, AT),
        requester=requester,
        device_number=number,
        service_article=ArticleNumber(service.article_number) if "repair" in kind else None,
    )


def _finish(
    month: Month, tale: str, outcome: str, by: UserId, on: date, *, quantity: int = 1
) -> None:
    command = FinishWorkOrder(outcome=Word(outcome), quantity=quantity, finished_on=on, by=by)
    _plan(month, tale, command, on)


def _renumber(month: Month, by: UserId) -> None:
    """What came instead has a number of its own; the device is the same (INV-6)."""
    before = _numbers(month.profile)["replaced"]
    (after,) = numbered(month.profile, _NEW, 1)
    command = RenumberDevice(
        device_number=before,
        new_number=after,
        is_confirmed=True,
        work_order=Reference(reference(month, "replaced")),
        by=by,
    )
    month.send("inventory", before, command)
    month.keep([after])


def _plan(month: Month, tale: str, command: Command, on: date, *, again: bool = False) -> None:
    name = reference(month, tale) + ("-2" if again else "")
    month.plan(on, partial(month.send, "orders", name, command))


def reference(month: Month, tale: str) -> str:
    """What the region calls the work order: `VB-AO-R49401`."""
    return f"{month.profile.sends_order}-AO-{_numbers(month.profile)[tale]}"


def patient_of(people: Mapping[str, Person]) -> str:
    """Whose they are, by the region's id."""
    return reachable(people)[_PATIENT]


def _numbers(profile: Profile) -> dict[str, DeviceNumber]:
    return dict(zip(_NAMES, numbered(profile, _FIRST, len(_NAMES)), strict=True))
