"""INV-5g on real PostgreSQL: what people write on a device's card, and who reads it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest
from inventory.app import service
from inventory.devices.models import DeviceNoteRow
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import a_customer_registered, a_person_registered
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    OTHER_PATIENT,
    OUTSIDER,
    RECEIVER,
    SENDER,
    SENDING,
    SERVICE,
    device_id,
)

CARE: Final = (Role.PRESCRIBER,)
LENT, IN_STORE, PROTECTED = "170001", "170098", "170002"
NOW: Final = stockholm("2026-03-20 08:00")
TEXT: Final = "Vänster broms tar i lite."
ANNA: Final[dict[str, Any]] = {"user": SENDER, "roles": CARE, "service_points": [SENDING]}
COLLEAGUE: Final[dict[str, Any]] = {"user": RECEIVER, "roles": CARE, "service_points": [SENDING]}
STRANGER: Final[dict[str, Any]] = {"user": OUTSIDER, "roles": CARE, "service_points": ["40999"]}
STAFF: Final[dict[str, Any]] = {"user": SERVICE, "roles": (Role.CUSTOMER_SERVICE,)}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator that SENDER has lent, one at a protected person, and one in their unit's store."""
    async with given(service, at=NOW) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(
            a_person_registered(OTHER_PATIENT, is_protected=True), a_customer_registered(SENDING)
        )
        await world.handle_all(
            a_device_on_loan_stated(LENT, customer_id=SENDING),
            a_device_on_loan_stated(PROTECTED, person=OTHER_PATIENT, customer_id=SENDING),
            rollators_received(IN_STORE),
        )
        yield world


async def written(
    world: World, text: str = TEXT, *, on: str = LENT, **who: Any
) -> tuple[int, dict[str, Any]]:
    """What is answered to who writes a note, SENDER if nobody else."""
    async with world.http(**(who or ANNA)) as client:
        answer = await client.post(f"/devices/{device_id(on)}/notes", json={"text": text})
    return answer.status_code, answer.json()


async def done(world: World, note: str, act: str, **who: Any) -> httpx.Response:
    """What is answered to who takes a note away (`hide`) or shows it again (`show`)."""
    async with world.http(**who) as client:
        return await client.post(f"/device-notes/{note}:{act}")


async def read(world: World, on: str = LENT, **who: Any) -> dict[str, Any]:
    """The notes on a device's card, for SENDER if for nobody else."""
    async with world.http(**(who or ANNA)) as client:
        card = (await client.get(f"/devices/{device_id(on)}")).json()
    notes: dict[str, Any] = card["notes"]
    return notes


@pytest.mark.rule("INV-5g")
async def test_a_note_stands_on_the_card_with_who_wrote_it_and_when_and_in_no_event(
    world: World,
) -> None:
    status, first = await written(world)
    await world.advance(to=NOW + timedelta(hours=1))
    _, second = await written(world, "Bromsen är justerad.", **STAFF)

    assert status == 201, first
    assert (first["text"], first["by"]) == (TEXT, SENDER)
    assert first["written_at"].startswith("2026-03-20T07:0")
    for who in (ANNA, COLLEAGUE, STAFF):
        assert await read(world, **who) == {"total": 2, "items": [second, first]}
    assert TEXT not in str(await world.events())


@pytest.mark.rule("INV-5g")
@pytest.mark.parametrize("on", [LENT, IN_STORE])
async def test_who_has_the_device_and_customer_service_write_and_nobody_else(
    world: World, on: str
) -> None:
    answers = [await written(world, on=on, **who) for who in (ANNA, COLLEAGUE, STAFF, STRANGER)]

    assert [status for status, _ in answers] == [201, 201, 201, 404]
    assert (await read(world, on))["total"] == 3


@pytest.mark.rule("INV-5g")
async def test_a_card_says_nothing_where_nobody_has_written(world: World) -> None:
    await written(world)

    assert await read(world, IN_STORE) == {"total": 0, "items": []}


@pytest.mark.rule("INV-5g")
@pytest.mark.parametrize("text", ["", " \n ", "x" * 1_001])
async def test_a_note_is_a_text_of_at_most_a_thousand_characters(world: World, text: str) -> None:
    status, told = await written(world, text)

    assert (status, told["fields"][0]["field"]) == (422, "text")
    assert await written(world, "x" * 1_000) is not None
    assert (await read(world))["total"] == 1


@pytest.mark.rule("INV-5g")
@pytest.mark.parametrize(
    "number",
    ["19121212-9819", "191212129819", "Anna, 1212129819.", "121212  9819", "121212\u20139819"],
)
async def test_a_note_with_a_personal_number_is_refused_with_the_way_on(
    world: World, number: str
) -> None:
    status, told = await written(world, f"Ring {number} först.")

    assert (status, told["reason"]) == (422, "PERSONAL_NUMBER_IN_TEXT")
    assert (told["field"], told["rule"]) == ("text", "INV-5")
    assert "hjälpmedlet" in told["way_on"]
    assert await world.rows(DeviceNoteRow) == []


@pytest.mark.rule("INV-5g")
async def test_a_card_shows_the_last_fifty_and_how_many_there_are(world: World) -> None:
    async with world.http(**ANNA) as client:
        for number in range(52):
            await world.advance(to=NOW + timedelta(minutes=number))
            said = {"text": f"Anteckning {number}"}
            await client.post(f"/devices/{device_id(LENT)}/notes", json=said)

    shown = await read(world)
    assert shown["total"] == 52
    assert [one["text"] for one in shown["items"]] == [
        f"Anteckning {number}" for number in range(51, 1, -1)
    ]


@pytest.mark.rule("INV-5g")
async def test_a_note_is_taken_away_by_its_writer_or_customer_service_alone(world: World) -> None:
    _, hers = await written(world)
    _, another = await written(world, "Ny dyna.")

    refused = await done(world, hers["note_id"], "hide", **COLLEAGUE)
    unseen = await done(world, hers["note_id"], "hide", **STRANGER)
    assert (refused.status_code, refused.json()["reason"]) == (409, "NOT_THE_WRITER")
    assert refused.json()["way_on"]
    assert unseen.status_code == 404
    assert (await read(world))["total"] == 2

    by_writer = await done(world, hers["note_id"], "hide", **ANNA)
    by_staff = await done(world, another["note_id"], "hide", **STAFF)
    assert (by_writer.status_code, by_staff.status_code) == (200, 200)
    assert await read(world) == {"total": 0, "items": []}


@pytest.mark.rule("INV-5g")
async def test_what_is_taken_away_may_be_shown_again_within_a_day_and_is_forgotten_after_it(
    world: World,
) -> None:
    _, note = await written(world)
    hidden = await done(world, note["note_id"], "hide", **ANNA)
    await world.advance(to=NOW + timedelta(hours=23))
    again = await done(world, note["note_id"], "show", **ANNA)
    await world.advance(to=NOW + timedelta(days=3))
    assert (hidden.json()["is_shown"], again.json()) == (False, note)
    assert await read(world) == {"total": 1, "items": [note]}

    await done(world, note["note_id"], "hide", **ANNA)
    await world.advance(to=NOW + timedelta(days=5))
    late = await done(world, note["note_id"], "show", **ANNA)

    assert (late.status_code, late.json()["reason"]) == (404, "UNKNOWN_DEVICE_NOTE")
    assert await world.rows(DeviceNoteRow) == []


@pytest.mark.rule("INV-5g")
async def test_what_customer_service_takes_away_its_writer_does_not_show_again(
    world: World,
) -> None:
    _, note = await written(world)
    await done(world, note["note_id"], "hide", **STAFF)

    refused = await done(world, note["note_id"], "show", **ANNA)
    assert (refused.status_code, refused.json()["reason"]) == (409, "TAKEN_AWAY_BY_OTHERS")
    assert (await done(world, note["note_id"], "show", **STAFF)).status_code == 200
    assert (await read(world))["total"] == 1


@pytest.mark.rule("INV-5g")
async def test_a_note_goes_with_the_device(world: World) -> None:
    _, note = await written(world)
    await world.handle(a_device_returned(LENT, on="2026-03-20"))

    assert await read(world, **STAFF) == {"total": 1, "items": [note]}


@pytest.mark.rule("INV-5g", "REF-19e")
async def test_what_was_written_at_a_protected_person_is_read_by_their_unit_and_its_writer_alone(
    world: World,
) -> None:
    _, then = await written(world, on=PROTECTED)
    await world.advance(to=NOW + timedelta(hours=1))
    await world.handle(a_device_returned(PROTECTED, on="2026-03-20"))
    await world.advance(to=NOW + timedelta(hours=2))
    _, since = await written(world, "Tvättad.", on=PROTECTED, **STAFF)

    assert await read(world, PROTECTED) == {"total": 2, "items": [since, then]}
    assert await read(world, PROTECTED, **COLLEAGUE) == {"total": 2, "items": [since, then]}
    assert await read(world, PROTECTED, **STAFF) == {"total": 1, "items": [since]}
