"""What an operator sees and does over HTTP: one region's share, or all; and business time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from kvitt_chassis.operating import clock
from kvitt_contracts.access import Grantee
from kvitt_testkit.platform import Platform
from sqlalchemy import text

from chassis.tests.operated import AtRest, client
from chassis.tests.outbox_parts import TOPIC, Log, a_log, record

_TIMERS = """
    INSERT INTO timers (timer, region, key, due)
    SELECT 'reminder', region, gen_random_uuid(), now() - interval '1 minute'
    FROM unnest(ARRAY['ac', 'ac', 'bd']) AS region
    """
_PARKED = """
    INSERT INTO parked_keys (topic, key, region, state, cause, reason)
    SELECT 'region.ac.orders', 'key-' || n, region, state, 'fault', '-'
    FROM (VALUES (1, 'ac', 'waiting'), (2, 'ac', 'quarantined'), (3, 'bd', 'quarantined'),
                 (4, NULL, 'quarantined')) AS one (n, region, state)
    """
_MARK = text("INSERT INTO marks (topic, key, seq) VALUES ('orders.persons', :key, 1)")
_ASKED = """
    CREATE TABLE person_accesses (region text, person uuid);
    GRANT SELECT ON person_accesses TO PUBLIC;
    INSERT INTO person_accesses VALUES ('bd', '{person}')
    """
ALL_REGIONS = (
    ("POST", "/admin/reconcile", None),
    ("GET", "/admin/audit", None),
    ("GET", "/admin/outbox", None),
    ("GET", "/admin/secrets", None),
    ("GET", f"/admin/outbox/last-numbers?topic={TOPIC}", None),
    ("POST", "/admin/outbox:republish", {"topic": TOPIC, "key": "of-ac", "why": "it is lost"}),
    ("POST", "/admin/outbox:rebase", {"resend": "everything", "why": "it was restored"}),
    ("POST", "/admin/clock:advance", {"offset_seconds": 86400}),
)


@pytest.fixture
async def log(platform: Platform) -> AsyncIterator[Log]:
    """Events of two regions."""
    async with a_log(platform, kafka=False) as made:
        worker = made.database()
        await record(worker, "of-ac", count=2)
        await record(worker, "of-bd", count=3, region="bd")
        yield made


def asking(log: Log, **who: Any) -> Any:
    return client(log.database(), log.database("api"), moves_clock=True, **who)


@pytest.mark.rule("REF-18h")
async def test_idle_counts_the_share_of_who_operates_one_region(log: Log) -> None:
    await log.as_owner(_TIMERS)
    await log.as_owner(_PARKED)
    looks, consumers = {}, AtRest()
    for region, role in (("ac", Grantee.OPS), ("bd", Grantee.OPS), ("ac", Grantee.PLATFORM)):
        async with asking(log, region=region, role=role, consumers=consumers) as one:
            looks[region, role] = (await one.get("/admin/idle")).raise_for_status().json()
            assert (await one.get("/admin/idle?region=bd")).json() == looks[region, role]

    shown = ("recorded", "unsent", "parked_waiting", "quarantined", "due_timers")
    assert {who: tuple(look[name] for name in shown) for who, look in looks.items()} == {
        ("ac", Grantee.OPS): (2, 2, 1, 1, 2),
        ("bd", Grantee.OPS): (5, 3, 0, 1, 1),
        ("ac", Grantee.PLATFORM): (5, 5, 1, 3, 3),
    }
    assert consumers.asked == ["ac"] * 2 + ["bd"] * 2 + [None] * 2, "whose topics the lag is of"


@pytest.mark.rule("REF-24a", "REF-18h")
async def test_who_operates_a_region_is_told_of_its_persons_alone(log: Log) -> None:
    """What has no region of its own, such as a mark, tells no other region of them either."""
    person = uuid4()
    payload = f'{{"person": "{person}"}}'
    await record(log.database(), "of-ac", payload=payload)
    async with log.database().autocommit() as connection:
        await connection.execute(_MARK, {"key": str(person)})
    told = {}
    for region, role in (("ac", Grantee.OPS), ("bd", Grantee.OPS), ("bd", Grantee.PLATFORM)):
        async with asking(log, region=region, role=role) as one:
            answer = await one.get(f"/admin/persons/{person}/stored?region=ac")
            told[region, role] = answer.raise_for_status().json()["rows"]

    assert [row["payload"] for row in told["ac", Grantee.OPS]["events"]] == [payload]
    assert [row["key"] for row in told["ac", Grantee.OPS]["marks"]] == [str(person)]
    assert told["bd", Grantee.OPS] == {}
    assert told["bd", Grantee.PLATFORM] == told["ac", Grantee.OPS]


@pytest.mark.rule("REF-24a", "REF-18h")
async def test_whom_a_region_has_asked_for_in_vain_is_not_its_own(log: Log) -> None:
    """Its row in the log of persons is told, and nothing more."""
    person = uuid4()
    await log.as_owner(_ASKED.format(person=person))
    async with log.database().autocommit() as connection:
        await connection.execute(_MARK, {"key": str(person)})

    async with asking(log, region="bd", role=Grantee.OPS) as one:
        answer = await one.get(f"/admin/persons/{person}/stored")

    told = answer.raise_for_status().json()["rows"]
    assert told == {"person_accesses": [{"region": "bd", "person": str(person)}]}


@pytest.mark.rule("REF-18h", "REF-18c")
async def test_another_regions_aggregate_is_as_if_there_were_none(log: Log) -> None:
    async with asking(log, region="bd", role=Grantee.OPS) as one:
        others = await one.get(f"/admin/aggregate/{TOPIC}/of-ac")
        nobodys = await one.get(f"/admin/aggregate/{TOPIC}/of-nobody")
        own = await one.get(f"/admin/aggregate/{TOPIC}/of-bd")
    async with asking(log, region="bd") as one:
        all_regions = await one.get(f"/admin/aggregate/{TOPIC}/of-ac")

    assert (others.status_code, others.json()) == (404, nobodys.json())
    assert [event["region"] for event in own.json()] == ["bd"] * 3
    assert len(all_regions.json()) == 2


@pytest.mark.rule("REF-18h")
@pytest.mark.parametrize(("method", "path", "body"), ALL_REGIONS)
async def test_what_concerns_all_regions_takes_who_operates_all(
    log: Log, method: str, path: str, body: dict[str, Any] | None
) -> None:
    async with asking(log, role=Grantee.OPS) as one:
        refused = await one.request(method, path, json=body)

    assert refused.status_code == 403
    assert refused.json()["values"]["needs_one_of"] == ["platform"]
    async with log.database().reading() as session:
        assert await clock.offset(session) == timedelta()


async def test_who_operates_nothing_is_let_in_nowhere(log: Log) -> None:
    async with asking(log, role=Grantee.REGION_SYSTEM) as one:
        statuses = {(await one.get(f"/admin/{path}")).status_code for path in ("idle", "parked")}

    assert statuses == {403}


async def test_business_time_is_moved_by_name_and_within_its_bounds(log: Log) -> None:
    before = datetime.now(UTC)
    async with asking(log, user="k082lno") as one:
        shown = (await one.get("/admin/clock")).json()
        moved = await one.post(
            "/admin/clock:advance", json={"offset_seconds": 86400, "why": "kurs"}
        )
        far = await one.post("/admin/clock:advance", json={"to": "9999-12-31T23:59:59Z"})
        farther = await one.post("/admin/clock:advance", json={"offset_seconds": 1e300})
        acts = (await one.get("/admin/audit")).json()
    after = datetime.now(UTC)

    assert shown["moves"] is True
    assert moved.json()["offset_seconds"] == 86400
    assert (far.status_code, far.json()["reason"]) == (422, "CLOCK_GOES_TOO_FAR")
    assert farther.status_code == 422
    assert [(act["who"], act["what"], act["why"]) for act in acts] == [
        ("k082lno", "clock.advance", "kurs")
    ]
    about = {name: datetime.fromisoformat(at) for name, at in acts[0]["about"].items()}
    assert timedelta(hours=23) < about["to"] - about["from"] < timedelta(hours=25)
    assert before <= about["from"] <= after


async def test_business_time_stands_where_it_is_not_made_to_move(log: Log) -> None:
    async with client(log.database(), log.database("api")) as one:
        shown = (await one.get("/admin/clock")).json()
        moved = await one.post("/admin/clock:advance", json={"offset_seconds": 86400})

    assert shown["moves"] is False
    assert moved.status_code == 404
    async with log.database().reading() as session:
        assert await clock.offset(session) == timedelta()
