"""REF-6: why an order is as it is, and what comes next."""

from typing import Any, get_args

import pytest
from kvitt_contracts.examples import examples
from kvitt_contracts.orders import OrderEvent, VoidOrder
from kvitt_contracts.types import OrderLineId, UserId
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.customer_orders import story
from orders.customer_orders.domain import evolve

from contracts.tests.builders.orders import an_order_placed
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_release_refused,
    a_reservation_declined,
    a_stock_backordered,
    a_stock_reserved,
    an_order_picking_started,
)
from contracts.tests.builders.story import order_id
from services.orders.tests.builders import registry
from services.orders.tests.worlds import MONDAY, place

A = order_id("ORD-A")


async def told(world: World) -> dict[str, Any]:
    """The order's story."""
    async with world.http(user="s001kun") as client:
        answer = await client.get(f"/orders/{A}/story")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.rule("REF-6a", "REF-6c")
async def test_an_orders_story_says_what_happened_who_did_it_and_by_which_rule_and_policy(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle_all(
            a_stock_reserved(A), an_order_picking_started(A), a_line_delivered(A)
        )
        found = await told(world)

    assert [(one["rule"], one["by"], one["policy_version"]) for one in found["items"]] == [
        ("ORD-1", "k082lno", 1),
        ("ORD-4", None, None),
        ("ORD-14", "regionen", None),
        ("ORD-15", None, None),
        ("ORD-15", None, None),
    ]
    assert found["next"] == []


@pytest.mark.rule("REF-6d")
async def test_an_order_says_whom_it_waits_for_and_when_it_leaves(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        placed = await told(world)
        await world.handle_all(a_stock_backordered(A), a_stock_reserved(A, on="2026-03-06"))
        planned = await told(world)

    assert [(one["at"] or "")[:16] for one in placed["next"]] == ["", "2026-03-03T07:00"]
    assert placed["next"][0]["what"] == "Lagret svarar."
    assert planned["next"] == [
        {"at": "2026-03-05T23:00:00Z", "what": "Ordern beräknas lämna centrallagret den dagen."}
    ]
    assert planned["items"][-1]["summary"] == (
        "Ny dag: ordern beräknas lämna centrallagret 6 mars 2026."
    )


@pytest.mark.rule("REF-6c")
async def test_an_order_that_was_declined_or_not_voided_says_why(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await place(world)
        await world.handle(VoidOrder(by=UserId("k082lno")), subject="ORD-A")
        await world.handle(a_release_refused(A))
        await world.handle(a_reservation_declined(A))
        found = await told(world)

    requested, refused, declined = found["items"][-3:]
    assert (requested["by"], requested["rule"]) == ("k082lno", "ORD-14")
    assert refused["summary"] == "Ordern gick inte att makulera: plocket har börjat."
    assert declined["rule"].startswith("ORD-")
    assert "av skälet" not in declined["summary"]


@pytest.mark.parametrize("kind", get_args(OrderEvent), ids=lambda kind: kind.wire_type)
def test_each_event_of_an_order_is_told(kind: Any) -> None:
    order = evolve(None, an_order_placed())
    (line,) = order.lines
    for example in examples(kind.wire_type):
        event: Any = example.message
        event = event.model_copy(update=_of_line(event, line.line_id))

        assert story.tell(event, order).summary.endswith(".")


def _of_line(event: Any, line_id: OrderLineId) -> dict[str, Any]:
    """What an example says of a line, as said of this one."""
    mine = {"line_id": line_id}
    if hasattr(event, "line_id"):
        return mine
    for name in ("lines", "refused"):
        said = getattr(event, name, ())
        if said and hasattr(said[0], "line_id"):
            return {name: tuple(one.model_copy(update=mine) for one in said)}
    return {}


def test_the_timers_that_are_told_are_the_services() -> None:
    assert {timer.name for timer in story.TIMERS} <= service.handlers.timers.keys()
