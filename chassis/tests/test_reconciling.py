"""The reconciliation: what differs is seen by metric, list and log, of each region by its own; and
it runs once a night.
"""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from kvitt_chassis.ending import end_tasks
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.operating import audit
from kvitt_chassis.operating.checks import Check, Snapshot, rows_with_events
from kvitt_chassis.operating.reconciling import (
    Reconciliation,
    UnknownCheck,
    last_due,
    next_due,
)
from kvitt_chassis.operating.row_comparison import Difference
from kvitt_contracts.access import Grantee
from kvitt_contracts.bmb import TransferCancelled, TransferRejected
from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.topics import BMB_TRANSFERS
from kvitt_contracts.types import UserId
from kvitt_testkit.reconciled import SaidBefore, mark_as_read, plant
from kvitt_testkit.world import World, stockholm, wait_for

from chassis.tests import operated, toy
from contracts.tests.builders.bmb import a_transfer_cancelled, a_transfer_rejected

ROWS = rows_with_events(toy.Base)


def a_check(name: str, *found: Difference, error: Exception | None = None) -> Check:
    """A check that finds this, or fails."""

    async def find(snapshot: Snapshot) -> list[Difference]:
        if error is not None:
            raise error
        return list(found)

    return Check(name=name, what=f"what {name} compares", find=find)


def a_difference(key: str, *, region: str = "ac") -> Difference:
    """Something that differs in its status."""
    return Difference(table="letters", region=region, key=key, fields=("status",))


def reconciliation(world: World, *checks: Check) -> Reconciliation:
    """The checks, on the toy's database."""
    return Reconciliation("notifications", checks, database=world.worker, topics=SaidBefore())


def measured(name: str, check: str, **more: str) -> float | None:
    """What a metric of the check shows."""
    return REGISTRY.get_sample_value(name, {"service": "notifications", "check": check, **more})


async def a_letter_changed_by_hand(world: World) -> str:
    """The key of a letter whose row is not what its events say."""
    await world.command(toy.PostLetter(reader=UserId("anna"), about=uuid4()))
    await plant(world, "UPDATE letters SET status = 'read'")
    (row,) = await world.rows(toy.LetterRow)
    return str(row.id)


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.ERROR, logger="kvitt_chassis.operating.reconciling"):
        yield caplog


async def test_what_differs_is_measured_listed_and_told_by_its_key(
    world: World, errors: pytest.LogCaptureFixture
) -> None:
    key = await a_letter_changed_by_hand(world)
    checks = reconciliation(world, ROWS)

    (found,) = await checks.run(who="drift", why="a test")

    assert (found.check, found.differences, found.failed) == ("rows", 1, None)
    assert found.shown == ({"table": "letters", "region": "ac", "key": key, "fields": ["status"]},)
    assert [found] == await checks.last()
    assert measured("reconciliation_differences", "rows", region="ac") == 1
    assert measured("reconciliation_differences", "rows", region="-") == 0
    assert measured("reconciliation_failed", "rows") == 0
    (told,) = errors.messages
    assert key in told
    assert "status" in told
    async with world.worker.reading() as session:
        (act,) = await audit.acts(session)
    assert (act.who, act.what, act.why) == ("drift", "reconciliation.rows", "a test")


async def test_what_is_equal_again_is_no_difference_any_more(
    world: World, errors: pytest.LogCaptureFixture
) -> None:
    await a_letter_changed_by_hand(world)
    checks = reconciliation(world, ROWS)
    await checks.run(who="drift", why="a test")
    await plant(world, "UPDATE letters SET status = 'unread'")
    errors.clear()

    (found,) = await checks.run(who="drift", why="a test")

    assert (found.differences, found.shown) == (0, ())
    assert measured("reconciliation_differences", "rows", region="ac") == 0
    assert errors.messages == []


async def test_a_check_that_fails_says_so_and_stops_no_other(
    world: World, errors: pytest.LogCaptureFixture
) -> None:
    checks = reconciliation(
        world, a_check("first", error=OSError("of a secret")), a_check("second", a_difference("k"))
    )

    first, second = await checks.run(who="drift", why="a test")

    assert first.failed is not None
    assert first.failed.startswith("OSError")
    assert "secret" not in "".join([first.failed, *errors.messages])
    assert (first.differences, second.differences) == (0, 1)
    assert measured("reconciliation_failed", "first") == 1


async def test_a_check_is_run_by_its_name_and_an_unknown_one_is_told(world: World) -> None:
    checks = reconciliation(world, a_check("first"), a_check("second"))

    made = await checks.run(who="drift", why="a test", only=["second"])

    assert [one.check for one in made] == ["second"]
    assert [one.at is None for one in await checks.last()] == [True, False]
    with pytest.raises(UnknownCheck):
        await checks.run(who="drift", why="a test", only=["third"])


@pytest.mark.rule("REF-18h")
async def test_who_operates_one_region_sees_its_differences_alone(world: World) -> None:
    own, others = a_difference("own"), a_difference("others", region="bd")
    check = a_check("letters", own, others)
    await reconciliation(world, check).run(who="drift", why="a test")

    seen: dict[Any, Any] = {}
    for role, asked in ((Grantee.OPS, ""), (Grantee.PLATFORM, ""), (Grantee.PLATFORM, "bd")):
        async with operated.client(world.worker, world.api, role=role, checks=[check]) as client:
            query = f"?region={asked}" if asked else ""
            (one,) = (await client.get(f"/admin/reconciliation{query}")).json()
            seen[role, asked] = one["differences"], {line["key"] for line in one["shown"]}
    async with operated.client(world.worker, world.api, role=Grantee.OPS, checks=[check]) as client:
        (reached_over,) = (await client.get("/admin/reconciliation?region=bd")).json()

    assert seen == {
        (Grantee.OPS, ""): (1, {"own"}),
        (Grantee.PLATFORM, ""): (2, {"own", "others"}),
        (Grantee.PLATFORM, "bd"): (1, {"others"}),
    }
    assert [line["key"] for line in reached_over["shown"]] == ["own"]


@pytest.mark.rule("REF-18h")
async def test_who_operates_all_compares_at_once_and_one_region_does_not(world: World) -> None:
    check = a_check("letters", a_difference("own"), a_difference("others", region="bd"))
    body = {"why": "a test", "checks": ["letters"], "region": "bd"}
    async with operated.client(world.worker, world.api, checks=[check]) as client:
        (made,) = (await client.post("/admin/reconciliation:run", json=body)).json()
        unknown = await client.post(
            "/admin/reconciliation:run", json={"why": "a test", "checks": ["rents"]}
        )
        untold = await client.post("/admin/reconciliation:run", json={})
    async with operated.client(world.worker, world.api, role=Grantee.OPS, checks=[check]) as client:
        denied = await client.post("/admin/reconciliation:run", json=body)

    assert (made["check"], made["differences"], made["who"]) == ("letters", 1, "drift")
    assert [line["key"] for line in made["shown"]] == ["others"]
    assert (unknown.status_code, unknown.json()["reason"]) == (422, "UNKNOWN_CHECK")
    assert untold.status_code == 422
    assert denied.status_code == 403


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-03-02 12:00", "2026-03-02 03:00", "2026-03-03 03:00"),
        ("2026-03-02 03:00", "2026-03-02 03:00", "2026-03-03 03:00"),
        ("2026-03-02 02:59", "2026-03-01 03:00", "2026-03-02 03:00"),
        ("2026-03-29 12:00", "2026-03-29 03:00", "2026-03-30 03:00"),  # clocks went forward
    ],
)
def test_a_night_is_by_stockholms_clocks(now: str, last: str, following: str) -> None:
    at = time(3)

    assert last_due(stockholm(now), at) == stockholm(last)
    assert next_due(stockholm(now), at) == stockholm(following)


async def a_night(*of: Reconciliation, at: time, until: Any) -> None:
    """Processes of a service, until something is so."""
    nights = [asyncio.create_task(one.every_night(at)) for one in of]
    try:
        await wait_for(until)
    finally:
        await end_tasks(nights)


async def test_a_night_that_was_missed_is_made_up_by_one_process_once(world: World) -> None:
    await a_letter_changed_by_hand(world)
    at = datetime.now(STOCKHOLM).time()  # the night began a moment ago
    runs: list[str] = []

    def counting(name: str) -> Check:
        async def find(snapshot: Snapshot) -> list[Difference]:
            runs.append(name)
            return []

        return Check(name="rows", what="letters", find=find)

    first, second = (reconciliation(world, counting(name)) for name in ("first", "second"))

    async def has_run() -> bool:
        return (await first.last())[0].at is not None

    await a_night(first, second, at=at, until=has_run)
    again = [await one._takes(last_due(datetime.now(UTC), at)) for one in (first, second)]

    assert len(runs) == 1
    assert again == [False, False]
    assert (await first.last())[0].who == "nightly"


async def test_a_service_that_had_nothing_to_compare_waits_for_its_first_night(
    world: World,
) -> None:
    checks = reconciliation(world, ROWS)

    assert not await checks._takes(datetime.now(UTC))
    await a_letter_changed_by_hand(world)
    assert not await checks._takes(stockholm("2020-03-02 03:00"))
    assert await checks._takes(datetime.now(UTC))


async def test_what_another_service_says_is_cut_where_the_marks_stand(world: World) -> None:
    said = SaidBefore(a_transfer_cancelled(), a_transfer_rejected(), key="transfer_id")
    await mark_as_read(world, BMB_TRANSFERS, said.lines[:1])
    twice = SaidBefore()
    twice.lines = [*said.lines, *said.lines]

    async with world.worker.reading() as session:
        snapshot = Snapshot(session, twice)
        heard = [
            one async for one in snapshot.heard(BMB_TRANSFERS, TransferCancelled, TransferRejected)
        ]

    assert [type(one.event) for one in heard] == [TransferCancelled]
