"""REF-10, REF-12g: what is chosen in advance for a user."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import (
    LineSupply,
    SetDefaultServicePoint,
    SetDefaultSupply,
    UserRegistered,
)
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.types import (
    ArticleStatus,
    ArticleType,
    ProductArea,
    RegionCode,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    Word,
)
from kvitt_testkit.world import REGION, Given, World, assert_rows_are_folds
from orders.app import service
from orders.articles.domain import Article
from orders.placements.sources.domain import sources_for

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.purchases import with_purchasing_store
from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.story import CUSHION, OWN, RECEIVING, SENDER, SENDING, SERVICE
from services.orders.tests.builders import a_service_point, a_user, an_article, registry
from services.orders.tests.worlds import MONDAY, refused

HEARING = ProductArea("hearing")
CENTRAL, MINE = LineSupply.CENTRAL, LineSupply.OWN_STORE
ME: dict[str, Any] = {
    "user": SENDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [SENDING, RECEIVING],
}
STAFF: dict[str, Any] = {
    "user": SERVICE,
    "roles": [Role.CUSTOMER_SERVICE],
    "service_points": [SENDING],
}


def had(
    policy: RegionPolicy, article: Article, **user: Any
) -> tuple[tuple[LineSupply, ...], LineSupply | None]:
    """From where a user may have an article, and what is proposed."""
    found = sources_for(
        article,
        user=a_user(**user),
        place=a_service_point(store=StoreId("402")),
        suppliers={},
        policy=policy,
    )
    return found.may, found.proposed


def supplied_from(policies: Policies, *sources: str) -> RegionPolicy:
    """A region whose only product area is had from these sources."""
    areas = with_product_areas(policies, {"code": HEARING, "sources": list(sources)})
    return areas.of(RegionCode(REGION)).versions[0]


@pytest.mark.rule("REF-10a")
def test_the_area_decides_and_the_default_breaks_ties(policies: Policies) -> None:
    aid, own = an_article(product_area=HEARING), {"default_supply": Word("own_store")}
    both = supplied_from(policies, "central", "own_store")
    store, central = supplied_from(policies, "own_store"), supplied_from(policies, "central")

    assert had(both, aid) == ((CENTRAL, MINE), CENTRAL)
    assert had(both, aid, **own) == ((CENTRAL, MINE), MINE)
    assert had(both, aid, default_supply=Word("central")) == ((CENTRAL, MINE), CENTRAL)
    assert had(store, aid, default_supply=Word("central")) == ((MINE,), MINE)
    assert had(central, aid, **own) == ((CENTRAL,), CENTRAL)


@pytest.mark.rule("REF-10a", "INV-16a")
@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ({"is_contribution": True}, (CENTRAL,)),
        ({"never_from": (Word("own_store"),)}, (CENTRAL,)),
        ({"never_from": (Word("central"),)}, (MINE,)),
        ({"type": ArticleType.SERVICE}, (CENTRAL,)),
        ({"in_assortment": False}, (MINE,)),
        ({"in_assortment": False, "type": ArticleType.SERVICE}, ()),
    ],
    ids=str,
)
def test_the_default_follows_what_the_article_allows(
    policy: RegionPolicy, article: dict[str, Any], expected: tuple[LineSupply, ...]
) -> None:
    may, proposed = had(policy, an_article(**article), default_supply=Word("own_store"))

    assert may == expected
    assert proposed == (expected[0] if expected else None)


@pytest.mark.rule("REF-10a")
def test_what_an_order_would_be_refused_for_is_not_proposed(policies: Policies) -> None:
    buying = with_purchasing_store(policies).of(RegionCode(REGION)).versions[0]
    own_alone = buying.model_copy(update={"phase_out": ("own",)})

    assert had(buying, an_article(is_kept_in_central=False))[0] == (MINE,)  # it has no supplier
    assert had(own_alone, an_article(status=ArticleStatus.PHASE_OUT))[0] == (MINE,)
    assert had(buying, an_article(status=ArticleStatus.PHASE_OUT))[0] == (CENTRAL, MINE)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A prescriber at two service points, and customer service."""
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
        await world.handle(a_customer_stated(SENDING, store=OWN, version=9), subject=SENDING)
        await stated(world, version=2)
        staff = a_user_stated(SERVICE, SENDING, roles=("customer_service",))
        await world.handle(staff, subject=SERVICE)
        await world.handle(an_article_listed(CUSHION, marked=False))
        yield world


async def stated(world: World, *, version: int, **changes: Any) -> None:
    """The region states the prescriber."""
    user = a_user_stated(SENDER, SENDING, RECEIVING, version=version, **changes)
    await world.handle(user, subject=SENDER)


def choosing(supply: str = "own_store", *, by: str = SENDER) -> SetDefaultSupply:
    """A region's command."""
    return SetDefaultSupply(user_id=UserId(SENDER), default_supply=Word(supply), by=UserId(by))


@pytest.mark.rule("REF-10a")
async def test_a_user_chooses_what_is_proposed(world: World) -> None:
    asked = {"number": [CUSHION, "39999"], "service_point": SENDING}
    async with world.http(**ME) as client:
        before = (await client.get("/orders:sources", params=asked)).json()["items"]
        body = {"default_supply": "own_store"}
        answer = await client.post(f"/users/{SENDER}:set-default-supply", json=body)
        after = (await client.get("/orders:sources", params=asked)).json()["items"]

    assert answer.status_code == 200, answer.text
    assert answer.json()["default_supply"] == "own_store"
    may = ["central", "own_store"]
    assert before == [{"article_number": CUSHION, "may": may, "proposed": "central"}]
    assert after == [{"article_number": CUSHION, "may": may, "proposed": "own_store"}]
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-10a")
async def test_everybody_chooses_their_own(world: World) -> None:
    found = await refused(world, choosing(by=SERVICE), SENDER)
    assert found == ("NOT_THE_USER", "REF-10", "by")

    async with world.http(**STAFF) as client:
        body = {"default_supply": "own_store"}
        answer = await client.post(f"/users/{SENDER}:set-default-supply", json=body)
    assert answer.status_code == 404, answer.text


@pytest.mark.rule("REF-10a")
async def test_only_a_source_is_chosen(world: World) -> None:
    found = await refused(world, choosing("elsewhere"), SENDER)

    assert found == ("UNKNOWN_SUPPLY", "REF-10", "default_supply")


@pytest.mark.rule("REF-10a")
async def test_a_choice_is_kept_when_the_region_states_the_user_anew(world: World) -> None:
    await world.handle(choosing(), subject=SENDER)
    await world.handle(choosing(), subject=SENDER)
    await stated(world, version=3, profession=Word("audionomist"))

    said = [one for one in await world.events(UserRegistered) if one.user_id == SENDER]
    assert [one.default_supply for one in said][-2:] == ["own_store", "own_store"]
    assert said[-1].profession == "audionomist"


def moving(to: str = RECEIVING, *, asked_by: str = SENDER) -> SetDefaultServicePoint:
    """A region's command."""
    return SetDefaultServicePoint(
        user_id=UserId(SENDER),
        service_point=ServicePointId(to),
        by=UserId(SERVICE),
        asked_by=UserId(asked_by),
    )


@pytest.mark.rule("REF-12g", "REF-12m")
async def test_customer_service_chooses_a_users_default_service_point(world: World) -> None:
    async with world.http(**STAFF) as client:
        body = {"service_point": RECEIVING, "asked_by": SENDER}
        answer = await client.post(f"/users/{SENDER}:set-default-service-point", json=body)
    assert answer.json()["default_service_point"] == RECEIVING, answer.text
    await world.handle(moving(SENDING), subject=SENDER)

    said = [one for one in await world.events(UserRegistered) if one.user_id == SENDER]
    assert [one.default_service_point for one in said][-2:] == [RECEIVING, SENDING]
    assert (said[-1].by, said[-1].asked_by) == (SERVICE, SENDER)
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-12g")
async def test_the_default_is_one_of_the_users_service_points(world: World) -> None:
    found = await refused(world, moving("49999"), SENDER)

    assert found == ("DEFAULT_NOT_AMONG_SERVICE_POINTS", "REF-3", "service_point")


@pytest.mark.rule("REF-12m")
async def test_who_asked_is_known(world: World) -> None:
    found = await refused(world, moving(asked_by="k999xyz"), SENDER)

    assert found == ("UNKNOWN_USER", "REF-3", "asked_by")
