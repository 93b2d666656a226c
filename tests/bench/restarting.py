"""Of part `system`: how long one service takes to start, and how fast it reads everything again."""

import asyncio
from collections.abc import Sequence
from functools import partial
from time import monotonic

from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient
from kvitt.local.servers import admin_client
from kvitt_contracts.topics import groups_of
from kvitt_testkit.world import wait_for

from tests.bench.contest import LONGEST
from tests.bench.machine import Processes, tell
from tests.bench.report import Table
from tests.bench.system import World

_REPLAYED = ("orders", "inventory", "billing")


async def start_up(world: World) -> Table:
    """Each service ended and begun again while the others idle."""
    rows = []
    for name, service in world.system.services.items():
        tell(f"{name} starts alone")
        await asyncio.to_thread(service.stop)
        begun = monotonic()
        service.start()
        await asyncio.to_thread(service.await_ready, restarts=service.restarts)
        rows.append([name, f"{monotonic() - begun:.1f}"])
    return Table(
        "One service started alone, from its process to ready (database, assignment, log sent)",
        ["service", "seconds"],
        rows,
    )


async def replay(world: World) -> Table:
    """The offsets of a service's groups are set to 0: it reads all topics from their beginning."""
    client = admin_client(world.system.bootstrap, world.system.credentials("admin"))
    rows = [await _replay(world, client, name) for name in _REPLAYED]
    return Table(
        "Everything read again by a real service, each event known by its mark "
        "(goal: ≥ 10,000 messages/s)",
        ["service", "messages", "seconds", "messages/s", "recorded anew", "CPU"],
        rows,
        "From the group's assignment to the commit of the last offset.",
    )


async def _replay(world: World, client: AdminClient, name: str) -> list[str]:
    service = world.system.services[name]
    await asyncio.to_thread(service.stop)
    groups = list(groups_of(name, world.system.regions))
    messages, recorded = await _committed(client, groups), world.recorded()[name]
    tell(f"{name} reads {messages:,} messages again")
    for group in groups:
        await _set_back(client, group)
    service.start()

    async def all_is_read() -> bool:
        return await _committed(client, groups) >= messages

    for group in groups:
        await wait_for(partial(_is_assigned, client, group), within=LONGEST, every=0.01)
    assert service.child is not None
    processes = Processes({name: service.child.pid, **world.servers})
    processes.begin()
    begun = monotonic()
    await wait_for(all_is_read, within=LONGEST, every=0.01)
    seconds, used = max(monotonic() - begun, 0.001), processes.used()
    await asyncio.to_thread(service.await_ready, restarts=service.restarts)
    return [
        name,
        f"{messages:,}",
        f"{seconds:.2f}",
        f"{messages / seconds:,.0f}",
        f"{world.recorded()[name] - recorded}",
        used.told(),
    ]


async def _is_assigned(client: AdminClient, group: str) -> bool:
    found = await asyncio.to_thread(client.describe_consumer_groups([group])[group].result)
    return bool(found.state == ConsumerGroupState.STABLE and found.members)


async def _committed(client: AdminClient, groups: Sequence[str]) -> int:
    places = [place for group in groups for place in await _offsets(client, group)]
    return sum(max(one.offset, 0) for one in places)


async def _offsets(client: AdminClient, group: str) -> list[TopicPartition]:
    asked = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
    found = await asyncio.to_thread(asked[group].result)
    return list(found.topic_partitions or ())


async def _set_back(client: AdminClient, group: str) -> None:
    back = [TopicPartition(one.topic, one.partition, 0) for one in await _offsets(client, group)]
    if back:
        asked = client.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, back)])
        await asyncio.to_thread(asked[group].result)
