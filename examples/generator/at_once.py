"""What is returned at once (PCK-7): one device comes back by a pickup in time, one is reminded of
first, one stands in a unit's own store and is reminded of; a return and a transfer into an own
store are refused.

The article is in nothing else of the month.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.envelope import Command
from kvitt_contracts.inventory import RegisterReturn
from kvitt_contracts.orders import RequestPickup
from kvitt_contracts.regions import ArticlePriceStated, ArticleStated, DeviceStated
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Charging,
    DeviceNumber,
    IsoCode,
    StoreId,
    Word,
)

from examples.generator.fetching import STAFF
from examples.generator.model.state import Person
from examples.generator.month import Month, may
from examples.generator.ordering import give_back, patient
from examples.generator.own_devices import AT, lent_of, numbered, reachable
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team

STREAMER: Final = ArticleNumber("39924-01")
_FIRST: Final = 49901
_TALES: Final = ("in_time", "reminded", "kept")


def catalogue() -> Iterator[ArticleStated | ArticlePriceStated]:
    """The article that is returned at once, and its price."""
    yield ArticleStated(
        version=1,
        article_number=STREAMER,
        name="Streamer till benförankrad hörapparat",
        iso_code=IsoCode("222418"),
        type=ArticleType.MAIN_DEVICE,
        marked=True,
        in_assortment=True,
        charging=Charging.RENT,
        supplier="Exempelhjälpmedel AB",
        lead_time_days=10,
        return_at_once=True,
    )
    yield ArticlePriceStated(
        version=1,
        article_number=STREAMER,
        valid_from=date(2026, 1, 1),
        net_ore=9_500,
        vat_percent=25,
    )


def devices(profile: Profile, units: Units, people: dict[str, Person]) -> Iterator[DeviceStated]:
    """A device for each tale, each with a patient of its own."""
    prescriber, *_ = team(units, AT)
    for number, name in zip(numbers(profile), reversed(reachable(people)), strict=False):
        yield from lent_of(STREAMER, (number,), name, units=units, prescriber=prescriber)


def plan_returns(month: Month) -> None:
    """Each tale on days of its own."""
    in_time, reminded, kept = numbers(month.profile)
    month.keep((in_time, reminded, kept))
    central, own = month.profile.central, month.profile.own_stores[0]
    _say(month, "inventory", "FEL", _by_hand(in_time, own), may(4))
    _say(month, "orders", "TID", _pickup(month, in_time), may(5))
    month.plan(may(7), partial(give_back, month, in_time, central))
    _say(month, "orders", "SEN", _pickup(month, reminded), may(5))
    month.plan(may(13), partial(give_back, month, reminded, central))
    month.plan(may(6), partial(give_back, month, kept, own))
    # without a pickup it stays where it is
    month.plan(may(11), partial(give_back, month, kept, central))


def numbers(profile: Profile) -> tuple[DeviceNumber, ...]:
    """The devices of the tales."""
    return numbered(profile, _FIRST, len(_TALES))


def _by_hand(number: DeviceNumber, store: str) -> RegisterReturn:
    return RegisterReturn(store=StoreId(store), devices=(number,), returned_on=may(4), by=STAFF)


def _pickup(month: Month, number: DeviceNumber) -> RequestPickup:
    by, *_ = team(month.units, AT)
    return RequestPickup(
        recipient=patient(month.device(number).now.holder[1]),
        service_point=service_point_at(month.units, AT),
        cause=Word("not_needed"),
        devices=(number,),
        by=by,
    )


def _say(month: Month, topic: str, name: str, command: Command, on: date) -> None:
    reference = f"{month.profile.sends_order}-DIREKT-{name}"
    month.plan(on, partial(month.send, topic, reference, command))
