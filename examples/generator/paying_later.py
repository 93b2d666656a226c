"""Chargers, which their patients pay for when 90 days have passed (BIL-3), where the region's
policy says so: one fee waits, one is paused, one ends since its charger comes back, and pauses are
refused. None is due before the month is over.

The article is in nothing else of the month.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.billing import PauseCharge
from kvitt_contracts.orders import LineToOrder, RegisterWithdrawal
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    CustomerStated,
    DeviceStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Charging,
    DeviceNumber,
    IsoCode,
    ServicePointId,
    StoreId,
    UserId,
)

from examples.generator.fetching import STAFF
from examples.generator.model.state import Person
from examples.generator.month import CUT_OVER, Month, may
from examples.generator.ordering import give_back, patient
from examples.generator.own_devices import numbered, reachable
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import team

CHARGER: Final = ArticleNumber("39931-01")
_GROUP: Final = "charger"
_FIRST: Final = 49951
_TALES: Final = ("waits", "paused", "returned")
_PATIENT: Final = 24
_FAR: Final = date(2026, 10, 15)


def is_in(policy: RegionPolicy) -> bool:
    """True where the region's policy has a fee for chargers."""
    return any(rule.fee_group == _GROUP for rule in policy.fees.rules)


def catalogue() -> Iterator[ArticleStated | ArticlePriceStated]:
    """The charger, and its price."""
    yield ArticleStated(
        version=1,
        article_number=CHARGER,
        name="Batteriladdare till elrullstol",
        iso_code=IsoCode("122427"),
        type=ArticleType.ACCESSORY,
        marked=True,
        in_assortment=True,
        charging=Charging.RENT,
        supplier="Exempelhjälpmedel AB",
        lead_time_days=10,
        fee_group=_GROUP,
    )
    yield ArticlePriceStated(
        version=1,
        article_number=CHARGER,
        valid_from=date(2026, 1, 1),
        net_ore=3_100,
        vat_percent=25,
    )


def devices(profile: Profile, units: Units) -> Iterator[DeviceStated]:
    """A charger for each tale, in a unit's own store."""
    place = units.customers[_unit(units)]
    for number in numbers(profile):
        yield DeviceStated(
            version=1,
            device_number=number,
            serial_number=f"SN-{number}",
            article_number=CHARGER,
            store=place.store,
            stated_on=CUT_OVER,
        )


def plan_fees(month: Month) -> None:
    """Each patient gets a charger on the first working day; customer service is asked later."""
    waits, paused, returned = numbers(month.profile)
    month.keep((waits, paused, returned))
    payers = _payers(month)
    for number, name in zip((waits, paused, returned), payers, strict=True):
        month.plan(may(4), partial(_withdraw, month, number, name))
    month.plan(may(8), partial(_pause, month, paused, _FAR))
    month.plan(may(11), partial(_pause, month, waits, date(2026, 6, 15)))  # it is due later anyway
    month.plan(may(13), partial(give_back, month, returned, _place(month).store or ""))
    month.plan(may(18), partial(_pause, month, returned, _FAR))


def numbers(profile: Profile) -> tuple[DeviceNumber, ...]:
    """The chargers of the tales."""
    return numbered(profile, _FIRST, len(_TALES))


def _withdraw(month: Month, number: DeviceNumber, name: str) -> None:
    place = _place(month)
    assert place.store is not None
    month.send(
        "orders",
        f"{month.profile.sends_order}-LADDARE-{number}",
        RegisterWithdrawal(
            recipient=patient(name),
            prescriber=_prescriber(month),
            service_point=ServicePointId(place.customer_id),
            store=StoreId(place.store),
            lines=(LineToOrder(article_number=CHARGER, device_number=number),),
        ),
    )


def _pause(month: Month, number: DeviceNumber, until_on: date) -> None:
    pause = PauseCharge(
        device_number=number, until_on=until_on, by=STAFF, asked_by=_prescriber(month)
    )
    month.send("billing", number, pause)


def _payers(month: Month) -> list[str]:
    """Grown-up patients, one for each tale."""
    people: dict[str, Person] = month.model.world.people
    grown_up = [name for name in reachable(people) if people[name].born.year < 1990]
    return grown_up[_PATIENT : _PATIENT + len(_TALES)]


def _prescriber(month: Month) -> UserId:
    first, *_ = team(month.units, _unit(month.units))
    return first


def _place(month: Month) -> CustomerStated:
    return month.units.customers[_unit(month.units)]


def _unit(units: Units) -> int:
    """The first service point that has a store and is no clinic, by where it stands."""
    return next(
        at
        for at, one in enumerate(units.customers)
        if one.store and one.is_service_point and not one.private_clinic
    )
