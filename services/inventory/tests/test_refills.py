"""INV-9: below its safety level an article is proposed for a unit's own store, each night."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest
from inventory.app import service
from inventory.dispatches.handlers import GOODS_ARRIVE
from inventory.refills import domain
from inventory.refills.models import RefillRow
from inventory.refills.writes import NIGHT
from inventory.stock.domain import Balance
from kvitt_contracts.inventory import (
    DropRefill,
    RefillDropped,
    RefillOrdered,
    RefillProposed,
    SafetyLevelSet,
)
from kvitt_contracts.types import ArticleNumber, ProposalId, Role, StoreId, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_customer_registered,
    a_person_registered,
    a_replenishment_line,
    a_replenishment_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_returned,
    a_dispatch,
    a_safety_level_stated,
    a_sent_line,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    FITTING,
    OWN,
    RECEIVING,
    ROLLATOR,
    SENDER,
    SENDING,
    order_id,
)
from services.inventory.tests.worlds import refusal

AT_THE_UNIT: dict[str, Any] = {
    "user": SENDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [SENDING],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit's own store with two cushions, of which it wants six; the central one has twenty."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle(a_customer_registered(SENDING, store=OWN))
        await world.handle(a_balance_stated(CUSHION, 20))
        await world.handle(a_balance_stated(CUSHION, 2, store=OWN))
        await world.handle(a_safety_level_stated(CUSHION, 6), subject="402/30457")
        yield world


@pytest.mark.rule("INV-9a")
async def test_a_safety_level_is_of_an_article_in_a_store(world: World) -> None:
    async with world.http(**AT_THE_UNIT) as client:
        body = {"store": OWN, "article_number": BATTERY, "level": 3}
        answer = await client.put("/safety-levels", json=body)
        shown = (await client.get("/safety-levels", params={"store": OWN})).json()["items"]

    assert answer.status_code == 200, answer.text
    assert [(one["article_number"], one["level"], one["available"]) for one in shown] == [
        (CUSHION, 6, 2),
        (BATTERY, 3, 0),
    ]
    assert [(one.level, one.by) for one in await world.events(SafetyLevelSet)] == [
        (6, None),
        (3, SENDER),
    ]
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-9b")
async def test_what_is_below_its_level_in_the_night_is_proposed(world: World) -> None:
    assert not await world.events(RefillProposed)

    await world.advance(night(3))

    (proposed,) = await world.events(RefillProposed)
    assert (proposed.store, proposed.service_point) == (OWN, SENDING)
    assert proposed.proposed_on == date(2026, 3, 3)
    assert [(one.article_number, one.quantity) for one in proposed.lines] == [(CUSHION, 4)]


@pytest.mark.rule("INV-9b")
async def test_what_is_on_its_way_to_the_store_is_not_proposed(world: World) -> None:
    await world.handle(a_replenishment_placed(a_replenishment_line(CUSHION, 4)))
    await world.advance(night(3))
    assert not await world.events(RefillProposed)

    await world.handle(
        a_dispatch(a_sent_line(1, 3), order="R-1", on="2026-03-03", arrives_on="2026-03-05")
    )
    await world.advance(night(4))
    assert not await world.events(RefillProposed)

    await world.advance(night(6))
    assert not await world.events(RefillProposed)


@pytest.mark.rule("INV-9b")
async def test_a_night_that_is_late_proposes_nothing_of_what_arrives_late_as_it_is(
    world: World,
) -> None:
    line = a_replenishment_line(CUSHION, 4, order="R-8")
    await world.handle(a_replenishment_placed(line, reference="R-8"))
    sent = a_dispatch(a_sent_line(1, 4), order="R-8", on="2026-03-02", arrives_on="2026-03-03")
    await world.handle(sent)

    await world.pass_by(night(9))
    timers = await world.timers()
    turns = [name for name, _ in sorted(timers, key=lambda one: (timers[one], one[1]))]
    assert turns.index(NIGHT.name) < turns.index(GOODS_ARRIVE.name), "of the same moment"
    await world.fire_timers()

    assert not await world.events(RefillProposed)
    assert min((await world.timers()).values()) == night(10), "no night is left out"


@pytest.mark.rule("INV-4f", "INV-9b")
async def test_what_came_back_before_its_arrival_is_on_its_way_no_longer(world: World) -> None:
    await world.handle(rollators_received("170010", store=CENTRAL))
    await world.handle(a_safety_level_stated(ROLLATOR, 1), subject="402/30012")
    await world.handle(a_replenishment_placed(a_replenishment_line(ROLLATOR, 1, marked=True)))
    sent = a_dispatch(a_sent_line(1, 1, "170010"), order="R-1", arrives_on="2026-03-04")
    await world.handle(sent)
    await world.handle(a_device_returned("170010", store=CENTRAL))

    await world.advance(night(3))
    assert await proposed_of(world, ROLLATOR) == 0

    await world.advance(night(5))
    assert await proposed_of(world, ROLLATOR) == 1


@pytest.mark.rule("INV-9c")
async def test_the_next_nights_proposal_takes_the_place_of_an_unanswered_one(
    world: World,
) -> None:
    await world.advance(night(3))
    await world.handle(a_safety_level_stated(CUSHION, 9, version=2), subject="402/30457")

    await world.advance(night(4))

    first, second = await world.events(RefillProposed)
    (dropped,) = await world.events(RefillDropped)
    assert (dropped.proposal_id, dropped.by) == (first.proposal_id, None)
    assert second.lines[0].quantity == 7
    assert await status_of(world, first.proposal_id) is domain.Status.DROPPED
    assert await status_of(world, second.proposal_id) is domain.Status.PROPOSED
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-9d")
async def test_a_proposal_that_would_say_the_same_again_stays(world: World) -> None:
    await world.advance(night(3))

    await world.advance(night(6))

    assert len(await world.events(RefillProposed)) == 1
    assert not await world.events(RefillDropped)


@pytest.mark.rule("INV-9c")
async def test_a_proposal_is_gone_once_the_store_has_what_it_wants(world: World) -> None:
    await world.advance(night(3))
    await world.handle(a_balance_stated(CUSHION, 4, store=OWN, stated_on="2026-03-03"))

    await world.advance(night(4))

    assert len(await world.events(RefillProposed)) == 1
    assert [one.by for one in await world.events(RefillDropped)] == [None]


@pytest.mark.rule("INV-9c")
async def test_a_proposal_is_ordered_by_the_replenishment_that_follows_it(world: World) -> None:
    await world.advance(night(3))
    (proposed,) = await world.events(RefillProposed)

    await world.handle(follows(proposed.proposal_id))

    (ordered,) = await world.events(RefillOrdered)
    assert (ordered.proposal_id, ordered.order_id) == (proposed.proposal_id, order_id("R-1"))
    await world.advance(night(4))
    assert len(await world.events(RefillProposed)) == 1


@pytest.mark.rule("INV-9c")
async def test_a_replenishment_that_follows_a_dropped_proposal_has_ordered_it(
    world: World,
) -> None:
    await world.advance(night(3))
    (proposed,) = await world.events(RefillProposed)
    await world.handle(DropRefill(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)
    assert await status_of(world, proposed.proposal_id) is domain.Status.DROPPED

    await world.handle(follows(proposed.proposal_id))

    assert await status_of(world, proposed.proposal_id) is domain.Status.ORDERED


@pytest.mark.rule("INV-9c")
async def test_somebody_at_the_unit_drops_a_proposal(world: World) -> None:
    await world.advance(night(3))

    async with world.http(**AT_THE_UNIT) as client:
        (shown,) = (await client.get("/refills", params={"status": "proposed"})).json()["items"]
        answer = await client.post(f"/refills/{shown['proposal_id']}:drop")
        one = await client.get(f"/refills/{shown['proposal_id']}")

    assert (answer.status_code, answer.json()["status"]) == (200, "dropped")
    assert one.json()["status"] == "dropped"
    assert [one.by for one in await world.events(RefillDropped)] == [SENDER]


@pytest.mark.rule("INV-9c")
async def test_an_ordered_proposal_is_not_dropped(world: World) -> None:
    await world.advance(night(3))
    (proposed,) = await world.events(RefillProposed)
    await world.handle(follows(proposed.proposal_id))

    async with world.http(**AT_THE_UNIT) as client:
        answer = await client.post(f"/refills/{proposed.proposal_id}:drop")

    assert (answer.status_code, answer.json()["reason"]) == (409, "ALREADY_ORDERED")


@pytest.mark.rule("REF-18c")
async def test_another_units_proposals_are_not_there(world: World) -> None:
    await world.advance(night(3))
    (proposed,) = await world.events(RefillProposed)

    async with world.http(
        user="k201ema", roles=[Role.PRESCRIBER], service_points=[RECEIVING]
    ) as client:
        assert (await client.get("/refills")).json()["total"] == 0
        assert (await client.post(f"/refills/{proposed.proposal_id}:drop")).status_code == 404
        body = {"store": OWN, "article_number": BATTERY, "level": 3}
        assert (await client.put("/safety-levels", json=body)).status_code == 404


async def test_a_region_drops_what_is_proposed_for_the_store_and_nothing_else(
    world: World,
) -> None:
    refused = await refusal(
        world.handle(DropRefill(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)
    )

    assert (refused.reason, refused.rule, refused.field) == ("NOTHING_PROPOSED", "INV-9", "store")


@pytest.mark.rule("INV-9a")
@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        (a_safety_level_stated(CUSHION, store=CENTRAL), "NOT_AN_OWN_STORE"),
        (a_safety_level_stated(FITTING), "SERVICE_IS_NEVER_STOCKED"),
    ],
)
async def test_a_level_is_of_goods_in_an_own_store(world: World, stated: Any, reason: str) -> None:
    assert (await refusal(world.handle(stated, subject="X"))).reason == reason


@pytest.mark.rule("ORD-6f")
async def test_what_nobody_purchases_is_not_proposed(world: World) -> None:
    article = an_article_stated(
        CUSHION, version=2, marked=False, charging="sale", status="phase_out"
    )
    await world.handle(article, subject=CUSHION)

    await world.advance(night(3))

    assert not await world.events(RefillProposed)


@pytest.mark.rule("REF-7a")
async def test_nothing_is_proposed_for_what_has_become_a_private_clinic(world: World) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN, private_clinic=True))

    await world.advance(night(3))

    assert not await world.events(RefillProposed)


async def test_a_store_without_levels_is_looked_at_no_more(world: World) -> None:
    await world.handle(a_safety_level_stated(CUSHION, 0, version=2), subject="402/30457")

    await world.advance(night(3))

    assert all(name != NIGHT.name for name, _ in await world.timers())


# -- the rule ------------------------------------------------------------------------------------


@pytest.mark.rule("INV-9b")
@pytest.mark.parametrize(
    ("available", "incoming", "wanted"), [(0, 0, 6), (5, 0, 1), (2, 3, 1), (2, 4, 0), (7, 0, 0)]
)
def test_a_proposal_fills_up_to_the_level(available: int, incoming: int, wanted: int) -> None:
    number = ArticleNumber(CUSHION)
    balance = Balance(
        article_number=number, store=StoreId(OWN), available=available, safety_level=6
    )

    lines = domain.lacking([balance], incoming={number: incoming})

    assert [line.quantity for line in lines] == ([wanted] if wanted else [])


def night(day: int) -> datetime:
    """The moment at which a day of March begins."""
    return stockholm(f"2026-03-{day:02} 00:00")


def follows(proposal_id: ProposalId) -> Any:
    """A replenishment that follows a proposal, with another quantity."""
    return a_replenishment_placed(a_replenishment_line(CUSHION, 5), proposal_id=proposal_id)


async def status_of(world: World, proposal_id: ProposalId) -> domain.Status:
    """What has become of a proposal."""
    return (await world.row(RefillRow, proposal_id)).status


async def proposed_of(world: World, article: str) -> int:
    """How many of an article the latest proposal is of."""
    latest = (await world.events(RefillProposed))[-1]
    return sum(line.quantity for line in latest.lines if line.article_number == article)
