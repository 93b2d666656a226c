"""Each key's last number, as a reader asks for it to compare with its marks."""

from collections.abc import AsyncIterator

import httpx
import pytest
from kvitt_chassis.operating.admin import MAX_KEYS
from kvitt_chassis.relaying import outbox
from kvitt_testkit.platform import Platform
from sqlalchemy import text

from chassis.tests import operated
from chassis.tests.outbox_parts import TOPIC, Log, a_log

ASKED = "/admin/outbox/last-numbers"
MANY = MAX_KEYS + 1_000
_MANY_KEYS = """
    INSERT INTO events (event_id, region, topic, key, seq, type, time, payload)
    SELECT gen_random_uuid(), 'ac', CAST(:topic AS text), 'key-' || key, seq,
           'notifications.message.posted.v1', now(), '{}'
    FROM generate_series(1, CAST(:keys AS integer)) AS key,
         generate_series(1, 1 + key % 3) AS seq
    """

_READ = "SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'events'"


@pytest.fixture
async def log(platform: Platform) -> AsyncIterator[Log]:
    """A log in which one topic has more keys than one answer holds, and another has a few."""
    async with a_log(platform, kafka=False) as made:
        await made.as_owner(_MANY_KEYS, topic=TOPIC, keys=MANY)
        await made.as_owner(_MANY_KEYS, topic="notifications.refusals", keys=5)
        yield made


@pytest.fixture
async def client(log: Log) -> AsyncIterator[httpx.AsyncClient]:
    """The admin HTTP of the log's service, as one who operates asks it."""
    async with operated.client(log.database(), log.database("api")) as made:
        yield made


def expected(keys: int) -> dict[str, int]:
    return {f"key-{key}": 1 + key % 3 for key in range(1, keys + 1)}


async def test_many_keys_come_in_pages_that_leave_none_out(client: httpx.AsyncClient) -> None:
    found: dict[str, int] = {}
    sizes: list[int] = []
    query: dict[str, str] = {"topic": TOPIC, "limit": "4000"}
    while not sizes or sizes[-1] == 4_000:
        page = (await client.get(ASKED, params=query)).raise_for_status().json()
        assert not page.keys() & found.keys()
        found |= page
        sizes.append(len(page))
        query["after"] = list(page)[-1]

    assert found == expected(MANY)
    assert sizes == [4_000, 4_000, 3_000]


async def test_few_keys_come_at_once_and_of_their_topic_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get(ASKED, params={"topic": "notifications.refusals"})

    assert answer.json() == expected(5)


async def test_a_caller_that_does_not_page_is_told_to(client: httpx.AsyncClient) -> None:
    answer = await client.get(ASKED, params={"topic": TOPIC})

    problem = answer.json()
    assert (answer.status_code, problem["reason"], problem["field"]) == (
        422,
        "TOO_MANY_KEYS",
        "limit",
    )
    assert "limit" in problem["way_on"]


@pytest.mark.parametrize("limit", [0, MAX_KEYS + 1])
async def test_a_page_has_a_bound(client: httpx.AsyncClient, limit: int) -> None:
    answer = await client.get(ASKED, params={"topic": TOPIC, "limit": limit})

    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "limit")


async def test_the_documentation_names_pages_and_the_problem(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    route = document["paths"][ASKED]["get"]
    assert {one["name"] for one in route["parameters"]} >= {"topic", "limit", "after"}
    assert "TOO_MANY_KEYS" in route["responses"]["422"]["description"]


async def test_a_page_costs_its_keys_and_not_their_stories(log: Log) -> None:
    await log.as_owner(_MANY_KEYS.replace("1 + key % 3", "20000"), topic="long", keys=2)
    async with log.database().reading() as session:
        found = await outbox.last_numbers(session, "long", limit=5)
        read = await session.scalar(text(_READ))

    assert found == [("key-1", 20_000), ("key-2", 20_000)]
    assert 0 < read < 20, "rows"
