"""A private clinic's warranty repair, which the clinic ends with what the supplier did: it is
compensated for the postage, where the policy says so. What was done is a text, which users say over
HTTP.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.orders import RegisterWorkOrder
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import ArticleNumber, DeviceNumber, Word, identify

from examples.generator.catalogue import Listed
from examples.generator.messages import Act
from examples.generator.model.state import Person
from examples.generator.month import Month
from examples.generator.ordering import patient
from examples.generator.own_devices import lent, numbered, reachable
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team

_FIRST: Final = 49501
_PATIENT: Final = 21


def devices(
    profile: Profile, units: Units, listed: list[Listed], people: dict[str, Person]
) -> Iterator[DeviceStated]:
    """What is mended: one with its action recorded, one without."""
    at = _clinic(units)
    prescriber, *_ = team(units, at)
    name = reachable(people)[_PATIENT]
    numbers = _numbers(profile)
    yield from lent(numbers, name, units=units, listed=listed, prescriber=prescriber, at=at)


def plan_postage(month: Month) -> None:
    """Two warranty repairs, of which one says what was done."""
    month.keep(_numbers(month.profile))
    for number, action in zip(_numbers(month.profile), ("Nytt batteri.", None), strict=True):
        month.plan(date(2026, 5, 6), partial(_register, month, number))
        month.plan(date(2026, 5, 13), partial(_finish, month, number, action))


def _register(month: Month, number: DeviceNumber) -> None:
    at = _clinic(month.units)
    requester, *_ = team(month.units, at)
    service = next(one.article for one in month.listed if one.kind.type == "service")
    command = RegisterWorkOrder(
        kind=Word("warranty_repair"),
        recipient=patient(month.device(number).now.holder[1]),
        service_point=service_point_at(month.units, at),
        requester=requester,
        device_number=number,
        service_article=ArticleNumber(service.article_number),
    )
    month.send("orders", _reference(month, number), command)


def _finish(month: Month, number: DeviceNumber, action: str | None) -> None:
    by, *_ = team(month.units, _clinic(month.units))
    reference = _reference(month, number)
    said = {"outcome": "repaired", "finished_on": month.today.isoformat()}
    work_order = identify(month.profile.code, "work-order", reference)
    month.act(
        Act(
            name=f"{reference}/finish",
            by=by,
            service="orders",
            path=f"/work-orders/{work_order}:finish",
            data=said if action is None else {**said, "action": action},
        )
    )


def _reference(month: Month, number: DeviceNumber) -> str:
    return f"{month.profile.sends_order}-AO-{number}"


def _numbers(profile: Profile) -> tuple[DeviceNumber, ...]:
    return numbered(profile, _FIRST, 2)


def _clinic(units: Units) -> int:
    """The first private clinic, by where it stands among the units'."""
    return next(at for at, one in enumerate(units.customers) if one.private_clinic)
