"""What a region sends to orders over HTTP is judged at once, each message by itself; without Kafka
nothing is said of what could be let in.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from kvitt_contracts.envelope import MAX_BYTES
from kvitt_contracts.quotas import DEFAULT
from kvitt_contracts.types import Role
from kvitt_testkit.sending import (
    BATCH,
    ROUTE,
    AsEvent,
    an_event,
    send_batch,
    send_binary,
    send_structured,
)
from kvitt_testkit.world import Given
from orders.app import service

from contracts.tests.builders.regions import OLD_WOMAN, a_payer_stated, a_person_stated
from services.orders.tests.worlds import MONDAY


@pytest.fixture
async def client(given: Given) -> AsyncIterator[httpx.AsyncClient]:
    """The region's own system; no broker answers."""
    async with (
        given(service, at=MONDAY) as world,
        world.http(user="ac-system", roles=[Role.REGION_SYSTEM]) as client,
    ):
        yield client


def a_payer(number: str = "81001", **changes: Any) -> AsEvent:
    """A fact that may be let in."""
    return an_event(a_payer_stated(number), subject=number).but(**changes)


WRONG: dict[str, tuple[AsEvent, str, str]] = {
    "no subject": (a_payer(subject=None), "UNREADABLE", "ce_subject"),
    "no id": (a_payer(id=None), "UNREADABLE", "ce_id"),
    "no time": (a_payer(time=None), "INVALID_FIELD", "ce_time"),
    "an unknown type": (a_payer(type="region.payr.stated.v1"), "UNKNOWN_TYPE", "ce_type"),
    "an unknown version": (a_payer(type="region.payer.stated.v9"), "UNKNOWN_VERSION", "ce_type"),
    "another service's": (a_payer(type="bmb.transfer.save.v1"), "WRONG_TOPIC", "ce_type"),
    "another region's": (a_payer(region="bd"), "FOREIGN_REGION", "ce_region"),
    "a wrong field": (
        replace(a_payer(), data={"version": 1, "payer_id": "81001", "name": 7}),
        "INVALID_FIELD",
        "name",
    ),
    "too large": (
        replace(a_payer(), data={"name": "x" * MAX_BYTES}),
        "TOO_LARGE",
        "data",
    ),
    "a person's number as the subject": (
        an_event(a_person_stated(), subject=OLD_WOMAN),
        "INVALID_FIELD",
        "ce_subject",
    ),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("send", [send_structured, send_binary, send_batch])
async def test_what_breaks_the_contract_is_told_at_once_with_field_and_way_on(
    client: httpx.AsyncClient, send: Any, name: str
) -> None:
    event, reason, field = WRONG[name]

    answer = await send(client, event)

    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert told["reason"] == "NO_EVENT_ACCEPTED"
    (result,) = told["results"]
    assert (result["accepted"], result["reason"], result["field"]) == (False, reason, field)
    assert result["rule"] == "contract"
    assert result["way_on"]
    assert result["id"] == event.attributes.get("id")
    assert OLD_WOMAN not in answer.text


async def test_of_a_batch_each_has_its_own_verdict_in_its_order(client: httpx.AsyncClient) -> None:
    wrong = [event for event, _, _ in WRONG.values() if len(str(event.data)) < MAX_BYTES]

    answer = await send_batch(client, *wrong)

    reasons = [one["reason"] for one in answer.json()["results"]]
    assert reasons == [why for event, why, _ in WRONG.values() if event in wrong]


async def test_while_kafka_is_away_nothing_is_said_of_any(client: httpx.AsyncClient) -> None:
    answer = await send_batch(client, a_payer(type="region.payr.stated.v1"), a_payer())

    assert (answer.status_code, answer.json()["reason"]) == (503, "KAFKA_BUSY")
    assert int(answer.headers["Retry-After"]) > 0
    assert "results" not in answer.json()


@pytest.mark.parametrize(
    ("media_type", "content", "status", "reason"),
    [
        ("application/json", b"{}", 415, "NOT_CLOUDEVENTS"),
        ("text/plain", b"hello", 415, "NOT_CLOUDEVENTS"),
        (BATCH, b"{}", 422, "UNREADABLE"),
        (BATCH, b"[1,]", 422, "UNREADABLE"),
        (BATCH, b"[" * 100_000, 422, "UNREADABLE"),
        (BATCH, b"\xff", 422, "UNREADABLE"),
        (BATCH, b"[" + b"1," * 500 + b"1]", 422, "TOO_MANY_EVENTS"),
        (BATCH, b"[" + b" " * 1024 * 1024 + b"]", 413, "TOO_LARGE"),
    ],
)
async def test_what_is_no_batch_of_events_is_refused_whole(
    client: httpx.AsyncClient, media_type: str, content: bytes, status: int, reason: str
) -> None:
    answer = await client.post(ROUTE, content=content, headers={"Content-Type": media_type})

    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


async def test_a_batch_of_none_is_taken_and_says_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post(ROUTE, content=b"[ ]", headers={"Content-Type": BATCH})

    assert (answer.status_code, answer.json()) == (202, {"results": []})


async def test_who_has_sent_more_than_the_quota_waits(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    little = replace(DEFAULT, producer_byte_rate=1)
    monkeypatch.setattr("kvitt_chassis.web.entrance.region_quota", lambda _: little)

    first = await client.post(ROUTE, content=b"[]", headers={"Content-Type": BATCH})
    second = await client.post(ROUTE, content=b"[]", headers={"Content-Type": BATCH})

    assert first.status_code == 202
    assert (second.status_code, second.json()["reason"]) == (429, "TOO_MUCH_AT_ONCE")
    assert int(second.headers["Retry-After"]) > 60
