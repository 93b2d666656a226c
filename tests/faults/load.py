"""A small seeded load of both flows, as the regions' own systems would send it: messages out, the
feed in. Knows the contracts and nothing else.
"""

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid5

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka import Message as KafkaRecord
from kvitt_contracts.bmb import AcceptTransfer, SaveTransfer
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.orders import LineToOrder, PlaceOrder, RegisterWithdrawal
from kvitt_contracts.regions import (
    DispatchedLine,
)
from kvitt_contracts.repetition import AlreadyRead
from kvitt_contracts.types import CustomerId, DeviceNumber, RegionCode

from contracts.tests.builders.regions import (
    a_delivery_received,
    a_dispatch,
    a_picking_begun,
    a_sent_line,
)
from tests.faults.checker.evidence import Case, Published
from tests.faults.registry import CENTRAL, RENTED, SOLD, Region

_IDS = UUID("6a1ed0d3-5a5b-5a3e-9a52-0f3ef5b8f7b1")
_READERS = {"persons": "orders"}

Settings = Callable[[str], Mapping[str, Any]]
"""confluent-kafka's settings for a principal (`region-ac`)."""


@dataclass(slots=True)
class _Begun:
    case: Case
    at: float
    lines: tuple[DispatchedLine, ...] = ()
    device: DeviceNumber | None = None
    to: int = 0
    has_gone_on: bool = False
    ended_at: float | None = None


@dataclass(slots=True)
class _Side:
    """One region with its connections, what it has begun and what it has read of its feed."""

    region: Region
    producer: Producer
    feed: Consumer
    free: deque[tuple[DeviceNumber, int]]  # each with the side (0, 1) that has it now
    read: AlreadyRead = field(default_factory=AlreadyRead)
    begun: dict[str, _Begun] = field(default_factory=dict)


class Load:
    """Begins cases at a rate until told to stop, and sees each of them to its end.

    Runs in a thread of its own; its clients outlast outages of the broker by themselves.
    """

    def __init__(self, regions: tuple[Region, ...], settings: Settings, *, seed: int) -> None:
        self.rate = 0.0
        self.more_fields: Sequence[Mapping[str, str]] = [{}]  # some of them stand in each body
        self.published: list[Published] = []
        self.refused: Counter[str] = Counter()
        self._random = Random(seed)
        self._seed = seed
        self._written = 0
        self._lock = threading.RLock()
        self._leaving = threading.Event()
        self._trouble: BaseException | None = None
        self._sides = [_open(region, settings) for region in regions]
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self) -> None:
        """State the registry, and begin to read the feeds."""
        today = stockholm_day(datetime.now(UTC))
        for side in self._sides:
            for topic, subject, body in side.region.facts(today):
                self._send(side, topic, subject, body)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and the connections."""
        self._leaving.set()
        if self._thread.is_alive():
            self._thread.join()
        for side in self._sides:
            side.feed.close()

    def unsent(self) -> int:
        """How many messages Kafka has not acknowledged yet."""
        return sum(len(side.producer) for side in self._sides)

    def waiting(self) -> list[Case]:
        """The cases that have not come to their end."""
        return [one for one in self.cases() if one.reached != one.wanted]

    def cases(self) -> list[Case]:
        """Every case that was begun, as far as the feed says. Raises what ended the thread."""
        if self._trouble is not None:
            raise self._trouble
        with self._lock:
            return [one.case for side in self._sides for one in side.begun.values()]

    def leave_unanswered(self, count: int, wanted: Mapping[str, str]) -> list[str]:
        """Send so many transfers in each region that nobody answers, and that are to end as
        `wanted` says of the region. Gives their references. Their devices stay with them.
        """
        with self._lock:
            return [
                self._begin_transfer(side, wanted[side.region.code])
                for side in self._sides
                for _ in range(min(count, len(side.free)))
            ]

    def tell(self, topic: str, subject: str, bodies: Sequence[Message]) -> None:
        """Send messages about one subject, in order, as the first region."""
        with self._lock:
            for body in bodies:
                self._send(self._sides[0], topic, subject, body)

    def send(self, region: str, topic: str, subject: str, body: Message) -> str:
        """Send one message as a region, outside of any case. Gives its id."""
        with self._lock:
            return self._send(self._side_of(region), topic, subject, body)

    def send_bytes(
        self, region: str, topic: str, key: str, value: bytes, headers: list[tuple[str, bytes]]
    ) -> None:
        """Send a record as it is, as a region whose own program is broken."""
        with self._lock:
            self._side_of(region).producer.produce(
                f"region.{region}.{topic}", key=key, value=value, headers=[*headers]
            )

    def order(self, region: str) -> None:
        """Begin an order in a region; it is seen to its end like the load's own."""
        with self._lock:
            self._begin_order(self._side_of(region), is_marked=False)

    def seconds_of(self, since: float, until: float) -> list[float]:
        """How long the cases took that were begun within (monotonic) and have ended, sorted."""
        with self._lock:
            found = [one for side in self._sides for one in side.begun.values()]
        return sorted(
            one.ended_at - one.at for one in found if one.ended_at and since <= one.at < until
        )

    def _side_of(self, region: str) -> _Side:
        (found,) = [one for one in self._sides if one.region.code == region]
        return found

    def _run(self) -> None:
        try:
            due = time.monotonic()
            while not self._leaving.is_set():
                now = time.monotonic()
                if not self.rate:
                    due = now
                while self.rate and due <= now:  # open: what is late is begun all the same
                    self._begin(self._random.choice(self._sides))
                    due += 1 / self.rate
                for side in self._sides:
                    side.producer.poll(0)
                    for record in side.feed.consume(200, 0.01):
                        if record.error() is None and _is_heard(side, record):
                            self._heard(side, json.loads(record.value() or b"{}"))
        except BaseException as error:  # told to whoever asks next
            self._trouble = error
            raise

    def _begin(self, side: _Side) -> None:
        kind = self._random.randrange(10)
        if kind < 5 and side.free:
            self._begin_transfer(side)
        elif kind < 7 and side.region.own_store is not None:
            self._begin_withdrawal(side)
        else:
            self._begin_order(side, is_marked=kind == 9)

    def _begin_transfer(self, side: _Side, unanswered: str | None = None) -> str:
        device, at = side.free.popleft()
        to = 1 - at
        reference = self._open_case(
            side,
            "transfer",
            unanswered or "completed",
            device=None if unanswered else device,
            to=to,
        )
        body = SaveTransfer(
            sender=side.region.prescribers[at],
            devices=(device,),
            new_prescriber=side.region.prescribers[to],
            execute=True,
        )
        self._send(side, "bmb", reference, body)
        return reference

    def _begin_withdrawal(self, side: _Side) -> None:
        reference = self._open_case(side, "order", "delivered")
        assert side.region.own_store is not None
        body = RegisterWithdrawal(
            recipient=side.region.person(self._random.randrange(99)),
            prescriber=side.region.prescribers[0],
            service_point=side.region.service_points[0],
            store=side.region.own_store,
            lines=(LineToOrder(article_number=SOLD),),
        )
        self._send(side, "orders", reference, body)

    def _begin_order(self, side: _Side, *, is_marked: bool) -> None:
        today = stockholm_day(datetime.now(UTC))
        sent = [a_sent_line(1, 1 + self._random.randrange(3))]
        lines = [LineToOrder(article_number=SOLD, quantity=sent[0].quantity)]
        if is_marked:
            number = DeviceNumber(f"N{self._seed % 10_000:04}-{self._written:06}")
            lines.append(LineToOrder(article_number=RENTED))
            sent.append(a_sent_line(2, 1, number))
            self._send(
                side,
                "inventory",
                f"IN-{number}",
                a_delivery_received(RENTED, devices=[number], store=CENTRAL, received_on=today),
            )
        reference = self._open_case(side, "order", "delivered", lines=tuple(sent))
        body = PlaceOrder(
            recipient=side.region.person(self._random.randrange(99)),
            prescriber=side.region.prescribers[0],
            service_point=side.region.service_points[0],
            lines=tuple(lines),
        )
        self._send(side, "orders", reference, body)

    def _open_case(self, side: _Side, kind: str, wanted: str, **more: Any) -> str:
        # never a date and four digits: a seed may look like the day of a birth
        reference = f"FEL-{kind[0].upper()}-{self._seed}N{self._written}"
        case = Case(
            kind=kind, region=side.region.code, reference=reference, wanted=wanted, reached=None
        )
        with self._lock:
            side.begun[reference] = _Begun(case, time.monotonic(), **more)
        return reference

    def _heard(self, side: _Side, said: Mapping[str, Any]) -> None:
        if "outcome" in said:  # of a message that was not refused: nothing to wait for
            return
        if "message_id" in said:
            self.refused[f"{said['message_type']}: {said['reason']} ({said['rule']})"] += 1
            return
        begun = side.begun.get(said.get("order") or said.get("transfer") or "")
        if begun is None or begun.ended_at is not None:
            return
        status = str(said["status"])
        with self._lock:
            case = begun.case
            begun.case = Case(
                kind=case.kind,
                region=case.region,
                reference=case.reference,
                wanted=case.wanted,
                reached=status,
            )
            if status == case.wanted:
                begun.ended_at = time.monotonic()
        self._go_on(side, begun, status)

    def _go_on(self, side: _Side, begun: _Begun, status: str) -> None:
        reference = begun.case.reference
        if status == begun.case.wanted:
            if begun.device is not None:
                side.free.append((begun.device, begun.to))
            return
        if begun.has_gone_on:
            return
        if status == "registered" and begun.lines:
            begun.has_gone_on = True
            today = stockholm_day(datetime.now(UTC))
            self._send(side, "inventory", reference, a_picking_begun(reference))
            goods = a_dispatch(*begun.lines, order=reference, on=today, arrives_on=today)
            self._send(side, "inventory", reference, goods)
        elif status == "sent" and begun.device is not None:
            begun.has_gone_on = True
            to = side.region.service_points[begun.to]
            answer = AcceptTransfer(
                by=side.region.prescribers[begun.to], customer_id=CustomerId(to)
            )
            self._send(side, "bmb", reference, answer)

    def _send(self, side: _Side, topic: str, subject: str, body: Message) -> str:
        with self._lock:
            self._written += 1
        region = side.region.code
        envelope = Envelope(
            id=uuid5(_IDS, f"{region}/{self._seed}/{self._written}"),
            source=source_of(region),
            type=body.wire_type,
            time=datetime.now(UTC),
            subject=subject,
            region=RegionCode(region),
        )
        name = f"region.{region}.{topic}"
        sent = Published(
            service=_READERS.get(topic, topic),
            topic=name,
            key=subject,
            id=str(envelope.id),
            at=time.time(),
        )
        side.producer.produce(
            name,
            key=subject,
            value=json.dumps(
                body.model_dump(mode="json", exclude_none=True)
                | dict(self._random.choice(self.more_fields))
            ).encode(),
            headers=[*envelope.headers()],
            on_delivery=lambda error, _: self.published.append(sent) if error is None else None,
        )
        return sent.id


def source_of(region: str) -> str:
    """The name that a region's messages bear."""
    return f"urn:region:{region}:fel"


def _is_heard(side: _Side, record: KafkaRecord) -> bool:
    """False for what the relay has sent again after a kill, and for what is told of other things
    than orders, transfers and messages.
    """
    headers: Any = record.headers()
    envelope = Envelope.from_headers(headers)
    is_new = side.read.is_new(str(record.topic()), envelope)
    return is_new and envelope.type.split(".")[1] in ("order", "transfer", "message")


def _open(region: Region, settings: Settings) -> _Side:
    client = dict(settings(f"region-{region.code}"))
    producer = Producer(
        {
            **client,
            "partitioner": "murmur2_random",
            "acks": "all",
            "message.timeout.ms": 0,  # outlasts any outage
            "max.in.flight.requests.per.connection": 1,  # so that a retry does not overtake
            "linger.ms": 2,
            "log_level": 0,
        }
    )
    group = f"region-{region.code}"
    feed = Consumer(
        {
            **client,
            "group.id": group,
            "enable.auto.commit": False,
            "reconnect.backoff.max.ms": 500,
            "log_level": 0,
        }
    )
    topic = f"region.{region.code}.events"
    numbers = feed.list_topics(topic, timeout=60).topics[topic].partitions
    feed.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in numbers])
    free = deque((device, 0) for device in region.devices)
    return _Side(region, producer, feed, free)
