"""What a change of payer will cost whom, as it is shown before it is decided (BIL-16)."""

from collections.abc import Sequence
from typing import Any

import pytest
from billing.app import service
from billing.models import Base, DeviceRow, RentRow
from kvitt_contracts.envelope import Message
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_customer_registered, a_payer_registered
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PAYER,
    PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDING,
)
from services.billing.tests.builders import a_device, lent

MAY_12 = stockholm("2026-05-12 08:00")
LENT, STORED = a_device("75081"), a_device("75082")
CARE = [Role.PRESCRIBER, Role.REQUESTER]
ALL_OF_IT = [Role.CUSTOMER_SERVICE]
NOBODYS = "00000000-0000-0000-0000-000000000001"


async def a_month(world: World) -> None:
    """May: the sending unit pays 310 kr a month for a device that is on loan since 2 February;
    another of the same article stands in a store.
    """
    await world.handle_all(
        *(a_payer_registered(one) for one in (PAYER, RECEIVING_PAYER, OTHER_PAYER)),
        a_customer_registered(SENDING, payer=PAYER),
        a_customer_registered(RECEIVING, payer=RECEIVING_PAYER),
        a_customer_registered(OTHER, payer=OTHER_PAYER),
        an_article_listed(),
        an_article_priced(ROLLATOR, 31_000),
        LENT,
        STORED,
        *numbered(lent(LENT, payer=PAYER, since="2026-02-02")),
    )
    for day in ("2026-02-28", "2026-03-31", "2026-04-30"):
        await world.handle(a_day_closed(day, custody_changes=1))
        await world.fire_timers()


async def previewed(
    world: World,
    *devices: Any,
    roles: Sequence[Role] = ALL_OF_IT,
    at: str = OTHER,
    payer: str | None = RECEIVING_PAYER,
    from_on: str = "2026-05-21",
    status: int = 200,
    region: str = "ac",
) -> dict[str, Any]:
    """What is answered to who asks what it costs that a payer pays for devices from a day on."""
    ids = [str(getattr(one, "device_id", one)) for one in devices]
    body = {"devices": ids, "payer_id": payer, "from_on": from_on}
    async with world.http(roles=roles, service_points=[at], region=region) as client:
        answer = await client.post("/transfers:preview", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


@pytest.mark.rule("BIL-16a")
async def test_it_says_who_pays_what_of_the_month_and_what_a_whole_month_costs(
    given: Given,
) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        shown = await previewed(world, LENT, STORED)

    assert shown == {
        "from_on": "2026-05-21",
        "month": "2026-05",
        "lines": [
            {
                "device_id": str(LENT.device_id),
                "device_number": "75081",
                "article_number": ROLLATOR,
                "payer_before": PAYER,
                "payer_after": RECEIVING_PAYER,
                "month_ore": 31_000,
                "before_ore": 20_000,
                "after_ore": 11_000,
            },
            {
                "device_id": str(STORED.device_id),
                "device_number": "75082",
                "article_number": ROLLATOR,
                "payer_before": None,
                "payer_after": RECEIVING_PAYER,
                "month_ore": 31_000,
                "before_ore": 0,
                "after_ore": 11_000,
            },
        ],
        "total_month_ore": 62_000,
        "total_before_ore": 20_000,
        "total_after_ore": 22_000,
    }


@pytest.mark.rule("BIL-16a", "BIL-1e")
async def test_in_a_store_it_costs_nobody_anything(given: Given) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        (line,) = (await previewed(world, LENT, payer=None))["lines"]

    assert (line["payer_after"], line["month_ore"], line["after_ore"]) == (None, 0, 0)
    assert line["before_ore"] == 20_000


@pytest.mark.rule("BIL-16a", "BIL-1f")
async def test_what_was_sold_costs_its_next_payer_nothing_by_the_day(given: Given) -> None:
    sold = a_device("75083", article="4711")
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        listed = an_article_listed("4711")
        delivered = lent(sold, payer=PAYER, since="2026-05-02", charging="sale")
        await world.handle_all(
            listed, an_article_priced("4711", 9_900), sold, *numbered(delivered, first=2)
        )
        (line,) = (await previewed(world, sold))["lines"]

    assert (line["month_ore"], line["before_ore"], line["after_ore"]) == (0, 0, 0)


@pytest.mark.rule("BIL-16a")
async def test_a_rent_without_a_price_is_not_said_to_be_nothing(given: Given) -> None:
    unpriced = a_device("75083", article="4711")
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        await world.handle_all(an_article_listed("4711"), unpriced)
        shown = await previewed(world, STORED, unpriced)

    assert [line["month_ore"] for line in shown["lines"]] == [31_000, None]
    assert shown["total_month_ore"] is None


@pytest.mark.rule("BIL-16a", "BIL-9e")
async def test_days_that_are_invoiced_already_are_credited_and_charged_by_the_next_run(
    given: Given,
) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        shown = await previewed(world, LENT, from_on="2026-04-21")

    (line,) = shown["lines"]
    april = 31_000 - 20_667  # the days from the 21st on, of thirty
    assert shown["month"] == "2026-05"
    assert (line["before_ore"], line["after_ore"]) == (-april, april + 31_000)


@pytest.mark.rule("BIL-16a")
async def test_a_day_of_a_later_month_is_of_that_months_invoice(given: Given) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        shown = await previewed(world, LENT, from_on="2026-07-11")

    (line,) = shown["lines"]
    assert shown["month"] == "2026-07"
    assert (line["before_ore"], line["after_ore"]) == (10_000, 21_000)


@pytest.mark.rule("BIL-16a")
async def test_it_records_nothing(given: Given) -> None:
    kinds: tuple[type[Base], ...] = (DeviceRow, RentRow)
    async with given(service, at=MAY_12) as world:
        await a_month(world)

        async def all_rows() -> list[Any]:
            rows = [row for kind in kinds for row in await world.rows(kind)]
            return [
                {name: one for name, one in vars(row).items() if name[0] != "_"} for row in rows
            ]

        before = await all_rows()
        log: list[Message] = await world.events()
        await previewed(world, LENT, STORED)

        assert (await all_rows(), await world.events()) == (before, log)


@pytest.mark.rule("BIL-16b")
@pytest.mark.parametrize(
    ("roles", "at", "named"),
    [
        (CARE, SENDING, PAYER),
        (CARE, RECEIVING, None),
        (CARE, OTHER, None),
        (ALL_OF_IT, OTHER, PAYER),
    ],
)
async def test_who_pays_now_is_named_to_their_own_unit_and_to_customer_service_alone(
    given: Given, roles: Sequence[Role], at: str, named: str | None
) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        (line,) = (await previewed(world, LENT, roles=roles, at=at))["lines"]

    assert line["payer_before"] == named
    assert (line["before_ore"], line["after_ore"]) == (20_000, 11_000)


@pytest.mark.rule("BIL-16b")
@pytest.mark.parametrize("from_on", ["2026-05-21", "2026-04-21"])
async def test_no_amount_tells_whether_a_payer_that_one_guesses_pays_now(
    given: Given, from_on: str
) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        amounts = []
        for guessed in (PAYER, OTHER_PAYER):
            shown = await previewed(
                world, LENT, roles=CARE, at=RECEIVING, payer=guessed, from_on=from_on
            )
            (line,) = shown["lines"]
            amounts.append((line["before_ore"], line["after_ore"], line["payer_before"]))

    assert amounts[0] == amounts[1]


@pytest.mark.rule("BIL-16a")
async def test_a_payer_that_is_not_there_is_told_by_its_field(given: Given) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        unknown = await previewed(world, LENT, payer="99999", status=404)

    assert (unknown["reason"], unknown["rule"]) == ("UNKNOWN_PAYER", "REF-4")
    assert unknown["field"] == "payer_id"


@pytest.mark.rule("BIL-16a", "REF-18c")
async def test_an_unknown_device_and_one_of_another_region_are_not_there(given: Given) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        unknown = await previewed(world, LENT, NOBODYS, status=404)
        elsewhere = await previewed(world, LENT, status=404, region="bd")

    assert (unknown["reason"], unknown["field"]) == ("UNKNOWN_DEVICE", "devices.1")
    assert (elsewhere["reason"], elsewhere["field"]) == ("UNKNOWN_DEVICE", "devices.0")


@pytest.mark.rule("DAY-2a")
@pytest.mark.parametrize(
    ("from_on", "reason"),
    [("2199-12-31", "DAY_TOO_FAR_AHEAD"), ("1900-01-01", "DAY_TOO_LONG_AGO")],
)
async def test_a_day_out_of_all_reason_is_refused(given: Given, from_on: str, reason: str) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        answer = await previewed(world, LENT, from_on=from_on, status=422)

    assert (answer["reason"], answer["field"]) == (reason, "from_on")


async def test_a_device_that_is_named_twice_is_shown_once(given: Given) -> None:
    async with given(service, at=MAY_12) as world:
        await a_month(world)
        shown = await previewed(world, LENT, LENT)

    assert shown["total_month_ore"] == 31_000
