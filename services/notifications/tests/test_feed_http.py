"""NTF-4c without Kafka: the feed over HTTP, on a real database: nothing is skipped, each key's
events come in their order, and a cursor says where.
"""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kvitt_chassis.relaying import outbox
from kvitt_chassis.relaying.publisher import Publisher
from kvitt_contracts.access import Grantee
from kvitt_contracts.envelope import Envelope, from_structured
from kvitt_contracts.types import RegionCode
from kvitt_testkit.world import Given, World, an_envelope, stockholm, wait_for
from notifications.app import service
from notifications.feed.cursors import START, Place, read
from notifications.feed.placing import Placer
from notifications.feed.waiting import MOST_OF_REGION, WAITERS
from sqlalchemy import text

from contracts.tests.builders.orders import an_order_delivered, an_order_placed
from services.notifications.tests.worlds import AT

SYSTEM: dict[str, Any] = {"user": "system", "roles": [Grantee.REGION_SYSTEM]}


SAID = 3


async def said(world: World, *, region: str = "ac") -> None:
    """The region is told of an order of its own and of its line: `SAID` events."""
    await world.handle_all(an_order_placed(), an_order_delivered(), region=region)


async def note(world: World, key: str, seq: int, *, session: Any = None) -> None:
    """An event on the feed, as the log has it; in a transaction of its own unless told."""
    values = {"key": key, "seq": seq, "id": uuid4()}
    if session is not None:
        await session.execute(_NOTE, values)
        return
    async with world.worker.unit() as unit:
        await unit.session.execute(_NOTE, values)


_NOTE = text(
    """
    INSERT INTO events (event_id, region, topic, key, seq, type, time, payload)
    VALUES (:id, 'ac', 'region.ac.events', :key, :seq, 'region.order.reported.v1', now(), '{}')
    """
)


async def place(world: World, **changes: Any) -> int:
    """All that is visible now gets its place."""
    return await Placer(world.worker, **changes).place_all()


async def asked(client: httpx.AsyncClient, **query: Any) -> Any:
    """A page."""
    answer = await client.get("/feed", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def named(page: Any) -> list[tuple[str, int]]:
    """Key and number of each event of a page."""
    return [(one["subject"], int(one["sequence"])) for one in page["events"]]


@pytest.mark.rule("NTF-4c")
async def test_a_regions_system_reads_over_http_what_stands_on_its_topic(given: Given) -> None:
    async with given(service, at=AT) as world:
        await said(world)
        await said(world, region="bd")
        await place(world)
        async with world.http(**SYSTEM) as client:
            page = await asked(client)
            later = await asked(client, after=page["next"])
        async with world.worker.reading() as session:
            order = page["events"][0]["subject"]
            rows = await outbox.of_key(session, "region.ac.events", order)

    told = [one["data"]["status"] for one in page["events"]]
    assert told == ["registered", "ordered", "delivered"]
    assert later == {"events": [], "next": page["next"]}
    publisher = Publisher({}, service="notifications")
    of_order = [one for one in page["events"] if one["subject"] == order]
    for one, row in zip(of_order, rows, strict=True):
        envelope, body = from_structured(json.dumps(one).encode())
        assert envelope == Envelope.from_headers(publisher.headers(row))
        assert json.loads(body) == json.loads(row.payload)


@pytest.mark.rule("NTF-4c")
async def test_pages_follow_each_other_and_nothing_is_in_two(given: Given) -> None:
    async with given(service, at=AT) as world:
        for number in range(7):
            await note(world, f"k{number % 2}", number // 2 + 1)
        await place(world, page=3)
        found, cursor = [], None
        async with world.http(**SYSTEM) as client:
            while True:
                page = await asked(client, limit=2, **({"after": cursor} if cursor else {}))
                if not page["events"]:
                    break
                found += named(page)
                cursor = page["next"]

    assert found == [(f"k{number % 2}", number // 2 + 1) for number in range(7)]


@pytest.mark.rule("NTF-4c")
async def test_what_is_committed_late_comes_after_what_was_read_and_is_not_skipped(
    given: Given,
) -> None:
    async with given(service, at=AT) as world, world.http(**SYSTEM) as client:
        async with world.worker.unit() as slow:
            await note(world, "slow", 1, session=slow.session)  # has the lower id
            await note(world, "quick", 1)
            await place(world)
            first = await asked(client)
        await place(world)
        second = await asked(client, after=first["next"])

    assert (named(first), named(second)) == ([("quick", 1)], [("slow", 1)])


@pytest.mark.rule("NTF-4c")
async def test_a_keys_events_come_in_order_where_the_older_transaction_commits_last(
    given: Given,
) -> None:
    async with given(service, at=AT) as world:
        async with world.worker.unit() as older:
            await note(world, "other", 1, session=older.session)  # it has its number now
            await note(world, "key", 1)
            await note(world, "key", 2, session=older.session)
        await place(world)
        async with world.http(**SYSTEM) as client:
            page = await asked(client)

    assert [one for one in named(page) if one[0] == "key"] == [("key", 1), ("key", 2)]


@pytest.mark.rule("NTF-4c")
async def test_several_processes_place_each_event_once(given: Given) -> None:
    async with given(service, at=AT) as world:
        for number in range(60):
            await note(world, "key", number + 1)
        placers = [Placer(world.worker, page=7) for _ in range(3)]
        await asyncio.gather(*(placer.place_all() for placer in placers))
        async with world.http(**SYSTEM) as client:
            page = await asked(client)

    assert named(page) == [("key", number + 1) for number in range(60)]


@pytest.mark.rule("NTF-4c")
async def test_types_are_chosen_and_the_cursor_goes_on_past_the_others(given: Given) -> None:
    async with given(service, at=AT) as world:
        await said(world)
        await place(world)
        async with world.http(**SYSTEM) as client:
            wanted = await asked(client, type="region.order.reported.v1", limit=1)
            others = await asked(client, type="region.transfer.reported.v1")
            after = await asked(client, after=others["next"])
            unknown = await client.get("/feed", params={"type": "orders.order.placed.v1"})

    assert len(wanted["events"]) == 1
    assert others["events"] == []
    assert after["events"] == []
    assert read(others["next"]).number == SAID
    assert (unknown.status_code, unknown.json()["reason"]) == (422, "UNKNOWN_TYPE")


@pytest.mark.rule("NTF-4c")
async def test_the_feed_is_read_again_from_a_day(given: Given) -> None:
    async with given(service, at=stockholm("2026-05-01 23:30")) as world:
        await world.handle(an_order_placed())
        await world.advance(stockholm("2026-05-02 00:10"))
        await world.handle(an_order_delivered())
        await place(world)
        async with world.http(**SYSTEM) as client:
            pages = [await asked(client, **{"from": day}) for day in _DAYS]
            both = await client.get("/feed", params={"from": _DAYS[0], "after": START.text})

    told = [[one["data"]["status"] for one in page["events"]] for page in pages]
    assert told == [["registered", "ordered", "delivered"], ["delivered"], []]
    assert pages[2]["next"] == pages[0]["next"]
    assert both.json()["reason"] == "AFTER_OR_FROM"


_DAYS = ("2026-05-01", "2026-05-02", "2026-05-03")


@pytest.mark.rule("NTF-4c")
@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        ("aaaaaaaaa", "UNKNOWN_CURSOR"),
        ("42", "UNKNOWN_CURSOR"),
        ("bcd", "UNKNOWN_CURSOR"),
        ("v" * 24, "UNKNOWN_CURSOR"),
        (Place(1, "00000000").text, "CURSOR_OF_ANOTHER_FEED"),
        (Place(900, "00000000").text, "CURSOR_OF_ANOTHER_FEED"),
    ],
)
async def test_a_cursor_that_is_none_or_another_feeds_is_refused_with_a_way_on(
    given: Given, cursor: str, reason: str
) -> None:
    async with given(service, at=AT) as world:
        await said(world)
        await place(world)
        async with world.http(**SYSTEM) as client:
            refused = await client.get("/feed", params={"after": cursor})

    assert (refused.status_code, refused.json()["reason"]) == (422, reason)
    assert "from=" in refused.json()["way_on"]


@pytest.mark.rule("NTF-4c")
async def test_who_waits_is_answered_when_something_is_said_and_a_few_wait_at_once(
    given: Given,
) -> None:
    async with given(service, at=AT) as world, world.http(**SYSTEM) as client:
        waits = asyncio.create_task(asked(client, wait_seconds=20))
        await wait_for(lambda: WAITERS._of_region[RegionCode("ac")] == 1)
        await said(world)
        await place(world)
        page = await waits
        others = [
            asyncio.create_task(asked(client, wait_seconds=20, after=page["next"]))
            for _ in range(MOST_OF_REGION + 1)
        ]
        done, waiting = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        await note(world, "key", 1)
        await place(world)
        answered = await asyncio.gather(*waiting)

    assert len(page["events"]) == SAID
    assert [one.result()["events"] for one in done] == [[]]
    assert [named(one) for one in answered] == [[("key", 1)]] * MOST_OF_REGION


def test_a_cursor_has_no_digits_and_says_its_place_again() -> None:
    for number in (0, 1, 18, 18900101, 2**62):
        place = Place(number, uuid4().hex[:8])
        assert read(place.text) == place
        assert place.text.isalpha()


async def test_what_the_log_says_to_others_has_no_place(given: Given) -> None:
    async with given(service, at=AT) as world:
        envelope = an_envelope(an_order_placed(), time=datetime(2026, 5, 6, tzinfo=UTC))
        await world.handle(an_order_placed(), envelope=envelope)
        await world.handle(an_order_delivered())
        placed = await place(world)
        async with world.worker.reading() as session:
            all_said = await session.scalar(text("SELECT count(*) FROM events"))

    assert placed == SAID < all_said
