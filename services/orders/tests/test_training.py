"""ORD-11f: training is ordered with hours, one line per occasion."""

from typing import Any

import pytest
from kvitt_contracts.orders import LineToOrder, OrderPlacedV2
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.types import ArticleNumber, ArticleType, Role
from kvitt_testkit.world import Given
from orders.app import service
from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused
from pydantic import ValidationError

from contracts.tests.builders.purchases import SUPPLIER, a_direct_article, with_purchasing_store
from contracts.tests.builders.regions import an_article_stated
from contracts.tests.builders.story import FITTING, SENDER, SENDING
from services.orders.tests.builders import a_line, an_article, an_order_command, placed, refusal
from services.orders.tests.purchases import what_can_be_bought
from services.orders.tests.worlds import MONDAY, a_body, refused

UNIT: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}


def training() -> Article:
    """What is ordered by the hour."""
    return an_article(FITTING, type=ArticleType.SERVICE, is_hourly=True)


@pytest.mark.rule("ORD-11f")
def test_a_line_is_one_occasion(policy: RegionPolicy) -> None:
    day, more = a_line(FITTING, 24), a_line(FITTING, 25)

    assert len(placed(policy, day, day, article=training()).lines) == 2
    with pytest.raises(OrderRefused) as found:
        placed(policy, day, more, article=training())
    assert refusal(found) == ("SEVERAL_OCCASIONS", "ORD-11", "lines.1.quantity")
    assert "en rad för varje tillfälle" in found.value.way_on
    cushions = placed(policy, a_line(FITTING, 25), article=an_article(FITTING))
    assert cushions.lines[0].quantity == 25


@pytest.mark.rule("ORD-11f")
def test_a_line_says_its_hours(policy: RegionPolicy) -> None:
    said, unsaid = a_line(FITTING, 1), LineToOrder(article_number=ArticleNumber(FITTING))

    with pytest.raises(OrderRefused) as found:
        placed(policy, said, unsaid, article=training())
    assert refusal(found) == ("HOURS_MISSING", "ORD-11", "lines.1.quantity")
    assert "timmar" in found.value.way_on
    assert placed(policy, unsaid, article=an_article(FITTING)).lines[0].quantity == 1


@pytest.mark.rule("ORD-11f")
def test_only_a_service_is_counted_in_hours() -> None:
    stated = an_article_stated(FITTING, marked=False, type="service", is_hourly=True)

    assert stated.is_hourly
    with pytest.raises(ValidationError, match="ORD-11"):
        an_article_stated(FITTING, marked=False, type="accessory", is_hourly=True)


@pytest.mark.rule("ORD-11f")
async def test_it_is_so_over_http_and_kafka(given: Given, policies: Policies) -> None:
    async with given(service, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await what_can_be_bought(world)
        await world.handle(a_direct_article(FITTING, marked=False, type="service", is_hourly=True))

        found = await refused(world, an_order_command(a_line(FITTING, 30)), "O-1")
        assert found == ("SEVERAL_OCCASIONS", "ORD-11", "lines.0.quantity")
        unsaid = LineToOrder(article_number=ArticleNumber(FITTING))
        found = await refused(world, an_order_command(unsaid), "O-1")
        assert found == ("HOURS_MISSING", "ORD-11", "lines.0.quantity")
        await world.handle(an_order_command(a_line(FITTING, 4), a_line(FITTING, 3)), subject="O-1")
        async with world.http(**UNIT) as client:
            lines: list[dict[str, Any]] = [{"article_number": FITTING, "quantity": 30}]
            answer = (await client.post("/orders", json=await a_body(world, lines=lines))).json()
            assert (answer["reason"], answer["field"]) == ("SEVERAL_OCCASIONS", "lines.0.quantity")
            lines = [{"article_number": FITTING}]
            answer = (await client.post("/orders", json=await a_body(world, lines=lines))).json()
            assert answer.get("reason") == "HOURS_MISSING", answer
            assert (answer["reason"], answer["field"]) == ("HOURS_MISSING", "lines.0.quantity")

        (order,) = await world.events(OrderPlacedV2)
        assert [(one.quantity, one.supplier_id) for one in order.lines] == [
            (4, SUPPLIER),
            (3, SUPPLIER),
        ]
