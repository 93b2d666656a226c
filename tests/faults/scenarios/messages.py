"""Faults of messages: doubled, out of order, read anew from the beginning, poisonous."""

import time
import zlib
from collections import Counter
from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid5

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient
from kvitt_chassis.relaying.outbox import COLUMNS, OutboxRow
from kvitt_chassis.relaying.publisher import Publisher
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.topics import SERVICES, catalogue, consumed_by, groups_of
from kvitt_contracts.types import ArticleNumber

from contracts.tests.builders.regions import an_article_price_stated, an_article_stated
from tests.faults.checker.evidence import Latency, Violation
from tests.faults.load import source_of
from tests.faults.registry import REGIONS
from tests.faults.scenario import Fault, scenario
from tests.faults.world import World

_UNREADABLE = ("bytes", "headers", "version", "number", "body")
_IDS = UUID("f5b8a1c2-7c70-5d2b-8b43-8a8c7fb3a4d5")
ROUND_SECONDS = 10.0
POISONED_PERCENT = 4
HOT = 100
_NONE_ENDS_SECONDS = 3.0  # then what is left waits for a person
_POISONED = (
    r"^kvitt_chassis\.consuming\.consumer: a key of .* is parked: FailpointHit",
    r"^kvitt_chassis\.consuming\.consumer: .* is paused for .* failed in a row: FailpointHit",
    r"^kvitt_chassis\.consuming\.drain: quarantine entry .* FailpointHit",
)


@scenario("replay", "a service reads everything again from the beginning")
def replay(world: World, chance: Random) -> Fault:
    """Its group's offsets are set back; each effect is there already."""
    service = chance.choice(SERVICES)
    process = world.services[service]
    process.stop()
    admin = AdminClient(world.client_settings("admin"))
    known = admin.list_topics(timeout=60).topics
    for group, topics in groups_of(service, world.system.regions).items():
        back = [
            TopicPartition(topic.name, number, 0)
            for topic in topics
            for number in known[topic.name].partitions
        ]
        answers = admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, back)])
        for answer in answers.values():
            answer.result(60)
    process.start()
    process.await_ready(restarts=10_000)
    healed = time.monotonic()
    world.rest(world.recovery_limit)
    again = world.measured(service, "inbox_messages_total", verdict="duplicate")
    return Fault(healed_at=healed, figures={"service": service, "read again": f"{again:.0f}"})


@scenario("duplicates", "everything in a topic three times more, shuffled")
def duplicates(world: World, chance: Random) -> Fault:
    """As a producer would that lost every acknowledgement and its order."""
    planted = 0
    with world.loaded():
        for service, topic in (
            ("orders", "orders.customer-orders"),
            ("inventory", "inventory.devices"),
        ):
            rows = _rows(world, service, topic, limit=300) * 3
            chance.shuffle(rows)
            _plant(world, service, rows)
            planted += len(rows)
    return Fault(figures={"planted": str(planted)})


@scenario("gaps", "events come in the wrong order, within and across batches")
def gaps(world: World, chance: Random) -> Fault:
    """The owner's relay is held back; what is committed is published by another hand, latest first.
    Numbers that come too early are parked, and heal when the earlier ones come.
    """
    owner = "inventory"
    with world.database(owner) as database:
        with world.loaded(3.0):
            database.execute(
                "UPDATE relay SET leased_until = 'infinity', epoch = epoch + 1, holder = 'nobody'"
            )
            last = _last_id(world, owner)
            time.sleep(6)
        rows = [
            row
            for topic in catalogue(world.system.regions)
            if topic.owner == owner and not topic.is_inbound
            for row in reversed(_rows(world, owner, topic.name))
            if row.id > last
        ]
        first = {(row.topic, row.key): row.id for row in rows}.values()  # the lowest: it comes last
        _plant(world, owner, [row for row in rows if row.id not in first])
        time.sleep(2)
        parked = sum(one["cause"] == "gap" for name in SERVICES for one in world.parked(name))
        _plant(world, owner, [row for row in rows if row.id in first])
        database.execute("UPDATE relay SET leased_until = '-infinity'")
        healed = time.monotonic()
    return Fault(
        found=() if parked else (Violation("I3", owner, "no key had a gap: nothing was struck"),),
        healed_at=healed,
        explained=(
            r"^kvitt_chassis\.consuming\.inbox: a message of inventory\..* is parked: gap$",
        ),
        figures={"planted": str(len(rows)), "keys with a gap": str(parked)},
    )


@scenario("poison", f"a handler raises for {POISONED_PERCENT} % of the keys")
def poison(world: World, chance: Random) -> Fault:
    """Three rounds against an interleaved control; then repaired, and tried again by hand."""
    pairs = []
    for _ in range(3):
        without = _round(world)
        arm = f"inbox.in_handler=raise%{POISONED_PERCENT}"
        world.start_again("inventory", KVITT_FAILPOINTS=arm)
        pairs.append((without, _round(world)))
        world.start_again("inventory")
        world.retry_parked()
        world.rest(60)
    healed = time.monotonic()
    count = world.retry_parked()
    told = ", ".join(f"{without:.2f}/{with_it:.2f}" for without, with_it in pairs)
    return Fault(
        healed_at=healed,
        explained=_POISONED,
        latency=Latency(pairs=tuple(pairs)),
        figures={"p99 without/with": f"{told} s", "tried again by hand": str(count)},
    )


@scenario("hot-key", f"one key fails with {HOT} messages behind it, and is repaired")
def hot_key(world: World, chance: Random) -> Fault:
    """Prices of one article: while it fails the others go on; then each comes once, in order."""
    article = _hot_article(chance)
    today = stockholm_day(datetime.now(UTC))
    stated = an_article_stated(article, marked=False, name="Hett hjälpmedel")
    prices = [
        an_article_price_stated(article, version=n, valid_from=today, net_ore=n)
        for n in range(1, HOT + 1)
    ]
    without = _round(world)
    world.start_again("inventory", KVITT_FAILPOINTS="inbox.in_handler=raise%1")
    world.load.tell("inventory", article, [stated, *prices])
    with_it = _round(world)
    behind = sum(one["messages"] for one in world.parked("inventory"))
    healed = time.monotonic()
    world.start_again("inventory")
    world.retry_parked()
    world.rest(world.recovery_limit)
    with world.database("inventory") as database:
        told = database.execute(
            "SELECT payload::jsonb->'price'->>'net_ore' FROM events"
            " WHERE type = 'inventory.article.priced.v1'"
            " AND payload::jsonb->>'article_number' = %s ORDER BY id",
            (article,),
        ).fetchall()
    in_order = [int(price) for (price,) in told] == [price.net_ore for price in prices]
    found = () if in_order else (Violation("I3", article, f"{len(told)} prices, not in order"),)
    return Fault(
        healed_at=healed,
        explained=_POISONED,
        found=found,
        figures={"parked": str(behind), "p99 without/with": f"{without:.2f}/{with_it:.2f} s"},
    )


@scenario("poison-half", "a handler raises for half of the keys, and is repaired")
def poison_half(world: World, chance: Random) -> Fault:
    """What waits is tried again by itself, what is quarantined by hand; each key in its order."""
    service = "inventory"
    world.start_again(service, KVITT_FAILPOINTS="inbox.in_handler=raise%50")
    with world.loaded(3.0):
        time.sleep(8)
    parked = Counter(str(one["state"]) for one in world.parked(service))
    healed = time.monotonic()
    world.start_again(service)
    world.rest(world.recovery_limit)
    count = world.retry_parked()
    figures = {"keys parked": _counted(parked), "tried again by hand": str(count)}
    return Fault(healed_at=healed, explained=_POISONED, figures=figures)


@scenario("garbage", "what cannot be read, in every topic of a service")
def garbage(world: World, chance: Random) -> Fault:
    """Undecodable bytes, headers that are no text, an unknown version, a number without an id."""
    service = "notifications"
    topics = [topic.name for topic in consumed_by(service, world.system.regions)]
    count = 0
    with world.loaded():
        for number, topic in enumerate(topics):
            for kind in _UNREADABLE:
                key = str(uuid5(_IDS, f"{topic}/{kind}/{chance.random()}"))
                headers, value = _unreadable(topic, kind, key, chance)
                world.plant(topic, [(key.encode(), value, headers)])
                count += 1
            time.sleep(0.2 if number else 1.0)
        time.sleep(5)
    shown = Counter(one["cause"] for one in world.parked(service))
    healed = time.monotonic()
    # Others read some of the topics too, and have parked the same.
    discarded = sum(_discard_all(world, reader) for reader in SERVICES)
    return Fault(
        healed_at=healed,
        explained=(
            r"^kvitt_chassis\.consuming\.inbox: a message of .* is parked: (is|no version) ",
        ),
        figures={"planted": str(count), "shown": _counted(shown), "discarded": str(discarded)},
    )


def _discard_all(world: World, service: str) -> int:
    discarded = 0
    while found := world.discard_parked(service):  # what stood behind comes up
        discarded += found
    return discarded


def _unreadable(
    topic: str, kind: str, key: str, chance: Random
) -> tuple[list[tuple[str, bytes]], bytes]:
    """Headers and value."""
    noise = chance.randbytes(40)
    whole = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(uuid5(_IDS, key)).encode()),
        ("ce_source", b"urn:kvitt:orders"),
        ("ce_time", b"2026-05-01T08:00:00Z"),
        ("ce_subject", key.encode()),
        ("content-type", b"application/json"),
        ("ce_region", b"ac"),
        ("ce_sequence", b"1"),
    ]
    noun = {"orders": "orders.order.placed", "bmb": "bmb.transfer.sent"}
    known = noun.get(topic.split(".")[0], "inventory.hold.granted")
    match kind:
        case "bytes":
            return [], noise
        case "headers":
            return [("ce_type", noise), ("ce_id", b"\xff\xfe")], b"{}"
        case "version":
            return [*whole, ("ce_type", f"{known}.v9".encode())], b"{}"
        case "number":
            without = [one for one in whole if one[0] != "ce_sequence"]
            return [*without, ("ce_type", f"{known}.v1".encode())], b"{}"
        case _:
            return [*whole, ("ce_type", f"{known}.v1".encode())], b'{"order_id": 7'


def _hot_article(chance: Random) -> ArticleNumber:
    """An article whose messages are among the one percent of keys that fail."""
    source = source_of(REGIONS[0].code)
    while True:
        name = f"FEL-HET-{chance.randrange(10**6):06}"
        if zlib.crc32(f"{source} {name}".encode()) % 100 == 0:
            return ArticleNumber(name)


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(found.items()))


def _round(world: World) -> float:
    """p99 in seconds of the cases begun within a round that come to their end."""
    with world.loaded(3.0):
        begun = time.monotonic()
        time.sleep(ROUND_SECONDS)
    until = time.monotonic()
    ended, since = 0, until
    while time.monotonic() - since < _NONE_ENDS_SECONDS:
        seconds = world.load.seconds_of(begun, until)
        if len(seconds) > ended:
            ended, since = len(seconds), time.monotonic()
        time.sleep(0.2)
    seconds = world.load.seconds_of(begun, until)
    return seconds[int(0.99 * len(seconds))] if seconds else float("inf")


def _rows(world: World, service: str, topic: str, *, limit: int = 100_000) -> list[OutboxRow]:
    query = f"SELECT {COLUMNS} FROM events WHERE topic = %s ORDER BY id LIMIT %s"
    with world.database(service) as database:
        return [OutboxRow(*row) for row in database.execute(query.encode(), (topic, limit))]


def _last_id(world: World, service: str) -> int:
    with world.database(service) as database:
        found = database.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
    assert found is not None
    return int(found[0])


def _plant(world: World, service: str, rows: list[OutboxRow]) -> None:
    headers = Publisher({}, service=service).headers
    for topic in {row.topic for row in rows}:
        world.plant(
            topic,
            [
                (row.key.encode(), row.payload.encode(), headers(row))
                for row in rows
                if row.topic == topic
            ],
        )
