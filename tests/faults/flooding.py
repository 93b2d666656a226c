"""One region sends far too much while another goes on as ever: what is sent, and how long the
other's messages take to become visible. Used by the fault scenario and by the bench.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from random import Random

from kvitt_contracts.orders import LineToOrder, PlaceOrder, VoidOrder
from kvitt_contracts.types import ArticleNumber

from contracts.tests.builders.regions import a_customer_stated, a_payer_stated
from tests.faults.checker.evidence import Published
from tests.faults.checker.reading import read_topics
from tests.faults.registry import REGIONS
from tests.faults.world import World

GOOD, BAD = "bd", "ac"
GOOD_RATE, OWN_RATE = 8.0, 2.0
"""Good messages a second: of the other region, and of the flooding one beside its flood."""
REFUSED_RATE, UNREADABLE_RATE, VALID_RATE = 40.0, 20.0, 10 * GOOD_RATE
WAITING = 1_000
FLOODS = ("refused", "unreadable", "waiting", "valid")
_UNKNOWN_PAYERS = 20
_SERVICE = "orders"
_VISIBLE_ON = ("orders.units", "orders.customer-orders")
_REGION = {one.code: one for one in REGIONS}
_CAUSED = "SELECT event_id::text, causation_id FROM events WHERE causation_id = ANY (%s)"

Stream = tuple[float, Callable[[], None]]
"""What is called how often a second."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Seconds from publish to visible of one region's good messages, sorted. `unseen`: how many
    were sent and have become nothing.
    """

    seconds: Sequence[float]
    unseen: int

    def at(self, share: float) -> float:
        """The value below which this share of them lies; infinite while one is unseen."""
        if self.unseen or not self.seconds:
            return float("inf")
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round has shown. `own`: the flooding region's good messages; `flooded`: how many
    messages its flood had, `unanswered` how many of them became nothing; `settled`: seconds from
    the last message until nothing was in hand.
    """

    flood: str
    good: Seen
    own: Seen
    flooded: int
    unanswered: int
    settled: float


class Flooding:
    """Rounds on a world, each with a flood or without."""

    def __init__(self, world: World, chance: Random) -> None:
        self._world = world
        self._load = world.load
        self._chance = chance
        self._numbers = count(chance.randrange(10**4) * 1_000)  # two runs in one world differ
        self._flooded: list[str] = []
        self._garbage = 0

    def round(self, flood: str, *, seconds: float, limit: float = 900.0) -> Round:
        """Send for so long, wait until nothing is in hand, and see what has come of it.

        `flood`: one of FLOODS, or empty: none. Raises TimeoutError when it does not come to rest
        within `limit` seconds.
        """
        self._flooded, self._garbage = [], 0
        first = len(self._load.published)
        streams = [self._good(GOOD, GOOD_RATE), self._good(BAD, OWN_RATE)]
        match flood:
            case "refused":
                streams.append((REFUSED_RATE, self._send_refused))
            case "unreadable":
                streams.append((UNREADABLE_RATE, self._send_unreadable))
            case "valid":
                streams.append((VALID_RATE, self._send_valid))
            case "waiting":
                self._send_waiting()
        send(streams, seconds=seconds)
        ended = time.monotonic()
        healing = self._send_payers() if flood == "waiting" else frozenset[str]()
        if self._world.rest(limit) is None:
            raise TimeoutError(f"{flood or 'alone'}: not at rest: {self._world.unrest()}")
        settled = time.monotonic() - ended
        shown = self._discard_unreadable() if flood == "unreadable" else 0
        told = [one for one in self._load.published[first:] if one.id not in healing]
        visible = self._visible(told)
        return Round(
            flood=flood,
            good=_seen(self._sent_by(GOOD, told), visible),
            own=_seen(self._sent_by(BAD, told), visible),
            flooded=len(self._flooded) + self._garbage,
            unanswered=len(set(self._flooded) - visible.keys()) + self._garbage - shown,
            settled=settled,
        )

    def _good(self, region: str, rate: float) -> Stream:
        """Facts and commands in turn."""
        turns = cycle((lambda: self._send_payer(region), lambda: self._load.order(region)))
        return rate, lambda: next(turns)()

    def _send_payer(self, region: str) -> str:
        payer = self._name(region, 7, 8)
        return self._load.send(region, _SERVICE, payer, a_payer_stated(payer))

    def _send_valid(self) -> None:
        self._flooded.append(self._send_payer(BAD))

    def _send_refused(self) -> None:
        """In turn what names nothing that is known, and an article that nobody has."""
        number = next(self._numbers)
        region = _REGION[BAD]
        body: VoidOrder | PlaceOrder = VoidOrder(by=region.prescribers[0])
        if number % 2:
            body = PlaceOrder(
                recipient=region.person(number),
                prescriber=region.prescribers[0],
                service_point=region.service_points[0],
                lines=(LineToOrder(article_number=ArticleNumber("FINNS-EJ")),),
            )
        self._flooded.append(self._load.send(BAD, _SERVICE, f"FLOD-{number}", body))

    def _send_unreadable(self) -> None:
        """In turn noise, headers that are no text, and a body that ends too early."""
        number = next(self._numbers)
        noise = self._chance.randbytes(40)
        value, headers = (
            (noise, []),
            (b"{}", [("ce_type", noise), ("ce_id", b"\xff\xfe")]),
            (b'{"payer_id": 7', [("ce_specversion", b"1.0"), ("ce_type", b"region.payer")]),
        )[number % 3]
        self._load.send_bytes(BAD, _SERVICE, f"SKRAP-{number}", value, headers)
        self._garbage += 1

    def _send_waiting(self) -> None:
        """An initial load in the wrong order: customers before the payers that they name."""
        self._unknown = [self._name(BAD, 6, 8) for _ in range(_UNKNOWN_PAYERS)]
        for number in range(WAITING):
            customer = self._name(BAD, 5, _REGION[BAD].digits)
            payer = self._unknown[number % _UNKNOWN_PAYERS]
            fact = a_customer_stated(customer, payer=payer, store=None, is_service_point=False)
            self._flooded.append(self._load.send(BAD, _SERVICE, customer, fact))

    def _send_payers(self) -> frozenset[str]:
        return frozenset(
            self._load.send(BAD, _SERVICE, payer, a_payer_stated(payer)) for payer in self._unknown
        )

    def _discard_unreadable(self) -> int:
        """Throw away what rests in quarantine of the flood. Answers how many messages it was."""
        topic = f"region.{BAD}.{_SERVICE}"
        shown = sum(
            int(one["messages"])
            for one in self._world.parked(_SERVICE)
            if one["topic"] == topic and one["cause"] == "unreadable"
        )
        while self._world.discard_parked(_SERVICE):  # what stood behind comes up
            pass
        return shown

    def _sent_by(self, region: str, told: Iterable[Published]) -> list[Published]:
        topic, flooded = f"region.{region}.{_SERVICE}", set(self._flooded)
        return [one for one in told if one.topic == topic and one.id not in flooded]

    def _visible(self, told: Sequence[Published]) -> dict[str, float]:
        """When Kafka took the first event that a message caused, by the message's id."""
        with self._world.database(_SERVICE) as database:
            caused = dict(database.execute(_CAUSED, ([one.id for one in told],)).fetchall())
        wire = read_topics(
            self._world.client_settings("admin"), [*_VISIBLE_ON, f"{_SERVICE}.refusals"]
        )
        found: dict[str, float] = {}
        for record in sorted(wire, key=lambda one: one.at):
            if (cause := caused.get(record.id)) is not None:
                found.setdefault(cause, record.at)
        return found

    def _name(self, region: str, first: int, digits: int) -> str:
        return f"{first}{next(self._numbers) % 10 ** (digits - 1):0{digits - 1}}"


def send(streams: Sequence[Stream], *, seconds: float) -> None:
    """Call each stream at its rate for so long, in an open loop: what is late is called all the
    same.
    """
    begun = time.monotonic()
    due = [begun] * len(streams)
    while (now := time.monotonic()) < begun + seconds:
        for number, (rate, call) in enumerate(streams):
            while due[number] <= now:
                call()
                due[number] += 1 / rate
        time.sleep(max(0.0, min(due) - time.monotonic()))


def _seen(told: Sequence[Published], visible: dict[str, float]) -> Seen:
    found = sorted(visible[one.id] - one.at for one in told if one.id in visible)
    return Seen(found, len(told) - len(found))
