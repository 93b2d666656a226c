"""Commands and views over HTTP, on real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from asyncpg import ConnectionDoesNotExistError
from kvitt_chassis import failpoints
from kvitt_chassis.metrics import REGISTRY
from kvitt_contracts.notifications import MessagePosted, MessageRead
from kvitt_contracts.types import Role
from kvitt_testkit.world import World, assert_rows_are_folds, wait_for
from sqlalchemy import text

from chassis.tests import toy

BODY = {"reader": "k082lno", "about": str(uuid4())}


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.http() as client:
        yield client


async def test_a_command_over_http_records_its_events_and_shows_the_row(
    world: World, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/letters", json=BODY)

    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "unread"
    (posted,) = await world.events(MessagePosted)
    assert str(posted.message_id) == answer.json()["id"]
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-6a")
async def test_what_a_user_registers_is_logged_with_who_when_and_what(world: World) -> None:
    before = await world.now()
    async with world.http(user="k999xyz") as client:
        answer = await client.post("/letters", json=BODY)

    async with world.worker.reading() as session:
        logged = (await session.execute(text("SELECT actor, type, key, time FROM events"))).one()
    assert logged[:3] == ("k999xyz", MessagePosted.wire_type, answer.json()["id"])
    assert before <= logged.time <= await world.now()


async def test_a_repeated_key_gets_the_first_answer_and_has_no_second_effect(
    world: World, client: httpx.AsyncClient
) -> None:
    key = {"Idempotency-Key": str(uuid4())}

    first = await client.post("/letters", json=BODY, headers=key)
    second = await client.post("/letters", json=BODY, headers=key)

    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(await world.events(MessagePosted)) == 1


async def test_a_stored_answer_is_readable_to_nobody_by_a_query(
    world: World, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/letters", json=BODY)

    async with world.worker.reading() as session:
        (stored,) = (await session.scalars(text("SELECT body FROM idempotency_keys"))).all()
    assert answer.json()["id"] not in stored
    assert BODY["about"] not in stored


async def test_rivals_with_one_key_have_one_effect_and_one_answer(
    world: World, client: httpx.AsyncClient
) -> None:
    key = {"Idempotency-Key": str(uuid4())}

    answers = await asyncio.gather(
        *(client.post("/letters", json=BODY, headers=key) for _ in range(5))
    )

    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert len(await world.events(MessagePosted)) == 1


async def test_a_key_cannot_be_used_for_another_body(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    await client.post("/letters", json=BODY, headers=key)

    other = await client.post("/letters", json={**BODY, "reader": "other"}, headers=key)

    assert other.status_code == 422
    assert other.json()["reason"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_key_cannot_be_used_for_another_address_with_the_same_body(
    world: World, client: httpx.AsyncClient
) -> None:
    letters = [(await client.post("/letters", json=BODY)).json()["id"] for _ in range(2)]
    key = {"Idempotency-Key": str(uuid4())}

    first, other = [await client.post(f"/letters/{one}:read", headers=key) for one in letters]

    assert first.status_code == 200
    assert (other.status_code, other.json()["reason"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert [str(read.message_id) for read in await world.events(MessageRead)] == letters[:1]


async def test_a_key_of_another_user_is_another_key(world: World) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    for user in ("anna", "bert"):
        async with world.http(user=user) as client:
            await client.post("/letters", json=BODY, headers=key)

    assert len(await world.events(MessagePosted)) == 2


async def test_a_refusal_is_not_stored_so_the_same_key_is_judged_anew(
    world: World, client: httpx.AsyncClient
) -> None:
    letter = (await client.post("/letters", json=BODY)).json()["id"]
    await world.advance(await world.now() + timedelta(days=2))
    key = {"Idempotency-Key": str(uuid4())}

    for _ in range(2):
        answer = await client.post(f"/letters/{letter}:read", headers=key)
        assert answer.status_code == 409
        assert "Idempotency-Replayed" not in answer.headers

    assert await world.events(MessageRead) == []


async def test_a_post_without_a_key_is_refused_with_the_way_on(client: httpx.AsyncClient) -> None:
    client.event_hooks = {"request": []}

    answer = await client.post("/letters", json=BODY)

    assert answer.status_code == 422
    assert answer.json()["field"] == "Idempotency-Key"


async def test_what_waits_for_another_service_is_202_until_it_is_answered(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/letters:ask", json=BODY)

    assert answer.status_code == 202
    assert answer.json()["pending"] is True


async def test_what_a_caller_waited_for_is_the_answer_of_its_key(
    world: World, client: httpx.AsyncClient
) -> None:
    key = {"Idempotency-Key": str(uuid4()), "Prefer": "wait=5"}
    asked = asyncio.create_task(client.post("/letters:ask", json=BODY, headers=key))
    rows = await wait_for(lambda: world.rows(toy.LetterRow))
    await client.post(f"/letters/{rows[0].id}:read")

    first, again = await asked, await client.post("/letters:ask", json=BODY, headers=key)

    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())


async def test_a_caller_may_wait_for_the_answer(world: World, client: httpx.AsyncClient) -> None:
    asked = asyncio.create_task(
        client.post("/letters:ask", json=BODY, headers={"Prefer": "wait=5"})
    )
    rows = await wait_for(lambda: world.rows(toy.LetterRow))

    await client.post(f"/letters/{rows[0].id}:read")
    answer = await asked

    assert (answer.status_code, answer.json()["pending"]) == (200, False)


async def test_a_lost_connection_is_tried_again_and_has_one_effect(
    world: World, client: httpx.AsyncClient
) -> None:
    def lose() -> None:
        raise ConnectionDoesNotExistError("connection was closed in the middle of operation")

    failpoints.arm("unit.before_commit", lose)
    try:
        answer = await client.post("/letters", json=BODY)
    finally:
        failpoints.disarm()

    assert answer.status_code == 201
    assert len(await world.events(MessagePosted)) == 1


@pytest.mark.parametrize("error", [FileNotFoundError("x"), TimeoutError(), ConnectionError()])
async def test_an_error_of_the_system_in_a_route_is_a_fault_and_no_busy_database(
    client: httpx.AsyncClient, error: OSError
) -> None:
    def fail() -> None:
        raise error

    failpoints.arm("unit.before_commit", fail)
    try:
        answer = await client.post("/letters", json=BODY)
    finally:
        failpoints.disarm()

    assert (answer.status_code, answer.json()["reason"]) == (500, "FAULT")


async def test_two_that_make_the_same_thing_at_once_make_it_once(
    world: World, client: httpx.AsyncClient
) -> None:
    address = f"/letters/{uuid4()}"
    labels = {"service": "notifications"}
    before = REGISTRY.get_sample_value("toy_letters_posted_total", labels) or 0.0

    answers = await asyncio.gather(*(client.put(address, json=BODY) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["reason"] == "CONCURRENT_CHANGE"
    assert len(await world.events(MessagePosted)) == 1
    # whoever lost was rolled back, several times: that is not counted
    assert REGISTRY.get_sample_value("toy_letters_posted_total", labels) == before + 1


async def test_a_region_sees_nothing_of_another(world: World) -> None:
    async with world.http(region="bd") as other:
        letter = (await other.post("/letters", json=BODY)).json()["id"]

    async with world.http(region="ac") as mine:
        one = await mine.get(f"/letters/{letter}")
        listed = await mine.get("/letters")
        changed = await mine.post(f"/letters/{letter}:read")

    assert (one.status_code, changed.status_code) == (404, 404)
    assert listed.json()["total"] == 0


@pytest.mark.rule("REF-18a")
async def test_who_lacks_the_role_is_refused_by_the_acts_row(world: World) -> None:
    async with world.http(roles=[Role.REQUESTER]) as client:
        answer = await client.post(f"/letters/{uuid4()}:read")

    assert (answer.status_code, answer.json()["rule"]) == (403, "REF-18")
    assert answer.json()["values"]["act"] == "toy.letter.read"


async def test_without_a_token_nothing_is_done(world: World, client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]

    answer = await client.post("/letters", json=BODY)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert await world.events() == []
