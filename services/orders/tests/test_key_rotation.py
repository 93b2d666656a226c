"""REF-22: a region's ring is replaced while the service serves."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, an_envelope
from orders.app import service
from orders.people.keys import domain
from orders.people.keys.domain import RingRefused
from orders.people.keys.models import KeyRingRow
from orders.people.keys.wrapping import wrapper

from contracts.tests.builders.regions import CHILD, a_person_stated
from services.orders.tests.builders import a_reserve_number, an_identity
from services.orders.tests.vault import details_in
from services.orders.tests.worlds import ref_of

LATER = datetime.now(UTC) + timedelta(days=1)
OPS: dict[str, Any] = {"user": "ops-1", "roles": [Role.OPS]}


async def two_persons(world: World) -> None:
    await world.handle(a_person_stated(name="Tess"), subject="ac-person-1")
    await world.handle(a_person_stated(a_reserve_number(), name="Ture"), subject="ac-person-2")


async def names(world: World) -> list[str]:
    refs = [await ref_of(world, f"ac-person-{n}") for n in (1, 2)]
    return [(await details_in(world, ref)).name for ref in refs]


@pytest.mark.rule("REF-22c")
async def test_a_regions_key_is_replaced_and_the_old_one_forgotten(given: Given) -> None:
    async with given(service, at=LATER) as world:
        await two_persons(world)
        async with world.http(**OPS) as client:
            rotated = await client.post("/person-keys:rotate")
            assert rotated.status_code == 200, rotated.text
            assert [one["persons"] for one in rotated.json()["versions"]] == [2, 0]
            assert await names(world) == ["Tess", "Ture"]
            early = await client.post("/person-keys:drop-old")

            assert await world.fire_timers() == 2
            shown = (await client.get("/person-keys")).json()["versions"]
            assert [(one["persons"], one["is_current"]) for one in shown] == [(0, False), (2, True)]
            await world.advance(LATER + timedelta(hours=2))
            dropped = await client.post("/person-keys:drop-old")

        assert early.json()["reason"] == "KEY_REPLACED_JUST_NOW"
        assert [one["version"] for one in dropped.json()["versions"]] == [2]
        assert await names(world) == ["Tess", "Ture"]


@pytest.mark.rule("REF-22a")
async def test_the_first_persons_of_a_region_may_come_in_one_batch(given: Given) -> None:
    async with given(service, at=LATER) as world:
        first, second = a_person_stated(name="Tess"), a_person_stated(an_identity(CHILD), name="Bo")
        await world.handle_batch(
            (an_envelope(first, region="ac", subject="ac-person-1"), first),
            (an_envelope(second, region="ac", subject="ac-person-2"), second),
        )

        assert await names(world) == ["Tess", "Bo"]


@pytest.mark.rule("REF-22c")
async def test_the_key_of_keys_is_replaced_with_the_ring(given: Given, tmp_path: Path) -> None:
    file = tmp_path / "person-keys.json"
    async with given(service, at=LATER) as world:
        await two_persons(world)
        keys = json.loads(file.read_text())
        file.write_text(json.dumps({**keys, "2": "22" * 32}))
        async with world.http(**OPS) as client:
            await client.post("/person-keys:rotate")
        file.write_text(json.dumps({"2": "22" * 32}))
        wrapper.cache_clear()

        (ring,) = await world.rows(KeyRingRow)
        assert all(one.startswith("file:2:") for one in ring.versions.values())
        assert await names(world) == ["Tess", "Ture"]


@pytest.mark.rule("REF-22c")
def test_a_version_that_wraps_somebodys_key_is_not_dropped() -> None:
    with pytest.raises(RingRefused) as refused:
        domain.must_be_unused({1: 3, 2: 5}, current=2, current_since=LATER, now=LATER + HOURS)

    assert refused.value.reason == "KEYS_STILL_IN_USE"
    domain.must_be_unused({2: 8}, current=2, current_since=LATER, now=LATER + HOURS)


HOURS = timedelta(hours=2)
