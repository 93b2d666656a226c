"""A whole service as a process: what comes in goes out, and it can be operated."""

import asyncio
import json
import shutil
import time
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kvitt_contracts.types import TransferId
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Prepared, Running, ServiceProcess
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import an_envelope, regions_dir, wait_for

from chassis.tests import toy
from chassis.tests.wire import MODULE, read_all
from contracts.tests.builders.bmb import a_transfer_cancelled

pytestmark = pytest.mark.long(seconds=10)

BODY = {"reader": "k082lno", "about": str(uuid4())}


@pytest.fixture(scope="module", autouse=True)
def toy_database(platform: Platform, prefix: str) -> None:
    urls = platform.database("notifications", prefix, migrate=False)
    toy.make_tables(urls.owner)


@pytest.fixture(scope="module")
def begun(prepared: Prepared, toy_database: None) -> ServiceProcess:
    process = prepared("notifications", module=MODULE)
    process.start()
    return process


@pytest.fixture
async def process(begun: ServiceProcess) -> ServiceProcess:
    await wait_for(begun.is_ready, within=40)
    return begun


async def send_cancelled(platform: Platform, prefix: str, count: int) -> None:
    """What bmb would send: one transfer's story of `count` events."""
    async with AIOKafkaProducer(**client_settings(platform, "bmb")) as producer:
        transfer = uuid4()
        for number in range(1, count + 1):
            event = a_transfer_cancelled(TransferId(transfer))
            envelope = an_envelope(event, subject=str(transfer), sequence=number)
            await producer.send_and_wait(
                f"{prefix}bmb.transfers",
                event.model_dump_json().encode(),
                key=str(transfer).encode(),
                headers=envelope.headers(),
            )


async def test_what_comes_by_http_and_by_kafka_goes_out_to_kafka(
    platform: Platform, prefix: str, process: ServiceProcess
) -> None:
    async with process.http() as client:
        posted = (await client.post("/letters", json=BODY)).json()["id"]
        await send_cancelled(platform, prefix, 3)
        await wait_for(lambda: _total(client, 4))
    await process.come_to_rest()

    sent = await read_all(platform, prefix)

    assert (posted, 1) in sent
    assert len(sent) == len(set(sent))


async def test_idle_is_answered_fast(process: ServiceProcess) -> None:
    """Within 20 ms, or, on a machine that is busy with more than this, four times the shortest
    question that asks the database.
    """
    took: dict[str, list[float]] = {"/admin/idle": [], "/admin/clock": []}
    async with process.admin() as client:
        for path in list(took) * 20:
            started = time.perf_counter()
            (await client.get(path)).raise_for_status()
            took[path].append(time.perf_counter() - started)

    assert min(took["/admin/idle"]) < max(0.02, 4 * min(took["/admin/clock"]))


async def test_moving_business_time_fires_what_is_due(process: ServiceProcess) -> None:
    async with process.http() as client, process.admin() as operator:
        letter = (await client.post("/letters", json=BODY)).json()["id"]
        now = (await operator.get("/admin/clock")).json()["now"]
        to = (datetime.fromisoformat(now) + 2 * toy.A_DAY).isoformat()
        moved = await operator.post("/admin/clock:advance", json={"to": to})
        back = await operator.post("/admin/clock:advance", json={"to": now})

        async def removed() -> bool:
            return bool((await client.get(f"/letters/{letter}")).json()["status"] == "removed")

        await wait_for(removed)
        story = (await operator.get(f"/admin/aggregate/notifications.messages/{letter}")).json()
        differing = (await operator.post("/admin/reconcile")).json()

    assert moved.status_code == 200
    assert (back.status_code, back.json()["reason"]) == (422, "CLOCK_GOES_BACK")
    assert [event["type"].split(".")[2] for event in story] == ["posted", "removed"]
    assert differing == []


async def test_who_operates_comes_by_a_port_that_serves_nobody_else(
    process: ServiceProcess,
) -> None:
    async with process.http() as user, process.admin() as operator:
        public = await user.get("/admin/idle")
        token = operator.headers["Authorization"]
        of_operator = await user.get("/admin/idle", headers={"Authorization": token})
        letters = await operator.get("/letters")
        operated = await operator.get("/admin/idle")
        stranger = await operator.get("/admin/idle", headers={"Authorization": "Bearer x"})
    async with process.admin(roles=["region_system"]) as system:
        asked = await system.get("/admin/idle")
        moved = await system.post("/admin/clock:advance", json={"offset_seconds": 86400})

    assert (public.status_code, of_operator.status_code) == (404, 404)
    assert (letters.status_code, operated.status_code) == (404, 200)
    assert stranger.status_code == 401
    assert (asked.status_code, moved.status_code) == (403, 403)
    assert asked.json()["rule"] == "REF-18"


async def test_an_act_is_written_down_with_who_and_why_and_chained(
    process: ServiceProcess,
) -> None:
    async with process.http() as client, process.admin(user="drift1") as operator:
        letter = (await client.post("/letters", json=BODY)).json()["id"]
        body = {"topic": "notifications.messages", "key": letter, "why": "a reader lost it"}
        sent = (await operator.post("/admin/outbox:republish", json=body)).json()
        (act, *_) = (await operator.get("/admin/audit")).json()

        async def sealed() -> bool:
            page = await operator.get("/admin/log/export?log=audit&limit=1000")
            return "outbox.republish" in page.text

        await wait_for(sealed)
        (walked,) = (await operator.post("/admin/log:verify", json={"why": "a test"})).json()

    assert (walked["log"], walked["broken"]) == ("audit", None)
    assert sent == {"sent": 1}, act
    assert (act["who"], act["what"], act["why"]) == (
        "drift1",
        "outbox.republish",
        "a reader lost it",
    )


async def test_what_cannot_be_read_stands_in_quarantine_until_a_person_ends_it(
    platform: Platform, prefix: str, process: ServiceProcess
) -> None:
    async with AIOKafkaProducer(**client_settings(platform, "bmb")) as producer:
        await producer.send_and_wait(f"{prefix}bmb.transfers", b"\xff", key=b"broken")
    async with process.admin() as client:

        async def parked() -> list[dict[str, object]]:
            found = await client.get("/admin/parked?state=quarantined")
            entries: list[dict[str, object]] = found.json()
            return entries

        (entry,) = await wait_for(parked)
        shown = await client.get(f"/admin/quarantine/{entry['id']}")
        gone = await client.post(
            f"/admin/quarantine/{entry['id']}:discard", json={"why": "broken at the sender"}
        )
        again = await client.get(f"/admin/quarantine/{entry['id']}")

    assert shown.status_code == gone.status_code == 200, shown.text + gone.text
    assert again.status_code == 404


async def test_regions_whose_policy_cannot_be_used_are_out_and_the_others_go_on(
    running: Running,
    process: ServiceProcess,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    edited = tmp_path / "regions"
    shutil.copytree(regions_dir(pytestconfig), edited)
    used = (edited / "ac.yaml").read_text()
    (edited / "ac.yaml").write_text(used.replace("days: 6", "days: 7", 1))
    (edited / "w.yaml").write_text("region: w\n\tname: Dalarna\n")

    other = await running("notifications", module=MODULE, KVITT_REGIONS_DIR=str(edited))

    assert "policy ac 1 has been changed" in other.said()
    assert "region w is out of service: w.yaml: line 2: is not YAML" in other.said()
    async with other.http() as client, other.admin() as operator:
        ready = await client.get("/health/ready")
        alive = await client.get("/health/live")
        command = await client.post("/letters", json=BODY)
        idle = await operator.get("/admin/idle")
        measured = (await client.get("/metrics")).text
    async with other.http(region="bd") as client:
        healthy = await client.post("/letters", json=BODY)
    assert (ready.status_code, alive.status_code, idle.status_code) == (200, 200, 200)
    assert set(ready.json()["regions_out"]) == {"ac", "w"}
    assert (command.status_code, command.json()["reason"]) == (503, "REGION_OUT")
    assert command.json()["values"] == {"cause": "POLICY_CHANGED"}
    assert healthy.status_code == 201
    assert 'http_connections{service="notifications"}' in measured  # they are bounded
    assert (
        'regions_out_of_service{cause="POLICY_CHANGED",region="ac",service="notifications"} 1.0'
        in measured
    )


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("KVITT_REGIONS_DIR", "/nowhere", "no region's policy"),
        ("KVITT_ISSUERS", "/nowhere", "No such file or directory"),
        ("KVITT_HTTP_PORT", "eighty", "KVITT_HTTP_PORT: Input should be a valid integer"),
    ],
)
async def test_a_service_that_cannot_start_says_why_in_one_line_and_ends(
    running: Running, toy_database: None, variable: str, value: str, reason: str
) -> None:
    other = await running("notifications", module=MODULE, ready=False, **{variable: value})

    assert other.popen is not None
    ended = other.popen
    await wait_for(lambda: ended.poll() is not None)

    assert ended.returncode == 1
    line = other.said().splitlines()[-1]
    assert json.loads(line)["message"].startswith("cannot start: ")
    assert reason in line
    assert "eighty" not in line


async def test_an_event_of_http_is_sent_at_once(
    platform: Platform, prefix: str, process: ServiceProcess
) -> None:
    consumer = AIOKafkaConsumer(
        f"{prefix}notifications.messages", **client_settings(platform, "notifications")
    )
    took = []
    async with consumer, process.http() as client:
        for partition in consumer.assignment():
            await consumer.position(partition)  # before anything is sent that it is to read
        for _ in range(20):
            await client.post("/letters", json=BODY)
            started = time.perf_counter()
            await asyncio.wait_for(consumer.getone(), 30)
            took.append(time.perf_counter() - started)

    assert sorted(took)[10] < 0.2


async def test_no_request_address_is_in_the_log(process: ServiceProcess) -> None:
    async with process.http() as client:
        await client.get("/letters?status=189001019802")
        await client.get("/fault")
        measured = (await client.get("/metrics")).text

    assert "189001019802" not in process.said() + measured
    assert '"error": "RuntimeError"' in process.said()


async def _total(client: object, least: int) -> bool:
    import httpx

    assert isinstance(client, httpx.AsyncClient)
    return bool((await client.get("/letters?limit=1")).json()["total"] >= least)
