"""BIL-7: what a sale to another region claims, and devices that are sold, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from inventory.app import service
from inventory.claiming.domain import Status
from inventory.devices.domain import Claim, ClaimKind, DeviceStatus
from inventory.region_sales.models import SaleClaimRow
from kvitt_contracts.envelope import Message
from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimGranted,
    ClaimRefused,
    ClaimReleased,
    CustodyChanged,
    DeviceStatusChanged,
    HoldRefused,
)
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_requested
from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.region_sales import (
    a_sale_approved,
    a_sale_not_approved,
    a_sale_refused,
    a_sale_requested,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OTHER_PATIENT,
    OWN,
    ROLLATOR,
    a_patient,
    a_store,
    device_id,
    sale_id,
)
from services.inventory.tests.worlds import balance, device

IN_SALE = Claim(kind=ClaimKind.SALE, by=sale_id())
MOVED = stockholm("2026-03-20 08:00")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators on loan to a patient since Monday 2 March, on a Friday later."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_device_on_loan_stated("170098"), a_device_on_loan_stated("170099"))
        await world.advance(MOVED)
        yield world


@pytest.mark.rule("BIL-7a", "BMB-12b")
async def test_a_sale_claims_each_of_its_devices(world: World) -> None:
    await world.handle(a_sale_requested("170098", "170099"))

    (granted,) = await world.events(ClaimGranted)
    assert set(granted.devices) == {device_id("170098"), device_id("170099")}
    assert (await device(world, "170098")).claim == IN_SALE
    assert (await device(world, "170098")).custody.holder == a_patient()
    await world.handle(a_transfer_requested("170098"))
    (refused,) = await world.events(HoldRefused)
    assert [one.reason for one in refused.refused] == ["IN_SALE"]
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7a")
async def test_one_device_in_a_transfer_refuses_the_whole_sale(world: World) -> None:
    await world.handle(a_transfer_requested("170098"))

    await world.handle(a_sale_requested("170098", "170099"))

    (refused,) = await world.events(ClaimRefused)
    assert [(one.device_id, one.reason) for one in refused.refused] == [
        (device_id("170098"), "IN_TRANSFER")
    ]
    assert (await device(world, "170099")).claim is None
    assert (await world.row(SaleClaimRow, sale_id())).status is Status.REFUSED


@pytest.mark.rule("BIL-7a")
async def test_another_patients_device_is_not_sold(world: World) -> None:
    await world.handle(a_sale_requested("170098", recipient=a_patient(OTHER_PATIENT)))

    (refused,) = await world.events(ClaimRefused)
    assert refused.refused[0].reason == "NOT_AT_RECIPIENT"


@pytest.mark.rule("BIL-7b")
async def test_what_is_sold_has_left_and_nobody_pays_for_it(world: World) -> None:
    await world.handle_all(a_sale_requested(), a_sale_approved(on="2026-03-18"))

    row = await device(world)
    (became,) = await world.events(DeviceStatusChanged)
    assert (became.kind, became.cause, became.cause_id) == ("sold", "sale", sale_id())
    assert (row.status, row.status_since) == (DeviceStatus.SOLD, date(2026, 3, 18))
    assert (row.custody.holder, row.custody.payer_id) == (a_store(CENTRAL), None)
    assert row.custody.since == date(2026, 3, 18)
    assert row.claim is None
    (changed,) = await world.events(CustodyChanged)
    assert changed.cause.sale_id == sale_id()
    assert await balance(world, ROLLATOR) == (0, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7b")
async def test_what_is_sold_can_be_given_to_nobody(world: World) -> None:
    await world.handle_all(a_sale_requested(), a_sale_approved())

    await world.handle(
        a_transfer_requested("170098", current_recipient=None, current_store=CENTRAL)
    )

    (refused,) = await world.events(HoldRefused)
    assert [one.reason for one in refused.refused] == ["SOLD"]


@pytest.mark.rule("BIL-7c")
@pytest.mark.parametrize("ending", [a_sale_not_approved(), a_sale_refused()])
async def test_what_is_not_bought_is_free_again(world: World, ending: Message) -> None:
    await world.handle(a_sale_requested())

    await world.handle(ending)

    (released,) = await world.events(ClaimReleased)
    assert released.devices == (device_id("170098"),)
    row = await device(world)
    assert (row.claim, row.status) == (None, DeviceStatus.IN_USE)
    assert row.custody.holder == a_patient()
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7d")
async def test_what_came_back_first_is_not_sold(world: World) -> None:
    await world.handle(a_sale_requested("170098", "170099"))
    await world.handle(a_device_returned("170098", on="2026-03-19"))

    await world.handle(a_sale_approved("170098", "170099", on="2026-03-19"))

    (broken,) = await world.events(ClaimBroken)
    assert (broken.device_id, broken.reason) == (device_id("170098"), "RETURNED")
    sold = [one.device_id for one in await world.events(DeviceStatusChanged)]
    assert sold == [device_id("170099")]
    assert (await device(world)).status is DeviceStatus.IN_USE
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7d", "PHY-1a")
@pytest.mark.parametrize("day", ["2026-03-10", "2026-03-18"])
async def test_a_return_by_the_day_of_the_sale_takes_the_sale_back(world: World, day: str) -> None:
    await world.handle_all(a_sale_requested(), a_sale_approved(on="2026-03-18"))

    await world.handle(a_device_returned("170098", on=day))

    row = await device(world)
    assert (row.status, row.status_since) == (DeviceStatus.IN_USE, date.fromisoformat(day))
    assert row.custody.holder == a_store(OWN)
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7d", "PHY-1i")
async def test_the_day_of_such_a_return_is_corrected_as_any_other(world: World) -> None:
    await world.handle_all(a_sale_requested(), a_sale_approved(on="2026-03-18"))
    await world.handle(a_device_returned("170098", on="2026-03-10"))

    await world.handle(a_device_returned("170098", on="2026-03-12", version=2))

    row = await device(world)
    assert row.custody.holder == a_store(OWN)
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    days = [one.custody.since.day for one in await world.events(CustodyChanged)]
    assert days[-3:] == [10, 12, 18]


@pytest.mark.rule("BIL-7d")
async def test_a_return_after_the_sale_is_another_regions(world: World) -> None:
    await world.handle_all(a_sale_requested(), a_sale_approved(on="2026-03-10"))

    refused = await world.refuse(a_device_returned("170098", on="2026-03-12"))

    assert (refused.reason, refused.rule) == ("RETURNED_AFTER_SALE", "PHY-1")
    assert (await device(world)).status is DeviceStatus.SOLD
