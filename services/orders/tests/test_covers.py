"""BIL-5, BIL-11: who pays for an order's patient instead of the region's own payers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import OrderPlaced, OrderPlacedV2
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import CareUnitId, CareUnitRecipient, PayerId
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.models import OrderRow

from contracts.tests.builders.home_regions import HOME_PAYER, STATE_PAYER, with_home_regions
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import a_customer_stated, a_payer_stated
from contracts.tests.builders.story import BATTERY, CARE_UNIT, PAYER, SENDING, order_id
from services.orders.tests.builders import (
    a_line,
    a_withdrawal_command,
    an_order_command,
    registry,
)
from services.orders.tests.worlds import MONDAY, a_body, refused

BY_M = {"kind": "home_region", "region": "m"}
BY_STATE = {"kind": "state"}


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region that knows who pays for region m and for the state."""
    async with given(service, at=MONDAY, policies=with_home_regions(policies)) as world:
        await registry(world)
        for payer in (HOME_PAYER, STATE_PAYER):
            await world.handle(a_payer_stated(payer), subject=payer)
        yield world


@pytest.mark.rule("BIL-5b")
@pytest.mark.parametrize(
    ("cover", "payer"), [(BY_M, HOME_PAYER), (BY_STATE, STATE_PAYER)], ids=["region", "state"]
)
async def test_the_covers_payer_pays_for_every_line(
    world: World, cover: dict[str, str], payer: str
) -> None:
    await world.handle(an_order_command(a_line(), a_line(), cover=cover), subject="O-1")

    (placed,) = await world.events(OrderPlacedV2)
    assert placed.cover is not None
    assert (placed.cover.kind, placed.cover.payer_id) == (cover["kind"], payer)
    assert [line.payer_id for line in placed.lines] == [payer, payer]
    assert (await world.row(OrderRow, order_id("O-1"))).cover == placed.cover
    await assert_rows_are_folds(world)


async def test_a_withdrawal_may_be_covered_too(world: World) -> None:
    await world.handle(a_withdrawal_command(cover=BY_M), subject="O-1")

    (placed,) = await world.events(OrderPlacedV2)
    assert [line.payer_id for line in placed.lines] == [HOME_PAYER]


async def test_who_says_no_cover_pays_as_before(world: World) -> None:
    await world.handle(an_order_command(), subject="O-1")

    (placed,) = await world.events(OrderPlaced)
    assert [line.payer_id for line in placed.lines] == [PAYER]


@pytest.mark.rule("BIL-11a")
async def test_a_private_clinic_fits_nobody_for_the_state(world: World) -> None:
    clinic = a_customer_stated(store=None, private_clinic=True)
    await world.handle(clinic, subject=SENDING)

    found = await refused(world, an_order_command(cover=BY_STATE), "O-1")
    assert found == ("COVER_BY_OWN_UNITS_ONLY", "BIL-11", "cover")

    await world.handle(an_order_command(cover=BY_M), subject="O-2")
    assert len(await world.events(OrderPlacedV2)) == 1


@pytest.mark.rule("BIL-5b")
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"cover": {"kind": "home_region", "region": "w"}}, ("NO_PAYER_FOR_COVER", "cover")),
        ({"cover": BY_M, "payer_id": PayerId(PAYER)}, ("PAYER_BESIDE_COVER", "payer_id")),
        (
            {"cover": BY_M, "lines": (a_line(), a_line(payer_id=PayerId(PAYER)))},
            ("PAYER_BESIDE_COVER", "lines.1.payer_id"),
        ),
        (
            {"cover": BY_M, "recipient": CareUnitRecipient(unit=CareUnitId(CARE_UNIT))},
            ("COVER_FOR_PATIENTS_ONLY", "cover"),
        ),
    ],
    ids=["unknown", "payer", "payer_of_a_line", "unit"],
)
async def test_a_cover_that_cannot_be_is_refused_with_its_field(
    world: World, said: dict[str, Any], found: tuple[str, str]
) -> None:
    reason, rule, field = await refused(world, an_order_command(**said), "O-1")

    assert (reason, field, rule) == (*found, "BIL-5")
    assert await world.rows(OrderRow) == []


async def test_a_region_without_such_payers_refuses_any_cover(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=MONDAY) as world:
        await registry(world)

        for cover, rule in ((BY_M, "BIL-5"), (BY_STATE, "BIL-11")):
            found = await refused(world, an_order_command(cover=cover), "O-1")
            assert found == ("NO_PAYER_FOR_COVER", rule, "cover")


async def test_a_payer_of_the_policy_that_nobody_registered_is_refused(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=MONDAY, policies=with_home_regions(policies)) as world:
        await registry(world)

        found = await refused(world, an_order_command(cover=BY_M), "O-1")
        assert found == ("UNKNOWN_PAYER", "REF-4", "cover")


@pytest.mark.rule("BIL-5b")
@pytest.mark.long(seconds=10)
async def test_an_order_over_http_says_its_cover_and_shows_who_pays(world: World) -> None:
    async with world.http() as client:
        await registry(world)
        body = await a_body(world, cover=BY_M)
        preview = await client.post("/orders:preview", json=body)
        placed = await client.post("/orders", json=body)

        assert preview.status_code == 200, preview.text
        assert [line["payer_id"] for line in preview.json()["lines"]] == [HOME_PAYER]
        assert placed.status_code == 201, placed.text
        assert placed.json()["cover"] == {"kind": "home_region", "payer_id": HOME_PAYER}
        refill = {
            "service_point": SENDING,
            "lines": [{"article_number": "30457", "quantity": 1}],
            "cover": BY_M,
        }
        assert (await client.post("/replenishments", json=refill)).status_code == 422


@pytest.mark.rule("BIL-5d")
async def test_a_patient_of_another_region_pays_the_fee_that_residents_pay(
    given: Given, policies: Policies
) -> None:
    amount = {"net_ore": 50_000, "vat_percent": 0}
    fees = {"rules": [{"fee_group": "charge_kit", "amount": amount}]}
    async with given(service, at=MONDAY, policies=with_home_regions(policies, fees=fees)) as world:
        await registry(world)
        await world.handle(a_payer_stated(HOME_PAYER), subject=HOME_PAYER)
        await world.handle(an_article_listed(BATTERY, marked=False, fee_group="charge_kit"))
        await world.handle(an_order_command(a_line(BATTERY)), subject="O-1")
        await world.handle(an_order_command(a_line(BATTERY), cover=BY_M), subject="O-2")

        (resident,) = await world.events(OrderPlaced)
        (visitor,) = await world.events(OrderPlacedV2)
        assert resident.lines[0].fee is not None
        assert visitor.lines[0].fee == resident.lines[0].fee


@pytest.mark.rule("BIL-5b", "BIL-11a")
async def test_who_may_pay_instead_is_shown_to_choose_among(
    world: World, given: Given, policies: Policies
) -> None:
    async with world.http() as client:
        shown = await client.get("/covers")
    async with given(service, at=MONDAY) as without, without.http() as client:
        nobody = await client.get("/covers")

    assert shown.status_code == 200, shown.text
    assert shown.json()["choices"] == [
        {"cover": BY_M, "payer_id": HOME_PAYER},
        {"cover": BY_STATE, "payer_id": STATE_PAYER},
    ]
    assert nobody.json()["choices"] == []
