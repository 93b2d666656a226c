"""One region sends far too much while another goes on as ever: what is sent, and how long the
other's messages take to become visible. Used by the fault scenario and by the bench.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, cycle
from random import Random
from uuid import UUID, uuid5

from kvitt_contracts.envelope import Envelope
from kvitt_contracts.orders import LineToOrder, PlaceOrder, VoidOrder
from kvitt_contracts.regions import PayerStated
from kvitt_contracts.types import ArticleNumber, RegionCode

from contracts.tests.builders.regions import a_customer_stated, a_payer_stated, a_user_stated
from tests.faults.checker.evidence import Published
from tests.faults.checker.reading import read_topics
from tests.faults.load import source_of
from tests.faults.registry import REGIONS
from tests.faults.world import World

GOOD, BAD = "bd", "ac"
GOOD_RATE, OWN_RATE = 8.0, 2.0
"""Good messages a second: of the other region, and of the flooding one beside its flood."""
REFUSED_RATE, UNREADABLE_RATE, VALID_RATE = 40.0, 30.0, 10 * GOOD_RATE
WAITING = 1_000
FLOODS = ("refused", "unreadable", "waiting", "valid")
_UNKNOWN_PAYERS = 20
_IDS = UUID("0f4a1a3e-5f0c-5c5e-9a43-7d3c9f5b0a11")
_SERVICE = "orders"
_EFFECTS_ON = ("orders.units", "orders.users", "orders.customer-orders")
_REFUSALS_ON = ("orders.refusals",)
_REGION = {one.code: one for one in REGIONS}
_CAUSED = "SELECT event_id::text, causation_id FROM events WHERE causation_id = ANY (%s)"
_PARKED = "SELECT event_id FROM parked_messages WHERE topic = %s"

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
        self._numbers = count()
        self._scraps = count(chance.randrange(10**6) * 1_000)
        self._units = count(1_000)
        self._unknown: list[str] = []
        self._flooded: list[str] = []
        self._noise = 0

    def round(self, flood: str, *, seconds: float, limit: float = 900.0) -> Round:
        """Send for so long, wait until nothing is in hand, and see what has come of it.

        `flood`: one of FLOODS, or empty: none. Raises TimeoutError when it does not come to rest
        within `limit` seconds.
        """
        self._flooded, self._noise = [], 0
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
        quarantined = self._discard_quarantined() if flood == "unreadable" else []
        told = [one for one in self._load.published[first:] if one.id not in healing]
        visible = self._caused([one.id for one in told], _EFFECTS_ON)
        refused = self._caused([one.id for one in told] + self._flooded, _REFUSALS_ON)
        flooded = set(self._flooded)
        unanswered = flooded - visible.keys() - refused.keys() - set(quarantined)
        unshown = self._noise - sum(one not in flooded for one in quarantined)
        return Round(
            flood=flood,
            good=_seen(self._sent_by(GOOD, told), visible),
            own=_seen(self._sent_by(BAD, told), visible),
            flooded=len(flooded) + self._noise,
            unanswered=len(unanswered) + unshown,
            settled=settled,
        )

    def _good(self, region: str, rate: float) -> Stream:
        """Facts and commands in turn."""
        turns: Iterator[Callable[[str], object]] = cycle((self._send_user, self._send_order))

        def send_one() -> None:
            next(turns)(region)

        return rate, send_one

    def _send_order(self, region: str) -> None:
        self._load.order(region)

    def _send_user(self, region: str) -> str:
        user = f"flod{next(self._numbers)}"
        fact = a_user_stated(user, _REGION[region].service_points[0])
        return self._load.send(region, _SERVICE, user, fact)

    def _send_valid(self) -> None:
        self._flooded.append(self._send_user(BAD))

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
        """In turn noise, headers that are no text, a body that ends too early, a version that
        nobody knows, and a field of another type.
        """
        number = next(self._scraps)
        key, noise = f"SKRAP-{number}", self._chance.randbytes(40)
        message = uuid5(_IDS, key)

        def whole(kind: str) -> list[tuple[str, bytes]]:
            envelope = Envelope(
                id=message,
                source=source_of(BAD),
                type=kind,
                time=datetime.now(UTC),
                subject=key,
                region=RegionCode(BAD),
            )
            return [*envelope.headers()]

        kind = PayerStated.wire_type
        value, headers = (
            (noise, []),
            (b"{}", [("ce_type", noise), ("ce_id", b"\xff\xfe")]),
            (b'{"payer_id": 7', whole(kind)),
            (b"{}", whole(kind.replace(".v1", ".v9"))),
            (b'{"version": 1, "payer_id": 7, "name": "Sju"}', whole(kind)),
        )[number % 5]
        self._load.send_bytes(BAD, _SERVICE, key, value, headers)
        if number % 5 < 2:
            self._noise += 1
        else:
            self._flooded.append(str(message))

    def _send_waiting(self) -> None:
        """An initial load in the wrong order: customers before the payers that they name."""
        self._unknown = [self._unit(6) for _ in range(_UNKNOWN_PAYERS)]
        for number in range(WAITING):
            customer = self._unit(5)
            payer = self._unknown[number % _UNKNOWN_PAYERS]
            fact = a_customer_stated(customer, payer=payer, store=None, is_service_point=False)
            self._flooded.append(self._load.send(BAD, _SERVICE, customer, fact))

    def _send_payers(self) -> frozenset[str]:
        return frozenset(
            self._load.send(BAD, _SERVICE, payer, a_payer_stated(payer)) for payer in self._unknown
        )

    def _discard_quarantined(self) -> list[str]:
        """Throw away what rests in quarantine. Answers the ids of the flood's messages among it;
        empty texts for those without.
        """
        with self._world.database(_SERVICE) as database:
            found = database.execute(_PARKED, (f"region.{BAD}.{_SERVICE}",)).fetchall()
        while self._world.discard_parked(_SERVICE):  # what stood behind comes up
            pass
        return [str(one or "") for (one,) in found]

    def _sent_by(self, region: str, told: Iterable[Published]) -> list[Published]:
        topic, flooded = f"region.{region}.{_SERVICE}", set(self._flooded)
        return [one for one in told if one.topic == topic and one.id not in flooded]

    def _caused(self, ids: Sequence[str], topics: Sequence[str]) -> dict[str, float]:
        """When Kafka took the first event on these topics that a message caused, by its id."""
        with self._world.database(_SERVICE) as database:
            caused = dict(database.execute(_CAUSED, (list(ids),)).fetchall())
        wire = read_topics(self._world.client_settings("admin"), topics)
        found: dict[str, float] = {}
        for record in sorted(wire, key=lambda one: one.at):
            if (cause := caused.get(record.id)) is not None:
                found.setdefault(cause, record.at)
        return found

    def _unit(self, first: int) -> str:
        """A name that the region has not used: its first digit says what it names."""
        digits = _REGION[BAD].digits - 1
        return f"{first}{next(self._units) % 10**digits:0{digits}}"


def send(streams: Sequence[Stream], *, seconds: float) -> None:
    """Call each stream at its rate for so long, in an open loop: what is late is called all the
    same.
    """
    begun = time.monotonic()
    due = sorted(
        (number / rate, of)
        for of, (rate, _) in enumerate(streams)
        for number in range(int(rate * seconds))
    )
    for at, of in due:
        time.sleep(max(0.0, begun + at - time.monotonic()))
        streams[of][1]()


def _seen(told: Sequence[Published], visible: dict[str, float]) -> Seen:
    found = sorted(visible[one.id] - one.at for one in told if one.id in visible)
    return Seen(found, len(told) - len(found))
