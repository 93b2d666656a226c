"""BIL-8c: what is stolen, lost or damaged is charged as was decided, until that is changed."""

from collections.abc import AsyncIterator

import pytest
from billing.app import service
from billing.ledger.models import LedgerEntryRow
from billing.models import ChargeRow, InvoiceRow
from kvitt_contracts.billing import ChargeCancelled, ChargeRaisedV2
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import a_damage_recorded, a_day_closed
from contracts.tests.builders.region_sales import in_use
from contracts.tests.builders.story import DAY, OTHER_PAYER, PAYER, ROLLATOR, a_patient
from services.billing.tests.builders import a_device, with_accounts

NOON = stockholm("2026-03-02 12:00")


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A device, of a region with accounts."""
    async with given(service, at=NOON, policies=with_accounts(policies)) as world:
        await world.handle(a_device("170098"))
        yield world


async def owed(world: World) -> list[tuple[str, int]]:
    """What is owed by now, by kind and amount."""
    rows = [row for row in await world.rows(ChargeRow) if row.status == "raised"]
    return [(row.kind, row.amount.net_ore) for row in rows]


@pytest.mark.rule("BIL-8c")
@pytest.mark.parametrize(
    ("kind", "called"),
    [
        ("damaged", "damaged_device"),
        ("stolen", "stolen_device"),
        ("lost", "missing_device"),
    ],
)
async def test_what_was_decided_is_charged_to_the_unit_on_the_day_on_which_it_happened(
    world: World, kind: str, called: str
) -> None:
    await world.handle(a_damage_recorded(kind=kind))
    assert await owed(world) == []

    await world.handle(a_damage_recorded(kind=kind, outcome="unit_pays", net_ore=120_000))

    (raised,) = await world.events(ChargeRaisedV2)
    assert (raised.kind, raised.amount.net_ore, raised.charged_on) == (called, 120_000, DAY)
    assert raised.article_number == ROLLATOR
    assert raised.payer.kind == "unit"
    assert raised.payer.payer_id == PAYER
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-8c")
async def test_the_patient_is_charged_where_that_was_decided(world: World) -> None:
    await world.handle(a_damage_recorded(outcome="patient_pays", net_ore=50_000))

    (raised,) = await world.events(ChargeRaisedV2)
    assert raised.payer.kind == "patient"
    assert raised.payer.person == a_patient().person


@pytest.mark.rule("BIL-8c")
async def test_what_is_decided_anew_takes_back_what_was_charged(world: World) -> None:
    await world.handle(a_damage_recorded(outcome="unit_pays", net_ore=120_000))
    await world.handle(a_damage_recorded(outcome="unit_pays", net_ore=120_000))
    assert len(await world.events(ChargeRaisedV2)) == 1

    await world.handle(a_damage_recorded(outcome="unit_pays", net_ore=90_000))
    assert await owed(world) == [("damaged_device", 90_000)]
    await world.handle(a_damage_recorded(outcome="withdrawn"))

    assert await owed(world) == []
    reasons = [one.reason for one in await world.events(ChargeCancelled)]
    assert reasons == ["DECIDED_ANEW", "DECIDED_ANEW"]
    entered = [
        line.debit_ore - line.credit_ore
        for row in await world.rows(LedgerEntryRow)
        for line in row.lines
        if line.account == "3990"
    ]
    assert (len(entered), sum(entered)) == (4, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-8c")
async def test_another_days_damage_keeps_its_charge(world: World) -> None:
    await world.handle(a_damage_recorded(outcome="unit_pays", net_ore=120_000))

    await world.handle(
        a_damage_recorded(outcome="unit_pays", net_ore=70_000, happened_on="2026-02-20")
    )
    await world.handle(a_damage_recorded(outcome="nobody_pays"))

    assert await owed(world) == [("damaged_device", 70_000)]


@pytest.mark.rule("BIL-8c")
async def test_what_is_found_is_not_owed_but_a_damage_is(world: World) -> None:
    await world.handle(a_damage_recorded(kind="stolen", outcome="unit_pays", net_ore=300_000))
    await world.handle(a_damage_recorded(kind="damaged", outcome="unit_pays", net_ore=40_000))

    await world.handle(in_use())

    assert await owed(world) == [("damaged_device", 40_000)]


@pytest.mark.rule("BIL-8c", "BIL-17a", "BIL-17c")
async def test_an_invoiced_damage_is_explained_and_credited_when_it_is_decided_anew(
    world: World,
) -> None:
    await world.handle(a_damage_recorded(outcome="unit_pays", net_ore=120_000))
    await month_closed(world, "2026-03-31")
    (invoice,) = await world.rows(InvoiceRow)
    assert (invoice.net_ore, invoice.lines[0].kind) == (120_000, "damaged_device")
    await world.handle(
        a_damage_recorded(
            outcome="unit_pays",
            net_ore=120_000,
            payer={"kind": "unit", "payer_id": OTHER_PAYER},
        )
    )
    await month_closed(world, "2026-04-30")

    issued = {row.is_credit: row for row in await world.rows(InvoiceRow) if row.month == "2026-04"}
    assert (issued[True].net_ore, issued[False].net_ore) == (-120_000, 120_000)
    assert issued[False].payer.payer_id == OTHER_PAYER
    async with world.http() as client:
        charged = (await client.get(f"/invoices/{invoice.id}/lines/1:explain")).json()
        credited = (await client.get(f"/invoices/{issued[True].id}/lines/1:explain")).json()
    said = {step["rule"]: step["said"] for step in charged["steps"]}
    assert said["BIL-8c"].startswith("Beloppet är det som kundtjänst beslutade")
    assert {"Skada på hjälpmedel, artikel 30012, 2 mars 2026."} <= {
        step["said"] for step in charged["steps"]
    }
    assert "Kundtjänst har beslutat något annat, eller hjälpmedlet är hittat." in {
        step["said"] for step in credited["steps"]
    }


async def month_closed(world: World, day: str) -> None:
    """The month ends, and is invoiced."""
    await world.handle(a_day_closed(day))
    await world.advance(stockholm(f"{day} 23:59"))
    await world.fire_timers()
