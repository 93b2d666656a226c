"""A unit's own store that is filled up, in one region: less than it wants of an article is proposed
in the first night, ordered with another quantity on the first working day, and in the store three
days later. Who follows the same proposal again is refused.

The article is in nothing else of the month.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.orders import PlaceReplenishment
from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    BalanceStated,
    CustomerStated,
    SafetyLevelStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Charging,
    Goods,
    IsoCode,
    ServicePointId,
    StoreId,
)

from examples.generator.month import CUT_OVER, Month, may
from examples.generator.ordering import dispatch
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import team

GLOVES: Final = ArticleNumber("39941-01")
_IN: Final = "ac"
_WANTED: Final = 6
_HAD: Final = 2


def is_in(profile: Profile) -> bool:
    """True of the region whose month has it."""
    return profile.code == _IN


def catalogue() -> Iterator[ArticleStated | ArticlePriceStated]:
    """The article, and its price."""
    yield ArticleStated(
        version=1,
        article_number=GLOVES,
        name="Drivhandskar till rullstol",
        iso_code=IsoCode("122491"),
        type=ArticleType.ACCESSORY,
        marked=False,
        in_assortment=True,
        charging=Charging.SALE,
        supplier="Exempelhjälpmedel AB",
        lead_time_days=10,
    )
    yield ArticlePriceStated(
        version=1,
        article_number=GLOVES,
        valid_from=date(2026, 1, 1),
        net_ore=24_500,
        vat_percent=25,
    )


def stock(
    profile: Profile, units: Units
) -> Iterator[tuple[str, BalanceStated | SafetyLevelStated]]:
    """What the central store and the unit's have, and what the unit's wants."""
    own = _place(units).store
    assert own is not None
    for store, quantity in ((profile.central, 20), (own, _HAD)):
        stated = BalanceStated(
            version=1,
            store=StoreId(store),
            article_number=GLOVES,
            quantity=quantity,
            stated_on=CUT_OVER,
        )
        yield f"{profile.sends_order}-IB-{GLOVES}-{store}", stated
    level = SafetyLevelStated(version=1, store=StoreId(own), article_number=GLOVES, level=_WANTED)
    yield f"{own}-{GLOVES}", level


def plan_filling_up(month: Month) -> None:
    """Ordered, sent, and tried again."""
    first, second = (f"{month.profile.sends_order}-PAFYLLNAD-{n}" for n in (1, 2))
    month.plan(may(4), partial(_order, month, first, _WANTED - _HAD + 1))
    month.plan(may(5), partial(_order, month, second, 1))
    month.plan(may(6), partial(dispatch, month, first, [1]))


def _order(month: Month, name: str, quantity: int) -> None:
    place = _place(month.units)
    assert place.store is not None
    by, *_ = team(month.units, _unit(month.units))
    month.send(
        "orders",
        name,
        PlaceReplenishment(
            requester=by,
            service_point=ServicePointId(place.customer_id),
            to_store=StoreId(place.store),
            follows_proposal=True,
            lines=(Goods(article_number=GLOVES, quantity=quantity),),
        ),
    )


def _place(units: Units) -> CustomerStated:
    return units.customers[_unit(units)]


def _unit(units: Units) -> int:
    """The first service point that has a store and is no clinic, by where it stands."""
    return next(
        at
        for at, one in enumerate(units.customers)
        if one.store and one.is_service_point and not one.private_clinic
    )
