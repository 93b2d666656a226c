"""ORD-24: what is ordered with an attachment alone."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import uuid4

import pytest
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.policy import RegionPolicy
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.placements.enclosures.domain import must_have_enclosed

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.story import CUSHION, ROLLATOR
from services.orders.tests.builders import (
    a_line,
    an_article,
    an_order_command,
    placed,
    refusal,
    registry,
    withdrawn,
)
from services.orders.tests.test_attachments import STRANGER, UNIT, put_to, sent_in
from services.orders.tests.test_order_drafts import begun
from services.orders.tests.test_order_drafts import placed as placed_of_draft
from services.orders.tests.worlds import MONDAY, a_body, place, placed_over_http, refused

MISSING: Final = ("ATTACHMENT_MISSING", "ORD-24", "lines.1.article_number")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The registry, with a rollator that demands an attachment."""
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(an_article_listed(ROLLATOR, is_attachment_needed=True))
        yield world


def body_of(*articles: str) -> dict[str, Any]:
    """Lines of a body."""
    return {"lines": [{"article_number": one, "quantity": 1} for one in articles]}


BOTH: Final = body_of(CUSHION, ROLLATOR)


@pytest.mark.rule("ORD-24a")
@pytest.mark.parametrize("is_message", [False, True])
def test_what_demands_an_attachment_is_not_ordered_without(is_message: bool) -> None:
    needs, plain = an_article(ROLLATOR, is_attachment_needed=True), an_article(CUSHION)
    articles = {one.article_number: one for one in (needs, plain)}
    lines = [a_line(CUSHION), a_line(ROLLATOR)]

    must_have_enclosed(lines, articles, is_enclosed=True, is_message=is_message)
    must_have_enclosed(lines[:1], articles, is_enclosed=False, is_message=is_message)
    with pytest.raises(OrderRefused) as found:
        must_have_enclosed(lines, articles, is_enclosed=False, is_message=is_message)

    reason = Reason.ATTACHMENT_OVER_HTTP_ONLY if is_message else Reason.ATTACHMENT_MISSING
    assert refusal(found) == (reason, "ORD-24", "lines.1.article_number")
    assert "bilaga" in found.value.way_on


def test_what_stands_in_the_own_store_is_withdrawn_without(policy: RegionPolicy) -> None:
    article = an_article(is_attachment_needed=True)

    assert withdrawn(policy, article=article).lines
    assert placed(policy, article=article).lines  # the order itself asks for none: its act does


@pytest.mark.rule("ORD-24a")
async def test_over_http_it_is_ordered_with_what_is_attached(world: World) -> None:
    async with world.http(**UNIT) as client:
        answer = (await client.post("/orders", json=await a_body(world, **BOTH))).json()
        assert (answer["reason"], answer["rule"], answer["field"]) == MISSING
        assert not await world.events(OrderPlaced)
        file = (await sent_in(client)).json()["attachment_id"]
        order = await placed_over_http(world, client, **BOTH, attachments=[file])
        listed = (await client.get(f"/orders/{order['order_id']}/attachments")).json()

    assert [one["attachment_id"] for one in listed["attachments"]] == [file]
    assert listed["attachments"][0]["about"] == {"kind": "order", "id": order["order_id"]}


@pytest.mark.rule("ORD-24a")
async def test_a_draft_is_ordered_with_what_is_attached(world: World) -> None:
    async with world.http(**UNIT) as client:
        draft = await begun(client, world)
        answer = (await placed_of_draft(client, world, draft, **BOTH)).json()
        assert (answer["reason"], answer["rule"], answer["field"]) == MISSING
        file = (await sent_in(client)).json()["attachment_id"]
        done = await placed_of_draft(client, world, draft, **BOTH, attachments=[file])

        assert done.status_code == 201, done.text
        assert (await client.get(f"/order-drafts/{draft['draft_id']}")).status_code == 404


@pytest.mark.rule("ORD-24a")
async def test_over_kafka_it_is_refused_with_the_way_on(world: World) -> None:
    message = an_order_command(a_line(ROLLATOR))

    found = await refused(world, message, "ORD-A")

    assert found == ("ATTACHMENT_OVER_HTTP_ONLY", "ORD-24", "lines.0.article_number")
    await place(world)  # a cushion
    assert len(await world.events(OrderPlaced)) == 1


async def test_nothing_is_ordered_with_a_file_that_is_not_ones_own(world: World) -> None:
    async with world.http(**UNIT) as client, world.http(**STRANGER) as other:
        anothers = (await sent_in(other)).json()["attachment_id"]
        unknown = [str(uuid4()), anothers]
        for file in unknown:
            body = await a_body(world, **BOTH, attachments=[file])
            answer = (await client.post("/orders", json=body)).json()
            assert (answer["reason"], answer["rule"]) == ("UNKNOWN_ATTACHMENT", "ORD-16")
    assert not await world.events(OrderPlaced)


async def test_a_file_of_one_order_is_not_put_to_another(world: World) -> None:
    async with world.http(**UNIT) as client:
        first = await placed_over_http(world, client)
        file = (await sent_in(client)).json()["attachment_id"]
        await put_to(client, file, first["order_id"])
        body = await a_body(world, **BOTH, attachments=[file])
        answer = (await client.post("/orders", json=body)).json()

    assert (answer["reason"], answer["rule"]) == ("ALREADY_ATTACHED", "ORD-16")


async def test_a_preview_asks_for_no_attachment(world: World) -> None:
    async with world.http(**UNIT) as client:
        answer = await client.post("/orders:preview", json=await a_body(world, **BOTH))

    assert answer.status_code == 200, answer.text
