"""NTF-5, NTF-6: the region's news, shown on its days to whom it is for, and its links."""

from collections.abc import Mapping
from typing import Any

import pytest
from kvitt_contracts.notifications import NewsPublished, NewsWithdrawn
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.areas import with_policy, with_product_areas
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.story import SENDER, SERVICE

AT = stockholm("2026-05-07 10:00")
STAFF: Mapping[str, Any] = {"user": SERVICE, "roles": (Role.CUSTOMER_SERVICE,)}
NEWS = {
    "title": "Nya rollatorer",
    "text": "Två modeller kan beställas.",
    "from_on": "2026-05-07",
    "until_on": "2026-05-08",
}


async def published(world: World, status: int = 201, **changes: Any) -> dict[str, Any]:
    """What is answered to customer service that publishes news."""
    async with world.http(**STAFF) as client:
        answer = await client.post("/news", json=NEWS | changes)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def seen(world: World, **who: Any) -> list[str]:
    """The titles of the news that a prescriber is shown."""
    prescriber = {"user": SENDER, "roles": (Role.PRESCRIBER,)}
    async with world.http(**(prescriber | who)) as client:
        return [one["title"] for one in (await client.get("/news")).json()["items"]]


@pytest.mark.rule("NTF-5a")
async def test_news_is_shown_to_all_on_its_days_and_no_other(given: Given) -> None:
    async with given(service, at=AT) as world:
        await published(world, title="I dag")
        await published(world, title="I morgon", from_on="2026-05-08")
        assert await seen(world) == ["I dag"]
        await world.advance(stockholm("2026-05-08 10:00"))
        assert await seen(world) == ["I morgon", "I dag"]
        await world.advance(stockholm("2026-05-09 00:00"))
        assert await seen(world) == []

        first, _ = await world.events(NewsPublished)
        assert (first.product_area, first.by) == (None, SERVICE)
        assert "rollatorer" not in first.model_dump_json()
        await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-5a")
async def test_who_publishes_sees_what_is_shown_later(given: Given) -> None:
    async with given(service, at=AT) as world:
        await published(world, title="I dag")
        await published(world, title="I morgon", from_on="2026-05-08")
        async with world.http(**STAFF) as client:
            coming = (await client.get("/news?coming=true")).json()["items"]

        assert [one["title"] for one in coming] == ["I morgon", "I dag"]


@pytest.mark.rule("NTF-5b", "REF-11e")
async def test_news_of_a_product_area_is_for_who_has_it(given: Given, policies: Policies) -> None:
    areas = with_product_areas(policies, "horsel", "syn")
    async with given(service, at=AT, policies=areas) as world:
        await world.handle(a_user_registered(product_areas=("horsel",)))
        for title, area in (("Hörsel", "horsel"), ("Syn", "syn"), ("Alla", None)):
            await published(world, title=title, product_area=area)

        assert sorted(await seen(world)) == ["Alla", "Hörsel"]
        assert sorted(await seen(world, **STAFF)) == ["Alla", "Hörsel", "Syn"]


@pytest.mark.rule("NTF-5a")
async def test_news_that_is_withdrawn_is_shown_no_more(given: Given) -> None:
    async with given(service, at=AT) as world:
        news = await published(world)
        async with world.http(**STAFF) as client:
            for _ in range(2):
                answer = await client.post(f"/news/{news['news_id']}:withdraw")
                assert answer.json()["withdrawn"] is True

        assert await seen(world) == []
        assert len(await world.events(NewsWithdrawn)) == 1


@pytest.mark.rule("NTF-5a")
@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"product_area": "sirener"}, "UNKNOWN_PRODUCT_AREA", "product_area"),
        ({"until_on": "2026-05-06"}, "ENDS_BEFORE_IT_BEGINS", "until_on"),
        ({"from_on": "2026-05-01", "until_on": "2026-05-06"}, "IS_OVER", "until_on"),
    ],
)
async def test_news_that_nobody_would_see_is_refused_by_its_field(
    given: Given, changes: dict[str, Any], reason: str, field: str
) -> None:
    async with given(service, at=AT) as world:
        problem = await published(world, 422, **changes)

    assert (problem["reason"], problem["field"]) == (reason, field)
    assert problem["way_on"]


@pytest.mark.rule("NTF-6a")
async def test_the_regions_links_are_those_of_the_policy_in_force(
    given: Given, policies: Policies
) -> None:
    link = {"title": "Handbok", "url": "https://region.example/handbok"}
    with_link = with_policy(policies, links=[link])
    async with given(service, at=AT, policies=with_link) as world, world.http() as client:
        assert (await client.get("/links")).json() == {"items": [link]}
