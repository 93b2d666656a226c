"""CAS-1, ACT-9: what users ask of customer service, on real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import (
    AnswerCase,
    CaseAnswered,
    CaseAsked,
    CaseReminderDue,
    CaseWithdrawn,
    PickupMadeUrgent,
    WithdrawCase,
)
from kvitt_contracts.types import (
    ServicePointId,
    Thing,
    UserId,
    Word,
)
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from orders.app import service
from orders.cases.commands import AskCaseInWords
from orders.cases.domain import Status
from orders.cases.models import CaseRow
from sqlalchemy import update

from contracts.tests.builders.pickups import a_claim_granted
from contracts.tests.builders.regions import a_person_stated
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    PAYER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    case_id,
    device_id,
    order_id,
    pickup_id,
)
from services.orders.tests.cases import (
    ANSWER,
    C1,
    COLLEAGUE,
    MINE,
    OURS,
    STAFF,
    THEIRS,
    WITHDRAW,
    a_place_of_cases,
    a_question,
    asked,
    case,
    refusal,
)
from services.orders.tests.pickups import DEVICES
from services.orders.tests.vault import opened_row
from services.orders.tests.worlds import MONDAY


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient with devices on loan, an order and a pickup, on a Monday; and another unit."""
    async with given(service, at=MONDAY) as world:
        await a_place_of_cases(world)
        yield world


# -- asked ---------------------------------------------------------------------------------------


@pytest.mark.rule("CAS-1a")
@pytest.mark.rule("ACT-9a")
async def test_a_case_is_asked_from_where_it_arises_and_waits(world: World) -> None:
    await asked(world, kind="deviation", about=("order", "ORD-A"))
    await asked(world, "C-2", kind="complaint", about=("device", DEVICES[0]))
    await asked(world, "C-3", kind="urgent", about=("pickup", "H-1"))

    events = await world.events(CaseAsked)
    assert [event.about for event in events] == [
        Thing(kind=Word("order"), id=order_id("ORD-A")),
        Thing(kind=Word("device"), id=device_id(DEVICES[0])),
        Thing(kind=Word("pickup"), id=pickup_id("H-1")),
    ]
    assert (await case(world)).status is Status.WAITING
    await assert_rows_are_folds(world)


@pytest.mark.rule("CAS-1a")
@pytest.mark.parametrize(
    ("about", "field"),
    [
        (("order", "ORD-404"), "about.reference"),
        (("pickup", "H-404"), "about.reference"),
        (("device", "404404"), "about.reference"),
        (("transfer", "BMB-404"), "about.reference"),
        (("person", "ac-person-404"), "about.reference"),
        (("work_order", "W-404"), "about.reference"),
    ],
)
async def test_what_a_case_is_about_must_be_known(
    world: World, about: tuple[str, str], field: str
) -> None:
    unknown = a_question("other", about)

    assert await refusal(world, unknown) == ("UNKNOWN_THING", "CAS-1", field)
    of_who_serves = a_question("other", about, by=UserId(SERVICE))
    assert await refusal(world, of_who_serves) == ("UNKNOWN_THING", "CAS-1", field)


@pytest.mark.rule("CAS-1a")
@pytest.mark.parametrize(
    "about",
    [("order", "ORD-A"), ("pickup", "H-1"), ("device", DEVICES[0]), ("person", "ac-person-1")],
)
async def test_what_another_unit_has_is_answered_as_what_does_not_exist(
    world: World, about: tuple[str, str]
) -> None:
    there = {"service_point": ServicePointId(RECEIVING), "by": UserId(OUTSIDER)}

    theirs = a_question("other", about, **there)
    assert (await refusal(world, theirs))[0] == "UNKNOWN_THING"
    await asked(world, kind="other", about=about)


@pytest.mark.rule("CAS-1a")
async def test_a_case_is_asked_from_a_service_point_of_ones_own(world: World) -> None:
    there = a_question(service_point=ServicePointId(RECEIVING))

    assert await refusal(world, there) == (
        "NOT_CONNECTED_TO_SERVICE_POINT",
        "REF-3",
        "service_point",
    )
    await asked(world, service_point=ServicePointId(RECEIVING), by=UserId(SERVICE))


@pytest.mark.rule("CAS-1b")
@pytest.mark.parametrize(
    ("kind", "about", "said"),
    [
        ("short_delivery", ("pickup", "H-1"), ("DOES_NOT_FIT", "CAS-1", "about.kind")),
        ("urgent", ("device", DEVICES[0]), ("DOES_NOT_FIT", "CAS-1", "about.kind")),
        ("person_missing", ("order", "ORD-A"), ("DOES_NOT_FIT", "CAS-1", "about.kind")),
        ("complaint", None, ("ABOUT_MISSING", "CAS-1", "about")),
        ("other", None, ("TEXT_MISSING", "CAS-1", "text")),
        ("unlock", ("order", "ORD-A"), ("UNKNOWN_WORD", "CAS-1", "kind")),
        ("other", ("invoice", "F-1"), ("UNKNOWN_WORD", "CAS-1", "about.kind")),
    ],
)
async def test_what_a_case_is_about_fits_its_kind(
    world: World, kind: str, about: tuple[str, str] | None, said: tuple[str, str, str]
) -> None:
    assert await refusal(world, a_question(kind, about)) == said


async def test_a_reference_names_one_case(world: World) -> None:
    await asked(world)

    assert await refusal(world, a_question()) == ("ALREADY_ASKED", "CAS-1", "ce_subject")


# -- answered, withdrawn -------------------------------------------------------------------------


@pytest.mark.rule("CAS-1d")
async def test_a_case_is_answered_once(world: World) -> None:
    await asked(world)
    await world.handle(ANSWER, subject="C-1")

    (event,) = await world.events(CaseAnswered)
    assert (event.outcome, event.asked_by, event.by) == ("done", SENDER, SERVICE)
    assert await refusal(world, ANSWER) == ("ALREADY_ANSWERED", "CAS-1", None)
    assert await refusal(world, WITHDRAW) == ("ALREADY_ANSWERED", "CAS-1", None)
    assert ("case_answer", C1) not in await world.timers()
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-22a")
async def test_who_was_missing_is_told_until_it_is_answered(world: World) -> None:
    told: dict[str, Any] = {
        "service_point": ServicePointId(SENDING),
        "by": UserId(SENDER),
        "text": "Tess, 98 år",
    }
    await world.command(AskCaseInWords(kind=Word("person_missing"), **told), target=C1)
    before = (await opened_row(world, CaseRow, C1)).text

    await world.handle(ANSWER, subject="C-1")

    assert (before, (await opened_row(world, CaseRow, C1)).text) == ("Tess, 98 år", None)


@pytest.mark.rule("CAS-1d")
async def test_what_is_asked_of_a_pickup_is_done_with_the_answer(world: World) -> None:
    await world.handle(a_claim_granted())
    await asked(world, kind="urgent", about=("pickup", "H-1"))

    await world.handle(ANSWER, subject="C-1")

    (event,) = await world.events(PickupMadeUrgent)
    assert (event.pickup_id, event.payer_id, event.by) == (pickup_id(), PAYER, SERVICE)


@pytest.mark.rule("CAS-1d")
async def test_what_cannot_be_done_refuses_the_answer(world: World) -> None:
    await asked(world, kind="urgent", about=("pickup", "H-1"))

    assert await refusal(world, ANSWER) == ("WAITING", "PCK-3", None)
    assert await world.events(CaseAnswered) == []
    refused = AnswerCase(outcome=Word("refused"), by=UserId(SERVICE))
    await world.handle(refused, subject="C-1")
    assert await world.events(PickupMadeUrgent) == []


@pytest.mark.rule("CAS-1f")
async def test_who_asked_or_a_colleague_withdraws_a_case(world: World) -> None:
    await asked(world)
    await asked(world, "C-2")

    await world.handle(WITHDRAW, subject="C-1")
    await world.handle(WITHDRAW, subject="C-1")
    await world.handle(WithdrawCase(by=UserId(COLLEAGUE)), subject="C-2")

    assert [event.by for event in await world.events(CaseWithdrawn)] == [SENDER, COLLEAGUE]
    assert await refusal(world, ANSWER) == ("WITHDRAWN", "CAS-1", None)
    await asked(world, "C-3")
    stranger = WithdrawCase(by=UserId(OUTSIDER))
    assert await refusal(world, stranger, "C-3") == ("NOT_YOUR_CASE", "REF-3", "by")


async def test_an_unknown_case_or_answer_is_refused(world: World) -> None:
    await asked(world)
    perhaps = AnswerCase(outcome=Word("perhaps"), by=UserId(SERVICE))

    assert await refusal(world, ANSWER, "C-404") == ("UNKNOWN_CASE", "CAS-1", None)
    assert await refusal(world, perhaps) == ("UNKNOWN_WORD", "CAS-1", "outcome")


# -- time ----------------------------------------------------------------------------------------


@pytest.mark.rule("CAS-1g")
async def test_what_nobody_answers_in_time_is_told_once_and_waits_on(world: World) -> None:
    await asked(world)
    await world.advance(stockholm("2026-03-04 23:00"))
    assert await world.events(CaseReminderDue) == []

    await world.advance(stockholm("2026-03-09 00:00"))

    (event,) = await world.events(CaseReminderDue)
    assert (event.case_id, event.kind) == (C1, "deviation")
    assert (await case(world)).status is Status.WAITING
    await world.handle(ANSWER, subject="C-1")


# -- over HTTP -----------------------------------------------------------------------------------


@pytest.mark.rule("CAS-1c", "CAS-1e")
async def test_over_http_a_case_is_written_answered_and_told(world: World) -> None:
    body = {
        "kind": "other",
        "service_point": SENDING,
        "text": "Kan någon ringa om sängen?",
    }
    async with world.http(**MINE) as client:
        made = await client.post("/cases", json=body)
        assert made.status_code == 201, made.text
        path = f"/cases/{made.json()['case_id']}"
    async with world.http(**STAFF) as client:
        shown = (await client.get(path)).json()
        silent = await client.post(f"{path}:answer", json={"outcome": "refused"})
        blank = await client.post(f"{path}:answer", json={"outcome": "refused", "text": " \n "})
        answer = {"outcome": "refused", "text": "Sängen är redan hämtad."}
        answered = await client.post(f"{path}:answer", json=answer)
    async with world.http(**OURS) as client:
        told = (await client.get(path)).json()
        story = (await client.get(f"{path}/story")).json()
    async with world.http(**THEIRS) as client:
        hidden = await client.get(path)

    assert shown["text"] == body["text"]
    assert (silent.status_code, silent.json()["reason"]) == (422, "TEXT_MISSING")
    assert (blank.status_code, blank.json()["field"]) == (422, "text")
    assert answered.status_code == 200, answered.text
    assert (told["answer"], told["outcome"], told["waits"]) == (answer["text"], "refused", None)
    assert [one["summary"] for one in story["items"]] == [
        f"{SENDER} på {SENDING} frågade kundtjänst.",
        "Kundtjänst svarade: det görs inte.",
    ]
    assert (hidden.status_code, hidden.json()["reason"]) == (404, "UNKNOWN_CASE")
    said: list[CaseAsked | CaseAnswered] = [
        *await world.events(CaseAsked),
        *await world.events(CaseAnswered),
    ]
    for event in said:
        assert event.has_text
        assert "sängen" not in event.model_dump_json().lower()


# -- a patient who moves -------------------------------------------------------------------------


async def test_what_the_next_release_asks_is_listed_by_this_one(world: World) -> None:
    await asked(world)
    async with world.worker.unit() as unit:
        await unit.session.execute(update(CaseRow).values(kind="of_tomorrow"))

    async with world.http(**STAFF) as client:
        (line,) = (await client.get("/cases")).json()["items"]

    assert line["kind"] == "of_tomorrow"


@pytest.mark.rule("CAS-1h")
async def test_those_that_wait_are_listed_the_oldest_first(world: World) -> None:
    await asked(world, "C-1")
    await world.advance(stockholm("2026-03-05 08:00"))
    await asked(world, "C-2", kind="urgent", about=("pickup", "H-1"), by=UserId(COLLEAGUE))
    await asked(world, "C-3")
    await world.handle(ANSWER, subject="C-3")

    async def found(who: dict[str, Any], asking: str = "") -> list[str]:
        async with world.http(**who) as client:
            items = (await client.get(f"/cases{asking}")).json()["items"]
        return [str(one["case_id"]) for one in items]

    first, second, third = (str(case_id(f"C-{number}")) for number in (1, 2, 3))
    assert await found(MINE) == [first, second]
    assert await found(STAFF) == [first, second]
    assert await found(THEIRS) == []
    assert await found(MINE, "?status=answered") == [third]
    assert await found(MINE, "?late=true") == [first]
    assert await found(MINE, "?kind=urgent") == [second]
    assert await found(MINE, f"?asked_by={COLLEAGUE}") == [second]
    assert await found(MINE, f"?about_id={pickup_id()}") == [second]


@pytest.mark.rule("CAS-1i")
async def test_customer_service_answers_what_concerns_a_protected_person(world: World) -> None:
    await asked(world)
    stated = a_person_stated(version=3, protected=True)
    await world.handle(stated, subject="ac-person-1")

    async with world.http(**{**STAFF, "service_points": [OTHER]}) as client:
        (line,) = (await client.get("/cases")).json()["items"]
        thing = await client.get(f"/orders/{line['about']['id']}")

    assert line["case_id"] == str(C1)
    assert thing.status_code == 404
