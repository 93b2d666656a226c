"""INV-15 on real PostgreSQL: what is stolen, lost or damaged, and who pays for that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import Claim, ClaimKind, DeviceStatus
from inventory.devices.models import DamageNoteRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    CustodyChanged,
    DeviceDamageRecorded,
    DeviceStatusChanged,
    HoldBroken,
)
from kvitt_contracts.types import Role
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_requested
from contracts.tests.builders.orders import a_customer_registered, a_person_registered
from contracts.tests.builders.regions import (
    a_damage,
    a_decision,
    a_device_on_loan_stated,
    a_device_returned,
    a_store_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    OTHER_PAYER,
    OUTSIDER,
    OWN,
    PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_patient,
    a_store,
    device_id,
)
from services.inventory.tests.stocktaking.rounds import INVESTIGATION, finding
from services.inventory.tests.worlds import balance, device, refusal

CARE = (Role.PRESCRIBER,)
LENT, IN_STORE = "170001", "170098"
ON = "2026-03-19"
SUM = {"net_ore": 120_000, "vat_percent": 25}
UNIT: dict[str, Any] = {"outcome": "unit_pays", "payer_id": PAYER, "amount": SUM}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator that SENDER has lent, and one in their unit's store; it is the 20th."""
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(
            a_store_stated(INVESTIGATION, "investigation"), a_customer_registered(SENDING)
        )
        await world.handle_all(a_device_on_loan_stated(LENT, customer_id=SENDING))
        await world.handle_all(rollators_received(IN_STORE))
        await world.register(SENDER, roles=CARE, service_points=[SENDING])
        await world.register(OUTSIDER, roles=CARE, service_points=["40999"])
        await world.register(SERVICE)
        yield world


@pytest.mark.rule("INV-15a")
async def test_what_has_happened_is_recorded_on_the_device_with_what_was_decided(
    world: World,
) -> None:
    await world.handle(a_damage(LENT, happened_on=ON))
    await world.handle(a_decision(LENT, happened_on=ON, **UNIT))

    told = await world.events(DeviceDamageRecorded)
    assert [one.outcome for one in told] == ["undecided", "unit_pays"]
    (damage,) = (await device(world, LENT)).damages
    assert (damage.kind, damage.happened_on.day, damage.outcome) == ("damaged", 19, "unit_pays")
    assert damage.amount is not None
    assert damage.amount.net_ore == 120_000
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-15b")
async def test_what_is_damaged_stays_where_it_is(world: World) -> None:
    before = (await device(world, LENT)).custody

    await world.handle(a_damage(LENT, happened_on=ON))

    found = await device(world, LENT)
    assert (found.custody, found.claim, found.status) == (before, None, DeviceStatus.IN_USE)


@pytest.mark.rule("INV-15b")
@pytest.mark.parametrize("kind", ["stolen", "lost"])
async def test_what_is_stolen_or_lost_leaves_its_holder_and_is_searched_for(
    world: World, kind: str
) -> None:
    await world.handle(a_damage(LENT, kind, happened_on=ON))

    found = await device(world, LENT)
    assert found.custody.holder == a_store(INVESTIGATION)
    assert (found.custody.payer_id, found.custody.since.day) == (None, 19)
    assert found.status is DeviceStatus.LOST
    assert found.claim == Claim(kind=ClaimKind.INVESTIGATION, by=device_id(LENT))
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)
    (changed,) = [one for one in await world.events(CustodyChanged) if one.cause.damage]
    assert (changed.cause.damage, changed.before.holder) == (kind, a_patient())
    for name in ("custody", "balances"):
        assert await found_by(world, name) == []
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-15b", "BMB-12d")
async def test_a_stolen_device_leaves_the_transfer_that_held_it(world: World) -> None:
    await world.handle(a_transfer_requested(LENT))

    await world.handle(a_damage(LENT, "stolen", happened_on=ON))

    assert [one.reason for one in await world.events(HoldBroken)] == ["LOST"]


@pytest.mark.rule("INV-15b", "PHY-1d")
@pytest.mark.parametrize("store", [OWN, INVESTIGATION])
async def test_what_is_stolen_is_found_and_not_returned(world: World, store: str) -> None:
    await world.handle(a_damage(LENT, "stolen", happened_on=ON))
    before = (await device(world, LENT)).custody

    refused = await refusal(world.handle(a_device_returned(LENT, store=store, on="2026-03-20")))

    assert (refused.reason, refused.rule, refused.field) == (
        "NOT_ON_LOAN",
        "INV-7",
        "device_number",
    )
    assert "hittat" in refused.way_on
    assert (await device(world, LENT)).custody == before


@pytest.mark.rule("INV-15b")
async def test_what_is_stolen_from_a_store_leaves_its_balance_and_comes_back_when_it_is_found(
    world: World,
) -> None:
    await world.handle(a_damage(IN_STORE, "stolen", happened_on="2026-03-20"))
    await world.handle(a_decision(IN_STORE, "stolen", **{**UNIT, "happened_on": "2026-03-20"}))
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)

    await world.handle(finding(IN_STORE, on=stockholm("2026-03-20 08:00").date()))

    found = await device(world, IN_STORE)
    assert (found.claim, found.status) == (None, DeviceStatus.IN_USE)
    assert [(one.outcome, one.payer, one.amount) for one in found.damages] == [
        ("found", None, None)
    ]
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    in_use = (await world.events(DeviceStatusChanged))[-1]
    assert (in_use.kind, in_use.cause, in_use.cause_id) == ("in_use", "damage", None)
    assert (await world.events(CustodyChanged))[-1].cause.damage == "found"
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-15c")
async def test_customer_service_decides_at_once_or_anew_and_says_nothing_twice(
    world: World,
) -> None:
    await world.handle(a_damage(LENT, happened_on=ON, by=SERVICE, **UNIT))
    await world.handle(a_decision(LENT, happened_on=ON, **UNIT))
    patient: dict[str, Any] = {"outcome": "patient_pays", "amount": SUM}
    await world.handle(a_decision(LENT, happened_on=ON, **patient))
    await world.handle(a_decision(LENT, happened_on=ON, outcome="withdrawn"))

    told = await world.events(DeviceDamageRecorded)
    assert [one.outcome for one in told] == ["unit_pays", "patient_pays", "withdrawn"]
    assert told[1].payer is not None
    assert told[1].payer.kind == "patient"
    assert told[1].payer.person == a_patient().person
    assert (told[2].payer, told[2].amount) == (None, None)
    await assert_rows_are_folds(world)


async def test_the_patient_who_had_it_pays_for_what_was_stolen_from_them(world: World) -> None:
    await world.handle(a_damage(LENT, "stolen", happened_on=ON))

    await world.handle(a_decision(LENT, "stolen", "patient_pays", happened_on=ON, amount=SUM))

    (*_, told) = await world.events(DeviceDamageRecorded)
    assert told.payer is not None
    assert told.payer.kind == "patient"
    assert told.payer.person == a_patient().person


async def nothing(world: World) -> None:
    pass


async def damaged(world: World) -> None:
    await world.handle(a_damage(LENT, happened_on=ON))


async def stolen(world: World) -> None:
    await world.handle(a_damage(LENT, "stolen", happened_on=ON))


async def found_again(world: World) -> None:
    await stolen(world)
    await world.handle(finding(LENT, on=stockholm("2026-03-20 08:00").date()))


def report(kind: str = "damaged", device: str = LENT, **changes: Any) -> Any:
    return a_damage(device, kind, **{"happened_on": ON, **changes})


def by_service(**changes: Any) -> Any:
    return report(by=SERVICE, **{**UNIT, **changes})


def decided(kind: str = "damaged", **changes: Any) -> Any:
    return a_decision(LENT, kind, **{"happened_on": ON, **UNIT, **changes})


@pytest.mark.rule("INV-15a", "INV-15c")
@pytest.mark.parametrize(
    ("before", "asked", "reason", "rule", "field"),
    [
        (nothing, report(device="999999"), "UNKNOWN_DEVICE", "INV-5", "device_number"),
        (nothing, report(by=OUTSIDER), "UNKNOWN_DEVICE", "INV-5", "device_number"),
        (nothing, report("worn"), "UNKNOWN_KIND", "INV-15", "kind"),
        (nothing, report(happened_on="2026-03-21"), "DAY_IN_THE_FUTURE", "DAY-1", "happened_on"),
        (damaged, report(), "ALREADY_RECORDED", "INV-15", "happened_on"),
        (nothing, report(**UNIT), "CUSTOMER_SERVICE_ONLY", "INV-15", "outcome"),
        (nothing, report(amount=SUM), "NOBODY_PAYS_THAT", "INV-15", "amount"),
        (nothing, by_service(outcome="found"), "UNKNOWN_OUTCOME", "INV-15", "outcome"),
        (nothing, by_service(payer_id="99999"), "UNKNOWN_PAYER", "REF-4", "payer_id"),
        (nothing, by_service(payer_id=OTHER_PAYER), "UNKNOWN_PAYER", "REF-4", "payer_id"),
        (nothing, by_service(payer_id=None), "PAYER_MISSING", "INV-15", "payer_id"),
        (nothing, by_service(outcome="patient_pays"), "PAYER_NOT_A_PATIENT", "INV-15", "payer_id"),
        (nothing, by_service(amount=None), "AMOUNT_MISSING", "INV-15", "amount"),
        (nothing, by_service(amount={"net_ore": 0}), "AMOUNT_OUT_OF_BOUNDS", "INV-15", "amount"),
        (nothing, by_service(amount={"net_ore": -1}), "AMOUNT_OUT_OF_BOUNDS", "INV-15", "amount"),
        (
            nothing,
            by_service(amount={"net_ore": 100_000_001}),
            "AMOUNT_OUT_OF_BOUNDS",
            "INV-15",
            "amount",
        ),
        (nothing, decided(), "NOT_RECORDED", "INV-15", "happened_on"),
        (damaged, decided(outcome="undecided"), "UNKNOWN_OUTCOME", "INV-15", "outcome"),
        (stolen, report("lost", by=SERVICE), "ALREADY_MISSING", "INV-10", "device_number"),
        (stolen, decided("stolen", outcome="withdrawn"), "FIND_IT_INSTEAD", "INV-15", "outcome"),
        (found_again, decided("stolen"), "FOUND_AGAIN", "INV-15", "outcome"),
        (
            nothing,
            report("lost", happened_on="2026-03-01"),
            "HAPPENED_BEFORE_IT_CAME",
            "DAY-5",
            "happened_on",
        ),
    ],
)
async def test_what_cannot_be_recorded_or_decided_is_refused_with_field_rule_and_way_on(
    world: World, before: Any, asked: Any, reason: str, rule: str, field: str
) -> None:
    await before(world)
    earlier: list[Event] = await world.events()

    refused = await refusal(world.handle(asked))

    assert (refused.reason, refused.rule, refused.field) == (reason, rule, field)
    assert refused.way_on
    assert await world.events() == earlier


async def test_no_patient_pays_for_what_stood_in_a_store(world: World) -> None:
    refused = await refusal(
        world.handle(
            a_damage(
                IN_STORE,
                "damaged",
                by=SERVICE,
                happened_on=ON,
                outcome="patient_pays",
                amount=SUM,
            )
        )
    )

    assert (refused.reason, refused.field) == ("NO_PATIENT_HAD_IT", "outcome")


async def test_a_region_without_an_investigation_store_is_told_to_add_one(given: Given) -> None:
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle(a_device_on_loan_stated(LENT))
        await world.register(SENDER, roles=CARE, service_points=[SENDING])

        refused = await refusal(world.handle(report("lost")))

    assert (refused.reason, refused.rule) == ("NO_INVESTIGATION_STORE", "INV-10")


@pytest.mark.rule("INV-15a")
async def test_the_card_and_the_story_tell_it_and_the_note_is_read_by_who_had_the_device(
    world: World,
) -> None:
    said = {"kind": "damaged", "happened_on": ON, "note": "Tappad i trappan."}
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        answer = await client.post(f"/devices/{device_id(LENT)}:report-damage", json=said)
        assert answer.status_code == 200, answer.text
        decided_by_unit = await client.post(
            f"/devices/{device_id(LENT)}:decide-damage",
            json={"kind": "damaged", "happened_on": ON, "outcome": "nobody_pays"},
        )
        assert decided_by_unit.status_code == 403
        waiting = (await client.get("/devices?undecided=true")).json()["items"]
        assert [one["device_number"] for one in waiting] == [LENT]
    async with world.http(user=SERVICE, roles=(Role.CUSTOMER_SERVICE,)) as client:
        answer = await client.post(
            f"/devices/{device_id(LENT)}:decide-damage",
            json={"kind": "damaged", "happened_on": ON, **UNIT},
        )
        assert answer.status_code == 200, answer.text
        (shown,) = (await client.get(f"/devices/{device_id(LENT)}")).json()["damages"]
        story = (await client.get(f"/devices/{device_id(LENT)}/story")).json()["items"]
        assert (await client.get("/devices?undecided=true")).json()["items"] == []
    assert (shown["outcome"], shown["paid_by"], shown["payer_id"]) == ("unit_pays", "unit", PAYER)
    assert shown["note"] == said["note"]
    assert story[-1]["summary"] == (
        f"Skadat 19 mars 2026: {PAYER} betalar 1\N{NO-BREAK SPACE}200,00 kr."
    )
    assert story[-1]["rule"] == "INV-15"
    (note,) = await world.rows(DamageNoteRow)
    assert note.note == said["note"]
    assert said["note"] not in str(await world.events())


async def test_whoever_has_the_device_later_reads_no_note_of_before(world: World) -> None:
    said = {"kind": "damaged", "happened_on": ON, "note": "Tappad i trappan."}
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        await client.post(f"/devices/{device_id(IN_STORE)}:report-damage", json=said)
    await world.register("k999own", roles=CARE, service_points=[SENDING])
    async with world.http(user="k999own", roles=CARE, service_points=[SENDING]) as client:
        (shown,) = (await client.get(f"/devices/{device_id(IN_STORE)}")).json()["damages"]

    assert (shown["outcome"], shown["note"]) == ("undecided", None)
