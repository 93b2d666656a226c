"""Failpoints: what is armed happens there and then, and nothing otherwise."""

import asyncio
import zlib
from collections.abc import Iterator

import pytest
from kvitt_chassis.failpoints import FailpointHit, arm_from, disarm, failpoint, failpoint_of


@pytest.fixture(autouse=True)
def _nothing_stays_armed() -> Iterator[None]:
    yield
    disarm()


def test_an_armed_failpoint_is_hit_once_at_the_passing_that_was_told() -> None:
    arm_from("relay.after_send=raise@2")

    failpoint("relay.after_send")
    with pytest.raises(FailpointHit):
        failpoint("relay.after_send")
    failpoint("relay.after_send")


async def test_a_share_of_keys_fails_every_time_and_the_others_never() -> None:
    arm_from("unit.before_commit=raise%30")
    keys = [f"key-{number}" for number in range(50)]

    failing = {key for key in keys if await _fails(key)}

    assert failing == {key for key in keys if zlib.crc32(key.encode()) % 100 < 30}
    assert failing == {key for key in keys if await _fails(key)}


async def test_a_key_can_be_made_to_hang() -> None:
    arm_from("unit.before_commit=hang")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(failpoint_of("unit.before_commit", "key"), 0.05)
    await failpoint_of("unit.before_commit", "key")


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(KeyError):
        arm_from("relay.nowhere=kill")


async def _fails(key: str) -> bool:
    try:
        await failpoint_of("unit.before_commit", key)
    except FailpointHit:
        return True
    return False
