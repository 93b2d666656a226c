"""INV-8 on real PostgreSQL: what goes back to its supplier."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.stock.models import StockMoveRow
from inventory.supplier_returns.models import SupplierReturnRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    DeviceStatusChanged,
    HoldRefused,
    LaterMoveKind,
    SupplierReturnRegistered,
)
from kvitt_contracts.types import RegionCode, Role, identify
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_supplier_return,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    FITTING,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    device_id,
)
from documents.tests.reading import pages
from services.inventory.tests.worlds import balance, refusal

CARE = (Role.PRESCRIBER,)
BY_SERVICE: dict[str, Any] = {"by": SERVICE, "asked_by": SENDER, "store": CENTRAL, "device": None}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators received into the own store on the 2nd, one on loan, three cushions in the
    central store; it is the 20th.
    """
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(
            rollators_received("170098", "170099"),
            a_device_on_loan_stated("170001"),
            a_balance_stated(CUSHION, 3, store=CENTRAL),
        )
        await world.register(SENDER, roles=CARE, service_points=[SENDING])
        await world.register(SERVICE)
        yield world


@pytest.mark.rule("INV-8a")
async def test_a_device_of_the_own_store_goes_back_to_its_supplier(world: World) -> None:
    await world.handle(a_supplier_return(on="2026-03-18"), subject="S-1")

    key = identify(RegionCode("ac"), "supplier_return", "S-1")
    (registered,) = await world.events(SupplierReturnRegistered)
    assert (registered.supplier_return_id, registered.device_id) == (key, device_id())
    assert (registered.article_number, registered.quantity) == (ROLLATOR, 1)
    (changed,) = await world.events(DeviceStatusChanged)
    assert (changed.kind, changed.cause_id) == ("returned_to_supplier", key)
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    (move,) = [row for row in await world.rows(StockMoveRow) if row.cause_id == key]
    assert (move.kind, move.available, move.moved_on.day) == (LaterMoveKind.SENT_BACK, -1, 18)
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []


@pytest.mark.rule("BMB-12f")
async def test_what_went_back_is_in_no_transfer(world: World) -> None:
    await world.handle(a_supplier_return(on="2026-03-18"))

    await world.handle(a_transfer_requested_from_store("170098", store=OWN))

    (refused,) = await world.events(HoldRefused)
    assert [one.reason for one in refused.refused] == ["RETURNED_TO_SUPPLIER"]


@pytest.mark.rule("INV-8f", "REF-12i")
async def test_the_device_service_sends_unmarked_articles_back(world: World) -> None:
    told = a_supplier_return(article_number=CUSHION, quantity=2, on="2026-03-18", **BY_SERVICE)
    await world.handle(told)

    (registered,) = await world.events(SupplierReturnRegistered)
    assert (registered.article_number, registered.quantity) == (CUSHION, 2)
    assert (registered.device_id, registered.asked_by) == (None, SENDER)
    assert await balance(world, CUSHION) == (1, 0, 0)


@pytest.mark.parametrize(
    ("asked", "reason", "field"),
    [
        pytest.param(
            a_supplier_return("170001", on="2026-03-18"),
            "NOT_IN_STORE",
            "device_number",
            marks=pytest.mark.rule("INV-8b"),
        ),
        pytest.param(
            a_supplier_return(on="2026-03-01"),
            "RETURNED_BEFORE_IT_CAME",
            "returned_on",
            marks=pytest.mark.rule("INV-8b"),
        ),
        pytest.param(
            a_supplier_return(None, article_number=CUSHION, on="2026-03-18"),
            "CUSTOMER_SERVICE_ONLY",
            "article_number",
            marks=pytest.mark.rule("INV-8f", "REF-12i"),
        ),
        pytest.param(
            a_supplier_return(store=CENTRAL, on="2026-03-18"),
            "NOT_YOUR_STORE",
            "store",
            marks=pytest.mark.rule("INV-8a"),
        ),
        (a_supplier_return("999999", on="2026-03-18"), "NOT_IN_STORE", "device_number"),
        (a_supplier_return(None, on="2026-03-18"), "EITHER_DEVICE_OR_ARTICLE", "device_number"),
        (a_supplier_return(quantity=2, on="2026-03-18"), "QUANTITY_NOT_ONE", "quantity"),
        (a_supplier_return(order="O-9", on="2026-03-18"), "UNKNOWN_ORDER", "order"),
        (
            a_supplier_return(article_number=ROLLATOR, on="2026-03-18", **BY_SERVICE),
            "ARTICLE_IS_MARKED",
            "article_number",
        ),
        (
            a_supplier_return(article_number=FITTING, on="2026-03-18", **BY_SERVICE),
            "SERVICE_IS_NEVER_STOCKED",
            "article_number",
        ),
        (
            a_supplier_return(article_number="99999", on="2026-03-18", **BY_SERVICE),
            "UNKNOWN_ARTICLE",
            "article_number",
        ),
        (
            a_supplier_return(
                article_number=CUSHION, on="2026-03-18", **{**BY_SERVICE, "asked_by": None}
            ),
            "ASKED_BY_MISSING",
            "asked_by",
        ),
        (
            a_supplier_return(article_number=CUSHION, quantity=4, on="2026-03-18", **BY_SERVICE),
            "BALANCE_TOO_LOW",
            "quantity",
        ),
    ],
)
async def test_what_cannot_go_back_is_refused_by_its_field_and_nothing_moves(
    world: World, asked: Any, reason: str, field: str
) -> None:
    before: list[Event] = await world.events()

    refused = await refusal(world.handle(asked))

    assert (refused.reason, refused.field) == (reason, field)
    assert refused.way_on
    assert await world.events() == before


async def test_nothing_goes_back_twice_or_out_of_a_transfer(world: World) -> None:
    await world.handle(a_supplier_return(on="2026-03-18"), subject="S-1")
    await world.handle(a_transfer_requested_from_store("170099", store=OWN))

    told = a_supplier_return("170099", on="2026-03-18")
    same = await refusal(world.handle(told, subject="S-1"))
    again = await refusal(world.handle(a_supplier_return(on="2026-03-19"), subject="S-2"))
    held = await refusal(world.handle(told, subject="S-3"))

    assert [one.reason for one in (same, again, held)] == [
        "REFERENCE_USED",
        "NOT_IN_STORE",
        "DEVICE_CLAIMED",
    ]
    assert len(await world.rows(SupplierReturnRow)) == 1


@pytest.mark.rule("INV-8c")
async def test_a_return_to_a_supplier_over_http_says_what_it_did(world: World) -> None:
    body: dict[str, Any] = {
        "supplier_id": "L1042",
        "store": OWN,
        "device_number": "170098",
        "returned_on": "2026-03-18",
        "comment": "Fel storlek beställd.",
        "reference": "S-7",
    }
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        answer = await client.post("/supplier-returns", json=body)
        listed = (await client.get(f"/devices?store={OWN}")).json()["items"]

    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(identify(RegionCode("ac"), "supplier_return", "S-7")),
        "supplier_id": "L1042",
        "article_number": ROLLATOR,
        "quantity": 1,
        "device_id": str(device_id()),
        "order_id": None,
        "returned_on": "2026-03-18",
        "reason": "credit",
        "comment": "Fel storlek beställd.",
        "store": OWN,
        "registered_by": SENDER,
    }
    (registered,) = await world.events(SupplierReturnRegistered)
    assert registered.has_comment
    assert "storlek" not in registered.model_dump_json()
    assert [one["device_number"] for one in listed] == ["170099"]


@pytest.mark.rule("INV-8c")
async def test_a_return_that_a_region_tells_of_is_to_be_credited_without_a_comment(
    world: World,
) -> None:
    await world.handle(a_supplier_return(on="2026-03-18"))

    (registered,) = await world.events(SupplierReturnRegistered)
    assert (registered.reason, registered.has_comment) == ("credit", False)
    (row,) = await world.rows(SupplierReturnRow)
    assert (row.reason, row.comment) == ("credit", None)


@pytest.mark.rule("INV-8c")
async def test_an_empty_comment_is_refused_by_its_field(world: World) -> None:
    body = {
        "supplier_id": "L1042",
        "store": OWN,
        "device_number": "170098",
        "returned_on": "2026-03-18",
        "comment": "",
    }
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        answer = await client.post("/supplier-returns", json=body)

    assert answer.status_code == 422
    assert "comment" in answer.text
    assert await world.rows(SupplierReturnRow) == []


@pytest.mark.rule("DAY-1a")
async def test_a_day_ahead_is_refused_by_its_field_over_http_too(world: World) -> None:
    body = {
        "supplier_id": "L1042",
        "store": OWN,
        "device_number": "170098",
        "returned_on": "2026-03-21",
        "comment": "Fel storlek beställd.",
    }
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        problem = (await client.post("/supplier-returns", json=body)).json()

    assert (problem["reason"], problem["field"]) == ("DAY_IN_THE_FUTURE", "returned_on")


@pytest.mark.rule("INV-8d")
async def test_a_return_is_listed_and_its_slip_goes_along(world: World) -> None:
    body = {
        "supplier_id": "L1042",
        "store": OWN,
        "device_number": "170098",
        "returned_on": "2026-03-18",
        "comment": "Ramen är sned.",
    }
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        made = (await client.post("/supplier-returns", json=body)).json()
        listed = (await client.get("/supplier-returns", params={"store": OWN})).json()
        others = (await client.get("/supplier-returns", params={"supplier_id": "L9"})).json()
        shown = (await client.get(f"/supplier-returns/{made['id']}")).json()
        slip = await client.get(f"/supplier-returns/{made['id']}/slip")

    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert others["items"] == []
    assert (shown["store"], shown["registered_by"]) == (OWN, SENDER)
    (page,) = pages(slip.content)
    assert slip.headers["content-type"] == "application/pdf"
    assert all(
        one in page for one in ("170098", ROLLATOR, "Ramen är sned.", "Kreditering", "L1042")
    )
    assert SENDER not in page


async def test_anothers_return_is_not_there(world: World) -> None:
    await world.handle(a_supplier_return(on="2026-03-18"), subject="S-1")
    key = identify(RegionCode("ac"), "supplier_return", "S-1")

    async with world.http(user="k999", roles=CARE, service_points=["40999"]) as client:
        listed = await client.get("/supplier-returns")
        slip = await client.get(f"/supplier-returns/{key}/slip")

    assert (listed.json()["items"], slip.status_code) == ([], 404)
