"""A region whose policy file is broken is out of service alone; what it sent meanwhile is settled
when the file is mended and the service started again. One that fills the park is held alone.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import ServiceUrls, an_envelope, regions_dir, wait_for

from contracts.tests.builders.regions import a_payer_stated

pytestmark = pytest.mark.long(seconds=30)


PAYERS = {"ac": "20011", "bd": "2001"}  # as long as each region's codes are


async def state_a_payer(platform: Platform, prefix: str, region: str, payer: str = "") -> None:
    async with AIOKafkaProducer(**client_settings(platform, f"region-{region}")) as producer:
        payer = payer or PAYERS[region]
        fact = a_payer_stated(payer)
        await producer.send_and_wait(
            f"{prefix}region.{region}.orders",
            fact.model_dump_json().encode(),
            key=payer.encode(),
            headers=an_envelope(fact, region=region, subject=payer).headers(),
        )


@pytest.fixture
def regions(tmp_path: Path, pytestconfig: pytest.Config) -> Path:
    """The delivered policies, in a directory where they can be edited."""
    return Path(shutil.copytree(regions_dir(pytestconfig), tmp_path / "regions"))


async def payers(client: httpx.AsyncClient) -> int:
    found: int = (await client.get("/payers")).json()["total"]
    return found


async def test_a_region_with_a_broken_file_waits_and_loses_nothing(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
    regions: Path,
) -> None:
    service_database("orders")
    right = (regions / "ac.yaml").read_text()
    (regions / "ac.yaml").write_text(right.replace("outcome: auto_execute", "outcome: voided"))
    process = await running("orders", KVITT_REGIONS_DIR=str(regions))

    for region in ("ac", "bd"):
        await state_a_payer(platform, prefix, region)
    async with process.http(region="bd") as client:
        await wait_for(lambda: payers(client))
        ready = (await client.get(f"{process.url}/health/ready")).json()
    async with process.http(region="ac") as client:
        refused = await client.get("/payers")
    (regions / "ac.yaml").write_text(right)
    process.stop()
    await process.started()

    assert "transfer.expiry.outcome" in ready["regions_out"]["ac"]
    assert (refused.status_code, refused.json()["reason"]) == (503, "REGION_OUT")
    async with process.http(region="ac") as client:
        await wait_for(lambda: payers(client))


async def test_what_is_parked_of_a_region_that_is_out_waits_and_can_be_discarded(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
    regions: Path,
) -> None:
    service_database("orders")
    process = await running("orders", KVITT_REGIONS_DIR=str(regions))
    async with AIOKafkaProducer(**client_settings(platform, "region-ac")) as producer:
        for key in (b"1", b"2"):
            await producer.send_and_wait(f"{prefix}region.ac.orders", b"{", key=key)

    async def parked() -> list[dict[str, Any]]:
        async with process.admin() as client:
            found: list[dict[str, Any]] = (await client.get("/admin/parked")).json()
        return found if len(found) == 2 and not (await process.idle())["untold"] else []

    first, second = [one["id"] for one in await wait_for(parked)]
    (regions / "ac.yaml").write_text("")
    process.stop()
    await process.started()
    because = {"why": "the sender knows of it"}

    async with process.admin() as client:
        discarded = await client.post(f"/admin/quarantine/{first}:discard", json=because)
        await client.post(f"/admin/quarantine/{second}:retry", json=because)

        async def is_tried() -> bool:
            left: list[dict[str, Any]] = (await client.get("/admin/parked")).json()
            return [(one["id"], one["cause"]) for one in left] == [(second, "unreadable")]

        assert discarded.status_code == 200
        await wait_for(is_tried)
    assert "KeyError" not in process.said()


async def test_a_region_that_fills_the_park_is_named_and_the_others_go_on(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> None:
    service_database("orders")
    process = await running("orders", KVITT_PARKED_KEYS_PER_REGION="2")
    async with AIOKafkaProducer(**client_settings(platform, "region-ac")) as producer:
        for key in (b"1", b"2", b"3"):
            await producer.send_and_wait(f"{prefix}region.ac.orders", b"{", key=key)
    async with process.http(region="bd") as client:

        async def held() -> list[str]:
            answer = await client.get("/health/ready")
            found: list[str] = answer.json().get("regions_held", [])
            return found if answer.status_code == 200 else []

        before = await payers(client)
        assert await wait_for(held, within=30) == ["ac"]
        await state_a_payer(platform, prefix, "bd", "2002")

        async def is_known() -> bool:
            return await payers(client) > before

        await wait_for(is_known, within=30)
