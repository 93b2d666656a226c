"""ORD-6: what is taken instead of the article that was asked for first is kept on the line."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from kvitt_contracts.orders import LineToOrder, OrderPlaced, OrderPlacedV2
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, ArticleStatus, GroupName
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.articles.domain import Article
from orders.customer_orders.models import OrderRow
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.placements.domain import place, withdraw

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.story import CUSHION
from services.orders.tests.builders import (
    TODAY,
    a_line,
    a_withdrawal_command,
    an_article,
    an_order_command,
    naming,
    parties,
    refusal,
    registry,
)
from services.orders.tests.worlds import MONDAY, a_body, placed_over_http

OLD = "30456"
GROUP = GroupName("sittdyna")
Placing = Callable[[RegionPolicy, LineToOrder, Mapping[ArticleNumber, Article]], Any]


def the_articles(**others: Any) -> dict[ArticleNumber, Article]:
    """The cushion, and an older one of its group."""
    values: dict[str, Any] = {"status": ArticleStatus.PHASE_OUT, "replacement_group": GROUP}
    old = an_article(OLD, **{**values, **others})
    new = an_article(CUSHION, replacement_group=GROUP)
    return {one.article_number: one for one in (old, new)}


def instead() -> LineToOrder:
    """A line of the older one, taken instead of the cushion."""
    return a_line(OLD, instead_of=ArticleNumber(CUSHION))


def ordered(
    policy: RegionPolicy, line: LineToOrder, articles: Mapping[ArticleNumber, Article]
) -> OrderPlaced | OrderPlacedV2:
    """An order of the line."""
    return place(
        an_order_command(line),
        naming=naming(),
        parties=parties(),
        articles=articles,
        applications={},
        suppliers={},
        policy=policy,
        today=TODAY,
    )


def withdrawn(
    policy: RegionPolicy, line: LineToOrder, articles: Mapping[ArticleNumber, Article]
) -> OrderPlaced | OrderPlacedV2:
    """A withdrawal of the line."""
    return withdraw(
        a_withdrawal_command(line),
        naming=naming(),
        parties=parties(),
        articles=articles,
        policy=policy,
        today=TODAY,
    )


@pytest.mark.rule("ORD-6i")
@pytest.mark.parametrize("place_it", [ordered, withdrawn])
def test_the_choice_is_kept_on_the_line(policy: RegionPolicy, place_it: Placing) -> None:
    order = place_it(policy, instead(), the_articles())

    assert isinstance(order, OrderPlacedV2)
    (line,) = order.lines
    assert (line.article_number, line.instead_of) == (OLD, CUSHION)


@pytest.mark.rule("ORD-6b")
@pytest.mark.parametrize("place_it", [ordered, withdrawn])
def test_the_new_one_may_be_taken_all_the_same(policy: RegionPolicy, place_it: Placing) -> None:
    assert isinstance(place_it(policy, a_line(), the_articles()), OrderPlaced)


@pytest.mark.rule("ORD-6i")
@pytest.mark.parametrize("place_it", [ordered, withdrawn])
@pytest.mark.parametrize(
    "others",
    [
        {"replacement_group": GroupName("another")},
        {"replacement_group": None},
        {"status": ArticleStatus.ACTIVE},
    ],
)
def test_only_an_older_one_of_the_group_is_taken_instead(
    policy: RegionPolicy, place_it: Placing, others: dict[str, Any]
) -> None:
    with pytest.raises(OrderRefused) as refused:
        place_it(policy, instead(), the_articles(**others))
    assert refusal(refused) == (Reason.NOT_AN_EQUIVALENT, "ORD-6", "lines.0.instead_of")


@pytest.mark.rule("ORD-6i")
def test_nothing_is_taken_instead_of_itself(policy: RegionPolicy) -> None:
    with pytest.raises(OrderRefused) as refused:
        ordered(policy, a_line(OLD, instead_of=ArticleNumber(OLD)), the_articles())
    assert refused.value.reason == Reason.NOT_AN_EQUIVALENT


@pytest.mark.rule("ORD-6i")
def test_articles_of_no_group_are_not_equivalent(policy: RegionPolicy) -> None:
    alone = {number: an_article(number, status=ArticleStatus.PHASE_OUT) for number in (OLD,)}
    alone[CUSHION] = an_article(CUSHION)
    articles = {ArticleNumber(number): one for number, one in alone.items()}

    with pytest.raises(OrderRefused) as refused:
        ordered(policy, instead(), articles)
    assert refused.value.reason == Reason.NOT_AN_EQUIVALENT


async def catalogued(world: World) -> None:
    """The registry, with an older article of the cushion's group."""
    await registry(world)
    await world.handle_all(
        an_article_listed(CUSHION, marked=False, replacement_group=GROUP),
        an_article_listed(OLD, marked=False, status="phase_out", replacement_group=GROUP),
    )


@pytest.mark.rule("ORD-6i")
async def test_the_choice_is_shown_over_http_before_and_after(given: Given) -> None:
    lines = [{"article_number": OLD, "quantity": 1, "instead_of": CUSHION}]
    async with given(service, at=MONDAY) as world, world.http() as client:
        await catalogued(world)

        seen = await client.post("/orders:preview", json=await a_body(world, lines=lines))
        order = await placed_over_http(world, client, lines=lines)

        assert seen.json()["lines"][0]["instead_of"] == CUSHION
        assert order["lines"][0]["instead_of"] == CUSHION
        (told,) = await world.events(OrderPlacedV2)
        assert told.lines[0].instead_of == CUSHION
        await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-6i")
async def test_the_choice_is_kept_on_an_order_over_kafka(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await catalogued(world)

        await world.handle(an_order_command(instead()), subject="ORD-A")
        unknown = an_order_command(a_line(OLD, instead_of=ArticleNumber("39999")))
        with pytest.raises(Refused) as refused:
            await world.handle(unknown, subject="ORD-B")

        (row,) = await world.rows(OrderRow)
        assert row.lines[0].instead_of == CUSHION
        assert (refused.value.reason, refused.value.field) == (
            "UNKNOWN_ARTICLE",
            "lines.0.instead_of",
        )
