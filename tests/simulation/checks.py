"""The invariants, once all is healed: what the databases hold against what was said."""

from collections.abc import Iterator
from uuid import UUID

from kvitt_chassis.consuming.machine import State
from kvitt_chassis.consuming.verdicts import REMEMBERED_IDS, Cause, Verdict

from tests.simulation.database import Row
from tests.simulation.messages import INBOUNDS
from tests.simulation.record import Violation
from tests.simulation.system import Service, System

MENDED = {Cause.UNKNOWN_VERSION, Cause.FAULT}
"""What a repair or the next release takes out of quarantine."""


def lagging(system: System) -> Iterator[str]:
    """I8: what is still to be sent, read or tried again."""
    for service in system.services:
        database = service.database
        if database.open:
            yield f"{service.name}: a transaction is open"
        sent = service.broker.sent
        for row in database.log():
            if row.event_id not in sent:
                yield f"{row.topic} {row.key} number {row.seq} is not sent"
                break
        if service.group.is_rebalancing or service.group.lag():
            yield f"{service.name}: lag {service.group.lag()}"
        unknown = service.group.beyond(database.tables.positions)
        if unknown:
            yield f"{service.name}: the database does not know {unknown}"
        for place, key in database.tables.park.keys.items():
            if key.state is State.WAITING or is_mended(system, service, place):
                yield f"{service.name}: {place} waits, {key.cause}, tries {key.tries}"


def is_mended(system: System, service: Service, place: tuple[str, str]) -> bool:
    """A key in quarantine that goes on once an operator tries it again."""
    park = service.database.tables.park
    head = park.head(place)
    envelope = head.incoming.envelope if head is not None else None
    temper = system.tempers.get(envelope.id) if envelope is not None else None
    return park.keys[place].cause in MENDED and not (temper and temper.is_unanswerable)


def check(system: System) -> None:
    """I1–I4 of every service. Raises Violation."""
    logs = {service.name: by_key(service.database.log()) for service in system.services}
    for service in system.services:
        _once(service)
        for topic in service.group.topics:
            if topic in INBOUNDS:
                _from_outside(system, service, topic)
            elif topic in logs:
                _in_order(service, logs[topic])
        _parked_for_a_reason(system, service)


def by_key(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    """Each key's events, by their numbers. Raises Violation where the numbers are not 1, 2, 3 …"""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda one: one.seq):
        found.setdefault((row.topic, row.key), []).append(row)
    for place, mine in found.items():
        if [row.seq for row in mine] != [*range(1, len(mine) + 1)]:
            raise Violation("model", f"the log of {place} has numbers {[row.seq for row in mine]}")
    return found


def _once(service: Service) -> None:
    """I2."""
    met: set[tuple[str, UUID]] = set()
    for topic, key, seq, event_id, _ in service.database.tables.effects:
        if (topic, event_id) in met:
            raise Violation(
                "I2", f"{service.name} applied {topic} {key} {seq} ({event_id.int}) twice"
            )
        met.add((topic, event_id))


def _in_order(service: Service, log: dict[tuple[str, str], list[Row]]) -> None:
    """I1 and I3, of a topic of ours; a fork is seen and parked."""
    tables = service.database.tables
    applied: dict[tuple[str, str], list[tuple[int, UUID]]] = {}
    for topic, key, seq, event_id, _ in tables.effects:
        applied.setdefault((topic, key), []).append((seq, event_id))
    for place, rows in log.items():
        mine = applied.get(place, [])
        numbers = [seq for seq, _ in mine]
        if numbers != [*range(1, len(numbers) + 1)]:
            raise Violation("I3", f"{service.name} applied {place} in the order {numbers}")
        if len(numbers) < len(rows) and place not in tables.park.keys:
            lost = rows[len(numbers)]
            raise Violation(
                "I1", f"{service.name} lacks {place} from {lost.seq} ({lost.event_id.int})"
            )
        for row, (seq, event_id) in zip(rows, mine, strict=False):
            is_fork = row.event_id != event_id and len(numbers) - seq < REMEMBERED_IDS
            if is_fork and place not in tables.park.keys:
                raise Violation("fork", f"{service.name} has another {place} number {seq}, unseen")


def _from_outside(system: System, service: Service, inbound: str) -> None:
    """I1 and I3 of what a region says: its order is that of the topic, the first time each."""
    said: dict[str, list[UUID]] = {}
    for (topic, _), held in system.broker.partitions.items():
        for one in held:
            if topic == inbound and one.envelope is not None:
                ids = said.setdefault(one.key, [])
                if one.envelope.id not in ids:
                    ids.append(one.envelope.id)
    settled: dict[str, list[UUID]] = {}
    best: dict[str, int] = {}
    for topic, key, _, event_id, verdict in service.database.tables.effects:
        if topic != inbound:
            continue
        settled.setdefault(key, []).append(event_id)
        version = system.stated[event_id]
        if version is None or verdict is Verdict.REFUSE:
            continue
        if (verdict is Verdict.OBSOLETE) != (version <= best.get(key, 0)):
            raise Violation("versions", f"version {version} of {key} is {verdict}")
        best[key] = max(version, best.get(key, 0))
    for key, ids in said.items():
        mine = settled.get(key, [])
        parked = service.database.tables.park.messages.get((inbound, key), {}).values()
        behind = [one.envelope.id for one in parked if one.envelope is not None]
        lost = [one for one in ids if one not in mine and one not in behind]
        if lost:
            raise Violation("I1", f"{service.name} lacks {key} {_ints(lost)}")
        if mine != [one for one in ids if one in mine]:
            raise Violation("I3", f"{service.name} settled {key} in the order {_ints(mine)}")


def _parked_for_a_reason(system: System, service: Service) -> None:
    """I9: nothing stands in quarantine but what nobody can read, and forks."""
    for place, key in service.database.tables.park.keys.items():
        is_known = key.cause is Cause.UNREADABLE or (
            (key.cause is Cause.FAULT and not is_mended(system, service, place))
            or (key.cause is Cause.FORK and system.record.is_restored)
        )
        if not is_known:
            raise Violation("I9", f"{service.name}: {place} stands in quarantine, {key.cause}")


def _ints(ids: list[UUID]) -> list[int]:
    return [one.int for one in ids]
