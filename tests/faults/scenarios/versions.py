"""Three versions of the contracts at once: the one that is here, and two that come after it."""

import os
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

import kvitt_contracts
from kvitt_contracts.topics import SERVICES

from tests.faults.checker.evidence import Violation
from tests.faults.scenario import Fault, scenario
from tests.faults.world import World

_IDS = UUID("0d5c52c9-6c54-5f8c-9d0c-0a7b7d0f4a11")
_UPGRADED = ("bmb", "inventory")
_TOPIC = "bmb.transfers"
_READERS = ("inventory", "notifications")
_PLANTED = 6
# decision 0135: the next versions are today's contracts and more
_ADDED = {"next": ("added_in_next",), "last": ("added_in_next", "added_in_last")}
"""Version → the optional fields that its events have beyond those of today."""

# What the last version knows besides: another version of an event, and a noun of its own.
_DECLARED = '''

class TransferSentAnew(Event, type="bmb.transfer.sent.v2"):
    """A second version."""
'''


@scenario("rolling-upgrade", "three versions of the contracts at once, in services and regions")
def rolling_upgrade(world: World, chance: Random) -> Fault:
    """Each reads what all write: nothing fails, nothing is parked. A version that is written before
    its readers know it waits, visibly, until they do; an unknown noun is passed over.
    """
    copies = {name: _copy(world.directory, name) for name in _ADDED}
    before = {name: _written(world, name) for name in _UPGRADED}
    with ExitStack() as stack:
        for service in _UPGRADED:
            for copy in copies.values():
                stack.enter_context(world.replica(service, PYTHONPATH=_first(copy)))
        world.await_ready()
        world.load.more_fields = [{}, _fields("next"), _fields("last")]
        with world.loaded(3.0):
            time.sleep(12)
        world.load.more_fields = [{}]
        world.rest(world.recovery_limit)
        parked = sum(len(world.parked(service)) for service in SERVICES)
    written: Counter[str] = Counter()
    for service in _UPGRADED:
        written.update(_written(world, service) - before[service])
    found = [
        Violation("I1", "versions", f"{written[name]} events of {name} were written")
        for name in ("today", *_ADDED)
        if not written[name]
    ]
    if parked:
        found.append(Violation("I1", "versions", f"{parked} keys are parked"))
    _plant(world, "bmb.transfer.sent.v2")
    _plant(world, "bmb.novelty.happened.v1")
    waiting = _await_waiting(world, _PLANTED)
    for service in _READERS:
        world.start_again(service, PYTHONPATH=_first(copies["last"]))
    healed = time.monotonic()
    world.rest(world.recovery_limit)
    left = [sum(_waiting(world, service).values()) for service in _READERS]
    if waiting != [_PLANTED] * len(_READERS) or any(left):
        told = f"of {_PLANTED} unknown versions {waiting} waited, {left} after the upgrade"
        found.append(Violation("I1", "versions", told))
    for service in _READERS:
        world.start_again(service)
    return Fault(
        healed_at=healed,
        explained=(
            r"^kvitt_chassis\.consuming\.inbox: a message of bmb\.transfers .* parked: no version",
        ),
        found=tuple(found),
        figures={
            "events by version": ", ".join(f"{name} {n}" for name, n in sorted(written.items())),
            "parked": str(parked),
            "written too early": f"{sum(waiting)} waited, {sum(left)} after the upgrade",
        },
    )


def _copy(directory: Path, version: str) -> Path:
    """The contracts with what this version adds; the folder to look into first."""
    into = directory / f"contracts-{version}"
    source = Path(kvitt_contracts.__file__).parent
    shutil.copytree(source, into / "kvitt_contracts", dirs_exist_ok=True)
    envelope = into / "kvitt_contracts" / "envelope.py"
    kind = "    message_kind = Kind.EVENT\n"
    text = envelope.read_text()
    assert kind in text, "an event is declared otherwise now"
    fields = "".join(f'    {name}: str = "{version}"\n' for name in _ADDED[version])
    envelope.write_text(text.replace(kind, kind + fields))
    if version == "last":
        bmb = into / "kvitt_contracts" / "bmb" / "transfers.py"
        bmb.write_text(bmb.read_text() + _DECLARED)
    return into


def _first(copy: Path) -> str:
    """PYTHONPATH with the copy before everything else."""
    return os.pathsep.join(filter(None, (str(copy), os.environ.get("PYTHONPATH"))))


def _fields(version: str) -> dict[str, str]:
    return dict.fromkeys(_ADDED[version], version)


def _written(world: World, service: str) -> Counter[str]:
    """How many events of each version stand in a log."""
    with world.database(service) as database:
        rows = database.execute(
            "SELECT coalesce(payload::jsonb->>'added_in_next', 'today'), count(*) FROM events"
            " GROUP BY 1"
        ).fetchall()
    return Counter({str(name): int(count) for name, count in rows})


def _plant(world: World, wire_type: str) -> None:
    """Events of keys that nobody knows, of a type that nobody knows."""
    records = []
    for number in range(_PLANTED):
        key = str(uuid5(_IDS, f"{world.directory}/{wire_type}/{number}/{time.monotonic()}"))
        attributes: Mapping[str, str] = {
            "ce_specversion": "1.0",
            "ce_id": str(uuid5(_IDS, key)),
            "ce_source": "urn:kvitt:bmb",
            "ce_type": wire_type,
            "ce_time": "2026-05-01T08:00:00Z",
            "ce_subject": key,
            "content-type": "application/json",
            "ce_region": "ac",
            "ce_sequence": "1",
        }
        headers = [(name, value.encode()) for name, value in attributes.items()]
        records.append((key.encode(), b"{}", headers))
    world.plant(_TOPIC, records)


def _await_waiting(world: World, wanted: int) -> list[int]:
    """How many keys of an unknown version each reader shows, once all have come or time is up."""
    limit = time.monotonic() + world.recovery_limit
    while True:
        found = [_waiting(world, service)["unknown_version"] for service in _READERS]
        if min(found) >= wanted or time.monotonic() > limit:
            return found
        time.sleep(0.2)


def _waiting(world: World, service: str) -> Counter[str]:
    return Counter(one["cause"] for one in world.parked(service))
