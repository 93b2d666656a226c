"""ORD-9: a unit fills up its own store, from its order to goods on the shelf."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.orders import (
    OrderDelivered,
    OrderLineDelivered,
    OrderPlanned,
    OrderVoidRequested,
    ReplenishmentPlaced,
)
from kvitt_contracts.types import ArticleType, Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.domain import Status
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.replenishments.domain import Unit, replenish
from orders.units.domain import UnitRefused

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.refills import (
    a_refill_dropped,
    a_refill_ordered,
    a_refill_proposed,
)
from contracts.tests.builders.regions import a_customer_stated
from contracts.tests.builders.reservations import (
    a_line_stocked,
    a_reservation_released,
    a_stock_reserved,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OWN,
    PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    order_id,
    proposal_id,
)
from services.orders.tests.builders import (
    TODAY,
    a_policy,
    a_replenishment,
    a_service_point,
    a_user,
    an_article,
    naming,
    registry,
    some,
)
from services.orders.tests.worlds import MONDAY, refused, status_of

R = order_id("R-1")
NOTHING_PROPOSED = (Reason.NOTHING_PROPOSED, "INV-9", "follows_proposal")
AT_THE_UNIT: dict[str, Any] = {
    "user": SENDER,
    "roles": [Role.PRESCRIBER],
    "service_points": [SENDING],
}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The registry, where the service point has a store of its own."""
    async with given(service, at=MONDAY) as world:
        await registry(world)
        await world.handle(an_article_listed(ROLLATOR))
        yield world


@pytest.mark.rule("ORD-9a")
async def test_a_replenishment_goes_from_the_regions_command_to_the_units_store(
    world: World,
) -> None:
    await world.handle(a_replenishment(some(quantity=4), some(ROLLATOR, 2)), subject="R-1")
    await world.handle_all(
        a_stock_reserved(R),
        a_line_stocked(quantity=4, more_lines=1),
        a_line_stocked(number=2, article=ROLLATOR, quantity=2, devices=("170010", "170011")),
    )

    story: list[Event] = await world.events(key=R)
    assert [type(event) for event in story] == [
        ReplenishmentPlaced,
        OrderPlanned,
        OrderLineDelivered,
        OrderLineDelivered,
        OrderDelivered,
    ]
    (placed,) = await world.events(ReplenishmentPlaced)
    assert (placed.to_store, placed.customer_id) == (OWN, SENDING)
    assert [(line.store, line.payer_id, line.quantity) for line in placed.lines] == [
        (CENTRAL, PAYER, 4),
        (CENTRAL, PAYER, 2),
    ]
    (delivered,) = await world.events(OrderDelivered)
    assert delivered.prescriber == SENDER
    assert await status_of(world, "R-1") is Status.DELIVERED
    assert await world.timers() == {}
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-9a")
async def test_a_replenishment_goes_to_the_units_address(world: World) -> None:
    await world.handle(
        a_customer_stated(
            version=2, address={"street": "Bölevägen 4", "postal_code": "90631", "city": "Umeå"}
        ),
        subject=SENDING,
    )
    await world.handle(a_replenishment(), subject="R-1")

    async with world.http(user="s001kun", roles=[Role.CUSTOMER_SERVICE]) as client:
        shown = (await client.post(f"/orders/{R}:resolve-delivery")).json()

    assert (shown["kind"], shown["address"]["street"]) == ("unit", "Bölevägen 4")


@pytest.mark.rule("ORD-14a")
async def test_a_replenishment_is_voided_as_an_order_is(world: World) -> None:
    await world.handle(a_replenishment(), subject="R-1")
    await world.handle(a_stock_reserved(R))

    async with world.http(**AT_THE_UNIT) as client:
        answer = await client.post(f"/orders/{R}:void")
    assert answer.status_code == 202, answer.text
    assert await world.events(OrderVoidRequested)

    await world.handle(a_reservation_released(R))
    assert await status_of(world, "R-1") is Status.VOIDED


@pytest.mark.rule("ORD-15a")
async def test_replenishments_are_searched_by_their_type(world: World) -> None:
    async with world.http(**AT_THE_UNIT) as client:
        placed = await client.post("/replenishments", json=a_body(reference="R-1"))
        assert placed.status_code == 201, placed.text
        found = {
            kind: (await client.get("/orders", params={"order_type": kind})).json()["total"]
            for kind in ("order", "withdrawal", "replenishment")
        }

    assert found == {"order": 0, "withdrawal": 0, "replenishment": 1}
    shown = placed.json()
    assert (shown["order_type"], shown["recipient"], shown["to_store"]) == (
        "replenishment",
        None,
        OWN,
    )


async def test_a_requester_who_prescribes_nothing_fills_up_the_store(world: World) -> None:
    async with world.http(
        user="b001req", roles=[Role.REQUESTER], service_points=[SENDING]
    ) as client:
        placed = await client.post("/replenishments", json=a_body())

    assert placed.status_code == 201, placed.text
    assert placed.json()["requester"] == "b001req"


@pytest.mark.rule("ORD-2c")
async def test_a_reference_names_one_order_for_ever(world: World) -> None:
    await world.handle(a_replenishment(), subject="R-1")

    assert await refused(world, a_replenishment(some(quantity=9)), "R-1") == (
        Reason.ALREADY_PLACED,
        "ORD-2",
        "ce_subject",
    )


async def test_what_fills_up_a_store_is_of_no_other_order(world: World) -> None:
    await world.handle(a_replenishment(), subject="R-1")

    with pytest.raises(ValueError, match="has no line"):
        await world.handle(a_line_stocked(number=7))


async def test_an_unknown_article_is_refused_by_its_line(world: World) -> None:
    assert await refused(world, a_replenishment(some(), some("404404")), "R-1") == (
        "UNKNOWN_ARTICLE",
        "ORD-9",
        "lines.1.article_number",
    )
    assert not await world.events(ReplenishmentPlaced)


# -- what inventory proposes -------------------------------------------------------------------


@pytest.mark.rule("INV-9c")
async def test_a_replenishment_follows_the_open_proposal_of_its_store_with_other_quantities(
    world: World,
) -> None:
    await world.handle(a_refill_proposed())

    await world.handle(a_replenishment(some(quantity=5), follows_proposal=True), subject="R-1")

    (placed,) = await world.events(ReplenishmentPlaced)
    assert (placed.proposal_id, placed.lines[0].quantity) == (proposal_id(), 5)


@pytest.mark.rule("INV-9c")
async def test_a_proposal_is_followed_once(world: World) -> None:
    await world.handle(a_refill_proposed())
    await world.handle(a_replenishment(follows_proposal=True), subject="R-1")

    assert await refused(world, a_replenishment(follows_proposal=True), "R-2") == NOTHING_PROPOSED

    await world.handle(a_refill_ordered())
    assert await refused(world, a_replenishment(follows_proposal=True), "R-3") == NOTHING_PROPOSED


@pytest.mark.rule("INV-9c")
async def test_what_was_dropped_is_not_followed(world: World) -> None:
    await world.handle_all(a_refill_proposed(), a_refill_dropped())

    assert await refused(world, a_replenishment(follows_proposal=True), "R-1") == NOTHING_PROPOSED


@pytest.mark.rule("INV-9c")
async def test_of_two_proposals_the_latest_days_is_followed(world: World) -> None:
    await world.handle_all(
        a_refill_proposed("F-2", proposed_on="2026-03-03"), a_refill_proposed("F-1")
    )

    await world.handle(a_replenishment(follows_proposal=True), subject="R-1")

    (placed,) = await world.events(ReplenishmentPlaced)
    assert placed.proposal_id == proposal_id("F-2")
    # it is not known yet that the earlier one is dropped
    assert await refused(world, a_replenishment(follows_proposal=True), "R-2") == NOTHING_PROPOSED


# -- the rule ------------------------------------------------------------------------------------


@pytest.mark.rule("REF-7a")
def test_a_private_clinic_fills_up_no_store() -> None:
    assert refusal(service_point=a_service_point(private_clinic=True)) == (
        Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK,
        "REF-7",
        "service_point",
    )


@pytest.mark.rule("ORD-9a")
def test_another_units_store_is_not_filled_up() -> None:
    assert refusal(service_point=a_service_point(store="355")) == (
        Reason.STORE_NOT_OF_SERVICE_POINT,
        "ORD-9",
        "to_store",
    )


@pytest.mark.rule("REF-11d")
def test_a_store_is_filled_up_by_who_is_connected_to_it() -> None:
    assert refusal(requester=a_user(stores=("355",))) == (
        Reason.STORE_NOT_OF_USER,
        "REF-11",
        "to_store",
    )


def test_a_unit_is_filled_up_by_who_works_there() -> None:
    with pytest.raises(UnitRefused) as found:
        replenished(requester=a_user(service_points=("40355",)))

    assert (found.value.reason, found.value.rule) == ("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")


@pytest.mark.parametrize(
    ("article", "reason", "rule"),
    [
        ({"type": ArticleType.SERVICE}, Reason.SERVICE_IS_NOT_STOCKED, "ORD-9"),
        ({"in_assortment": False}, Reason.ARTICLE_NOT_IN_ASSORTMENT, "ORD-5"),
        ({"is_contribution": True}, Reason.CONTRIBUTION_IS_NEVER_STOCKED, "INV-16"),
    ],
)
@pytest.mark.rule("INV-16a")
def test_what_no_store_has_is_refused(article: dict[str, Any], reason: Reason, rule: str) -> None:
    assert refusal(article=article) == (reason, rule, "lines.0.article_number")


@pytest.mark.rule("REF-11a")
def test_an_article_outside_the_requesters_areas_is_refused() -> None:
    assert refusal(
        article={"product_area": "horsel"}, requester=a_user(product_areas=("syn",))
    ) == (Reason.ARTICLE_OUTSIDE_PRODUCT_AREAS, "REF-11", "lines.0.article_number")


@pytest.mark.rule("ORD-9a")
def test_several_of_a_marked_device_are_one_line() -> None:
    placed = replenished(article={"marked": True}, quantity=3)

    assert [(line.marked, line.quantity) for line in placed.lines] == [(True, 3)]


def replenished(
    *, article: dict[str, Any] | None = None, quantity: int = 1, **unit: Any
) -> ReplenishmentPlaced:
    """A replenishment as the rules place it."""
    known = an_article(**(article or {}))
    values = {"requester": a_user(), "service_point": a_service_point(), **unit}
    return replenish(
        a_replenishment(some(quantity=quantity)),
        naming=naming(),
        unit=Unit(**values),
        articles={known.article_number: known},
        proposal_id=None,
        policy=a_policy(),
        today=TODAY,
    )


def refusal(**others: Any) -> tuple[str, str, str | None]:
    """Reason, rule and field of a refusal."""
    with pytest.raises(OrderRefused) as found:
        replenished(**others)
    return found.value.reason, found.value.rule, found.value.field


def a_body(**others: Any) -> dict[str, Any]:
    """The body of a replenishment of the own store."""
    return {
        "service_point": SENDING,
        "to_store": OWN,
        "lines": [{"article_number": "30457", "quantity": 4}],
        **others,
    }
