"""What a run leaves behind, as plain values. How it is read stands in reading.py and databases.py,
what it must obey in invariants.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


# decision 0130: faults are judged from what a run leaves behind
@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An event in its owner's log: it has committed. `at` is real time in seconds."""

    service: str
    topic: str
    key: str
    seq: int
    id: str
    region: str
    type: str
    cause: str | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnWire:
    """A record of a domain topic. `at` is when Kafka took it, in seconds."""

    topic: str
    partition: int
    offset: int
    key: str
    seq: int
    id: str
    region: str
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """A line of a service's history; `seq` is 0 for what comes from a region."""

    what: str  # emitted or applied
    file: str
    line: int
    service: str
    topic: str
    key: str
    seq: int
    id: str
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a service has come with a key."""

    service: str
    topic: str
    key: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A key that waits or is quarantined. `is_shown`: an operator sees it over HTTP."""

    service: str
    topic: str
    key: str
    state: str
    cause: str
    is_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A message that a region published and Kafka acknowledged. `at`: when, in seconds."""

    service: str  # who reads it
    topic: str
    key: str
    id: str
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A balance beside the sum of its moves: (available, reserved, on order)."""

    region: str
    article: str
    store: str
    stands: tuple[int, int, int]
    moved: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerFrom:
    """Who pays for a device from a day on, as one table says; None: nobody."""

    source: str  # inventory or billing
    region: str
    device: str
    day: str
    payer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a region: its table, and the aggregate that it is about."""

    service: str
    table: str
    region: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A piece of business that the load began: what must become of it, and what did."""

    kind: str  # order or transfer
    region: str
    reference: str
    wanted: str
    reached: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLine:
    """A line of level ERROR or above in a service's log."""

    service: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """p99 in seconds from commit to effect, of keys that a fault does not touch, in pairs of
    (without, with) the fault.
    """

    pairs: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything of one run. `consumers`: who reads a topic, by the catalogue."""

    consumers: Mapping[str, frozenset[str]]
    logged: tuple[Logged, ...] = ()
    wire: tuple[OnWire, ...] = ()
    planted: frozenset[tuple[str, int, int]] = (
        frozenset()
    )  # records of a scenario's own: their places
    history: tuple[HistoryLine, ...] = ()
    marks: tuple[Mark, ...] = ()
    parked: tuple[Parked, ...] = ()
    published: tuple[Published, ...] = ()
    seen: frozenset[tuple[str, str]] = frozenset()  # (service, id)
    balances: tuple[Balance, ...] = ()
    payers: tuple[PayerFrom, ...] = ()
    claimed: Mapping[str, str] = field(default_factory=dict)  # device → who claims it
    open_claims: frozenset[str] = frozenset()  # transfers and orders that are not ended
    unfolded: tuple[str, ...] = ()  # aggregates whose row is not the fold of their events
    rows: tuple[Row, ...] = ()
    cases: tuple[Case, ...] = ()
    errors: tuple[ErrorLine, ...] = ()
    explained: tuple[str, ...] = ()  # patterns of errors that the fault explains
    recovered_in: float | None = 0.0  # seconds after healing; None: never
    recovery_limit: float = 60.0
    latency: Latency | None = None


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What does not hold: the invariant, the key, and where its events are."""

    invariant: str
    key: str
    told: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.key}: {self.told}"
