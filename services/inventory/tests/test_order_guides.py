"""ORD-23: what a main device is ordered with."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.articles.domain import Article
from inventory.order_guides.domain import Part, guide_of
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Goods,
    ProductArea,
    Role,
)
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.regions import a_balance_stated, an_article_stated, the_stores
from contracts.tests.builders.story import SENDER, SENDING
from services.inventory.tests.test_alternatives import an_article
from services.inventory.tests.units import Who

CHAIR, STANDARD, CUSHION, BELT = "30311", "30312", "30457", "30458"
ME: Who = {"user": SENDER, "roles": (Role.PRESCRIBER,), "service_points": [SENDING]}


def goods(*wanted: tuple[str, int]) -> tuple[Goods, ...]:
    """Articles with quantities."""
    return tuple(
        Goods(article_number=ArticleNumber(number), quantity=count) for number, count in wanted
    )


def sold(number: str, **others: Any) -> Article:
    """An article that is purchased."""
    return an_article(number, **{"status": ArticleStatus.ACTIVE, **others})


def guided(*wanted: tuple[str, int], **others: Any) -> Article:
    """A main device with a guide."""
    return sold(CHAIR, **{"type": ArticleType.MAIN_DEVICE, "order_guide": goods(*wanted), **others})


def proposed(main: Article, *others: Article) -> list[tuple[str, Part, int]]:
    """The lines of a guide."""
    named = {one.article_number: one for one in others}
    return [(one.article.article_number, one.part, one.quantity) for one in guide_of(main, named)]


@pytest.mark.rule("ORD-23a")
def test_the_standard_version_is_proposed_before_the_accessories() -> None:
    main = guided((CUSHION, 2), (STANDARD, 1))
    standard = sold(STANDARD, type=ArticleType.MAIN_DEVICE, marked=True)

    assert proposed(main, standard, sold(CUSHION)) == [
        (STANDARD, Part.STANDARD, 1),
        (CUSHION, Part.ACCESSORY, 2),
    ]


@pytest.mark.rule("ORD-23a")
def test_the_main_device_itself_is_its_standard_version_where_none_is_named() -> None:
    main = guided((CUSHION, 1))

    assert proposed(main, sold(CUSHION)) == [
        (CHAIR, Part.STANDARD, 1),
        (CUSHION, Part.ACCESSORY, 1),
    ]


@pytest.mark.rule("ORD-23a")
def test_only_a_main_device_with_a_guide_has_one() -> None:
    assert proposed(guided()) == []
    assert proposed(guided((CUSHION, 1), type=ArticleType.ACCESSORY), sold(CUSHION)) == []


@pytest.mark.rule("ORD-23b")
def test_each_accessory_is_a_line_and_each_marked_one_a_line_of_its_own() -> None:
    main = guided((CUSHION, 3), (BELT, 2))

    assert proposed(main, sold(CUSHION), sold(BELT, marked=True))[1:] == [
        (CUSHION, Part.ACCESSORY, 3),
        (BELT, Part.ACCESSORY, 1),
        (BELT, Part.ACCESSORY, 1),
    ]


@pytest.mark.rule("ORD-23b")
@pytest.mark.parametrize(
    "others", [{"status": ArticleStatus.PHASE_OUT}, {"in_assortment": False}], ids=str
)
def test_what_cannot_be_ordered_is_not_proposed(others: dict[str, Any]) -> None:
    main = guided((CUSHION, 1), (BELT, 1))

    assert proposed(main, sold(CUSHION, **others), sold(BELT)) == [
        (CHAIR, Part.STANDARD, 1),
        (BELT, Part.ACCESSORY, 1),
    ]


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A chair with a guide, its cushion in two stores, a belt of another product area."""
    areas = with_product_areas(policies, "hearing", "sitting")
    async with given(service, at=stockholm("2026-03-02 08:00"), policies=areas) as world:
        await world.handle_all(*the_stores())
        guide = goods((CUSHION, 2), (BELT, 1))
        chair = an_article_stated(CHAIR, type="main_device", name="Rullstol", order_guide=guide)
        cushion = an_article_stated(CUSHION, marked=False, type="accessory", name="Dyna")
        belt = an_article_stated(BELT, marked=False, type="accessory", product_area="hearing")
        for stated in (chair, cushion, belt):
            await world.handle(stated)
        await world.handle(a_balance_stated(CUSHION, 3))
        yield world


async def seen(world: World, *numbers: str) -> list[dict[str, Any]]:
    """The guides that somebody sees."""
    async with world.http(**ME) as client:
        answer = await client.get("/articles:order-guides", params={"number": list(numbers)})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.rule("ORD-23a", "ORD-23b")
async def test_a_guide_is_served_with_its_lines(world: World) -> None:
    (guide,) = await seen(world, CUSHION, CHAIR)

    assert guide["article_number"] == CHAIR
    lines = [(one["article_number"], one["part"], one["quantity"]) for one in guide["lines"]]
    assert lines == [(CHAIR, "standard", 1), (CUSHION, "accessory", 2), (BELT, "accessory", 1)]
    assert [one["available"] for one in guide["lines"]] == [0, 3, 0]
    assert [one["name"] for one in guide["lines"]][:2] == ["Rullstol", "Dyna"]


@pytest.mark.rule("REF-11a")
async def test_what_is_of_anothers_area_is_not_proposed(world: World) -> None:
    await world.handle(a_user_registered(SENDER, SENDING, product_areas=[ProductArea("sitting")]))

    (guide,) = await seen(world, CHAIR)

    assert [one["article_number"] for one in guide["lines"]] == [CHAIR, CUSHION]
