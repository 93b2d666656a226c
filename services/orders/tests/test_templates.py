"""ORD-9: templates of replenishments, which all see; an empty one is gone."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from kvitt_contracts.orders import (
    ReplenishmentPlaced,
    SaveTemplate,
    TemplateRemoved,
    TemplateSaved,
)
from kvitt_contracts.types import ArticleType, Goods, Role, StoreId, TemplateId, UserId, identify
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.templates.domain import Reason, Template, TemplateRefused, save

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.story import BATTERY, CENTRAL, CUSHION, OWN, SENDER, SENDING
from services.orders.tests.builders import a_policy, an_article, registry, some
from services.orders.tests.worlds import MONDAY, refused

WEEK = UUID("3b1f9a52-8d1c-4a0e-9d3b-52a6f0f5d0c7")
AT_THE_UNIT: dict[str, Any] = {
    "user": SENDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [SENDING],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The registry, with one more article."""
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(an_article_listed(BATTERY, marked=False))
        yield world


@pytest.mark.rule("ORD-9c")
async def test_a_template_names_articles_quantities_and_the_store_that_delivers(
    world: World,
) -> None:
    async with world.http(**AT_THE_UNIT) as client:
        saved = await client.post("/templates", json=a_body())
        shown = (await client.get("/templates")).json()["items"]

    assert saved.status_code == 201, saved.text
    assert shown == [saved.json()]
    assert (shown[0]["name"], shown[0]["store"]) == ("Veckans påfyllnad", CENTRAL)
    assert [(one["article_number"], one["quantity"]) for one in shown[0]["lines"]] == [
        (CUSHION, 10),
        (BATTERY, 4),
    ]
    (event,) = await world.events(TemplateSaved)
    assert "Veckans" not in event.model_dump_json()  # its name stays here
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-9d")
async def test_all_see_all_templates(world: World) -> None:
    async with world.http(**AT_THE_UNIT) as client:
        week = (await client.post("/templates", json=a_body())).json()["template_id"]

    async with world.http(
        user="k300ola", roles=[Role.REQUESTER], service_points=["40400"]
    ) as client:
        assert (await client.get("/templates")).json()["total"] == 1
        assert (await client.get(f"/templates/{week}")).status_code == 200


@pytest.mark.rule("ORD-9e")
async def test_lines_of_a_template_are_ordered_with_other_quantities(world: World) -> None:
    async with world.http(**AT_THE_UNIT) as client:
        week = (await client.post("/templates", json=a_body())).json()["template_id"]
        template = (await client.get(f"/templates/{week}")).json()
        line = {**template["lines"][0], "quantity": 3}
        body = {"service_point": SENDING, "to_store": OWN, "lines": [line]}
        placed = await client.post("/replenishments", json=body)

    assert placed.status_code == 201, placed.text
    (event,) = await world.events(ReplenishmentPlaced)
    assert [(one.article_number, one.quantity) for one in event.lines] == [(CUSHION, 3)]


@pytest.mark.rule("ORD-9f")
async def test_a_template_is_removed_once_it_is_empty(world: World) -> None:
    async with world.http(**AT_THE_UNIT) as client:
        week = (await client.post("/templates", json=a_body())).json()["template_id"]
        emptied = await client.put(f"/templates/{week}", json=a_body(lines=[]))
        again = await client.put(f"/templates/{week}", json=a_body(lines=[]))
        shown = await client.get("/templates")
        gone = await client.get(f"/templates/{week}")

    assert (emptied.status_code, emptied.json()["removed"]) == (200, True)
    assert again.status_code == 200
    assert (shown.json()["total"], gone.status_code) == (0, 404)
    assert len(await world.events(TemplateRemoved)) == 1
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-9c")
async def test_a_region_saves_a_template_under_its_reference(world: World) -> None:
    await world.handle(a_command(some(CUSHION, 10)), subject="VB-MALL-01")
    await world.handle(a_command(some(CUSHION, 12)), subject="VB-MALL-01")

    async with world.http(**AT_THE_UNIT) as client:
        (shown,) = (await client.get("/templates", params={"query": "mall"})).json()["items"]

    assert (shown["name"], shown["lines"][0]["quantity"]) == ("VB-MALL-01", 12)
    assert shown["template_id"] == str(identify("ac", "template", "VB-MALL-01"))


async def test_a_template_of_an_unknown_article_is_refused_whole(world: World) -> None:
    command = a_command(some(CUSHION), some("404404"))

    assert await refused(world, command, "VB-MALL-01") == (
        "UNKNOWN_ARTICLE",
        "ORD-9",
        "lines.1.article_number",
    )
    assert not await world.events(TemplateSaved)


async def test_a_template_is_saved_under_an_id_of_ones_own(world: World) -> None:
    async with world.http(**AT_THE_UNIT) as client:
        empty = await client.put(f"/templates/{WEEK}", json=a_body(lines=[]))
        saved = await client.put(f"/templates/{WEEK}", json=a_body())

    assert (empty.status_code, empty.json()["reason"]) == (422, "TEMPLATE_IS_EMPTY")
    assert saved.json()["template_id"] == str(WEEK)


# -- the rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "reason", "field"),
    [
        ({"lines": ()}, Reason.TEMPLATE_IS_EMPTY, "lines"),
        ({"store": OWN}, Reason.STORE_DELIVERS_NOTHING, "store"),
        (
            {"lines": (some(), some())},
            Reason.ARTICLE_TWICE,
            "lines.1.article_number",
        ),
        (
            {"article": {"type": ArticleType.SERVICE}},
            Reason.SERVICE_IS_NOT_STOCKED,
            "lines.0.article_number",
        ),
    ],
)
def test_what_is_no_template_is_refused(asked: dict[str, Any], reason: Reason, field: str) -> None:
    with pytest.raises(TemplateRefused) as found:
        saved(**asked)

    assert (found.value.reason, found.value.rule, found.value.field) == (reason, "ORD-9", field)


@pytest.mark.rule("INV-16a")
def test_a_contribution_is_in_no_template() -> None:
    with pytest.raises(TemplateRefused) as found:
        saved(article={"is_contribution": True})

    refused = found.value
    assert (refused.reason, refused.rule) == (Reason.CONTRIBUTION_IS_NEVER_STOCKED, "INV-16")
    assert refused.field == "lines.0.article_number"


def test_what_says_nothing_new_is_no_event() -> None:
    assert saved(known=Template(store=StoreId(CENTRAL), lines=(some(),))) == ()


def saved(
    *,
    known: Template | None = None,
    store: str = CENTRAL,
    lines: tuple[Goods, ...] = (some(),),
    article: dict[str, Any] | None = None,
) -> tuple[TemplateSaved | TemplateRemoved, ...]:
    """What comes of saving a template of one article."""
    one = an_article(**(article or {}))
    return save(
        TemplateId(WEEK),
        known,
        store=StoreId(store),
        lines=lines,
        articles={one.article_number: one},
        by=UserId(SENDER),
        policy=a_policy(),
    )


def a_command(*lines: Goods) -> SaveTemplate:
    """A template of a region."""
    return SaveTemplate(store=StoreId(CENTRAL), lines=lines, by=UserId(SENDER))


def a_body(**others: Any) -> dict[str, Any]:
    """The body of a template."""
    return {
        "name": "Veckans påfyllnad",
        "store": CENTRAL,
        "lines": [
            {"article_number": CUSHION, "quantity": 10},
            {"article_number": BATTERY, "quantity": 4},
        ],
        **others,
    }
