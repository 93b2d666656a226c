"""REF-21: who reviews the log reads it, draws samples of it and says what came of them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from kvitt_contracts.access import Grantee
from kvitt_contracts.access.asked import granted_to
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import PersonRef, RegionCode, Role, ServicePointId, UserId, Word
from kvitt_testkit.world import REGION, Given, World
from orders.app import service
from orders.people.domain import Look
from orders.people.models import PersonAccessRow
from orders.reviews.domain import (
    FollowUp,
    Judged,
    Outcome,
    Reason,
    ReviewRefused,
    must_be_a_period,
    must_be_reviewable,
)
from orders.reviews.models import LogReviewRow

from contracts.tests.builders.regions import OLD_WOMAN, a_person_stated
from contracts.tests.builders.story import RECEIVING, SENDER, SENDING
from services.orders.tests.builders import an_identity
from services.orders.tests.worlds import ref_of

ME: Final = "d001dso"
REVIEWER: Final[dict[str, Any]] = {"user": ME, "roles": [Grantee.LOG_REVIEWER]}
NOW: Final = datetime.now(UTC)
YESTERDAY: Final = NOW - timedelta(days=1)
DAY: Final = date(2026, 4, 30)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A region with one person in its registry."""
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        yield world


async def line(
    world: World,
    look: Look = Look.SHOWN,
    *,
    user: str = SENDER,
    unit: str | None = SENDING,
    at: datetime = YESTERDAY,
    reason: str | None = None,
    person: PersonRef | None = None,
) -> str:
    """A line of the log about the person; its id."""
    row = PersonAccessRow(
        region=REGION,
        access_id=uuid4(),
        at=at,
        user_id=UserId(user),
        look=look,
        purpose="display",
        reason=reason,
        unit=ServicePointId(unit) if unit else None,
        act="orders.persons.resolve",
        person=person or await ref_of(world),
    )
    async with world.worker.unit(RegionCode(REGION)) as unit_of_work:
        unit_of_work.session.add(row)
    return str(row.access_id)


async def lines(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    """The lines that a reviewer reads."""
    answer = await client.get("/log-lines", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def readings(world: World) -> list[PersonAccessRow]:
    """What the log says of its own reading, in order."""
    rows = [row for row in await world.rows(PersonAccessRow) if row.look is Look.REVIEWED]
    return sorted(rows, key=lambda row: row.at)


@pytest.mark.rule("REF-18p")
async def test_who_reviews_the_log_has_that_of_their_duty_alone(world: World) -> None:
    await line(world)
    async with world.http(**REVIEWER) as reviewer:
        assert len(await lines(reviewer)) == 1
        assert (await reviewer.get("/orders")).status_code == 403
        assert (await reviewer.get("/person-accesses")).status_code == 403
    for role in (Role.PRESCRIBER, Role.CUSTOMER_SERVICE, Grantee.UNIT_HEAD, Grantee.OPS):
        async with world.http(roles=[role]) as other:
            assert (await other.get("/log-lines")).status_code == 403

    duties = [Word("log_reviewer"), Word("technician")]
    assert granted_to([Role.REQUESTER], duties) == {
        Grantee.REQUESTER,
        Grantee.LOG_REVIEWER,
        Grantee.TECHNICIAN,
    }


@pytest.mark.rule("REF-21f")
async def test_lines_are_read_by_person_user_unit_day_act_and_kind(world: World) -> None:
    other = PersonRef(uuid4())
    shown = await line(world)
    opened = await line(world, Look.OPENED, user="k999xyz", unit=RECEIVING, reason="Larmar nu")
    await line(world, at=NOW - timedelta(days=40), person=other)
    day = stockholm_day(YESTERDAY).isoformat()
    async with world.http(**REVIEWER) as reviewer:
        asked: list[dict[str, Any]] = [
            {"person": str(await ref_of(world)), "first": day},
            {"user_id": SENDER, "first": day, "last": day},
            {"unit": RECEIVING},
            {"look": "opened"},
            {"act": "orders.person.open"},
            {"person": str(other)},
        ]
        found = [[one["line"] for one in await lines(reviewer, **one)] for one in asked]

    assert [set(one) for one in found[:5]] == [{shown, opened}, {shown}, {opened}, {opened}, set()]
    assert len(found[5]) == 1


@pytest.mark.rule("REF-21f")
async def test_reading_the_log_is_logged_and_a_line_says_who_it_was_when_it_is_looked_at(
    world: World,
) -> None:
    one = await line(world, Look.OPENED, reason="Respiratorn larmar, akut.")
    ref = await ref_of(world)
    async with world.http(**REVIEWER) as reviewer:
        listed = await lines(reviewer)
        found = await reviewer.post(
            "/log-lines:find", json={"identity": an_identity().model_dump(mode="json")}
        )
        seen = (await reviewer.post(f"/log-lines/{one}:look")).json()
        missing = await reviewer.post(f"/log-lines/{uuid4()}:look")

    assert "name" not in listed[0]
    assert "reason" not in listed[0]
    assert found.json() == {"person": str(ref)}
    assert seen["number"] == OLD_WOMAN
    assert seen["reason"].startswith("Respiratorn")
    assert missing.status_code == 404
    logged = await readings(world)
    assert [row.person for row in logged] == [None, ref, ref]
    assert {(row.user_id, row.purpose) for row in logged} == {(ME, "log_review")}
    async with world.http(**REVIEWER) as reviewer:
        assert len(await lines(reviewer)) == 1  # reading it is no line to review
        assert len(await lines(reviewer, look="reviewed")) == 4


@pytest.mark.rule("REF-21f")
async def test_that_a_line_was_reviewed_is_registered_once_for_each_time(world: World) -> None:
    one = await line(world)
    await line(world)
    into = {"outcome": "look_into", "follow_up": "ask_unit_head", "case_number": "HSN 2026/114"}
    async with world.http(**REVIEWER) as reviewer:
        first = await reviewer.post(f"/log-lines/{one}:review", json=into)
        again = await reviewer.post(f"/log-lines/{one}:review", json={"outcome": "in_order"})
        free = {"outcome": "in_order", "case_number": f"Anna {OLD_WOMAN}"}
        refused = await reviewer.post(f"/log-lines/{one}:review", json=free)
        reviewed = await lines(reviewer, reviewed=True)
        left = await lines(reviewer, reviewed=False)

    assert first.status_code == 200, first.text
    assert first.json()["follow_up"] == "ask_unit_head"
    assert again.json()["outcome"] == "in_order"
    assert refused.status_code == 422
    assert [found["review"]["outcome"] for found in reviewed] == ["in_order"]
    assert len(left) == 1
    rows = await world.rows(LogReviewRow)
    assert {(row.by, row.unit, str(row.access_id)) for row in rows} == {(ME, SENDING, one)}
    assert len(rows) == 2
    acts = [row.act for row in await readings(world)]
    assert acts.count("orders.log-line.review") == 2


@pytest.mark.rule("REF-21f")
def test_nobody_reviews_their_own_look_and_what_is_looked_into_says_what_is_done() -> None:
    def reason(outcome: Outcome, follow_up: FollowUp | None, *, by: str = ME) -> str:
        judged = Judged(outcome=outcome, follow_up=follow_up, by=UserId(by))
        with pytest.raises(ReviewRefused) as refused:
            must_be_reviewable(judged, looked=UserId(SENDER))
        return refused.value.reason

    assert reason(Outcome.IN_ORDER, None, by=SENDER) == Reason.OWN_LOOK
    assert reason(Outcome.LOOK_INTO, None) == Reason.FOLLOW_UP_MISSING
    assert reason(Outcome.IN_ORDER, FollowUp.INCIDENT) == Reason.FOLLOW_UP_NOT_GIVEN
    fine = Judged(outcome=Outcome.LOOK_INTO, follow_up=FollowUp.INCIDENT, by=UserId(ME))
    must_be_reviewable(fine, looked=UserId(SENDER))


@pytest.mark.rule("REF-21f")
async def test_a_sample_is_so_many_lines_that_nobody_chose(world: World) -> None:
    drawn_of = {await line(world) for _ in range(6)}
    old = await line(world, at=NOW - timedelta(days=60))
    emergency = await line(world, Look.OPENED, unit=RECEIVING)
    day = stockholm_day(YESTERDAY).isoformat()
    days = {"first": day, "last": day}
    async with world.http(**REVIEWER) as reviewer:
        two = (await reviewer.post("/log-samples", json={**days, "size": 2})).json()
        every = (await reviewer.post("/log-samples", json={**days, "size": 50})).json()
        opened = (await reviewer.post("/log-samples", json={**days, "emergencies": True})).json()
        of_two = await lines(reviewer, sample=two["sample"])
        of_all = {one["line"] for one in await lines(reviewer, sample=every["sample"])}
        of_opened = [one["line"] for one in await lines(reviewer, sample=opened["sample"])]
        await reviewer.post(f"/log-lines/{of_two[0]['line']}:review", json={"outcome": "in_order"})
        told = (await reviewer.get("/log-samples")).json()["items"]
        nothing = await reviewer.get("/log-lines", params={"sample": str(uuid4())})

    assert (two["size"], len(of_two)) == (2, 2)
    assert of_all == drawn_of | {emergency}
    assert old not in of_all
    assert of_opened == [emergency]
    assert {one["sample"]: one["reviewed"] for one in told}[two["sample"]] == 1
    assert nothing.status_code == 404


@pytest.mark.rule("REF-21f")
@pytest.mark.parametrize(
    ("first", "last"),
    [(DAY, DAY - timedelta(days=1)), (DAY, DAY + timedelta(days=1)), (date(2025, 4, 29), DAY)],
    ids=["backwards", "tomorrow", "longer than a year"],
)
def test_a_sample_is_of_days_that_have_been(first: date, last: date) -> None:
    must_be_a_period(DAY - timedelta(days=365), DAY, today=DAY)

    with pytest.raises(ReviewRefused):
        must_be_a_period(first, last, today=DAY)


@pytest.mark.rule("REF-21g")
async def test_it_is_told_which_units_log_was_reviewed_when_and_which_was_not(
    world: World,
) -> None:
    one = await line(world)
    for _ in range(2):
        await line(world)
    await line(world, Look.OPENED, unit=RECEIVING)
    await line(world, unit=None)
    async with world.http(**REVIEWER) as reviewer:
        await reviewer.post(f"/log-lines/{one}:review", json={"outcome": "in_order"})
        units = (await reviewer.get("/log-units")).json()["units"]
        long_ago = {"first": "2020-01-01", "last": "2020-01-31"}
        none = (await reviewer.get("/log-units", params=long_ago)).json()["units"]
        too_long = await reviewer.get("/log-units", params={"first": "2020-01-01"})

    told = [(one["unit"], one["lines"], one["emergencies"], one["reviewed"]) for one in units]
    assert told == [(None, 1, 0, 0), (RECEIVING, 1, 1, 0), (SENDING, 3, 0, 1)]
    assert [one["last_reviewed_at"] is None for one in units] == [True, True, False]
    assert none == []
    assert (too_long.status_code, too_long.json()["reason"]) == (422, "NO_SUCH_PERIOD")


@pytest.mark.rule("REF-19e")
async def test_a_line_about_who_is_protected_does_not_tell_who_that_is(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(protected=True), subject="ac-person-1")
        one = await line(world, Look.OPENED, reason="Larmar hemma, akut.")
        async with world.http(**REVIEWER) as reviewer:
            (listed,) = await lines(reviewer)
            seen = (await reviewer.post(f"/log-lines/{one}:look")).json()

    assert (listed["person"], listed["person_is_withheld"]) == (None, True)
    assert (seen["name"], seen["number"], seen["reason"]) == (None, None, None)
