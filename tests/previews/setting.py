"""What random orders find: the regions with their own policies, and in each the same units,
persons, articles and goods. Some articles are short, dearer from the middle of the month on, or
have no price.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kvitt_contracts.envelope import Message
from kvitt_contracts.orders import CoveredByRegion, CoveredByState, CoverToOrder
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.policy_parts import HomeRegionPolicy
from kvitt_contracts.types import PayerId, RegionCode

from contracts.tests.builders.home_regions import HOME_PAYER, STATE_PAYER
from contracts.tests.builders.purchases import SUPPLIER, a_supplier_stated
from contracts.tests.builders.regions import (
    CHILD,
    OLD_WOMAN,
    a_balance_stated,
    a_care_unit_stated,
    a_customer_stated,
    a_device_in_store_stated,
    a_payer_stated,
    a_person_stated,
    a_store_stated,
    a_user_stated,
    an_article_price_stated,
    an_article_stated,
)
from contracts.tests.builders.story import (
    CARE_UNIT,
    DAY,
    OTHER,
    OTHER_PAYER,
    OWN,
    PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
)

REGIONS: Final = ("ac", "bd", "w", "m")
CENTRAL_OF: Final[Mapping[str, str]] = {"ac": "500", "bd": "500", "w": "500", "m": "70"}
PURCHASING: Final = "750"
DEARER_FROM: Final = date(2026, 6, 16)
OTHERS_OWN: Final = "602"
CLINIC: Final = OTHER
"""A private clinic: it has no stock of its own (REF-7)."""
OWN_STORES: Final[Mapping[str, str]] = {SENDING: OWN, RECEIVING: OTHERS_OWN}
PATIENTS: Final = ("P-OLD", "P-CHILD", "P-20")
"""One above 20, one below, and one whose 20th birthday is in the month: 10 June."""
_NUMBERS: Final = (OLD_WOMAN, CHILD, "200606109817")
_POINTS: Final = {SENDING: PAYER, RECEIVING: RECEIVING_PAYER, CLINIC: OTHER_PAYER}
POINTS: Final = tuple(_POINTS)
PAYERS: Final = tuple(_POINTS.values())
OTHER_REGION: Final = RegionCode("g")
"""The only region that is known to have a payer."""
COVERS: Final[tuple[CoverToOrder, ...]] = (
    CoveredByRegion(region=OTHER_REGION),
    CoveredByState(),
    CoveredByRegion(region=RegionCode("z")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An article: what it costs from the beginning, and from the middle of the month; how many the
    central store has, and each own one.
    """

    number: str
    marked: bool
    prices: tuple[int, ...] = (31_000,)
    central: int = 0
    own: int = 0
    stated: Mapping[str, Any]


def _offered(
    number: str,
    prices: tuple[int, ...] = (31_000,),
    *,
    marked: bool = False,
    central: int = 0,
    own: int = 0,
    **stated: Any,
) -> Offered:
    return Offered(
        number=number, marked=marked, prices=prices, central=central, own=own, stated=stated
    )


_DIRECT: Final[Mapping[str, Any]] = {"is_kept_in_central": False, "supplier_id": SUPPLIER}
RENTED, SOLD_MARKED = "60001", "60002"
ARTICLES: Final = (
    _offered(RENTED, (31_000, 40_000), marked=True, central=60, own=25),
    _offered(SOLD_MARKED, (129_900,), marked=True, central=15, own=5, charging="sale"),
    _offered("60003", (9_950, 10_333), central=180, own=40, lead_time_days=10),
    _offered("60004", (333,), central=90, own=30, type="spare_part", fee_group="small_aid"),
    _offered("60005", (25_000,), central=60, own=20, fee_group="charge_kit"),
    _offered("60006", (25_000,), central=60, own=20, fee_group="charger", lead_time_days=3),
    _offered("60007", (65_000,), type="service"),
    _offered("60008", (0,), central=60, is_free=True),
    _offered("60009", (0,), central=60),
    _offered("60010", (7_700,), central=25, own=10, status="phase_out"),
    _offered("60011", (27_500, 21_000), marked=True, central=8, lead_time_days=4, **_DIRECT),
    _offered("60012", (88_800,), central=20, lead_time_days=2, **_DIRECT),
    _offered("60013", (0,), central=20, lead_time_days=6, **_DIRECT),
    _offered("60014", (50_000,), central=20, is_own_units_only=True),
    _offered("60015", (50_000,), central=20, in_assortment=False),
)  # fmt: skip


def code(name: str, region: str) -> str:
    """What a region calls a unit or a payer: bd's codes have four digits."""
    return name[-4:] if region == "bd" else name


def with_covers(delivered: Policies) -> Policies:
    """These policies, of which each region's knows who pays for another one and for the state."""

    def known(region: RegionCode) -> PolicyHistory:
        covers = HomeRegionPolicy(
            payers={OTHER_REGION: PayerId(code(HOME_PAYER, region))},
            state_payer=PayerId(code(STATE_PAYER, region)),
        )
        versions = delivered.of(region).versions
        named = tuple(one.model_copy(update={"home_region": covers}) for one in versions)
        return PolicyHistory(versions=named)

    return Policies({region: known(region) for region in delivered.regions})


def the_registry(region: str) -> tuple[tuple[str, Message], ...]:
    """What the region states to orders, each with its subject."""
    points = {code(point, region): code(payer, region) for point, payer in _POINTS.items()}
    stores = {code(point, region): store for point, store in OWN_STORES.items()}
    unit = code(CARE_UNIT, region)
    covering = [code(payer, region) for payer in (HOME_PAYER, STATE_PAYER)]
    return (
        *((payer, a_payer_stated(payer)) for payer in (*points.values(), *covering)),
        *(
            (
                point,
                a_customer_stated(
                    point,
                    payer=payer,
                    store=stores.get(point),
                    private_clinic=point == code(CLINIC, region),
                ),
            )
            for point, payer in points.items()
        ),
        (unit, a_care_unit_stated(unit, customer=code(SENDING, region))),
        (SENDER, a_user_stated(SENDER, *points)),
        *(
            (name, a_person_stated(PersonalNumber(number=number), home_region=region))
            for name, number in zip(PATIENTS, _NUMBERS, strict=True)
        ),
        (SUPPLIER, a_supplier_stated()),
    )


def the_goods(region: str) -> Iterable[Message]:
    """The stores, the catalogue with its prices, and what stands in the stores."""
    central = CENTRAL_OF[region]
    yield a_store_stated(central)
    yield a_store_stated(PURCHASING, "purchasing")
    for point, store in OWN_STORES.items():
        yield a_store_stated(store, "own", service_point=code(point, region))
    for one in ARTICLES:
        yield an_article_stated(one.number, marked=one.marked, **one.stated)
        for valid_from, ore in zip((DAY, DEARER_FROM), one.prices, strict=False):
            yield an_article_price_stated(one.number, valid_from=valid_from, net_ore=ore)
    for one in ARTICLES:
        for store, quantity in (
            (central, one.central),
            *((s, one.own) for s in OWN_STORES.values()),
        ):
            if one.marked:
                for number in devices_in(store, one):
                    yield a_device_in_store_stated(number, store=store, article_number=one.number)
            elif quantity:
                yield a_balance_stated(one.number, quantity, store=store)


def devices_in(store: str, article: Offered) -> list[str]:
    """The numbers of an article's devices in a store, when the month begins."""
    if not article.marked:
        return []
    quantity = article.own if store in OWN_STORES.values() else article.central
    return [f"{article.number}-{store}-{number}" for number in range(quantity)]
