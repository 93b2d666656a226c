"""The consumer's decisions: about a batch that fails, a parked key, a client that delivers nothing.

Pure: what happened in, an action out. No await, no clock, no IO, no randomness.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from enum import StrEnum

from kvitt_chassis.consuming.turns import Fairness as Fairness
from kvitt_chassis.consuming.turns import Partition as Partition
from kvitt_chassis.consuming.turns import Turns
from kvitt_chassis.consuming.verdicts import Cause


class Failure(StrEnum):
    """How a transaction failed."""

    LOCK_TROUBLE = (
        "lock_trouble"  # deadlock, serialization, lock timeout, connection lost: nobody's fault
    )
    REFUSED = "refused"
    NOT_YET_KNOWN = "not_yet_known"
    UNKNOWN_POLICY = "unknown_policy"
    FAULT = "fault"


_PARKED_AS = {
    Failure.NOT_YET_KNOWN: Cause.NOT_YET_KNOWN,
    Failure.UNKNOWN_POLICY: Cause.UNKNOWN_POLICY,
    Failure.FAULT: Cause.FAULT,
}


@dataclass(frozen=True, slots=True)
class RecordPosition:
    """A record's partition and offset."""

    partition: Partition
    offset: int


@dataclass(frozen=True, slots=True)
class Received:
    """A batch was delivered, each partition's records in order."""

    places: tuple[RecordPosition, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The last action is committed. `seconds`: how long it took, its wait included."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failed:
    """The last action was rolled back. `index`: the message that failed; None when it is not known
    which. `seconds`: how long it took, its wait included.
    """

    failure: Failure
    index: int | None = None
    seconds: float = 0.0


Input = Received | Done | Failed


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply these messages (by index) in one transaction, after about `after` seconds."""

    indexes: tuple[int, ...]
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Refuse:
    """Record the refusal that the last try ended with, after about `after` seconds."""

    index: int
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Park:
    """Park the message's key with this cause, after about `after` seconds."""

    index: int
    cause: Cause
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Too many faults in a row: pause the partition from this record on for `seconds`,
    and alarm.
    """

    place: RecordPosition
    seconds: float


@dataclass(frozen=True, slots=True)
class Finish:
    """Commit these offsets (the next to read), seek to those, and wait for the next batch."""

    offsets: Mapping[Partition, int]
    back_to: Mapping[Partition, int]


Action = Apply | Refuse | Park | Pause | Finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many tries and failures there may be, and how long waits are (seconds)."""

    tries: int = 3
    faults_in_a_row: int = 10
    troubles_as_a_whole: int = 2  # a large transaction meets more of them
    troubles_in_hand: int = 8
    first_wait: float = 0.05
    longest_wait: float = 2.0
    first_pause: float = 5.0
    longest_pause: float = 60.0


FROM_PARK = Limits(tries=1, troubles_in_hand=1)
"""The limits for one parked message: it is tried once; the park waits and counts between tries."""


@dataclass(slots=True)
class ConsumerMachine:
    """Handles one batch at a time: as a whole; where that fails, the partition of the message that
    failed is ill, and goes on by itself after the others (turns.py). The offsets of what is settled
    are committed; the rest is read again.

    `fairness` says how ill partitions share the turns.
    """

    limits: Limits = field(default_factory=Limits)
    fairness: InitVar[Fairness] = Fairness()  # noqa: RUF009  # it is frozen
    _turns: Turns = field(init=False)
    _places: tuple[RecordPosition, ...] = ()
    _hand: tuple[int, ...] = ()  # what is tried together
    _tries: int = 0
    _troubles: int = 0
    _last: Action | None = None
    _next: dict[Partition, int] = field(default_factory=dict)
    _back: dict[Partition, int] = field(default_factory=dict)
    _faulty: set[Partition] = field(default_factory=set)  # a fault was parked since it fell ill
    _faults: dict[Partition, int] = field(default_factory=dict)
    _pauses: dict[Partition, int] = field(default_factory=dict)

    def __post_init__(self, fairness: Fairness) -> None:
        self._turns = Turns(fairness)

    def step(self, happened: Input) -> Action:
        """The next action. After `Finish` comes `Received`."""
        match happened:
            case Received(places):
                return self._begin(places)
            case Done(seconds):
                self._turns.spend(self._hand, seconds)
                return self._advance()
            case Failed(failure, index, seconds):
                self._turns.spend(self._hand, seconds)
                return self._after_failure(failure, index)

    def revoke(self, partitions: Collection[Partition]) -> None:
        """These partitions are revoked: no further message of them is begun."""
        self._turns.forget(partitions)
        for partition in partitions:
            self._faulty.discard(partition)
            self._faults.pop(partition, None)
            self._pauses.pop(partition, None)

    def hand_back(self) -> None:
        """The process is stopping: no further message of the batch is begun."""
        self._turns.drop_all()

    def _begin(self, places: tuple[RecordPosition, ...]) -> Action:
        self._places = places
        self._next, self._back = {}, {}
        self._turns.begin([place.partition for place in places])
        self._faulty = {one for one in self._faulty if self._turns.is_ill(one)}
        self._troubles = 0
        return self._go_on()

    def _advance(self) -> Action:
        self._troubles = 0
        last = self._last
        if isinstance(last, Pause):
            return self._drop(last.place)
        healthy = not (isinstance(last, Park) and last.cause is Cause.FAULT)
        for index in self._hand:
            self._settled(self._places[index], healthy=healthy)
        self._turns.settled(self._hand, grows=isinstance(last, Apply))
        return self._go_on()

    def _settled(self, place: RecordPosition, *, healthy: bool) -> None:
        self._next[place.partition] = place.offset + 1
        if healthy:
            self._faults.pop(place.partition, None)
            self._pauses.pop(place.partition, None)

    def _drop(self, place: RecordPosition) -> Action:
        self._back[place.partition] = place.offset
        self._turns.drop([place.partition])
        return self._go_on()

    # decisions 0006 and 0181: a batch is one transaction or several, the ill ones' last
    def _go_on(self) -> Action:
        self._tries = 0
        self._hand = self._turns.next()
        return self._act(Apply(self._hand)) if self._hand else self._finish()

    def _finish(self) -> Action:
        # What was dropped in the middle of a batch is read again, by this process or by the one
        # that the partition is assigned to.
        for place in reversed(self._places):
            if place.offset >= self._next.get(place.partition, 0):
                self._back[place.partition] = place.offset
        return self._act(Finish(dict(self._next), dict(self._back)))

    def _after_failure(self, failure: Failure, index: int | None) -> Action:
        if failure is Failure.LOCK_TROUBLE or isinstance(self._last, Park | Pause):
            return self._after_trouble()
        self._turns.failed(self._hand, index)
        if len(self._hand) > 1:
            return self._go_on()
        if isinstance(self._last, Refuse):
            return self._park(Cause.FAULT)
        if failure is Failure.REFUSED:
            return self._act(Refuse(self._hand[0]))
        if failure is not Failure.FAULT:
            return self._park(_PARKED_AS[failure])
        return self._after_fault(self._places[self._hand[0]])

    def _after_trouble(self) -> Action:
        """Try again without limit; but now and then give a partition back, then the batch, so that
        the client polls and stays in its group.
        """
        self._troubles += 1
        if self._troubles > self.limits.troubles_in_hand:
            self.hand_back()
            return self._finish()
        if len(self._hand) > 1 and self._troubles >= self.limits.troubles_as_a_whole:
            self._turns.failed(self._hand, None)
            return self._go_on()
        place = self._places[self._hand[0]]
        is_late = self._turns.is_ill(place.partition) and self._turns.are_over
        if self._troubles == self.limits.troubles_in_hand or is_late:
            return self._drop(place)
        wait = self._wait(self._troubles)
        match self._last:
            case Apply(indexes):
                return self._act(Apply(indexes, after=wait))
            case Refuse(index):
                return self._act(Refuse(index, after=wait))
            case Park(index, cause):
                return self._act(Park(index, cause, after=wait))
            case Pause(place):
                return self._drop(place)
            case _:
                return self._finish()

    def _after_fault(self, place: RecordPosition) -> Action:
        """Try again later; in a partition that goes on failing each message is tried once, and the
        park tries it again.
        """
        self._tries += 1
        if self._tries < self.limits.tries and place.partition not in self._faulty:
            return self._act(Apply(self._hand, after=self._wait(self._tries)))
        self._faulty.add(place.partition)
        faults = self._faults[place.partition] = self._faults.get(place.partition, 0) + 1
        if faults <= self.limits.faults_in_a_row:
            return self._park(Cause.FAULT)
        pauses = self._pauses[place.partition] = self._pauses.get(place.partition, 0) + 1
        seconds = min(self.limits.first_pause * 2 ** (pauses - 1), self.limits.longest_pause)
        return self._act(Pause(place, seconds))

    def _park(self, cause: Cause) -> Action:
        return self._act(Park(self._hand[0], cause))

    def _wait(self, times: int) -> float:
        return float(min(self.limits.first_wait * 2.0 ** (times - 1), self.limits.longest_wait))

    def _act(self, action: Action) -> Action:
        self._last = action
        return action


# -- a parked key ---------------------------------------------------------------------------------


class State(StrEnum):
    """A parked key is tried again by itself, or waits in quarantine for a person."""

    WAITING = "waiting"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When a parked key is tried again: waits double from `first` to `longest` seconds, until
    `tries` or `deadline` is over; then the key is quarantined.
    """

    first: float
    longest: float
    tries: int | None = None
    deadline: float | None = None  # seconds of real time since the key was parked

    def wait(self, tries: int) -> float:
        """Seconds until the next try, after so many."""
        return float(min(self.first * 2.0 ** min(tries, 30), self.longest))

    def is_over(self, *, tries: int, age: float) -> bool:
        """True when the key is to be quarantined. `age`: seconds since it was parked."""
        if self.tries is not None and tries >= self.tries:
            return True
        return self.deadline is not None and age >= self.deadline


_WAITS_FOR_OTHERS = RetryPolicy(first=0.05, longest=5.0, deadline=15 * 60)

RETRY_POLICIES: Mapping[Cause, RetryPolicy] = {
    # it is tried as soon as its row is there: this is for a row that another process has stored
    Cause.NOT_YET_KNOWN: RetryPolicy(first=2.0, longest=30.0, deadline=15 * 60),
    Cause.UNKNOWN_POLICY: _WAITS_FOR_OTHERS,
    Cause.FAULT: RetryPolicy(first=0.5, longest=60.0, tries=8),
    Cause.GAP: RetryPolicy(first=0.2, longest=10.0, deadline=15 * 60),
    Cause.BEHIND: RetryPolicy(first=0.0, longest=1.0),
}
"""By cause. Final causes have none: they are quarantined at once."""


@dataclass(frozen=True, slots=True)
class NextTry:
    """What follows for a parked key: tried again after `wait` seconds, or (None) quarantined."""

    tries: int
    wait: float | None

    @property
    def state(self) -> State:
        """The state to store."""
        return State.QUARANTINED if self.wait is None else State.WAITING


def when_parked(cause: Cause) -> NextTry:
    """For a key that is parked with `cause` and has not been tried from the park yet."""
    return _next_try(cause, tries=0, age=0.0)


def when_tried(cause: Cause, *, before: Cause, tries: int, age: float) -> NextTry:
    """For a parked key whose first message has failed again, with `cause`.

    `before` is the cause that it was parked with, `tries` how often it had failed with that; `age`
    is seconds of real time since it was parked. With another cause than before, tries are counted
    anew; with BEHIND before (somebody, or a start, lets it be tried again) its time too.
    """
    age = 0.0 if before is Cause.BEHIND else age
    return _next_try(cause, tries=tries + 1 if before is cause else 1, age=age)


def _next_try(cause: Cause, *, tries: int, age: float) -> NextTry:
    if cause.is_final or RETRY_POLICIES[cause].is_over(tries=tries, age=age):
        return NextTry(tries, None)
    return NextTry(tries, RETRY_POLICIES[cause].wait(tries))


# -- a silent client ------------------------------------------------------------------------------


@dataclass(slots=True)
class Watchdog:
    """Detects a client that lags and makes no progress though nothing holds it up (after an outage
    aiokafka can be silent for good).
    """

    patience: float = 15.0
    _progress: Sequence[tuple[Partition, int]] = ()
    _since: float | None = None

    def is_stuck(
        self, *, now: float, lag: int, positions: Mapping[Partition, int], is_held_up: bool
    ) -> bool:
        """True when the client should be restarted. `now`: seconds of a monotonic clock."""
        progress = sorted(positions.items())
        if lag <= 0 or is_held_up or self._since is None or progress != self._progress:
            self._progress = progress
            self._since = now
            return False
        if now - self._since < self.patience:
            return False
        self._since = now
        return True
