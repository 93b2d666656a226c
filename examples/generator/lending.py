"""Baskets, in a region whose policy names stores that lend them: of two devices that a patient
tries one is kept, and their fee is paid in an act of its own; the rest is put back. Another basket
is kept too long.

The articles are in nothing else of the month.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import (
    ActOnBasketLoan,
    DeliverBasketFee,
    DeliveredLine,
    LineToLend,
    RequestBasketLoan,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    BalanceStated,
    DeviceStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Charging,
    IsoCode,
    ServicePointId,
    StoreId,
    UserId,
)

from examples.generator.month import CUT_OVER, Month, may
from examples.generator.ordering import patient
from examples.generator.own_devices import numbered
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import team

WHEELS: Final = ArticleNumber("39961-01")
BASKET: Final = ArticleNumber("39962-01")
_FEE_GROUP: Final = "charge_kit"
_FIRST: Final = 49991
_DEVICES: Final = 3
_ADULT_BY: Final = date(2000, 1, 1)


def is_in(policy: RegionPolicy) -> bool:
    """True where baskets are lent: the policy names the stores (ORD-10)."""
    return bool(policy.stores.own)


def catalogue() -> Iterator[ArticleStated | ArticlePriceStated]:
    """What is tried, and their prices."""
    for number, name, iso, charging, net in (
        (WHEELS, "Drivaggregat till rullstol", "122409", Charging.RENT, 9_700),
        (BASKET, "Korg till drivaggregat", "122491", Charging.SALE, 18_900),
    ):
        yield ArticleStated(
            version=1,
            article_number=number,
            name=name,
            iso_code=IsoCode(iso),
            type=ArticleType.ACCESSORY,
            marked=number == WHEELS,
            in_assortment=True,
            charging=charging,
            supplier="Exempelhjälpmedel AB",
            lead_time_days=10,
            fee_group=_FEE_GROUP if number == WHEELS else None,
        )
        yield ArticlePriceStated(
            version=1,
            article_number=number,
            valid_from=date(2026, 1, 1),
            net_ore=net,
            vat_percent=25,
        )


def stock(profile: Profile, policy: RegionPolicy) -> Iterator[tuple[str, BalanceStated]]:
    """The unmarked goods that the store has."""
    store = policy.stores.own[0]
    stated = BalanceStated(
        version=1, store=store, article_number=BASKET, quantity=4, stated_on=CUT_OVER
    )
    yield f"{profile.sends_order}-IB-{BASKET}-{store}", stated


def devices(profile: Profile, policy: RegionPolicy) -> Iterator[DeviceStated]:
    """The devices that the store has."""
    for number in numbered(profile, _FIRST, _DEVICES):
        yield DeviceStated(
            version=1,
            device_number=number,
            serial_number=f"SN-{number}",
            article_number=WHEELS,
            store=policy.stores.own[0],
            stated_on=CUT_OVER,
        )


def plan_baskets(month: Month) -> None:
    """Lent, delivered to whom keeps one, put back; one too late."""
    kept, tried, late = numbered(month.profile, _FIRST, _DEVICES)
    month.keep([kept, tried, late])
    first, second = (f"{month.profile.sends_order}-KORG-{n}" for n in (1, 2))
    by, colleague, *_ = team(month.units, unit_of(month.units, month.policy))
    lend = partial(loan, month.units, month.policy, by)
    recipient = patient(somebody_who_pays(month))
    lines = (
        LineToLend(article_number=WHEELS, device_number=kept),
        LineToLend(article_number=WHEELS, device_number=tried),
        LineToLend(article_number=BASKET),
    )
    _plan(month, 4, first, lend(*lines))
    _plan(month, 5, first, DeliverBasketFee(line=4, by=by))  # nobody has the device yet
    keeps = ActOnBasketLoan(
        recipient=recipient, deliver=(DeliveredLine(line=1),), put_back=(2,), by=by
    )
    _plan(month, 6, first, keeps)
    _plan(month, 7, first, DeliverBasketFee(line=4, by=by))
    _plan(month, 8, first, ActOnBasketLoan(put_back=(3,), by=colleague))
    only = LineToLend(article_number=WHEELS, device_number=late)
    _plan(month, 5, second, lend(only))
    _plan(month, 14, second, ActOnBasketLoan(put_back=(1,), by=colleague))
    _plan(month, 15, second, ActOnBasketLoan(put_back=(1,), by=by))  # it is over


def loan(units: Units, policy: RegionPolicy, by: UserId, *lines: LineToLend) -> RequestBasketLoan:
    """What is lent, from the first of the policy's stores."""
    place = units.customers[unit_of(units, policy)]
    return RequestBasketLoan(
        prescriber=by,
        service_point=ServicePointId(place.customer_id),
        store=StoreId(str(place.store)),
        lines=lines,
    )


def unit_of(units: Units, policy: RegionPolicy) -> int:
    """Whose store it is, by where it stands."""
    return next(at for at, one in enumerate(units.customers) if one.store == policy.stores.own[0])


def somebody_who_pays(month: Month) -> str:
    """The last patient by the region's ids who is old enough for a fee."""
    return max(name for name in month.patients if month.model.world.people[name].born < _ADULT_BY)


def _plan(month: Month, day: int, name: str, command: Command) -> None:
    month.plan(may(day), partial(month.send, "orders", name, command))
