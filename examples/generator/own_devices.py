"""Devices of their own for tales in which each day decides something: old stock on loan, which
nothing else of the month touches.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kvitt_contracts.regions import ArticleStated, DeviceStated
from kvitt_contracts.types import ArticleNumber, DeviceNumber, NamedPatient, RegionPersonId, UserId

from examples.generator.catalogue import Listed
from examples.generator.model.state import Person
from examples.generator.month import CUT_OVER
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at

AT: Final = 4
"""The service point that pays for them, by where it stands among the units' (by_line)."""


# decision 0381: speed decides nothing of them
def numbered(profile: Profile, first: int, count: int) -> tuple[DeviceNumber, ...]:
    """Device numbers from a series of the region's."""
    letter = profile.device_letter
    return tuple(DeviceNumber(f"{letter}{first + at}") for at in range(count))


def reachable(people: Mapping[str, Person]) -> list[str]:
    """The patients of whom an address and a phone are known, by the region's ids."""
    return sorted(
        name
        for name, one in people.items()
        if one.active and one.has_address and one.has_phone and one.joined_to is None
    )


def article_of(listed: list[Listed]) -> ArticleStated:
    """What they are."""
    return next(
        one.article
        for one in listed
        if one.kind.marked and one.kind.stock and one.kind.charging == "rent"
    )


def lent(
    numbers: Iterable[DeviceNumber],
    patient: str,
    *,
    units: Units,
    listed: list[Listed],
    prescriber: UserId | None,
    at: int = AT,
) -> Iterator[DeviceStated]:
    """Rented devices that a patient has, and which a service point pays for."""
    article = article_of(listed).article_number
    yield from lent_of(article, numbers, patient, units=units, prescriber=prescriber, at=at)


def lent_of(
    article: ArticleNumber,
    numbers: Iterable[DeviceNumber],
    patient: str,
    *,
    units: Units,
    prescriber: UserId | None,
    at: int = AT,
) -> Iterator[DeviceStated]:
    """Devices of an article that a patient has, and which a service point pays for."""
    place = service_point_at(units, at)
    payer = next(one.payer_id for one in units.customers if one.customer_id == place)
    for number in numbers:
        yield DeviceStated(
            version=1,
            device_number=number,
            serial_number=f"SN-{number}",
            article_number=article,
            recipient=NamedPatient(person=RegionPersonId(patient)),
            payer_id=payer,
            prescriber=prescriber,
            stated_on=CUT_OVER,
        )
