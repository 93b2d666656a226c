"""A policy that was used does not change afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kvitt_chassis.policies import PolicyChanged, guard, read_policies
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode
from kvitt_testkit.world import Given, Servers, World
from sqlalchemy import text

from chassis.tests import toy

AC = RegionCode("ac")


@pytest.fixture(scope="module")
def toy_urls(platform: Servers, prefix: str) -> object:
    urls = platform.database("notifications", prefix, migrate=False)
    toy.make_tables(urls.owner)
    return urls


@pytest.fixture
async def world(given: Given, toy_urls: object) -> AsyncIterator[World]:
    async with given(toy.service, urls=toy_urls) as world:
        yield world


def changed(policies: Policies) -> Policies:
    history = policies.of(AC)
    first = history.versions[0]
    other = first.model_copy(update={"private_clinics_hold_stock": True})
    return Policies({AC: history.model_copy(update={"versions": (other,)})})


def longer(policies: Policies) -> Policies:
    history = policies.of(AC)
    second = history.versions[0].model_copy(
        update={"version": 2, "effective_from": history.versions[0].effective_from + toy.A_DAY}
    )
    return Policies({AC: history.model_copy(update={"versions": (*history.versions, second)})})


async def use(world: World, policies: Policies) -> None:
    async with world.worker.unit() as unit:
        await guard(unit.session, policies)


async def test_a_used_version_that_reads_otherwise_is_named(world: World) -> None:
    await use(world, world.policies)

    with pytest.raises(PolicyChanged, match="ac 1") as refused:
        await use(world, changed(world.policies))

    assert "new version" in str(refused.value)


async def test_the_same_policies_and_a_new_version_are_no_change(world: World) -> None:
    await use(world, world.policies)
    await use(world, world.policies)
    await use(world, longer(world.policies))

    async with world.worker.reading() as session:
        used = await session.scalars(
            text("SELECT version FROM policy_hashes WHERE region = 'ac' ORDER BY version")
        )
        assert used.all() == [1, 2]


async def test_the_new_version_is_guarded_from_its_first_use_on(world: World) -> None:
    await use(world, longer(world.policies))
    second = longer(world.policies).of(AC).versions[1].model_copy(update={"name": "Other"})
    history = world.policies.of(AC)

    with pytest.raises(PolicyChanged, match="ac 2"):
        await use(
            world,
            Policies({AC: history.model_copy(update={"versions": (*history.versions, second)})}),
        )


def test_a_folder_without_policies_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no region's policy"):
        read_policies(tmp_path)
