"""INV-7 on real PostgreSQL: returns that users register, of several devices and unmarked goods."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import DeviceStatus
from inventory.registered_returns.models import ReturnRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    CustodyChanged,
    HoldBroken,
    LineReturned,
    ReturnedLine,
    StockReserved,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Reference, RegionCode, Role, identify
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_accepted, a_transfer_requested
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_line,
    a_person_protection_changed,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.region_sales import a_sale_approved, a_sale_requested
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_dispatch,
    a_renumbering,
    a_return_registered,
    a_scrapping,
    a_sent_line,
    an_article_price_stated,
    an_article_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    FITTING,
    OTHER,
    OUTSIDER,
    OWN,
    PURCHASING,
    RECEIVING,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_store,
    device_id,
    order_id,
    person,
)
from services.inventory.tests.worlds import balance, device, refusal, with_a_limit

CARE = (Role.PRESCRIBER,)
CHEAP, DEAR = "30501", "30502"


def back(order: str = "O-1", line: int = 1, quantity: int = 1) -> ReturnedLine:
    """Some of a line that comes back."""
    return ReturnedLine(order=Reference(order), line=line, quantity=quantity)


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """Two rollators of SENDER's unit on loan since the 2nd, and one of another unit; three
    cushions, one cheap and one dear thing that the patient got; it is the 20th.
    """
    limited = with_a_limit(policies)
    async with given(service, at=stockholm("2026-03-02 08:00"), policies=limited) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        for number, price in ((CHEAP, 99_999), (DEAR, 100_000)):
            await world.handle_all(
                an_article_stated(number, marked=False, charging="sale", name="Griptång"),
                an_article_price_stated(number, net_ore=price, valid_from=date(2026, 1, 1)),
                a_balance_stated(number, 2, store=CENTRAL),
            )
        await world.handle_all(
            a_customer_registered(SENDING, store=OWN),
            a_device_on_loan_stated("170098", customer_id=SENDING),
            a_device_on_loan_stated("170099", customer_id=SENDING),
            a_device_on_loan_stated("170200", customer_id=OTHER, prescriber=OUTSIDER),
            a_balance_stated(CUSHION, 5, store=CENTRAL),
            an_order_placed(
                a_line(CUSHION, 3),
                a_line(CHEAP, 2, number=2),
                a_line(DEAR, number=3),
                a_line(FITTING, number=4, article_type="service"),
            ),
            a_dispatch(a_sent_line(1, 3), a_sent_line(2, 2), a_sent_line(3, 1), a_sent_line(4, 1)),
        )
        await world.register(SENDER, roles=CARE, service_points=[SENDING])
        await world.register(SERVICE)
        await world.advance(stockholm("2026-03-20 08:00"))
        yield world


@pytest.mark.rule("INV-7a", "INV-7c")
async def test_a_return_of_several_is_in_the_store_at_once_and_bears_one_id(world: World) -> None:
    await world.handle(
        a_return_registered("170098", "170099", lines=[back(quantity=2)], on="2026-03-18"),
        subject="R-1",
    )

    return_id = identify(RegionCode("ac"), "return", "R-1")
    changed = await world.events(CustodyChanged)
    assert {one.cause.return_id for one in changed} == {return_id}
    assert {(one.custody.holder, one.custody.since.day) for one in changed} == {(a_store(), 18)}
    (line,) = await world.events(LineReturned)
    assert (line.quantity, line.store, line.is_scrapped, line.return_id) == (
        2,
        OWN,
        False,
        return_id,
    )
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert await balance(world, CUSHION, OWN) == (2, 0, 0)
    assert (await world.row(ReturnRow, return_id)).by == SENDER
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []
    assert await found_by(world, "custody") == []


@pytest.mark.rule("PHY-1a")
async def test_a_late_return_takes_back_what_was_decided_after_its_day(world: World) -> None:
    await world.handle_all(
        a_transfer_requested("170098"),
        a_transfer_accepted("170098", effective_on=date(2026, 3, 20), customer_id=RECEIVING),
    )
    assert (await device(world)).custody.customer_id == RECEIVING
    await world.register(SERVICE)

    await world.handle(a_return_registered("170098", on="2026-03-10", by=SERVICE))

    changed = (await world.events(CustodyChanged, key=device_id()))[1:]
    assert [(one.custody.since.day, one.custody.payer_id) for one in changed] == [
        (10, None),
        (20, None),
    ]
    assert (await device(world)).custody.holder == a_store()


async def test_a_device_that_comes_back_leaves_its_transfer(world: World) -> None:
    await world.handle(a_transfer_requested("170098", "170099"))

    await world.handle(a_return_registered("170098", on="2026-03-18"))

    (broken,) = await world.events(HoldBroken)
    assert (broken.device_id, broken.reason) == (device_id("170098"), "RETURNED")
    assert (await device(world)).claim is None
    assert (await device(world, "170099")).claim is not None


async def test_what_comes_back_goes_to_who_has_waited_longest(world: World) -> None:
    await world.handle(an_order_placed(a_device_line(None, order="O-2"), reference="O-2"))

    await world.handle(
        a_return_registered("170098", "170099", store=CENTRAL, on="2026-03-18", by=SERVICE)
    )

    (reserved,) = await world.events(StockReserved, key=order_id("O-2"))
    assert reserved.lines[0].reserved == 1
    assert await balance(world, ROLLATOR) == (1, 1, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-7d")
@pytest.mark.parametrize(
    ("line", "leaves_region", "scrapped", "kept"),
    [
        (back(line=2, quantity=2), True, True, (CHEAP, 0)),
        (back(line=2, quantity=2), False, False, (CHEAP, 2)),
        (back(line=3), True, False, (DEAR, 1)),
        (back(line=4), True, True, (FITTING, 0)),
    ],
)
async def test_what_is_cheap_and_services_are_scrapped_when_the_patient_leaves_the_region(
    world: World, line: ReturnedLine, leaves_region: bool, scrapped: bool, kept: tuple[str, int]
) -> None:
    number, quantity = kept

    await world.handle(
        a_return_registered(lines=[line], on="2026-03-18", leaves_region=leaves_region)
    )

    (returned,) = await world.events(LineReturned)
    assert (returned.is_scrapped, returned.store) == (scrapped, None if scrapped else OWN)
    assert await balance(world, number, OWN) == (quantity, 0, 0)


@pytest.mark.rule("INV-7d")
async def test_a_region_without_a_limit_scraps_nothing_at_a_return(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=stockholm("2026-03-20 08:00"), policies=policies) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(
            a_balance_stated(CUSHION, 1, store=OWN), a_withdrawal_placed(a_line(CUSHION))
        )
        await world.register(SENDER, roles=CARE, service_points=[SENDING])

        await world.handle(a_return_registered(lines=[back()], on="2026-03-18", leaves_region=True))

        assert await balance(world, CUSHION, OWN) == (1, 0, 0)


@pytest.mark.rule("INV-6a")
async def test_a_device_comes_back_once_by_whichever_of_its_numbers(world: World) -> None:
    await world.handle(a_renumbering("170098", "170500"))
    before: list[Event] = await world.events()

    refused = await refusal(world.handle(a_return_registered("170098", "170500", on="2026-03-18")))

    assert (refused.reason, refused.field) == ("NAMED_TWICE", "devices.1")
    assert await world.events() == before


RETURN: dict[str, Any] = {"on": "2026-03-18"}


@pytest.mark.parametrize(
    ("devices", "changes", "reason", "rule", "field"),
    [
        (["170098", "170098"], {}, "NAMED_TWICE", "INV-7", "devices.1"),
        ([], {"lines": [back(), back(quantity=2)]}, "NAMED_TWICE", "INV-7", "lines.1"),
        (["170098"], {"store": CENTRAL}, "NOT_YOUR_STORE", "REF-18", "store"),
        (["170098", "170200"], {}, "NOT_YOUR_DEVICE", "REF-18", "devices.1"),
        (["999999"], {}, "NOT_YOUR_DEVICE", "REF-18", "devices.0"),
        ([], {"lines": [back("O-9")]}, "NOT_YOUR_LINE", "REF-18", "lines.0.order"),
        ([], {"lines": [back(line=9)]}, "NOT_YOUR_LINE", "REF-18", "lines.0.order"),
        (
            ["170098"],
            {"store": PURCHASING, "by": SERVICE},
            "PURCHASING_STORE_HAS_NO_BALANCE",
            "INV-4",
            "store",
        ),
        (["170098"], {"on": "2026-03-01"}, "RETURNED_BEFORE_LOAN", "DAY-5", "returned_on"),
        (["170099", "170098"], {"on": "2026-03-01"}, "RETURNED_BEFORE_LOAN", "DAY-5", "devices.0"),
        (
            [],
            {"lines": [back()], "on": "2026-03-01"},
            "RETURNED_BEFORE_LOAN",
            "DAY-5",
            "returned_on",
        ),
        (
            ["170098"],
            {"lines": [back(quantity=4)]},
            "MORE_THAN_DELIVERED",
            "INV-7",
            "lines.0.quantity",
        ),
        ([], {"lines": [back(line=4)]}, "SERVICE_IS_NEVER_STOCKED", "INV-4", "lines.0.line"),
    ],
)
async def test_what_cannot_come_back_is_refused_by_its_field_and_nothing_comes_back(
    world: World, devices: list[str], changes: Any, reason: str, rule: str, field: str
) -> None:
    before: list[Event] = await world.events()

    refused = await refusal(world.handle(a_return_registered(*devices, **{**RETURN, **changes})))

    assert (refused.reason, refused.rule, refused.field) == (reason, rule, field)
    assert refused.way_on
    assert await world.events() == before
    assert await world.rows(ReturnRow) == []


async def test_nothing_comes_back_twice(world: World) -> None:
    once = a_return_registered("170098", lines=[back(quantity=2)], **RETURN)
    await world.handle(once, subject="R-1")

    same = await refusal(world.handle(once, subject="R-1"))
    device_again = await refusal(world.handle(a_return_registered("170098", **RETURN)))
    line_again = await refusal(
        world.handle(a_return_registered(lines=[back(quantity=2)], **RETURN))
    )

    assert (same.reason, same.field) == ("REFERENCE_USED", "ce_subject")
    assert (device_again.reason, device_again.field) == ("NOT_ON_LOAN", "devices.0")
    assert line_again.reason == "MORE_THAN_DELIVERED"
    assert await balance(world, CUSHION, OWN) == (2, 0, 0)


async def test_what_was_scrapped_does_not_come_back(world: World) -> None:
    await world.handle(a_return_registered("170098", **RETURN))
    await world.handle(a_scrapping("170098", on="2026-03-19"))

    refused = await refusal(world.handle(a_return_registered("170098", on="2026-03-20")))

    assert refused.reason == "NOT_ON_LOAN"


@pytest.mark.rule("REF-7b")
async def test_a_private_clinic_returns_nothing_to_a_store_of_its_own(world: World) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN, private_clinic=True))

    refused = await refusal(world.handle(a_return_registered("170098", **RETURN)))

    assert (refused.reason, refused.rule) == ("PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7")
    assert "hämtorder" in refused.way_on


@pytest.mark.rule("REF-19e")
async def test_customer_service_returns_nothing_of_a_protected_person(world: World) -> None:
    await world.handle(a_person_protection_changed(is_protected=True))

    refused = await refusal(world.handle(a_return_registered("170200", by=SERVICE, **RETURN)))

    assert refused.reason == "NOT_YOUR_DEVICE"


@pytest.mark.rule("INV-7a")
async def test_a_return_of_nothing_over_http_is_refused_by_its_rule(world: World) -> None:
    """What its fields say together is the command's to judge: that is no fault."""
    body = {"store": OWN, "returned_on": "2026-03-18"}
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        answer = await client.post("/returns", json=body)

    problem = answer.json()
    assert (answer.status_code, problem["reason"], problem["rule"]) == (
        422,
        "INVALID_FIELD",
        "INV-7",
    )
    assert problem["way_on"]


async def test_a_return_over_http_says_what_it_did(world: World) -> None:
    body = {
        "store": OWN,
        "devices": ["170098"],
        "lines": [{"order": "O-1", "line": 2, "quantity": 1}],
        "returned_on": "2026-03-18",
        "leaves_region": True,
        "reference": "R-7",
    }
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        answer = await client.post("/returns", json=body)
        again = await client.post("/returns", json=body)
        listed = (await client.get(f"/devices?store={OWN}")).json()["items"]

    assert answer.status_code == 201
    assert answer.json() == {
        "return_id": str(identify(RegionCode("ac"), "return", "R-7")),
        "store": OWN,
        "returned_on": "2026-03-18",
        "devices": ["170098"],
        "lines": [{"order": "O-1", "line": 2, "quantity": 1, "is_scrapped": True}],
        "by": SENDER,
    }
    assert (again.status_code, again.json()["reason"]) == (422, "REFERENCE_USED")
    assert [one["device_number"] for one in listed] == ["170098"]


LEFT: dict[str, Any] = {"person": str(person())}


@pytest.mark.rule("INV-7d")
async def test_what_a_patient_has_left_says_what_is_scrapped_if_they_leave(world: World) -> None:
    await world.handle(a_return_registered(lines=[back(quantity=2)], on="2026-03-18"))
    await world.handle(a_return_registered(lines=[back(line=3)], on="2026-03-18"))

    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        answer = await client.get("/returns:choices", params=LEFT)

    assert answer.status_code == 200, answer.text
    assert [
        (one["line"], one["article_number"], one["quantity"], one["is_scrapped"])
        for one in answer.json()["lines"]
    ] == [(1, CUSHION, 1, False), (2, CHEAP, 2, True), (4, FITTING, 1, True)]
    assert answer.json()["more"] is False


@pytest.mark.rule("REF-18c", "REF-19e")
async def test_what_a_patient_has_left_is_shown_to_whose_order_it_was(world: World) -> None:
    async def shown(user: str, **who: Any) -> int:
        async with world.http(user=user, **who) as client:
            answer = await client.get("/returns:choices", params=LEFT)
            return len(answer.json()["lines"])

    staff: dict[str, Any] = {"roles": (Role.CUSTOMER_SERVICE,), "service_points": []}
    assert await shown(OUTSIDER, roles=CARE, service_points=[OTHER]) == 0
    assert await shown(SERVICE, **staff) == 4
    await world.handle(a_person_protection_changed(is_protected=True))
    assert await shown(SERVICE, **staff) == 0
    assert await shown(SENDER, roles=CARE, service_points=[SENDING]) == 4


@pytest.mark.rule("BIL-7d")
@pytest.mark.parametrize("day", ["2026-03-10", "2026-03-18"])
async def test_a_units_return_by_the_day_of_the_sale_takes_the_sale_back(
    world: World, day: str
) -> None:
    await world.handle_all(a_sale_requested(), a_sale_approved(on="2026-03-18"))

    await world.handle(a_return_registered("170098", on=day), subject="R-1")

    row = await device(world)
    assert (row.status, row.status_since) == (DeviceStatus.IN_USE, date.fromisoformat(day))
    assert (row.custody.holder, row.custody.payer_id) == (a_store(), None)
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    assert await balance(world, ROLLATOR, CENTRAL) == (0, 0, 0)
    changed = (await world.events(CustodyChanged))[1:]
    assert {one.cause.return_id for one in changed} == {identify(RegionCode("ac"), "return", "R-1")}
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []
    assert await found_by(world, "custody") == []


@pytest.mark.rule("BIL-7d")
async def test_a_units_return_after_the_sale_is_another_regions(world: World) -> None:
    await world.handle_all(a_sale_requested(), a_sale_approved(on="2026-03-10"))

    late = await refusal(world.handle(a_return_registered("170098", on="2026-03-12")))
    early = await refusal(world.handle(a_return_registered("170098", on="2026-03-01")))

    assert (late.reason, late.rule, late.field) == ("RETURNED_AFTER_SALE", "PHY-1", "returned_on")
    assert (early.reason, early.rule) == ("RETURNED_BEFORE_LOAN", "DAY-5")
    assert (await device(world)).status is DeviceStatus.SOLD


@pytest.mark.rule("BIL-7d")
async def test_another_units_sold_device_is_not_taken_back(world: World) -> None:
    sale = a_sale_requested("170200")
    await world.handle_all(sale, a_sale_approved("170200", on="2026-03-18"))

    refused = await refusal(world.handle(a_return_registered("170200", on="2026-03-18")))

    assert (refused.reason, refused.field) == ("NOT_YOUR_DEVICE", "devices.0")
