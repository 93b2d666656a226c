"""Eight faults, each with its alarm, and what the alarm's page says that mends it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kvitt_testkit.world import an_envelope

from contracts.tests.builders.regions import a_payer_stated
from tests.watching.world import WatchedWorld

Act = Callable[[WatchedWorld], None]

RATE = 2.0
"""Cases that are begun each second meanwhile: a system in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`strike` makes the fault, `mend` is what the page of its alarm says; `labels`: some of that;
    `is_loaded`: the system is in use meanwhile.
    """

    alarm: str
    labels: Mapping[str, str] = field(default_factory=dict)
    told: str
    strike: Act
    mend: Act
    is_loaded: bool = False


def _end_service(world: WatchedWorld) -> None:
    world.services["bmb"].stop()


def _start_service(world: WatchedWorld) -> None:
    world.services["bmb"].start()
    world.services["bmb"].await_ready(restarts=10_000)


def _end_kafka(world: WatchedWorld) -> None:
    world.system.servers.await_kafka().kill()


def _start_kafka(world: WatchedWorld) -> None:
    world.system.servers.await_kafka().start()
    world.await_ready()


def _end_postgres(world: WatchedWorld) -> None:
    world.system.servers.postgres.stop_immediately()


def _start_postgres(world: WatchedWorld) -> None:
    world.system.servers.postgres.start()
    world.await_ready()


def _write_garbage(world: WatchedWorld) -> None:
    fact = a_payer_stated("81001", version=1, name="Umeå")
    described = dict(an_envelope(fact, subject="81001").headers())
    headers = [*(described | {"ce_type": b"region.payer.stated.v9"}).items()]
    world.plant("region.ac.orders", [(b"81001", fact.model_dump_json().encode(), headers)])


def _discard(world: WatchedWorld) -> None:
    for service in world.services:
        world.discard_parked(service)


def _break_release(world: WatchedWorld) -> None:
    world.services["inventory"].extra_environment["KVITT_FAILPOINTS"] = "inbox.in_handler=raise"
    _restart(world, "inventory")


def _mend_release(world: WatchedWorld) -> None:
    world.services["inventory"].extra_environment.pop("KVITT_FAILPOINTS")
    _restart(world, "inventory")
    limit = time.monotonic() + world.recovery_limit * 10
    while world.retry_parked() or world.measured("inventory", "consumer_paused_partitions"):
        if time.monotonic() > limit:
            raise TimeoutError("inventory is not at rest after its release was mended")
        time.sleep(1.0)


def _take_lease(world: WatchedWorld) -> None:
    with world.database("bmb") as database:
        database.execute(
            "UPDATE relay SET leased_until = 'infinity', epoch = epoch + 1, holder = 'nobody'"
        )


def _free_lease(world: WatchedWorld) -> None:
    with world.database("bmb") as database:
        database.execute("UPDATE relay SET leased_until = '-infinity'")


def _change_policy(world: WatchedWorld) -> None:
    file = world.policies / "m.yaml"
    file.with_suffix(".old").write_bytes(file.read_bytes())
    file.write_text("region: m\nversions: none\n", encoding="utf-8")
    _restart(world, "orders")


def _put_policy_back(world: WatchedWorld) -> None:
    file = world.policies / "m.yaml"
    file.with_suffix(".old").replace(file)
    _restart(world, "orders")


def _change_record(world: WatchedWorld) -> None:
    with world.database("orders") as database:
        database.execute("UPDATE payers SET name = name || ' (another)'")
    _verify(world)


def _change_record_back(world: WatchedWorld) -> None:
    with world.database("orders") as database:
        database.execute("UPDATE payers SET name = replace(name, ' (another)', '')")
    _verify(world)


def _verify(world: WatchedWorld) -> None:
    world.ask("orders", "POST", "/reconciliation:run", json={"why": "an alarm is tried"})


def _restart(world: WatchedWorld, service: str) -> None:
    process = world.services[service]
    process.stop()
    process.start()
    process.await_ready(restarts=10_000)


FAULTS = (
    Fault(
        alarm="ServiceDown",
        told="a service has ended and is not started",
        strike=_end_service,
        mend=_start_service,
    ),
    Fault(
        alarm="NotReady",
        labels={"check": "consumer"},
        told="Kafka is down",
        strike=_end_kafka,
        mend=_start_kafka,
    ),
    Fault(
        alarm="NotReady",
        labels={"check": "database"},
        told="PostgreSQL is down",
        strike=_end_postgres,
        mend=_start_postgres,
    ),
    Fault(
        alarm="KeysQuarantined",
        told="a region sends what nobody can read",
        strike=_write_garbage,
        mend=_discard,
    ),
    Fault(
        alarm="PartitionPaused",
        told="a release whose every handler fails",
        strike=_break_release,
        mend=_mend_release,
        is_loaded=True,
    ),
    Fault(
        alarm="NobodySends",
        told="the relay's lease is held by nobody that lives",
        strike=_take_lease,
        mend=_free_lease,
    ),
    Fault(
        alarm="RegionOut",
        told="a region's policy cannot be read",
        strike=_change_policy,
        mend=_put_policy_back,
    ),
    Fault(
        alarm="RecordsDiffer",
        told="rows were changed by hand",
        strike=_change_record,
        mend=_change_record_back,
    ),
)
