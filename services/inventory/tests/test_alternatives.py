"""ORD-6: which older articles are proposed instead of one that is to be ordered."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from inventory.alternatives.domain import Case, Offer, Unit, offer, propose
from inventory.app import service
from inventory.articles.domain import Article
from kvitt_contracts.policy import Policies, PolicyHistory, RegionPolicy
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    GroupName,
    IsoCode,
    ProductArea,
    RegionCode,
    Role,
    ServicePointId,
    StoreId,
    Word,
)
from kvitt_testkit.world import REGION, Given, World, stockholm

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.orders import a_customer_registered, a_user_registered
from contracts.tests.builders.regions import (
    a_balance_stated,
    an_article_stated,
    the_stores,
)
from contracts.tests.builders.story import BATTERY, OWN, SENDER, SENDING
from services.inventory.tests.units import Who

NEW, OLD, OLDER = "30457", "30456", "30455"
MONDAY = date(2026, 3, 2)
ME: Who = {"user": SENDER, "roles": (Role.PRESCRIBER,), "service_points": [SENDING]}
UNIT = Unit(service_point=ServicePointId(SENDING), is_private_clinic=False, has_stock=True)


def an_article(number: str = OLD, **others: Any) -> Article:
    """An article that is phased out, with ten days' lead time."""
    values: dict[str, Any] = {
        "name": "Sittdyna",
        "iso_code": IsoCode("043303"),
        "type": ArticleType.ACCESSORY,
        "marked": False,
        "in_assortment": True,
        "charging": Charging.SALE,
        "status": ArticleStatus.PHASE_OUT,
        "lead_time_days": 10,
        "fee_group": None,
        "supplier": None,
        "unit": "piece",
    }
    return Article(article_number=ArticleNumber(number), **{**values, **others})


def offered(
    policy: RegionPolicy,
    article: Article | None = None,
    *,
    central: int = 0,
    own: int = 0,
    unit: Unit = UNIT,
) -> Offer:
    """What a unit can get of an article on a Monday."""
    return offer(
        article or an_article(), central=central, own=own, unit=unit, policy=policy, today=MONDAY
    )


def the_new(policy: RegionPolicy, *, central: int = 0) -> Offer:
    """The article that is still purchased, as it is offered."""
    return offered(policy, an_article(NEW, status=ArticleStatus.ACTIVE), central=central)


@pytest.fixture
def policy(policies: Policies) -> RegionPolicy:
    """A region where the balances of the central and of the own store count."""
    return policies.of(RegionCode(REGION)).versions[-1]


@pytest.mark.rule("ORD-6c")
def test_the_old_one_is_proposed_where_both_have_balance(policy: RegionPolicy) -> None:
    proposal = propose(the_new(policy, central=5), [offered(policy, central=1)])

    assert proposal is not None
    assert proposal.case is Case.BOTH
    assert [one.article.article_number for one in proposal.older] == [OLD]


@pytest.mark.rule("ORD-6d")
def test_the_old_one_is_proposed_where_it_alone_has_balance_and_the_new_one_comes_later(
    policy: RegionPolicy,
) -> None:
    proposal = propose(the_new(policy), [offered(policy, central=1)])

    assert proposal is not None
    assert proposal.case is Case.ONLY_OLD
    assert proposal.older[0].planned_dispatch_on == date(2026, 3, 3)
    assert proposal.asked.planned_dispatch_on == date(2026, 3, 16)


@pytest.mark.rule("ORD-6e")
def test_of_several_old_ones_one_is_proposed_and_any_can_be_chosen(policy: RegionPolicy) -> None:
    few = offered(policy, an_article(OLDER, status=ArticleStatus.DISCONTINUED), own=2)
    many = offered(policy, an_article(OLD), central=2, own=1)

    proposal = propose(the_new(policy), [few, many])

    assert proposal is not None
    assert [one.article.article_number for one in proposal.older] == [OLD, OLDER]


@pytest.mark.rule("ORD-6a")
def test_an_old_one_without_balance_is_not_proposed(policy: RegionPolicy) -> None:
    new = the_new(policy, central=5)

    assert propose(new, [offered(policy)]) is None
    assert propose(new, [the_new(policy, central=9)]) is None
    assert propose(new, []) is None


@pytest.mark.rule("ORD-6a")
def test_nothing_is_proposed_instead_of_an_old_one_that_has_balance(policy: RegionPolicy) -> None:
    other = offered(policy, an_article(OLDER), central=9)

    assert propose(offered(policy, central=1), [other]) is None
    assert propose(offered(policy), [other]) is not None


@pytest.mark.rule("ORD-6f", "ORD-6g")
@pytest.mark.parametrize(
    ("counts", "central", "own"),
    [((), 3, 2), (("central", "own"), 3, 2), (("central",), 3, 0), (("own",), 0, 2)],
)
def test_the_balance_of_an_old_one_counts_in_the_stores_that_the_policy_names(
    policy: RegionPolicy, counts: tuple[str, ...], central: int, own: int
) -> None:
    counting = policy.model_copy(update={"phase_out": counts})

    found = offered(counting, central=3, own=2)
    new = offered(counting, an_article(NEW, status=ArticleStatus.ACTIVE), central=3, own=2)

    assert (found.central, found.own) == (central, own)
    assert found.planned_dispatch_on == (date(2026, 3, 3) if central else None)
    assert (new.central, new.own) == (3, 2)


@pytest.mark.rule("ORD-6a")
@pytest.mark.parametrize(
    ("limits", "central", "own"),
    [
        ({"never_from": (Word("central"),)}, 0, 2),
        ({"never_from": (Word("own_store"),)}, 3, 0),
        ({"in_assortment": False}, 0, 2),
        ({"is_kept_in_central": False}, 0, 2),
    ],
)
def test_what_could_not_be_ordered_is_not_proposed(
    policy: RegionPolicy, limits: dict[str, Any], central: int, own: int
) -> None:
    stores = policy.stores.model_copy(update={"purchasing": StoreId("750")})
    purchasing = policy.model_copy(update={"stores": stores})

    found = offered(purchasing, an_article(**limits), central=3, own=2)

    assert (found.central, found.own) == (central, own)


@pytest.mark.rule("ORD-6a", "REF-11b", "REF-11c")
def test_what_the_unit_has_not_from_there_is_not_proposed(policies: Policies) -> None:
    elsewhere = {"service_point": "49999", "sources": ["own_store"]}
    mine = {"service_point": SENDING, "sources": ["own_store"]}
    aid = an_article(product_area=ProductArea("hearing"))

    for exceptions, sources, expected in (
        ([], ["central"], (3, 0)),
        ([], ["own_store"], (0, 2)),
        ([], ["central", "own_store"], (3, 2)),
        ([mine], ["central"], (0, 2)),
        ([elsewhere], ["central"], (3, 0)),
    ):
        area = {"code": "hearing", "sources": sources, "exceptions": exceptions}
        areas = with_product_areas(policies, area).of(RegionCode(REGION)).versions[0]
        found = offered(areas, aid, central=3, own=2)
        assert (found.central, found.own) == expected


@pytest.mark.rule("ORD-6a")
def test_a_private_clinic_is_proposed_nothing_of_a_stock_of_its_own_or_for_others(
    policy: RegionPolicy,
) -> None:
    clinic = replace(UNIT, is_private_clinic=True, has_stock=False)
    for_others = an_article(is_own_units_only=True)

    found = offered(policy, central=3, own=2, unit=clinic)
    assert (found.central, found.own) == (3, 0)
    found = offered(policy, for_others, central=3, own=2, unit=replace(clinic, has_stock=True))
    assert (found.central, found.own) == (0, 0)
    found = offered(policy, for_others, central=3, own=2)
    assert (found.central, found.own) == (3, 2)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A cushion with two older ones, a battery of another group, and a unit with its own store."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await set_up(world)
        yield world


async def set_up(world: World) -> None:
    """The catalogue and the balances that the tests over HTTP start from."""
    sitting: dict[str, Any] = {"marked": False, "replacement_group": GroupName("sittdyna")}
    await world.handle_all(
        *the_stores(),
        a_customer_registered(SENDING, store=OWN),
        an_article_stated(NEW, name="Sittdyna", lead_time_days=10, **sitting),
        an_article_stated(OLD, name="Sittdyna 2", status="phase_out", **sitting),
        an_article_stated(OLDER, name="Sittdyna 1", status="discontinued", **sitting),
        an_article_stated(BATTERY, marked=False, status="phase_out", replacement_group="batteri"),
        a_balance_stated(BATTERY, 9),
        a_balance_stated(OLD, 2),
        a_balance_stated(OLDER, 1, store=OWN),
    )


async def proposed(
    world: World, *numbers: str, service_point: str = SENDING
) -> list[Mapping[str, Any]]:
    """What is proposed to a prescriber at the unit."""
    async with world.http(**ME) as client:
        answer = await client.get(
            "/articles:alternatives", params={"number": numbers, "service_point": service_point}
        )
    assert answer.status_code == 200, answer.text
    items: list[Mapping[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.rule("ORD-6a", "ORD-6e")
async def test_the_old_ones_of_the_group_are_proposed_over_http(world: World) -> None:
    (item,) = await proposed(world, NEW, BATTERY, "39999")

    assert (item["case"], item["asked"]["article_number"]) == ("only_old", NEW)
    assert item["asked"]["planned_dispatch_on"] == "2026-03-16"
    assert item["older"] == [
        {
            "article_number": OLD,
            "name": "Sittdyna 2",
            "marked": False,
            "status": "phase_out",
            "central": 2,
            "own": 0,
            "planned_dispatch_on": "2026-03-03",
        },
        {
            "article_number": OLDER,
            "name": "Sittdyna 1",
            "marked": False,
            "status": "discontinued",
            "central": 0,
            "own": 1,
            "planned_dispatch_on": None,
        },
    ]

    await world.handle(a_balance_stated(NEW, 4))
    (item,) = await proposed(world, NEW)
    assert (item["case"], item["asked"]["central"]) == ("both", 4)


@pytest.mark.rule("ORD-6a", "REF-11d")
async def test_of_a_store_that_a_user_is_not_connected_to_nothing_is_proposed(world: World) -> None:
    await world.handle(a_user_registered(stores=("404",)))

    (item,) = await proposed(world, NEW)

    assert [one["article_number"] for one in item["older"]] == [OLD]


@pytest.mark.rule("ORD-6a", "REF-11a")
async def test_what_is_outside_a_users_product_areas_is_not_proposed(
    given: Given, policies: Policies
) -> None:
    areas = with_product_areas(policies, "horsel", "syn")
    async with given(service, at=stockholm("2026-03-02 08:00"), policies=areas) as world:
        await set_up(world)
        sight = ProductArea("syn")
        stated = an_article_stated(
            OLD, version=2, marked=False, status="phase_out", product_area=sight,
            replacement_group="sittdyna",
        )  # fmt: skip
        await world.handle_all(stated, a_user_registered(product_areas=("horsel",)))

        (item,) = await proposed(world, NEW)

        assert [one["article_number"] for one in item["older"]] == [OLDER]


@pytest.mark.rule("ORD-6f")
async def test_where_the_own_store_alone_counts_the_central_one_proposes_nothing(
    given: Given, policies: Policies
) -> None:
    region = RegionCode(REGION)
    own_alone = [
        one.model_copy(update={"phase_out": ("own",)}) for one in policies.of(region).versions
    ]
    counting = Policies({region: PolicyHistory(versions=tuple(own_alone))})
    async with given(service, at=stockholm("2026-03-02 08:00"), policies=counting) as world:
        await set_up(world)

        (item,) = await proposed(world, NEW)

        assert [one["article_number"] for one in item["older"]] == [OLDER]


async def test_a_service_point_that_nobody_knows_is_named(world: World) -> None:
    async with world.http(**ME) as client:
        answer = await client.get(
            "/articles:alternatives", params={"number": NEW, "service_point": "49999"}
        )

    problem = answer.json()
    assert (answer.status_code, problem["reason"], problem["field"]) == (
        422,
        "UNKNOWN_CUSTOMER",
        "service_point",
    )
