"""INV-13 on real PostgreSQL: what comes back to the device service is made fit again first."""

from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import Claim, ClaimKind, DeviceStatus
from inventory.reconditionings.domain import Step
from inventory.stock.models import StockMoveRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    DeviceStatusChanged,
    HoldRefused,
    ReconditioningApproved,
    ReconditioningOpened,
    ReconditioningScrapped,
    ReconditioningStageDone,
    ReturnedLine,
    StockReserved,
)
from kvitt_contracts.types import Reference, Role
from kvitt_testkit.reconciled import found_by, plant
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_person_registered,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_reconditioning,
    a_return_registered,
    a_scrapping,
    a_sent_line,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OWN,
    ROLLATOR,
    SENDER,
    SERVICE,
    device_id,
    order_id,
)
from services.inventory.tests.reconditioning.work import (
    APPROVED,
    BACK,
    CLEANED,
    INSPECTED,
    SCRAPPED,
    assert_nothing_differs,
    made_fit_of,
    work_on,
)
from services.inventory.tests.worlds import balance, device, refusal

# -- opened --------------------------------------------------------------------------------------


@pytest.mark.rule("INV-13a", "INV-13b")
async def test_what_comes_back_to_the_device_service_is_not_available_and_claimed(
    world: World,
) -> None:
    await world.handle(BACK)

    (opened,) = await world.events(ReconditioningOpened)
    assert (opened.device_id, opened.store, opened.opened_on.day) == (device_id(), CENTRAL, 18)
    assert (await device(world)).claim == Claim(
        kind=ClaimKind.RECONDITIONING, by=opened.reconditioning_id
    )
    assert await balance(world, ROLLATOR) == (0, 0, 0)
    assert await made_fit_of(world) == 1
    assert (await device(world)).state().store == CENTRAL
    await assert_nothing_differs(world)


async def test_a_user_s_return_opens_the_work_on_each_device_and_each_line(world: World) -> None:
    await world.handle_all(
        a_balance_stated(CUSHION, 3, store=CENTRAL),
        an_order_placed(a_line(CUSHION, 3)),
        a_dispatch(a_sent_line(1, 3)),
    )
    await world.advance(stockholm("2026-03-24 08:00"))

    line = ReturnedLine(order=Reference("O-1"), line=1, quantity=2)
    returned = a_return_registered(
        "170098", "170099", lines=[line], store=CENTRAL, on="2026-03-24", by=SERVICE
    )
    await world.handle(returned, subject="R-1")

    opened = await world.events(ReconditioningOpened)
    assert sorted((one.article_number, one.quantity) for one in opened) == sorted(
        [(ROLLATOR, 1), (ROLLATOR, 1), (CUSHION, 2)]
    )
    assert len({one.return_id for one in opened}) == 1
    assert (await made_fit_of(world), await made_fit_of(world, CUSHION)) == (2, 2)
    assert await balance(world, CUSHION) == (0, 0, 0)
    await assert_nothing_differs(world)


async def test_what_comes_back_to_an_own_store_is_available_at_once(world: World) -> None:
    await world.handle(a_device_returned("170098", store=OWN, on="2026-03-18"))

    assert await world.events(ReconditioningOpened) == []
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


async def test_a_region_without_reconditioning_has_it_available_at_once(given: Given) -> None:
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_device_on_loan_stated("170098"))

        await world.handle(a_device_returned("170098", store=CENTRAL, on="2026-03-02"))

        assert await world.events(ReconditioningOpened) == []
        assert await balance(world, ROLLATOR) == (1, 0, 0)
        refused = await refusal(world.handle(a_reconditioning(on="2026-03-02")))
        assert (refused.reason, refused.rule) == ("NOT_IN_RECONDITIONING", "INV-13")


@pytest.mark.rule("INV-13b")
async def test_what_is_being_made_fit_is_in_no_transfer_dispatch_or_scrapping(
    world: World,
) -> None:
    await world.handle_all(BACK, an_order_placed(a_device_line(None)))

    await world.handle(a_transfer_requested_from_store("170098", store=CENTRAL))
    (refused,) = await world.events(HoldRefused)
    assert [one.reason for one in refused.refused] == ["IN_RECONDITIONING"]
    scrapping = await refusal(world.handle(a_scrapping("170098", on="2026-03-20", by=SERVICE)))
    assert (scrapping.reason, scrapping.rule) == ("IN_RECONDITIONING", "BMB-12")
    sent = a_dispatch(a_sent_line(1, 1, "170098"), on="2026-03-20", arrives_on="2026-03-23")
    assert (await refusal(world.handle(sent))).rule == "ORD-8"


# -- the stages ----------------------------------------------------------------------------------


@pytest.mark.rule("INV-13d")
async def test_approved_it_is_available_and_goes_to_who_has_waited_longest(world: World) -> None:
    await world.handle_all(BACK, an_order_placed(a_device_line(None)))
    assert await balance(world, ROLLATOR) == (0, 0, 1)

    await world.handle_all(INSPECTED, CLEANED, APPROVED)

    done = await world.events(ReconditioningStageDone)
    assert [(one.stage, one.done_on.day, one.technician) for one in done] == [
        ("inspected", 19, SERVICE),
        ("cleaned", 19, SERVICE),
    ]
    (approved,) = await world.events(ReconditioningApproved)
    assert approved.technician == SERVICE
    assert (await device(world)).claim is None
    assert await balance(world, ROLLATOR) == (0, 1, 0)
    assert await made_fit_of(world) == 0
    reserved = await world.events(StockReserved)
    assert [one.order_id for one in reserved] == [order_id("O-1")]
    work = (await work_on(world)).id
    moves = [row for row in await world.rows(StockMoveRow) if row.cause_id == work]
    assert [(one.kind, one.available, one.in_reconditioning) for one in moves] == [
        ("reconditioned", 1, -1)
    ]
    await assert_nothing_differs(world)


@pytest.mark.rule("INV-13e")
async def test_scrapped_with_its_reason_it_is_gone(world: World) -> None:
    await world.handle_all(BACK, INSPECTED, SCRAPPED)

    (scrapped,) = await world.events(ReconditioningScrapped)
    assert (scrapped.reason, scrapped.done_on.day) == ("PARTS_MISSING", 20)
    (changed,) = await world.events(DeviceStatusChanged)
    assert (changed.kind, changed.since_on.day, changed.cause) == ("scrapped", 20, "reconditioning")
    assert changed.cause_id == scrapped.reconditioning_id
    row = await device(world)
    assert (row.status, row.claim) == (DeviceStatus.SCRAPPED, None)
    assert await balance(world, ROLLATOR) == (0, 0, 0)
    assert await made_fit_of(world) == 0
    await assert_nothing_differs(world)


@pytest.mark.parametrize(
    ("before", "told", "reason", "rule"),
    [
        pytest.param((), CLEANED, "NOT_INSPECTED", "INV-13", marks=pytest.mark.rule("INV-13c")),
        pytest.param((), SCRAPPED, "NOT_INSPECTED", "INV-13", marks=pytest.mark.rule("INV-13c")),
        pytest.param(
            (INSPECTED,), APPROVED, "NOT_CLEANED", "INV-13", marks=pytest.mark.rule("INV-13c")
        ),
        pytest.param(
            (),
            a_reconditioning(on="2026-03-19", technician=SENDER),
            "NOT_A_TECHNICIAN",
            "INV-13",
            marks=pytest.mark.rule("INV-13f"),
        ),
        pytest.param(
            (INSPECTED,),
            a_reconditioning(on="2026-03-20"),
            "STAGE_DONE_ALREADY",
            "INV-13",
            marks=pytest.mark.rule("INV-13f"),
        ),
        pytest.param(
            (INSPECTED, CLEANED, APPROVED),
            SCRAPPED,
            "RECONDITIONING_ENDED",
            "INV-13",
            marks=pytest.mark.rule("INV-13f"),
        ),
        pytest.param(
            (INSPECTED, SCRAPPED),
            CLEANED,
            "RECONDITIONING_ENDED",
            "INV-13",
            marks=pytest.mark.rule("INV-13f"),
        ),
        ((), a_reconditioning(stage="polished", on="2026-03-19"), "UNKNOWN_STAGE", "INV-13"),
        ((), a_reconditioning(on="2026-03-17"), "DONE_TOO_EARLY", "DAY-5"),
        (
            (a_reconditioning(on="2026-03-20"),),
            CLEANED,
            "DONE_TOO_EARLY",
            "DAY-5",
        ),
        (
            (INSPECTED,),
            a_reconditioning(stage="scrapped", on="2026-03-20"),
            "REASON_MISSING",
            "INV-13",
        ),
        (
            (INSPECTED,),
            a_reconditioning(stage="scrapped", on="2026-03-20", reason="UGLY"),
            "REASON_MISSING",
            "INV-13",
        ),
        ((), a_reconditioning(on="2026-03-19", reason="DAMAGED"), "NOTHING_SCRAPPED", "INV-13"),
        ((), a_reconditioning("170099", on="2026-03-19"), "NOT_IN_RECONDITIONING", "INV-13"),
    ],
)
async def test_what_cannot_be_so_is_refused_with_its_rule(
    world: World, before: tuple[Event, ...], told: Any, reason: str, rule: str
) -> None:
    await world.handle_all(BACK, *before)

    refused = await refusal(world.handle(told))

    assert (refused.reason, refused.rule) == (reason, rule)
    assert refused.way_on
    await assert_nothing_differs(world)


@pytest.mark.rule("INV-13f")
async def test_what_is_told_again_changes_nothing(world: World) -> None:
    await world.handle_all(BACK, INSPECTED, CLEANED, APPROVED)
    told: list[Event] = await world.events()

    for again in (INSPECTED, CLEANED, APPROVED):
        await world.handle(again.model_copy(update={"version": 2}))

    assert await world.events() == told
    assert await balance(world, ROLLATOR) == (1, 0, 0)


# -- found by the night --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planted", "check", "what"),
    [
        ("UPDATE balances SET in_reconditioning = 2", "balances", ("in_reconditioning",)),
        ("UPDATE balances SET in_reconditioning = 2", "reconditioning", ("in_reconditioning",)),
        (
            "UPDATE reconditionings SET status = 'approved'",
            "reconditioning",
            ("in_reconditioning",),
        ),
        ("UPDATE reconditionings SET status = 'approved'", "claims", ("claimed_by_nothing",)),
        (
            "UPDATE devices SET claim_kind = NULL, claimed_by = NULL",
            "claims",
            ("held_and_not_claimed",),
        ),
    ],
)
async def test_a_planted_difference_is_found(
    world: World, planted: str, check: str, what: tuple[str, ...]
) -> None:
    await world.handle(BACK)

    await plant(world, planted)

    assert [one.fields for one in await found_by(world, check)] == [what]


# -- over HTTP -----------------------------------------------------------------------------------

STAFF: dict[str, Any] = {"user": SERVICE, "roles": (Role.CUSTOMER_SERVICE,)}


@pytest.mark.rule("INV-13a", "INV-13g")
async def test_the_technician_sees_what_waits_and_ends_it(world: World) -> None:
    await world.handle_all(
        a_device_returned("170099", store=CENTRAL, on="2026-03-05"),
        BACK,
    )
    async with world.http(**STAFF) as client:
        listed = (await client.get("/reconditionings")).json()
        late = (await client.get("/reconditionings", params={"late": True})).json()
        mine = (await client.get("/reconditionings", params={"device_number": "170098"})).json()
        (one,) = mine["items"]
        path = f"/reconditionings/{one['reconditioning_id']}"
        stage = {"stage": "inspected", "done_on": "2026-03-19"}
        done = await client.post(f"{path}:do-stage", json=stage)
        unclean = await client.post(f"{path}:approve", json={"done_on": "2026-03-20"})
        stage = {"stage": "cleaned", "done_on": "2026-03-19"}
        await client.post(f"{path}:do-stage", json=stage)
        approved = await client.post(f"{path}:approve", json={"done_on": "2026-03-20"})
        again = await client.post(f"{path}:approve", json={"done_on": "2026-03-20"})
        other = listed["items"][0]["reconditioning_id"]
        await client.post(f"/reconditionings/{other}:do-stage", json=stage | {"stage": "inspected"})
        scrapped = await client.post(
            f"/reconditionings/{other}:scrap",
            json={"done_on": "2026-03-20", "reason": "TOO_OLD"},
        )
        shown = await client.get(path)
        left = (await client.get("/reconditionings", params={"status": "open"})).json()

    assert [row["device_number"] for row in listed["items"]] == ["170099", "170098"]
    assert [(row["device_number"], row["due_on"]) for row in late["items"]] == [
        ("170099", "2026-03-19")
    ]
    assert done.status_code == 200
    assert done.json()["done"] == [
        {"stage": "inspected", "done_on": "2026-03-19", "technician": SERVICE}
    ]
    assert (unclean.status_code, unclean.json()["reason"]) == (422, "NOT_CLEANED")
    assert (approved.status_code, again.status_code) == (200, 200)
    assert (scrapped.status_code, scrapped.json()["status"]) == (200, "scrapped")
    assert scrapped.json()["reason"] == "TOO_OLD"
    assert shown.json()["status"] == "approved"
    assert left["total"] == 0
    assert [one["stage"] for one in shown.json()["done"]] == [
        Step.INSPECTED,
        Step.CLEANED,
        Step.APPROVED,
    ]
