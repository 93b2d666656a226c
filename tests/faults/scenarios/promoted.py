"""The last commits are lost: a standby that lacks them takes the primary's place, or a backup does.

It spoils its system: what was committed and lost has been heard of by others.
"""

import os
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from kvitt.local.postgres import ADMIN, as_unprivileged, binary
from kvitt.local.processes import free_ports
from kvitt_contracts.topics import SERVICES, consumed_by

from tests.faults.checker.evidence import Violation
from tests.faults.scenario import DATABASE_AWAY, Fault, scenario
from tests.faults.world import World

_SECONDS = 120.0
_REFUSED = (
    r"^kvitt_chassis\.relaying\.relay: \w+: the relay sends nothing: the database's timeline is",
    r"^kvitt_chassis\.relaying\.relay: \w+: the relay sends nothing: the database server is",
)
_FORKED = (
    r"^kvitt_chassis\.consuming\.inbox: a message of .* is parked: (fork|gap)$",
    r"^kvitt_chassis\.consuming\.drain: quarantine entry \d+ on .*: fork, ",
)
_SHORTER = (r"^kvitt_chassis\.evidence\.sealer: .* is not what was kept apart of it at \d+$",)


@scenario("promoted", "a standby without the last commits is promoted", world="promoted")
def promoted(world: World, chance: Random) -> Fault:
    """Every relay refuses until somebody decides; then what came twice with two ids is parked."""
    with world.loaded():
        time.sleep(6)
        standby = _standby(world)
        time.sleep(2)
        lost_from = _cut_off(world, standby)
        time.sleep(6)
    lost = sum(_last(world).values()) - sum(lost_from.values())
    _promote(world, standby)
    return _decided(world, lost)


@scenario("restored", "a database restored from before the last commits", world="restored")
def restored(world: World, chance: Random) -> Fault:
    """From a base backup, by PostgreSQL's own recovery; the rest as with a standby."""
    postgres = world.system.servers.postgres
    backup = postgres.data.with_name("backup")
    with world.loaded():
        time.sleep(6)
        _back_up(world, backup)
        time.sleep(6)
    before = sum(_last(world).values())
    postgres.stop_immediately()
    (backup / "recovery.signal").touch()
    with (backup / "postgresql.auto.conf").open("a") as settings:
        settings.write("restore_command = 'false'\n")
    _replace(world, backup)
    with world.database(SERVICES[0]) as database:
        _until(database, "SELECT NOT pg_is_in_recovery()")
    return _decided(world, before - sum(_last(world).values()))


def _decided(world: World, lost: int) -> Fault:
    """The relays refuse; what was lost is read again, and the log sent again as it is now."""
    refusing = _await_refusals(world)
    sent_meanwhile = _positions(world)
    time.sleep(3)
    silent = _positions(world) == sent_meanwhile
    healed = time.monotonic()
    unread = _unread(world)
    for service in SERVICES:
        body = {"resend": "everything", "why": "commits are lost"}
        world.ask(service, "POST", "/outbox:rebase", json=body)
    _await_no_work(world)
    forks, found = _forks(world)
    found += unread
    if refusing != len(SERVICES):
        found.append(Violation("I4", "relays", f"only {refusing} of {len(SERVICES)} refuse"))
    if not silent:
        found.append(Violation("I4", "relays", "something was sent while they refused"))
    if not lost or not forks:
        found.append(Violation("I4", "relays", f"{lost} commits lost, {forks} forks: no fault"))
    return Fault(
        explained=(*DATABASE_AWAY, *_REFUSED, *_FORKED, *_SHORTER),
        # What was lost was acted on: these can hold only when nothing is lost.
        not_judged=frozenset({"I2", "I3", "I4", "I5", "I8"}),
        found=tuple(found),
        healed_at=healed,
        figures={
            "commits lost": str(lost),
            "relays that refuse": f"{refusing} of {len(SERVICES)}",
            "numbers given twice, all parked as forks": str(forks),
        },
    )


def _await_no_work(world: World) -> None:
    """Until nothing is left to send or to read; what is parked stays. The load waits in vain."""
    limit = time.monotonic() + _SECONDS
    while time.monotonic() < limit:
        looks = [world.look(service) for service in SERVICES]
        if not any(look.get(what, 1) for look in looks for what in ("lag", "unsent", "in_hand")):
            return
        time.sleep(0.5)


def _back_up(world: World, into: Path, *options: str) -> None:
    postgres = world.system.servers.postgres
    connection = f"host=127.0.0.1 port={postgres.port} user={ADMIN}"
    password = world.system.state.password(f"postgres:{ADMIN}")
    command = [*as_unprivileged(), str(binary("pg_basebackup")), "-d", connection, "-D", str(into)]
    subprocess.run(
        [*command, "-X", "stream", "--checkpoint=fast", *options],
        env=os.environ | {"PGPASSWORD": password},
        check=True,
        capture_output=True,
    )


def _replace(world: World, data: Path) -> None:
    """This data directory becomes the primary's, at its address."""
    postgres = world.system.servers.postgres
    shutil.move(postgres.data, postgres.data.with_name("postgres-lost"))
    shutil.move(data, postgres.data)
    postgres.start()


def _standby(world: World) -> tuple[Path, int]:
    postgres = world.system.servers.postgres
    data, port = postgres.data.with_name("standby"), free_ports(1)[0]
    _back_up(world, data, "-R")
    world.standby = postgres.run(data, port)
    with _connected(world, port) as database:
        _until(database, "SELECT count(*) > 0 FROM pg_stat_wal_receiver")
    return data, port


def _cut_off(world: World, standby: tuple[Path, int]) -> dict[str, int]:
    """From now on the standby hears nothing. Answers each log's last number there."""
    with _connected(world, standby[1]) as database:
        database.execute("ALTER SYSTEM SET primary_conninfo = ''")
        database.execute("SELECT pg_reload_conf()")
        _until(database, "SELECT count(*) = 0 FROM pg_stat_wal_receiver")
    found = {}
    for service in SERVICES:
        with _connected(world, standby[1], service) as database:
            row = database.execute("SELECT count(*) FROM events").fetchone()
            assert row is not None
            found[service] = int(row[0])
    return found


def _promote(world: World, standby: tuple[Path, int]) -> None:
    """The primary is gone at once; the standby becomes it, at its address."""
    data, port = standby
    postgres = world.system.servers.postgres
    postgres.stop_immediately()
    with _connected(world, port) as database:
        database.execute("SELECT pg_promote()")
        _until(database, "SELECT NOT pg_is_in_recovery()")
        database.execute("CHECKPOINT")
    assert world.standby is not None
    world.standby.stop()
    world.standby = None
    _replace(world, data)


def _await_refusals(world: World) -> int:
    limit = time.monotonic() + _SECONDS
    refusing: set[str] = set()
    while time.monotonic() < limit and len(refusing) < len(SERVICES):
        for service in set(SERVICES) - refusing:
            if world.try_to_ask(service, "/outbox").get("refusal"):
                refusing.add(service)
        time.sleep(0.5)
    return len(refusing)


def _unread(world: World) -> list[Violation]:
    """Waits until each database knows all that its topics hold: readers go back by themselves."""
    admin = AdminClient(world.client_settings("admin"))
    limit = time.monotonic() + _SECONDS
    while unknown := {one: count for one in SERVICES if (count := _unknown(world, admin, one))}:
        if time.monotonic() > limit:
            told = "records that the restored database does not know were not read again"
            return [Violation("I1", one, f"{count} {told}") for one, count in unknown.items()]
        time.sleep(0.5)
    return []


def _unknown(world: World, admin: AdminClient, service: str) -> int:
    known = admin.list_topics(timeout=60).topics
    places = [
        TopicPartition(topic.name, number)
        for topic in consumed_by(service, world.system.regions)
        for number in known[topic.name].partitions
    ]
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    ends = admin.list_offsets(dict.fromkeys(places, latest))
    with world.database(service) as database:
        rows = database.execute("SELECT topic, partition, next_offset FROM positions").fetchall()
    settled = {(topic, partition): offset for topic, partition, offset in rows}
    return sum(
        max(0, end.result(60).offset - settled.get((place.topic, place.partition), 0))
        for place, end in ends.items()
    )


def _forks(world: World) -> tuple[int, list[Violation]]:
    """Numbers that Kafka has with two ids; and those whose reader has neither parked the key."""
    evidence, _ = world.evidence()
    ids: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for record in evidence.wire:
        if record.id not in ids[record.topic, record.key, record.seq]:
            ids[record.topic, record.key, record.seq].append(record.id)
    parked = {(one.service, one.topic, one.key) for one in evidence.parked}
    twice = [place for place, found in ids.items() if len(found) > 1]
    return len(twice), list(_silent(twice, parked, evidence.consumers))


def _silent(
    twice: list[tuple[str, str, int]],
    parked: set[tuple[str, str, str]],
    consumers: Mapping[str, frozenset[str]],
) -> Iterator[Violation]:
    for topic, key, seq in twice:
        for reader in sorted(consumers[topic]):
            if (reader, topic, key) not in parked:
                told = f"number {seq} came with two ids, and {reader} has parked nothing"
                yield Violation("I1", f"{topic} {key}", told)


def _last(world: World) -> dict[str, int]:
    found = {}
    for service in SERVICES:
        with world.database(service) as database:
            row = database.execute("SELECT count(*) FROM events").fetchone()
            assert row is not None
            found[service] = int(row[0])
    return found


def _positions(world: World) -> int:
    evidence, _ = world.evidence()
    return len(evidence.wire)


def _connected(world: World, port: int, database: str = "postgres") -> psycopg.Connection[Any]:
    url = world.system.servers.databases.admin_url_to(database)
    direct = f":{world.system.servers.postgres.port}/"
    limit = time.monotonic() + _SECONDS
    while True:
        try:
            return psycopg.connect(url.replace(direct, f":{port}/"), autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)


def _until(database: psycopg.Connection[Any], question: str) -> None:
    limit = time.monotonic() + _SECONDS
    while time.monotonic() < limit:
        answer = database.execute(question.encode()).fetchone()
        if answer is not None and answer[0]:
            return
        time.sleep(0.1)
    raise TimeoutError(question)
