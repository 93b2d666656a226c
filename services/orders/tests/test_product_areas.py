"""REF-11: what product areas and connected stores allow an order."""

from collections.abc import Callable
from typing import Any

import pytest
from kvitt_contracts.orders import OrderPlaced, Supply, UserRegistered
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ProductArea, RegionCode, Role, ServicePointId, StoreId
from kvitt_testkit.world import Given, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.models import OrderRow
from orders.customer_orders.reasons import OrderRefused, Reason

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import a_user_stated
from contracts.tests.builders.story import CUSHION, SENDER, SENDING
from services.orders.tests.builders import (
    a_service_point,
    a_user,
    a_withdrawal_command,
    an_article,
    an_order_command,
    placed,
    refusal,
    registry,
    withdrawn,
)

HEARING, SIGHT = ProductArea("horsel"), ProductArea("syn")
AREAS: list[dict[str, Any]] = [
    {
        "code": HEARING,
        "sources": ["central"],
        "exceptions": [{"service_point": "40210", "sources": ["own_store"]}],
    },
    {"code": SIGHT, "sources": ["central", "own_store"]},
]


@pytest.fixture
def regions(policies: Policies) -> Policies:
    """The regions, Västerbotten with two product areas."""
    return with_product_areas(policies, *AREAS)


@pytest.fixture
def areas(regions: Policies) -> RegionPolicy:
    """Västerbotten's policy with them."""
    return regions.of(RegionCode("ac")).versions[-1]


@pytest.mark.rule("REF-11a")
@pytest.mark.parametrize("place_it", [placed, withdrawn])
@pytest.mark.parametrize("limited", ["prescriber", "requester"])
def test_who_orders_an_article_has_its_product_area(
    areas: RegionPolicy, place_it: Callable[..., OrderPlaced], limited: str
) -> None:
    requester = a_user("b001req", acts_for=("k082lno",), roles=(Role.REQUESTER,))
    parties = {"prescriber": a_user(), "requester": requester}
    parties[limited] = a_user(
        parties[limited].user_id,
        roles=parties[limited].roles,
        acts_for=parties[limited].acts_for,
        product_areas=(HEARING,),
    )

    with pytest.raises(OrderRefused) as refused:
        place_it(areas, article=an_article(product_area=SIGHT), **parties)
    assert refusal(refused) == (
        Reason.ARTICLE_OUTSIDE_PRODUCT_AREAS,
        "REF-11",
        "lines.0.article_number",
    )


@pytest.mark.rule("REF-11a")
@pytest.mark.parametrize(
    ("theirs", "area"), [((SIGHT,), SIGHT), (None, SIGHT), ((HEARING,), None), ((), None)]
)
def test_an_area_of_theirs_no_limit_and_an_article_of_no_area_are_ordered(
    areas: RegionPolicy, theirs: tuple[ProductArea, ...] | None, area: ProductArea | None
) -> None:
    user = a_user(product_areas=theirs)

    order = placed(areas, prescriber=user, requester=user, article=an_article(product_area=area))

    assert order.supply is Supply.CENTRAL


@pytest.mark.rule("REF-11b")
def test_an_area_is_had_from_its_own_sources(areas: RegionPolicy) -> None:
    hearing, sight = an_article(product_area=HEARING), an_article(product_area=SIGHT)

    assert placed(areas, article=hearing).supply is Supply.CENTRAL
    assert withdrawn(areas, article=sight).supply is Supply.OWN_STORE
    with pytest.raises(OrderRefused) as refused:
        withdrawn(areas, article=hearing)
    assert refusal(refused) == (
        Reason.SOURCE_NOT_OF_PRODUCT_AREA,
        "REF-11",
        "lines.0.article_number",
    )


@pytest.mark.rule("REF-11c")
def test_a_unit_that_is_excepted_has_its_own_sources(areas: RegionPolicy) -> None:
    point = ServicePointId("40210")
    hearing = an_article(product_area=HEARING)
    user = a_user(service_points=(point,), default_service_point=point)
    there: dict[str, Any] = {
        "article": hearing,
        "prescriber": user,
        "requester": user,
        "service_point": a_service_point(customer_id=point),
    }

    assert withdrawn(areas, **there).supply is Supply.OWN_STORE
    with pytest.raises(OrderRefused) as refused:
        placed(areas, **there)
    assert refused.value.reason == Reason.SOURCE_NOT_OF_PRODUCT_AREA


@pytest.mark.rule("REF-11b")
def test_an_area_that_the_policy_has_no_longer_is_had_from_anywhere(policy: RegionPolicy) -> None:
    hearing = an_article(product_area=HEARING)

    assert withdrawn(policy, article=hearing).supply is Supply.OWN_STORE


@pytest.mark.rule("REF-11d")
@pytest.mark.parametrize("limited", ["prescriber", "requester"])
def test_who_withdraws_is_connected_to_the_store(policy: RegionPolicy, limited: str) -> None:
    elsewhere: dict[str, Any] = {limited: a_user(stores=(StoreId("602"),))}

    with pytest.raises(OrderRefused) as refused:
        withdrawn(policy, **elsewhere)
    assert refusal(refused) == (Reason.STORE_NOT_OF_USER, "REF-11", "store")


@pytest.mark.rule("REF-11d")
def test_a_connected_store_is_withdrawn_from(policy: RegionPolicy) -> None:
    connected = a_user(stores=(StoreId("402"),))

    assert withdrawn(policy, prescriber=connected, requester=connected).store == "402"


@pytest.mark.rule("REF-11a", "REF-11d")
async def test_a_region_states_areas_and_stores_and_its_orders_keep_to_them(
    given: Given, regions: Policies
) -> None:
    async with given(service, policies=regions) as world:
        await registry(world)
        limited = a_user_stated(version=2, product_areas=(HEARING,), stores=("602",))
        await world.handle(limited, subject=SENDER)
        await world.handle(an_article_listed(CUSHION, marked=False, product_area=SIGHT))

        ordered = await world.refuse(an_order_command(), subject="R-1")
        withdrawn = await world.refuse(a_withdrawal_command(), subject="R-2")
        told = (await world.events(UserRegistered))[-1]
        assert (told.product_areas, told.stores) == ((HEARING,), ("602",))
        assert ordered.reason == Reason.ARTICLE_OUTSIDE_PRODUCT_AREAS
        assert withdrawn.reason == Reason.STORE_NOT_OF_USER
        assert not await world.rows(OrderRow)
        await assert_rows_are_folds(world)

        await world.handle(a_user_stated(version=3), subject=SENDER)
        await world.handle(an_order_command(), subject="R-3")
        assert len(await world.rows(OrderRow)) == 1


@pytest.mark.rule("REF-11a")
async def test_an_area_that_the_region_has_not_is_given_to_nobody(
    given: Given, regions: Policies
) -> None:
    async with given(service, policies=regions) as world:
        await registry(world)

        with pytest.raises(Refused) as refused:
            await world.handle(
                a_user_stated(version=2, product_areas=(SIGHT, "cpap")), subject=SENDER
            )
        assert (refused.value.reason, refused.value.field) == (
            "UNKNOWN_PRODUCT_AREA",
            "product_areas.1",
        )


@pytest.mark.rule("REF-11a", "REF-11b")
async def test_a_preview_refuses_what_the_order_would(given: Given, regions: Policies) -> None:
    async with given(service, policies=regions) as world:
        await registry(world)
        await world.handle(an_article_listed(CUSHION, marked=False, product_area=HEARING))
        points = [SENDING]
        async with world.http(user=SENDER, roles=[Role.PRESCRIBER], service_points=points) as api:
            body = {
                "recipient": {"kind": "care_unit", "unit": "30110"},
                "prescriber": SENDER,
                "service_point": SENDING,
                "store": "402",
                "lines": [{"article_number": CUSHION, "quantity": 1}],
            }
            answer = await api.post("/withdrawals:preview", json=body)

        problem = answer.json()
        assert (answer.status_code, problem["reason"]) == (422, Reason.SOURCE_NOT_OF_PRODUCT_AREA)
