"""What a service counts of its business and of its park: by region, and only what was committed."""

from uuid import uuid4

import pytest
from kvitt_chassis import metrics, refusal_counts
from kvitt_chassis.consuming.park_gauges import ParkGauges
from kvitt_chassis.operating.census import Census
from kvitt_contracts.types import UserId
from kvitt_testkit.world import World
from sqlalchemy import text

from chassis.tests import toy

AC = {"service": "notifications", "region": "ac"}
POSTED = "notifications.message.posted.v1"


def shown(name: str, **labels: str) -> float | None:
    """What `/metrics` shows of it; None: nothing."""
    return metrics.REGISTRY.get_sample_value(name, labels)


async def post(world: World) -> None:
    """A letter is posted."""
    command = toy.PostLetter(reader=UserId("k082lno"), about=uuid4())
    await world.command(command, target=uuid4())


async def recorded_in_vain(world: World) -> None:
    """A unit of work that has recorded an event, and fails."""
    async with world.worker.unit() as unit:
        unit.recorded["ac", POSTED] += 1
        raise RuntimeError("rolled back")


async def test_an_event_is_counted_by_region_and_type_once_it_is_committed(world: World) -> None:
    types = {"service": "notifications", "region": "ac", "type": POSTED}
    before = shown("events_recorded_total", **types) or 0

    await post(world)
    with pytest.raises(RuntimeError, match="rolled back"):
        await recorded_in_vain(world)

    assert shown("events_recorded_total", **types) == before + 1


async def test_things_are_counted_by_state_by_who_is_chosen_alone(world: World) -> None:
    is_chosen = True
    census = Census(toy.Base, database=world.worker, is_chosen=lambda: is_chosen)
    state = AC | {"table": "letters", "state": "unread"}
    await post(world)
    await post(world)

    pause = await census.work()
    counted = shown("rows_by_state", **state)
    is_chosen = False
    await census.work()

    assert counted == 2
    assert pause >= 60
    assert shown("rows_by_state", **state) is None


async def test_what_is_parked_is_shown_by_region_topic_cause_and_state(world: World) -> None:
    gauges = ParkGauges(world.worker)
    parked = AC | {"topic": "bmb.transfers", "cause": "gap", "state": "waiting"}
    async with world.worker.unit() as unit:
        await unit.session.execute(
            text(
                "INSERT INTO parked_keys (topic, key, region, state, cause, reason, parked_at)"
                " VALUES ('bmb.transfers', 'a', 'ac', 'waiting', 'gap', '-', now() - interval '1h')"
            )
        )

    await gauges.measure()
    keys = shown("parked_keys", **parked)
    waited = shown("parked_oldest_seconds", **AC, state="waiting")
    async with world.worker.unit() as unit:
        await unit.session.execute(text("DELETE FROM parked_keys"))
    await gauges.measure()

    assert keys == 1
    assert waited is not None
    assert 3_600 <= waited < 3_700
    assert shown("parked_keys", **parked) is None
    assert shown("parked_oldest_seconds", **AC, state="waiting") == 0
    assert shown("parked_oldest_seconds", **AC, state="quarantined") == 0


def test_a_refusal_is_counted_by_region_way_and_reason() -> None:
    labels = {"service": "bmb", "region": "-", "way": "http", "reason": "NOT_OPEN"}
    before = shown("refusals_total", **labels) or 0

    refusal_counts.count("bmb", refusal_counts.HTTP, "NOT_OPEN", region=None)

    assert shown("refusals_total", **labels) == before + 1
