"""A policy that was used does not change afterwards, and one that cannot be used takes its own
region out of service.
"""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.policies import guard, read_policies, tell_outages
from kvitt_contracts.policy import Outage, OutCause, Policies, RegionOut
from kvitt_contracts.types import RegionCode
from kvitt_testkit.world import Given, ServiceUrls, World, regions_dir, wait_for
from sqlalchemy import text

from chassis.tests import toy

AC, BD = RegionCode("ac"), RegionCode("bd")
BODY = {"reader": "k082lno", "about": str(uuid4())}


def changed(policies: Policies) -> Policies:
    history = policies.of(AC)
    first = history.versions[0]
    other = first.model_copy(update={"private_clinics_hold_stock": True})
    return Policies({AC: history.model_copy(update={"versions": (other, *history.versions[1:])})})


def longer(policies: Policies) -> Policies:
    history = policies.of(AC)
    last = history.versions[-1]
    following = last.model_copy(
        update={"version": last.version + 1, "effective_from": last.effective_from + toy.A_DAY}
    )
    return Policies({AC: history.model_copy(update={"versions": (*history.versions, following)})})


def versions(policies: Policies) -> list[int]:
    return [one.version for one in policies.of(AC).versions]


async def use(world: World, policies: Policies) -> tuple[RegionCode, ...]:
    async with world.worker.unit() as unit:
        return await guard(unit.session, policies)


def edited(policies: Policies) -> Policies:
    """ac's used version reads otherwise; bd is as it was."""
    return Policies({AC: changed(policies).of(AC), BD: policies.of(BD)})


async def test_a_used_version_that_reads_otherwise_takes_its_region_out_alone(world: World) -> None:
    await use(world, Policies({AC: world.policies.of(AC), BD: world.policies.of(BD)}))
    policies = edited(world.policies)

    assert await use(world, policies) == (AC,)

    assert policies.regions == (BD,)
    assert policies.out[AC].cause is OutCause.POLICY_CHANGED
    assert "policy ac 1 has been changed" in policies.out[AC].detail
    assert "new version" in policies.out[AC].detail
    with pytest.raises(RegionOut):
        policies.of(AC)


async def test_a_used_policy_that_is_not_there_any_more_takes_its_region_out_alone(
    world: World,
) -> None:
    await use(world, Policies({AC: world.policies.of(AC), BD: world.policies.of(BD)}))
    policies = Policies({BD: world.policies.of(BD)})

    assert await use(world, policies) == (AC,)

    assert policies.regions == (BD,)
    assert policies.out[AC].cause is OutCause.POLICY_MISSING
    assert "ac.yaml is missing" in policies.out[AC].detail


async def test_a_version_of_a_region_that_is_out_is_not_stored_as_used(world: World) -> None:
    await use(world, world.policies)

    await use(world, changed(longer(world.policies)))

    async with world.worker.reading() as session:
        used = await session.scalars(
            text("SELECT version FROM policy_hashes WHERE region = 'ac' ORDER BY version")
        )
        assert used.all() == versions(world.policies)


async def test_the_same_policies_and_a_new_version_are_no_change(world: World) -> None:
    await use(world, world.policies)
    await use(world, world.policies)
    await use(world, longer(world.policies))

    async with world.worker.reading() as session:
        used = await session.scalars(
            text("SELECT version FROM policy_hashes WHERE region = 'ac' ORDER BY version")
        )
        assert used.all() == versions(longer(world.policies))


async def test_the_new_version_is_guarded_from_its_first_use_on(world: World) -> None:
    await use(world, longer(world.policies))
    last = longer(world.policies).of(AC).versions[-1].model_copy(update={"name": "Other"})
    history = world.policies.of(AC)
    policies = Policies({AC: history.model_copy(update={"versions": (*history.versions, last)})})

    assert await use(world, policies) == (AC,)

    assert f"policy ac {last.version}" in policies.out[AC].detail


def test_a_folder_without_policies_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no region's policy"):
        read_policies(tmp_path)


@pytest.fixture
def folder(tmp_path: Path, pytestconfig: pytest.Config) -> Path:
    for file in regions_dir(pytestconfig).glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_a_file_with_a_typo_takes_its_region_out_alone(folder: Path) -> None:
    file = folder / "ac.yaml"
    file.write_text(file.read_text().replace("outcome: auto_execute", "outcome: voided"))

    policies = read_policies(folder)

    assert policies.regions == (BD, RegionCode("m"), RegionCode("w"))
    outage = policies.out[AC]
    assert outage.cause is OutCause.POLICY_UNREADABLE
    assert all(
        part in outage.detail
        for part in ("ac.yaml", "transfer.expiry.outcome", "voided", "auto_execute")
    )


def test_a_file_whose_name_is_no_region_stops_nobody(folder: Path) -> None:
    (folder / "copy of ac.yaml").write_text((folder / "ac.yaml").read_text())

    assert read_policies(folder).regions == (AC, BD, RegionCode("m"), RegionCode("w"))


def test_an_outage_is_in_the_log_and_in_the_metrics(caplog: pytest.LogCaptureFixture) -> None:
    policies = Policies({}, out={AC: Outage(OutCause.POLICY_UNREADABLE, "ac.yaml: is empty")})

    tell_outages("notifications", policies)

    assert "region ac is out of service: ac.yaml: is empty" in caplog.text
    labels = {"service": "notifications", "region": "ac", "cause": "POLICY_UNREADABLE"}
    assert REGISTRY.get_sample_value("regions_out_of_service", labels) == 1


def without(region: RegionCode, policies: Policies) -> Policies:
    """The same policies, with one region out of service."""
    others = {code: policies.of(code) for code in policies.regions if code != region}
    outage = Outage(OutCause.POLICY_UNREADABLE, f"{region}.yaml: is empty")
    return Policies(others, out={region: outage})


async def test_timers_of_a_region_that_is_out_wait_and_the_others_fire(
    given: Given, toy_urls: ServiceUrls, policies: Policies
) -> None:
    async with given(toy.service, urls=toy_urls, policies=policies) as world:
        for region in (AC, BD):
            async with world.http(region=region) as client:
                (await client.post("/letters", json=BODY)).raise_for_status()
        world.worker.policies = without(AC, policies)
        loop = TimerLoop(world.worker, toy.messages)
        async with world.worker.unit() as unit:
            await unit.session.execute(text("UPDATE clock SET \"offset\" = '2 days'"))

        running = asyncio.create_task(loop.run())
        await wait_for(lambda: _status(world, BD, "removed"))
        await loop.stop()
        await running

        assert await _status(world, AC, "unread")
        assert await loop.due_count() == 0
        world.worker.policies = policies
        assert await loop.due_count() == 1


async def test_a_region_that_is_out_gets_503_with_the_reason_and_the_others_go_on(
    given: Given, toy_urls: ServiceUrls, policies: Policies
) -> None:
    async with given(toy.service, urls=toy_urls, policies=without(AC, policies)) as world:
        async with world.http(region=AC) as client:
            command = await client.post("/letters", json=BODY)
            view = await client.get("/letters")
        async with world.http(region=BD) as client:
            other = await client.post("/letters", json=BODY)

    assert (command.status_code, view.status_code, other.status_code) == (503, 503, 201)
    assert command.json()["reason"] == "REGION_OUT"
    assert command.json()["values"] == {"cause": "POLICY_UNREADABLE"}
    assert "regelverk" in command.json()["detail"]


async def _status(world: World, region: RegionCode, status: str) -> bool:
    (row,) = await world.rows(toy.LetterRow, region=region)
    return row.status == status
