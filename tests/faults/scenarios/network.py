"""Faults of the network between one service and Kafka or PostgreSQL."""

import time
from random import Random

from kvitt_contracts.topics import SERVICES

from tests.faults.proxied import ProxiedWorld
from tests.faults.proxy import Proxy, Weather
from tests.faults.scenario import BROKER_AWAY, DATABASE_AWAY, Fault, scenario
from tests.faults.world import World

CUT_SECONDS = 14.0
"""Longer than a consumer's session; a cut from Kafka lasts longer than a page may take (20 s)."""


@scenario("cut-kafka", "a service cut off from Kafka", is_short=True, world="proxied")
def cut_kafka(world: World, chance: Random) -> Fault:
    """Nothing passes, in either direction; connections stay open."""
    return _under(world, chance, "kafka", Weather(to_server=False, to_client=False), seconds=23.0)


@scenario("cut-database", "a service cut off from PostgreSQL", is_short=True, world="proxied")
def cut_database(world: World, chance: Random) -> Fault:
    """As above, for the database."""
    return _under(world, chance, "postgres", Weather(to_server=False, to_client=False))


@scenario("one-way-kafka", "Kafka hears a service, and is not heard", world="proxied")
def one_way_kafka(world: World, chance: Random) -> Fault:
    """Every acknowledgement is lost."""
    return _under(world, chance, "kafka", Weather(to_client=False))


@scenario("one-way-database", "PostgreSQL hears a service, and is not heard", world="proxied")
def one_way_database(world: World, chance: Random) -> Fault:
    """Commits happen, and nobody is told."""
    return _under(world, chance, "postgres", Weather(to_client=False))


@scenario("deaf-kafka", "a service hears Kafka, and is not heard", world="proxied")
def deaf_kafka(world: World, chance: Random) -> Fault:
    """Heartbeats are lost, what has been fetched comes."""
    return _under(world, chance, "kafka", Weather(to_server=False))


@scenario("delay", "50–150 ms each way between a service and both servers", world="proxied")
def delay(world: World, chance: Random) -> Fault:
    """A far-away region."""
    return _under(world, chance, "both", Weather(delay=0.05, jitter=0.1))


@scenario("loss", "5 % of what passes has to be sent again", world="proxied")
def loss(world: World, chance: Random) -> Fault:
    """Stalls of up to a second."""
    return _under(world, chance, "both", Weather(loss=0.05))


@scenario("resets", "every connection of a service is reset each second", world="proxied")
def resets(world: World, chance: Random) -> Fault:
    """Fifteen times, wherever it is."""
    service = chance.choice(SERVICES)
    proxies = _proxies(world, "both")
    count = 0
    with world.loaded():
        for _ in range(15):
            time.sleep(1)
            count += sum(one.reset(service) for one in proxies)
    figures = {"service": service, "connections reset": str(count)}
    return Fault(explained=(*BROKER_AWAY, *DATABASE_AWAY), figures=figures)


def _under(
    world: World, chance: Random, server: str, weather: Weather, *, seconds: float = CUT_SECONDS
) -> Fault:
    service = chance.choice(SERVICES)
    proxies = _proxies(world, server)
    before = sum(one.held for one in proxies)
    with world.loaded():
        time.sleep(2)
        for one in proxies:
            one.set(service, weather)
        time.sleep(seconds)
        for one in proxies:
            one.clear()
        healed = time.monotonic()
        time.sleep(2)
    return Fault(
        explained=_EXPLAINED[server],
        healed_at=healed,
        figures={
            "service": service,
            "for": f"{seconds:.0f} s",
            "held up": f"{sum(one.held for one in proxies) - before} times",
        },
    )


_EXPLAINED = {
    "kafka": BROKER_AWAY,
    "postgres": DATABASE_AWAY,
    "both": (*BROKER_AWAY, *DATABASE_AWAY),
}


def _proxies(world: World, server: str) -> list[Proxy]:
    assert isinstance(world, ProxiedWorld)
    both = {"kafka": world.kafka_proxy, "postgres": world.postgres_proxy}
    return list(both.values()) if server == "both" else [both[server]]
