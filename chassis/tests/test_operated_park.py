"""What an operator does about much that is parked, and with a second person: over HTTP, on the real
park.
"""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kvitt_chassis.consuming import mass_retries
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_contracts.access import Grantee
from sqlalchemy import text

from chassis.tests import trail
from chassis.tests.operated import AtRest, client
from chassis.tests.trail import Log, table, trail_of

HERE = ("inventory.reservations", 0)
WHY = {"why": "the sender has mended it"}


def asking(
    consumer: Consumer, user: str = "anna", *, region: str = "ac", role: Grantee = Grantee.PLATFORM
) -> Any:
    database = consumer.database
    at_rest = AtRest(consumer.shared)
    return client(database, database, user=user, region=region, role=role, consumers=at_rest)


async def invalid(consumer: Consumer, log: Log, *, behind: int = 0) -> tuple[int, Any]:
    """A quarantined event whose body lacks its only field; the entry and the order's id."""
    order = uuid4()
    bad = replace(log.released(order, 1), value=b"{}")
    await consumer.settle([bad, *(log.released(order, 2 + n) for n in range(behind))])
    (entry,) = await consumer.quarantine.entries()
    return entry.id, order


async def test_what_is_wrong_is_told_in_groups_of_the_own_region(
    consumer: Consumer, log: Log
) -> None:
    trail.mood.failing = {"k082lno"}
    await consumer.settle([log.void("order-1"), log.void("order-2"), log.released(uuid4(), 3)])

    async with asking(consumer) as one:
        found = (await one.get("/admin/parked/groups")).json()
    async with asking(consumer, region="bd", role=Grantee.OPS) as one:
        others = (await one.get("/admin/parked/groups")).json()
        overview = (await one.get("/admin/overview")).json()

    told = {(group["cause"], group["topic"]): group["keys"] for group in found}
    assert told == {("fault", "region.ac.orders"): 2, ("gap", HERE[0]): 1}
    assert others == overview["groups"] == []


@pytest.fixture
def two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a retry has two keys."""
    monkeypatch.setattr(mass_retries, "PAGE", 2)


@pytest.mark.usefixtures("two_at_a_time")
async def test_a_cause_is_retried_by_pages_and_stopped_where_it_has_come(
    consumer: Consumer, log: Log
) -> None:
    orders = [uuid4() for _ in range(5)]
    await consumer.settle([replace(log.released(one, 1), value=b"{}") for one in orders])
    async with asking(consumer) as one:
        asked = {**WHY, "cause": "invalid"}
        begun = await one.post("/admin/quarantine:retry", json=asked)
        await consumer.shared.retries.work()
        await trail.drain_now(consumer)
        (under_way,) = (await one.get("/admin/retries")).json()
        number = begun.json()["id"]
        stopped = (await one.post(f"/admin/retries/{number}:stop", json=WHY)).json()
        nothing_left = await consumer.shared.retries.work()
        others = await one.post("/admin/retries/9999:stop", json=WHY)

    assert (begun.status_code, begun.json()["total"]) == (202, 5)
    shown = {name: under_way[name] for name in ("released", "failed", "waiting", "settled")}
    assert shown == {"released": 2, "failed": 2, "waiting": 0, "settled": 0}
    assert (stopped["is_stopped"], stopped["released"]) == (True, 2)
    assert nothing_left > 0
    assert others.status_code == 404
    acts = await table(consumer.database, "SELECT what FROM audit ORDER BY id")
    assert acts == [("quarantine.retry-many",), ("quarantine.retry-stopped",)]


@pytest.mark.usefixtures("two_at_a_time")
async def test_a_retry_of_all_settles_what_can_be_and_ends(consumer: Consumer, log: Log) -> None:
    trail.mood.failing = {"k082lno"}
    await consumer.settle([log.void("order-1"), log.void("order-2"), log.void("order-3")])
    trail.mood.failing = set()
    async with consumer.database.unit() as unit:  # as if it had been tried in vain for long
        await unit.session.execute(text("UPDATE parked_keys SET state = 'quarantined'"))
    async with asking(consumer) as one:
        await one.post("/admin/quarantine:retry", json=WHY)
        for _ in range(3):
            await consumer.shared.retries.work()
            await trail.drain_now(consumer)
        (ended,) = (await one.get("/admin/retries")).json()
        none = (await one.post("/admin/quarantine:retry", json=WHY)).json()

    assert (ended["settled"], ended["failed"], ended["is_stopped"]) == (3, 0, False)
    assert ended["ended_at"] is not None
    assert (none["total"], none["ended_at"] is not None) == (0, True)
    assert await consumer.quarantine.entries() == []


async def test_an_edit_that_changes_effects_is_done_by_a_second_person(
    consumer: Consumer, log: Log
) -> None:
    entry, order = await invalid(consumer, log, behind=1)
    body = json.loads(log.released(order, 1).value or b"")
    path = f"/admin/quarantine/{entry}"
    async with asking(consumer, "anna") as anna:
        looked = await anna.post(f"{path}:preview", json={"what": "edit", "body": body})
        proposed = await anna.post(f"{path}:edit", json={**WHY, "body": body})
        own = await anna.post(f"{path}:confirm", json=WHY)
    assert await trail_of(consumer.database, order) == ()
    async with asking(consumer, "berit") as berit:
        shown = (await berit.get(path)).json()
        (waiting,) = (await berit.get("/admin/proposals")).json()
        stale = await berit.post(f"{path}:confirm", json={**WHY, "seen": "2026-01-01T00:00:00Z"})
        done = await berit.post(f"{path}:confirm", json={**WHY, "seen": waiting["proposed_at"]})
    await trail.drain_now(consumer)

    assert (looked.json()["needs_two"], looked.json()["takes_effect"]) == (True, True)
    assert "order_id" in looked.json()["changed"]
    assert (proposed.status_code, own.status_code) == (202, 409)
    assert own.json()["reason"] == "SAME_PERSON"
    assert (shown["proposed"]["who"], len(shown["behind"])) == ("anna", 1)
    assert (stale.status_code, done.status_code) == (404, 200)
    assert await trail_of(consumer.database, order) == (1, 2)
    acts = await table(consumer.database, "SELECT who, what, about::text FROM audit ORDER BY id")
    assert [act[:2] for act in acts] == [
        ("anna", "quarantine.propose-edit"),
        ("berit", "quarantine.edit"),
    ]
    assert json.loads(acts[-1][2])["proposed_by"] == "anna"


async def test_a_wrong_edit_is_refused_in_the_schemas_words_and_changes_nothing(
    consumer: Consumer, log: Log
) -> None:
    entry, _ = await invalid(consumer, log)
    path = f"/admin/quarantine/{entry}:edit"
    async with asking(consumer) as one:
        wrong = await one.post(path, json={**WHY, "body": {"order_id": "4711"}})
        empty = await one.post(path, json={**WHY, "fields": {"reason": "a"}})
        nowhere = await one.post(path, json={**WHY, "fields": {"lines.0.x": 1}})

    assert (wrong.status_code, wrong.json()["reason"]) == (422, "NOT_VALID")
    assert wrong.json()["fields"][0]["field"] == "order_id"
    assert wrong.json()["fields"][0]["problem"] == "ska vara UUID"
    assert empty.json()["fields"][0]["problem"] == "fältet saknas"
    assert (nowhere.status_code, nowhere.json()["reason"]) == (422, "NO_SUCH_FIELD")
    assert await table(consumer.database, "SELECT * FROM audit") == []


async def test_a_field_is_mended_by_its_path_without_seeing_the_others(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    body = {**json.loads(log.released(order, 1).value or b""), "order_id": "4711"}
    await consumer.settle([replace(log.released(order, 1), value=json.dumps(body).encode())])
    (entry,) = await consumer.quarantine.entries()
    path = f"/admin/quarantine/{entry.id}"
    async with asking(consumer, "anna") as anna:
        asked = {**WHY, "fields": {"order_id": str(order)}}
        proposed = (await anna.post(f"{path}:edit", json=asked)).json()
    async with asking(consumer, "berit") as berit:
        await berit.post(f"{path}:confirm", json=WHY)
    await trail.drain_now(consumer)

    assert proposed["preview"]["values"] == {"order_id": str(order)}
    assert await trail_of(consumer.database, order) == (1,)


async def test_what_loses_no_effect_is_discarded_by_one_person_and_a_proposal_can_be_withdrawn(
    consumer: Consumer, log: Log
) -> None:
    alone, _ = await invalid(consumer, log)
    async with asking(consumer) as one:
        looked = (
            await one.post(f"/admin/quarantine/{alone}:preview", json={"what": "discard"})
        ).json()
        gone = await one.post(f"/admin/quarantine/{alone}:discard", json=WHY)
    followed, order = await invalid(consumer, log, behind=2)
    path = f"/admin/quarantine/{followed}"
    async with asking(consumer) as one:
        two = (await one.post(f"{path}:preview", json={"what": "discard"})).json()
        proposed = await one.post(f"{path}:discard", json=WHY)
        withdrawn = await one.post(f"{path}:withdraw", json=WHY)
        again = await one.post(f"{path}:withdraw", json=WHY)
        shown: httpx.Response = await one.get(path)

    assert (looked["needs_two"], gone.status_code) == (False, 200)
    assert (two["needs_two"], two["behind"], two["lost"]) == (True, 2, False)
    assert [one.status_code for one in (proposed, withdrawn, again)] == [202, 200, 404]
    assert shown.json()["proposed"] is None
    assert await trail_of(consumer.database, order) == ()
