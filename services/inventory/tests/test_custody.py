"""The time machine: who had a device, who paid and who prescribed it on any day, by the table and
by the events replayed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory.custody.domain import Entry, Span, differing, life, on_day
from kvitt_chassis.web.problems import MEDIA_TYPE
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import Message
from kvitt_contracts.inventory import Custody, CustodyChanged, DeviceRegistered
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PayerId, Role
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import World, stockholm
from sqlalchemy import text

from contracts.tests.builders.bmb import a_transfer_accepted, a_transfer_requested
from contracts.tests.builders.orders import (
    a_device_line,
    a_person_protection_changed,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
)
from contracts.tests.builders.story import (
    DAY,
    OUTSIDER,
    OWN,
    PAYER,
    RECEIVER,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    a_patient,
    a_store,
    device_id,
    order_id,
    person,
    transfer_id,
)

MARCH_2, MARCH_20 = date(2026, 3, 2), date(2026, 3, 20)


async def asked(world: World, query: str = "", *, number: str = "170098", **who: Any) -> Any:
    """What the time machine answers."""
    async with world.http(**who) as client:
        answer = await client.get(f"/devices/{device_id(number)}/custody{query}")
    return answer.json()


async def lent_handed_over_and_returned(world: World) -> None:
    """On loan from 2 March, by a transfer another payer's from the 5th, back on the 10th."""
    await world.handle_all(a_device_on_loan_stated(customer_id=SENDING), a_transfer_requested())
    await world.handle(a_transfer_accepted(new_prescriber=RECEIVER, effective_on=date(2026, 3, 5)))
    await world.advance(stockholm("2026-03-10 08:00"))
    await world.handle(a_device_returned(on="2026-03-10"))


@pytest.mark.rule("INV-5m")
@pytest.mark.parametrize(
    ("day", "payer", "prescriber", "cause"),
    [
        ("2026-03-02", PAYER, SENDER, "stated"),
        ("2026-03-04", PAYER, SENDER, "stated"),
        ("2026-03-05", RECEIVING_PAYER, RECEIVER, "transfer"),
        ("2026-03-09", RECEIVING_PAYER, RECEIVER, "transfer"),
        ("2026-03-10", None, None, "return"),
        ("2026-09-01", None, None, "return"),
    ],
)
async def test_a_day_tells_who_paid_and_prescribed_and_what_made_it_so(
    world: World, day: str, payer: str | None, prescriber: str | None, cause: str
) -> None:
    await lent_handed_over_and_returned(world)

    told = await asked(world, f"?on={day}")

    assert (told["on"], told["payer_id"], told["prescriber"]) == (day, payer, prescriber)
    assert told["holder"] == (
        {"kind": "store", "store": OWN}
        if payer is None
        else {"kind": "patient", "person": str(person())}
    )
    assert told["cause"]["kind"] == cause
    assert told["cause"]["transfer_id"] == (str(transfer_id()) if cause == "transfer" else None)
    assert told["answered_from"] == "table"


@pytest.mark.rule("INV-5m")
async def test_a_change_names_its_event(world: World) -> None:
    await lent_handed_over_and_returned(world)
    log = await events_of(world)

    whole = await asked(world)
    one_day = await asked(world, "?on=2026-03-07")

    assert [item["event_id"] for item in whole["items"]] == [event_id for event_id, _ in log]
    assert one_day["event_id"] == log[1][0]
    assert [(item["from_day"], item["to_day"]) for item in whole["items"]] == [
        ("2026-03-02", "2026-03-05"),
        ("2026-03-05", "2026-03-10"),
        ("2026-03-10", None),
    ]


@pytest.mark.rule("INV-5m")
async def test_an_order_and_a_corrected_return_are_told_as_what_they_were(world: World) -> None:
    await world.handle_all(
        a_device_in_store_stated(stated_on="2026-02-20"), a_withdrawal_placed(a_device_line())
    )
    await world.advance(stockholm("2026-03-20 08:00"))
    await world.handle_all(a_device_returned(on="2026-03-05"), a_device_returned(on="2026-03-09"))

    told = (await asked(world))["items"]

    assert [(item["from_day"], item["cause"]["kind"]) for item in told] == [
        ("2026-02-20", "registered"),
        ("2026-03-02", "order"),
        ("2026-03-05", "correction"),
        ("2026-03-09", "return"),
    ]
    assert told[1]["cause"]["order_id"] == str(order_id())


@pytest.mark.rule("INV-5m")
async def test_a_day_before_the_device_was_known_has_no_answer(world: World) -> None:
    await world.handle(a_device_on_loan_stated())

    async with world.http() as client:
        before = await client.get(f"/devices/{device_id()}/custody?on=2026-03-01")
        no_days = [
            await client.get(f"/devices/{device_id()}/custody?on={value}")
            for value in ("tomorrow", "20260302", "0", "2026-02-30")
        ]
        nobodys = await client.get(f"/devices/{device_id('170000')}/custody")

    assert (before.status_code, before.json()["reason"]) == (404, "UNKNOWN_CUSTODY")
    assert (before.json()["field"], before.headers["content-type"]) == ("on", MEDIA_TYPE)
    assert {answer.status_code for answer in no_days} == {422}
    assert (nobodys.status_code, nobodys.json()["reason"]) == (404, "UNKNOWN_DEVICE")


@pytest.mark.rule("REF-19e")
async def test_the_time_at_a_protected_person_is_told_to_the_units_concerned_alone(
    world: World,
) -> None:
    await lent_handed_over_and_returned(world)
    await world.handle(a_person_protection_changed(is_protected=True))

    staff: Any = {"user": OUTSIDER, "roles": (Role.CUSTOMER_SERVICE,)}
    shown = await asked(world, **staff)
    on_the_day = await asked(world, "?on=2026-03-07", **staff)
    from_events = await asked(world, "?answer_from=events", **staff)

    assert [item["from_day"] for item in shown["items"]] == ["2026-03-10"]
    assert on_the_day["reason"] == "UNKNOWN_CUSTODY"
    assert from_events["items"] == shown["items"]


async def events_of(world: World, number: str = "170098") -> list[tuple[str, Any]]:
    """A device's events with their ids, in order, as the log has them."""
    query = text(
        "SELECT event_id, seq FROM events WHERE topic = 'inventory.devices' AND key = :key"
        " ORDER BY seq"
    )
    async with world.worker.reading() as session:
        found = await session.execute(query, {"key": str(device_id(number))})
        return [(str(row.event_id), row.seq) for row in found]


# -- the table and the events say the same -------------------------------------------------------


async def a_random_act(world: World, chance: Random, number: str, counted: int) -> None:
    """Something that may happen to a device; what its rules refuse does not happen."""
    today = stockholm_day(await world.now())
    back = today - timedelta(days=chance.choice([0, 0, 1, 3, 8]))
    transfer, order = f"BMB-{number}-{counted}", f"O-{number}-{counted}"
    match chance.randrange(5):
        case 0:
            await world.handle(a_device_returned(number, on=back))
        case 1:
            line = a_device_line(number, order=order)
            await world.handle(a_withdrawal_placed(line, reference=order, placed_on=today))
        case 2 | 3:
            later = today + timedelta(days=chance.choice([0, 0, 2, 5]))
            payer = chance.choice([PAYER, RECEIVING_PAYER, "20499"])
            await world.handle_all(
                a_transfer_requested(number, transfer=transfer),
                a_transfer_accepted(
                    number,
                    transfer=transfer,
                    payer_id=payer,
                    new_prescriber=chance.choice([SENDER, RECEIVER, OUTSIDER]),
                    effective_on=later,
                ),
            )
        case _:
            await world.advance(
                stockholm(f"{today + timedelta(days=chance.choice([1, 2, 4]))} 08:00")
            )


async def payers_by_events(world: World, number: str) -> dict[date, PayerId | None]:
    """Who pays from each day, told by nothing but the device's events in their order."""
    payers: dict[date, PayerId | None] = {}
    events: list[Message] = await world.events(key=device_id(number))
    for event in events:
        match event:
            case DeviceRegistered():
                payers[event.registered_on] = None
            case CustodyChanged(custody=custody):
                payers[custody.since] = custody.payer_id
    return payers


@pytest.mark.rule("INV-5m")
@pytest.mark.parametrize("seed", range(6))
async def test_table_and_events_tell_the_same_of_every_day_of_random_lives(
    world: World, seed: int
) -> None:
    chance, numbers = Random(seed), ["170001", "170002", "170003"]
    await world.handle_all(*[a_device_in_store_stated(number) for number in numbers])
    for counted in range(24):
        try:
            await a_random_act(world, chance, chance.choice(numbers), counted)
        except Refused:
            continue

    for number in numbers:
        payers = await payers_by_events(world, number)
        whole = [await asked(world, f"?answer_from={one}", number=number) for one in SOURCES]
        assert whole[0]["items"] == whole[1]["items"], f"seed {seed}, {number}"
        assert len(whole[0]["items"]) == len(payers)
        days = days_between(DAY, stockholm_day(await world.now()) + timedelta(days=3))
        for day in chance.sample(days, min(5, len(days))):
            told = [
                await asked(world, f"?on={day}&answer_from={one}", number=number) for one in SOURCES
            ]
            assert told[0] | {"answered_from": ""} == told[1] | {"answered_from": ""}
            assert told[0]["payer_id"] == payers[max(one for one in payers if one <= day)]
    assert await found_by(world, "custody") == []


SOURCES = ("table", "events")


def days_between(first: date, last: date) -> Sequence[date]:
    """Every day from the first one to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


ENTRIES = st.lists(
    st.tuples(st.dates(MARCH_2, MARCH_20), st.sampled_from([PAYER, RECEIVING_PAYER, None])),
    min_size=1,
    max_size=8,
).map(
    lambda told: [
        Entry(number=number, custody=a_custody_of(payer, since=since))
        for number, (since, payer) in enumerate(told, start=1)
    ]
)


def a_custody_of(payer: str | None, *, since: date) -> Custody:
    """With a patient where somebody pays, else in a store."""
    if payer is None:
        return Custody(holder=a_store(), since=since)
    return Custody(holder=a_patient(), payer_id=PayerId(payer), since=since)


@pytest.mark.rule("INV-5m")
@given(entries=ENTRIES, day=st.dates(MARCH_2, MARCH_20))
def test_a_day_is_as_the_latest_change_that_had_begun_by_then_made_it(
    entries: list[Entry], day: date
) -> None:
    begun = [entry for entry in entries if entry.custody.since <= day]
    latest = max((entry.custody.since, entry.number) for entry in begun) if begun else None

    span = on_day(life(entries), day)

    assert (span and (span.entry.custody.since, span.entry.number)) == latest


@given(entries=ENTRIES, place=st.integers(0, 7))
def test_what_is_told_otherwise_is_named_by_field_and_day(entries: list[Entry], place: int) -> None:
    told = life(entries)
    changed = [*told]
    place %= len(told)
    before = told[place].entry
    custody = before.custody.model_copy(update={"payer_id": PayerId("20999")})
    entry = Entry(number=before.number, custody=custody)
    changed[place] = Span(start=told[place].start, end=told[place].end, entry=entry)

    assert differing(told, told) == ()
    assert differing(told, changed) == (f"payer_id@{told[place].start}",)
    assert differing(told, [one for one in told if one is not told[place]])
