"""The tables of the park, with what `parking`'s statements do to them. When a key is tried again,
and when it goes into quarantine, the real machine's functions decide.
"""

from copy import copy
from dataclasses import dataclass, field

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.machine import NextTry, State, when_parked, when_tried
from kvitt_chassis.consuming.parking import HeadGone
from kvitt_chassis.consuming.verdicts import Cause

TopicKey = tuple[str, str]


@dataclass(slots=True)
class ParkedKey:
    """A row of `parked_keys`."""

    state: State
    cause: Cause
    parked_at: float
    next_at: float
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The first message of a parked key, as it was read."""

    message_id: int
    place: TopicKey
    key: ParkedKey
    incoming: Incoming


@dataclass(slots=True)
class Park:
    """Both tables."""

    keys: dict[TopicKey, ParkedKey] = field(default_factory=dict)
    messages: dict[TopicKey, dict[int, Incoming]] = field(default_factory=dict)
    positions: set[tuple[str, int, int]] = field(default_factory=set)
    next_id: int = 1

    def copy(self) -> "Park":
        """As a backup takes it."""
        return Park(
            {place: copy(key) for place, key in self.keys.items()},
            {place: dict(held) for place, held in self.messages.items()},
            set(self.positions),
            self.next_id,
        )

    def append(self, incoming: Incoming, cause: Cause, now: float) -> None:
        """`parking.append`, of one message."""
        place = (incoming.topic, incoming.key)
        known = self.keys.get(place)
        if known is None:
            next_try = when_parked(cause)
            self.keys[place] = ParkedKey(next_try.state, cause, now, _next_at(next_try, now))
        elif known.cause is Cause.GAP:
            known.state, known.next_at = State.WAITING, now
        record = incoming.record
        position = (incoming.topic, record.partition, record.offset)
        if position not in self.positions:
            self.positions.add(position)
            self.messages.setdefault(place, {})[self.next_id] = incoming
            self.next_id += 1

    def head(self, place: TopicKey) -> Head | None:
        """`parking.head_of`."""
        key, held = self.keys.get(place), self.messages.get(place)
        if key is None or not held:
            return None
        first = min(held, key=lambda one: (held[one].facts.sequence or 0, one))
        return Head(first, place, copy(key), held[first])

    def remove(self, head: Head, now: float) -> None:
        """`parking.remove`. Raises HeadGone."""
        held = self.messages.get(head.place, {})
        gone = held.pop(head.message_id, None)
        if gone is None:
            raise HeadGone
        self.positions.discard((gone.topic, gone.record.partition, gone.record.offset))
        if held:
            self.keys[head.place] = ParkedKey(State.WAITING, Cause.BEHIND, now, now)
        else:
            del self.messages[head.place], self.keys[head.place]

    def reschedule(self, head: Head, cause: Cause, now: float) -> None:
        """`parking.reschedule`."""
        key = self.keys.get(head.place)
        if key is None:
            return
        before, age = head.key, now - head.key.parked_at
        next_try = when_tried(cause, before=before.cause, tries=before.tries, age=age)
        if key.cause is Cause.BEHIND:
            key.parked_at = now
        key.state, key.cause, key.tries = next_try.state, cause, next_try.tries
        key.next_at = _next_at(next_try, now)

    def postpone(self, place: TopicKey, until: float) -> None:
        """`parking.postpone`."""
        key = self.keys.get(place)
        if key is not None and key.state is State.WAITING:
            key.next_at = until

    def try_now(self, place: TopicKey, now: float) -> None:
        """`parking.try_now`."""
        key = self.keys[place]
        key.state, key.cause, key.tries, key.next_at = State.WAITING, Cause.BEHIND, 0, now

    def due(self, now: float) -> list[TopicKey]:
        """`parking.due`."""
        waiting = [place for place, key in self.keys.items() if key.next_at <= now]
        return sorted(waiting, key=lambda place: self.keys[place].next_at)

    def next_at(self) -> float | None:
        """When the next key is due."""
        return min((key.next_at for key in self.keys.values()), default=None)


def _next_at(next_try: NextTry, now: float) -> float:
    return float("inf") if next_try.wait is None else now + next_try.wait
