"""What the consumer decides: about a batch that fails, a parked key, a silent client.

Pure: what happened in, an action out. No await, no clock, no IO, no randomness.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kvitt_chassis.consuming.verdicts import Cause


class Failure(StrEnum):
    """How a unit of work failed."""

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

Partition = tuple[str, int]
"""A topic's name and a partition's number."""


@dataclass(frozen=True, slots=True)
class RecordPosition:
    """Where a record stood."""

    partition: Partition
    offset: int


@dataclass(frozen=True, slots=True)
class Received:
    """A batch has come, each partition's records in order."""

    places: tuple[RecordPosition, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The last action is committed."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The last action was rolled back. `index`: at this message, None where nobody can tell."""

    failure: Failure
    index: int | None = None


Input = Received | Done | Failed


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply these messages (by index) in one transaction, `after` a wait of about that long."""

    indexes: tuple[int, ...]
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Refuse:
    """Record the refusal that the last try ended with."""

    index: int
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Park:
    """Park the message's key with this cause."""

    index: int
    cause: Cause
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Too many faults in a row: stop reading the partition for a while, from this record on, and
    alarm.
    """

    place: RecordPosition
    seconds: float


@dataclass(frozen=True, slots=True)
class Finish:
    """Commit these offsets (the next to read), go back to those places, ask for the next batch."""

    offsets: Mapping[Partition, int]
    back_to: Mapping[Partition, int]


Action = Apply | Refuse | Park | Pause | Finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often is often. Waits in seconds."""

    tries: int = 3
    faults_in_a_row: int = 10
    troubles_as_a_whole: int = 2  # a large transaction meets more of them
    troubles_in_hand: int = 8
    first_wait: float = 0.05
    longest_wait: float = 2.0
    first_pause: float = 5.0
    longest_pause: float = 60.0


@dataclass(slots=True)
class ConsumerMachine:
    """One batch at a time: whole; where that fails, without the message that fails, which is tried
    alone. What is done is counted, what is not is read again.
    """

    limits: Limits = field(default_factory=Limits)
    _places: tuple[RecordPosition, ...] = ()
    _hand: tuple[int, ...] = ()  # what is tried together
    _waiting: list[tuple[int, ...]] = field(default_factory=list)  # what is next comes last
    _tries: int = 0
    _troubles: int = 0
    _last: Action | None = None
    _next: dict[Partition, int] = field(default_factory=dict)
    _back: dict[Partition, int] = field(default_factory=dict)
    _dropped: set[Partition] = field(default_factory=set)
    _faults: dict[Partition, int] = field(default_factory=dict)
    _pauses: dict[Partition, int] = field(default_factory=dict)

    def step(self, happened: Input) -> Action:
        """The next thing to do. After `Finish` comes `Received`."""
        match happened:
            case Received(places):
                return self._begin(places)
            case Done():
                return self._advance()
            case Failed(failure, index):
                return self._after_failure(failure, index)

    def revoke(self, partitions: Collection[Partition]) -> None:
        """These partitions are another's from now on: of them, nothing further is begun."""
        self._dropped |= set(partitions) & {place.partition for place in self._places}
        for partition in partitions:
            self._faults.pop(partition, None)
            self._pauses.pop(partition, None)

    def hand_back(self) -> None:
        """Shutting down: nothing further of the batch is begun."""
        self._dropped |= {place.partition for place in self._places}

    def _begin(self, places: tuple[RecordPosition, ...]) -> Action:
        self._places = places
        self._next, self._back, self._dropped = {}, {}, set()
        self._waiting = [tuple(range(len(places)))]
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
        return self._go_on()

    def _settled(self, place: RecordPosition, *, healthy: bool) -> None:
        self._next[place.partition] = place.offset + 1
        if healthy:
            self._faults.pop(place.partition, None)
            self._pauses.pop(place.partition, None)

    def _drop(self, place: RecordPosition) -> Action:
        self._back[place.partition] = place.offset
        self._dropped.add(place.partition)
        return self._go_on()

    def _go_on(self) -> Action:
        self._tries = 0
        while self._waiting:
            waiting = self._waiting.pop()
            self._hand = tuple(
                one for one in waiting if self._places[one].partition not in self._dropped
            )
            if self._hand:
                return self._act(Apply(self._hand))
        return self._finish()

    # decision 0006: a batch is one transaction or several
    def _split(self, index: int | None) -> Action:
        """Go on without the message that failed; where nobody knows which, with each half."""
        hand = self._hand
        if index is None:
            parts = [hand[: len(hand) // 2], hand[len(hand) // 2 :]]
        else:
            at = hand.index(index)
            parts = [hand[:at], (index,), hand[at + 1 :]]
        self._waiting += [part for part in reversed(parts) if part]
        return self._go_on()

    def _finish(self) -> Action:
        # What was dropped in the middle of a batch is read again, by us or by whoever has the
        # partition.
        for place in reversed(self._places):
            if place.offset >= self._next.get(place.partition, 0):
                self._back[place.partition] = place.offset
        return self._act(Finish(dict(self._next), dict(self._back)))

    def _after_failure(self, failure: Failure, index: int | None) -> Action:
        if failure is Failure.LOCK_TROUBLE or isinstance(self._last, Park | Pause):
            return self._after_trouble()
        if len(self._hand) > 1:
            return self._split(index)
        if isinstance(self._last, Refuse):
            return self._park(Cause.FAULT)
        if failure is Failure.REFUSED:
            return self._act(Refuse(self._hand[0]))
        if failure is not Failure.FAULT:
            return self._park(_PARKED_AS[failure])
        self._tries += 1
        if self._tries < self.limits.tries:
            return self._act(Apply(self._hand, after=self._wait(self._tries)))
        return self._after_fault(self._places[self._hand[0]])

    def _after_trouble(self) -> Action:
        """Without limit; but now and then the batch goes back, so that the client is polled and
        stays in its group.
        """
        self._troubles += 1
        if len(self._hand) > 1 and self._troubles >= self.limits.troubles_as_a_whole:
            return self._split(None)
        if self._troubles >= self.limits.troubles_in_hand:
            self.hand_back()
            return self._finish()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a parked key is tried again: waits double from `first` to `longest`; then it is
    quarantined.
    """

    first: float
    longest: float
    tries: int | None = None
    deadline: float | None = None  # seconds of real time since the key was parked

    def wait(self, tries: int) -> float:
        """Seconds until the next try, after so many."""
        return float(min(self.first * 2.0 ** min(tries, 30), self.longest))

    def is_over(self, *, tries: int, age: float) -> bool:
        """True when the key goes into quarantine instead."""
        if self.tries is not None and tries >= self.tries:
            return True
        return self.deadline is not None and age >= self.deadline


_WAITS_FOR_OTHERS = Patience(first=0.05, longest=5.0, deadline=15 * 60)

PATIENCE: Mapping[Cause, Patience] = {
    Cause.NOT_YET_KNOWN: _WAITS_FOR_OTHERS,
    Cause.UNKNOWN_POLICY: _WAITS_FOR_OTHERS,
    Cause.FAULT: Patience(first=0.5, longest=60.0, tries=8),
    Cause.GAP: Patience(first=0.2, longest=10.0, deadline=15 * 60),
    Cause.BEHIND: Patience(first=0.0, longest=1.0),
}
"""By cause; the final causes have none."""


# -- a silent client ------------------------------------------------------------------------------


@dataclass(slots=True)
class Watchdog:
    """Tells a client that lags and does not move, though nothing holds it up (after an outage it
    can be a zombie).
    """

    patience: float = 15.0
    _progress: Sequence[tuple[Partition, int]] = ()
    _since: float | None = None

    def is_stuck(
        self, *, now: float, lag: int, positions: Mapping[Partition, int], is_held_up: bool
    ) -> bool:
        """True when the client should be stopped and started. `now` in seconds, monotone."""
        progress = sorted(positions.items())
        if lag <= 0 or is_held_up or self._since is None or progress != self._progress:
            self._progress = progress
            self._since = now
            return False
        if now - self._since < self.patience:
            return False
        self._since = now
        return True
