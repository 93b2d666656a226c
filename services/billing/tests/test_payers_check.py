"""The night's comparison of billing: who pays for a device on each day by its change points, and by
the custody that inventory has told.
"""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from billing.app import service
from billing.rents.domain import days_paid_otherwise, payer_on
from hypothesis import given as random
from hypothesis import strategies as st
from kvitt_contracts.envelope import Event
from kvitt_contracts.topics import INVENTORY_DEVICES
from kvitt_contracts.types import PayerId
from kvitt_testkit.reconciled import SaidBefore, found_by, plant
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import (
    a_device_stated_on_loan,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.story import ROLLATOR, device_id
from services.billing.tests.builders import a_device, a_point, handed_over, lasted, lent, returned

DEVICE = a_device()
TOLD: tuple[Event, ...] = (
    DEVICE,
    *numbered(
        lent(DEVICE, payer="20011", since="2026-05-01"),
        handed_over(DEVICE, payer="20311", since="2026-05-11"),
        returned(DEVICE, since="2026-05-20"),
        lasted(DEVICE, payer="20311", since="2026-05-20"),
        returned(DEVICE, since="2026-05-25"),
    ),
)
KEY = str(DEVICE.device_id)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A device that two payers have had, and whose return was corrected."""
    async with given(service, at=stockholm("2026-06-01 06:00")) as world:
        await world.handle_all(an_article_listed(), an_article_priced(ROLLATOR, 31_000), *TOLD)
        yield world


async def found(world: World, *told: Event) -> list[tuple[str, tuple[str, ...]]]:
    """What the check finds when inventory has said this: keys and days."""
    heard = SaidBefore(*told, key="device_id")
    differences = await found_by(world, "payers", INVENTORY_DEVICES, heard)
    return [(one.key, one.fields) for one in differences]


async def test_change_points_that_are_custodys_are_no_difference(world: World) -> None:
    stated = a_device_stated_on_loan(change=6)
    await world.handle(stated)

    assert await found(world, *TOLD, stated) == []


@pytest.mark.parametrize(
    ("planted", "days"),
    [
        ("'[]'", ("payer_id@2026-05-01", "payer_id@2026-05-11", "payer_id@2026-05-20")),
        (
            """'[{"effective_on": "2026-05-01", "payer_id": "20011", "charging": "rent"},
                 {"effective_on": "2026-05-12", "payer_id": "20311", "charging": "rent"},
                 {"effective_on": "2026-05-25", "payer_id": null, "charging": null}]'""",
            ("payer_id@2026-05-11",),
        ),
        (
            """'[{"effective_on": "2026-05-01", "payer_id": "20011", "charging": "rent"},
                 {"effective_on": "2026-05-11", "payer_id": "20311", "charging": "rent"}]'""",
            ("payer_id@2026-05-25",),
        ),
    ],
    ids=["lost", "a day late", "never ended"],
)
async def test_a_payer_who_is_not_custodys_is_found_with_the_days(
    world: World, planted: str, days: tuple[str, ...]
) -> None:
    await plant(world, f"UPDATE devices SET points = {planted}")

    assert await found(world, *TOLD) == [(KEY, days)]


async def test_a_change_that_billing_never_got_is_found(world: World) -> None:
    more = numbered(lent(DEVICE, payer="20499", since="2026-05-28"), first=6)

    assert await found(world, *TOLD, *more) == [(KEY, ("payer_id@2026-05-28",))]


async def test_a_loan_that_nobody_told_of_is_found(world: World) -> None:
    stated = a_device_stated_on_loan(change=6)
    await world.handle(stated)

    assert await found(world, *TOLD) == [(str(device_id()), ("payer_id@2026-02-02",))]


DAYS = st.dates(date(2026, 5, 1), date(2026, 5, 31))
PAYERS = st.dictionaries(DAYS, st.sampled_from([PayerId("20311"), PayerId("20312"), None]))


@random(here=PAYERS, told=PAYERS, day=DAYS)
def test_payers_agree_on_every_day_where_no_day_is_found(
    here: dict[date, PayerId | None], told: dict[date, PayerId | None], day: date
) -> None:
    points = [a_point(str(since), payer) for since, payer in here.items()]
    custody = [a_point(str(since), payer) for since, payer in told.items()]

    differing = days_paid_otherwise(points, told)

    reached = [one for one in {*here, *told} if one <= day]
    is_found = bool(reached) and max(reached) in differing
    assert is_found is (payer_on(points, day) != payer_on(custody, day))
