"""The quarantine over HTTP, as who operates one region asks it, or another."""

import json
from typing import Any

import httpx
import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_contracts.access import Grantee

from chassis.tests import trail
from chassis.tests.operated import AtRest, client
from chassis.tests.trail import Log, table

BECAUSE = {"why": "the sender knows of it"}
ACTS = ("retry", "edit", "discard")


def asking(consumer: Consumer, *, region: str = "ac", role: Grantee = Grantee.OPS) -> Any:
    database, consumers = consumer.database, AtRest(consumer.shared)
    return client(database, database, region=region, role=role, consumers=consumers)


async def parked(consumer: Consumer, log: Log) -> int:
    """The number of a command that a handler fails on."""
    trail.mood.failing = {"k082lno"}
    await consumer.settle([log.void("order-1")])
    (entry,) = await consumer.quarantine.entries()
    return entry.id


@pytest.mark.rule("REF-18h", "REF-18c")
async def test_another_regions_entry_is_as_if_there_were_none(consumer: Consumer, log: Log) -> None:
    entry = await parked(consumer, log)

    async def answers(one: httpx.AsyncClient, number: int) -> list[tuple[int, str]]:
        acts = [one.post(f"/admin/quarantine/{number}:{act}", json=BECAUSE) for act in ACTS]
        found = [await one.get(f"/admin/quarantine/{number}"), *[await act for act in acts]]
        return [(answer.status_code, answer.text) for answer in found]

    async with asking(consumer, region="bd") as one:
        others, nobodys = await answers(one, entry), await answers(one, entry + 1_000)
        lists = [(await one.get(f"/admin/{path}")).json() for path in ("parked", "parked/counts")]
    async with asking(consumer) as one:
        shown = (await one.get(f"/admin/quarantine/{entry}")).json()
        (listed,) = (await one.get("/admin/parked")).json()

    assert others == nobodys
    assert {status for status, _ in others} == {404}
    assert lists == [[], []]
    assert shown["entry"]["id"] == listed["id"] == entry
    assert await table(consumer.database, "SELECT * FROM audit") == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": {"by": "k001abc"}}, "data.by"),
        ({"headers": {"ce_subject": "order-2"}}, "ce_subject"),
        ({"headers": {"ce_type": None}}, "ce_type"),
    ],
)
async def test_an_edit_that_makes_another_message_is_refused_with_its_field(
    change: dict[str, Any], field: str, consumer: Consumer, log: Log
) -> None:
    entry = await parked(consumer, log)
    async with asking(consumer, role=Grantee.PLATFORM) as one:
        refused = await one.post(f"/admin/quarantine/{entry}:edit", json=BECAUSE | change)
        mended = await one.post(
            f"/admin/quarantine/{entry}:edit", json=BECAUSE | {"headers": {"traceparent": "00-1"}}
        )

    problem = refused.json()
    assert (refused.status_code, problem["reason"]) == (422, "NOT_EDITABLE")
    assert (problem["field"], problem["rule"]) == (field, "REF-18")
    assert "k001abc" not in refused.text
    assert mended.status_code == 200
    ((who, what, about),) = await table(
        consumer.database, "SELECT who, what, about::text FROM audit"
    )
    assert (who, what, json.loads(about)["region"]) == ("drift", "quarantine.edit", "ac")
