"""Part `feed`: from the commit of an effect in a service until the region's own systems have been
told of it without Kafka: by the long poll of `GET /feed`, and by a webhook.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

import httpx
from kvitt_contracts.access import Grantee
from kvitt_testkit.world import wait_for

from tests.bench import steps
from tests.bench.listening import Heard, polling, receiving
from tests.bench.machine import Used
from tests.bench.report import Section, Table
from tests.bench.system import World, running

_EFFECTS_A_SECOND = 100
_TELLER = "notifications"
_LAST_SECONDS = 60.0
"""So long after the last effect is waited for what has not come."""

_SAID = """
    SELECT event_id::text, causation_id,
           extract(epoch FROM pg_xact_commit_timestamp(xid::xid))::float8
    FROM events WHERE topic = %s AND id > %s
"""
_COMMITTED = """
    SELECT event_id::text, extract(epoch FROM pg_xact_commit_timestamp(xid::xid))::float8
    FROM events WHERE id > %s
"""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the feed: when it was committed there, and when the effect that it tells of was
    in its service.
    """

    event_id: str
    effect_at: float
    said_at: float


async def measure(*, quick: bool) -> Section:
    """One open loop, with both ways beside each other."""
    seconds = 5 if quick else 60
    section = Section("feed", "The feed over HTTP: long poll and webhook")
    async with running() as world:
        await world.stock(deliveries=1 if quick else 5)
        rate = _EFFECTS_A_SECOND / await _effects_of_an_order(world, orders=20 if quick else 100)
        section.tables.append(await _measured(world, rate, seconds))
    return section


async def _effects_of_an_order(world: World, *, orders: int) -> float:
    """How many events the services record for one order, but for what the region is told."""
    before = world.recorded()
    await world.settle([world.business.order() for _ in range(orders)])
    return _effects(before, world.recorded()) / orders


def _effects(before: Mapping[str, int], after: Mapping[str, int]) -> int:
    return sum(after[name] - before[name] for name in after if name != _TELLER)


async def _measured(world: World, rate: float, seconds: int) -> Table:
    region = world.business.region
    url = world.system.services[_TELLER].url
    token = world.system.tokens.issue("bench", region=region, roles=(Grantee.REGION_SYSTEM,))
    with receiving() as (receiver, received), polling(url, token) as polled:
        await _add_webhook(url, token, receiver)
        since = world.recorded()
        orders = [world.business.order() for _ in range(round(rate * seconds))]
        world.processes.begin()
        await world.pace(orders, rate=rate)
        used = world.processes.used()
        await world.rest()
        effects = _effects(since, world.recorded())
        told = _told(world, since)
        if not told:
            raise RuntimeError("the region was told of nothing")
        await _all_came(told, polled, received)
    title = (
        f"An effect's commit in its service → the region's system has what it is told of it; "
        f"{rate:.1f} orders/s of one region for {seconds} s in an open loop, "
        f"{effects / seconds:.0f} effects/s in orders, bmb, inventory and billing "
        "(goal at 100: p99 ≤ 1,000 ms, by either way)"
    )
    return _table(title, told, polled, received, used)


async def _add_webhook(url: str, token: str, receiver: str) -> None:
    """The whole feed from now on. Raises RuntimeError."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(timeout=60.0) as client:
        answer = await client.post(f"{url}/webhooks", json={"url": receiver}, headers=headers)
    if answer.status_code != 201:
        raise RuntimeError(f"no webhook: {answer.status_code} {answer.text[:200]}")


def _told(world: World, since: Mapping[str, int]) -> list[Told]:
    """What the region was told of effects that were recorded in this time."""
    effects: dict[str, float] = {}
    for service in since:
        if service != _TELLER:
            with world.connect(service) as connection:
                effects.update(list(connection.execute(_COMMITTED, [since[service]])))
    topic = f"region.{world.business.region}.events"
    with world.connect(_TELLER) as connection:
        said = list(connection.execute(_SAID, [topic, since[_TELLER]]))
    return [Told(one, effects[cause], at) for one, cause, at in said if cause in effects]


async def _all_came(told: Sequence[Told], *ways: Heard) -> None:
    """Wait until all has come every way; what has not is told in the table."""
    with suppress(AssertionError):
        await wait_for(
            lambda: all(one.event_id in way.at for way in ways for one in told),
            within=_LAST_SECONDS,
            every=0.1,
        )


def _table(title: str, told: Sequence[Told], polled: Heard, received: Heard, used: Used) -> Table:
    said = [one.said_at - one.effect_at for one in told]
    return Table(
        title,
        [*steps.COLUMNS, "events of the feed", "not come"],
        [
            [*steps.row("effect", "the feed's own commit", said), f"{len(told):,}", ""],
            _row("the answer of a long poll", told, polled),
            _row("a webhook's receiver", told, received),
        ],
        "An effect is any event that one of the four records, receipts among them. Both ways at "
        "once, telemetry on; commit times are PostgreSQL's own. The poller asks again "
        "as soon as it is answered; the receiver answers 204 at once. Both are threads of the "
        f"process that sends the orders. *Not come*: within {_LAST_SECONDS:.0f} s after all "
        f"services rest. CPU: {used.told()}.",
    )


def _row(to: str, told: Sequence[Told], heard: Heard) -> list[str]:
    came = [heard.at[one.event_id] - one.effect_at for one in told if one.event_id in heard.at]
    return [*steps.row("effect", to, came), f"{len(told):,}", f"{len(told) - len(came)}"]
