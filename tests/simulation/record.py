"""What is watched while a run goes on: an invariant that breaks is said at once, with its key and
its event.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.verdicts import Verdict

from tests.simulation.database import Database


class Violation(AssertionError):
    """An invariant does not hold. `invariant` is its name."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


@dataclass(slots=True)
class Record:
    """What was seen of one run."""

    relay: Counter[tuple[Any, Any, Any]] = field(default_factory=Counter)
    consumer: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    drain: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    is_restored: bool = False
    databases: dict[str, Database] = field(default_factory=dict)  # by the topic they own
    refusing: dict[str, float] = field(default_factory=dict)  # since when
    _on_wire: dict[tuple[str, str], int] = field(default_factory=dict)
    _lost_at: dict[tuple[str, int], float] = field(default_factory=dict)

    def relay_transitions(self) -> Counter[tuple[str, str, str]]:
        """The relay's transitions, by name."""
        return Counter(
            {
                (before.__name__, happened.__name__, after.__name__): n
                for (before, happened, after), n in self.relay.items()
            }
        )

    def appended(self, incoming: Incoming) -> None:
        """I4: nothing is published that did not commit. I3: a reader never meets a gap."""
        if incoming.is_inbound or incoming.envelope is None:
            return
        database = self.databases[incoming.topic]
        event_id, seq = incoming.envelope.id, incoming.envelope.sequence or 0
        where = f"{incoming.topic} {incoming.key} number {seq} ({event_id.int})"
        if event_id not in database.ever:
            raise Violation("I4", f"{where} is published and was never committed")
        place = incoming.topic, incoming.key
        last = self._on_wire.get(place, 0)
        if seq > last + 1:
            raise Violation("I3 on the wire", f"{where} is published after number {last}")
        self._on_wire[place] = max(seq, last)

    def on_wire(self, topic: str, key: str) -> int:
        """The highest number of a key that was published."""
        return self._on_wire.get((topic, key), 0)

    def lease_changes(self, database: str, epoch: int, now: float) -> None:
        """The lease goes to another: from now on this epoch is over."""
        self._lost_at[database, epoch] = now

    def restored(self, database: str, now: float, *, is_known: bool) -> None:
        """A database is another: its epochs begin again, and its relay refuses to send."""
        self.is_restored = True
        self._lost_at = {one: at for one, at in self._lost_at.items() if one[0] != database}
        if is_known:
            self.refusing[database] = now

    def begins_to_send(self, database: str, epoch: int, now: float, late: float) -> None:
        """One sends at a time: nobody begins to send long after the lease went to another."""
        lost_at = self._lost_at.get((database, epoch))
        if lost_at is not None and now - lost_at > late:
            raise Violation(
                "one relay", f"{database}: epoch {epoch} sends {now - lost_at:.2f} s after its end"
            )
        if now - self.refusing.get(database, now) > late:
            raise Violation("restore", f"{database} sends, though nobody has decided about it")

    def settled(self, service: str, incoming: Incoming, verdict: Verdict) -> None:
        """Without a restored database no reader meets a gap or a fork."""
        self.verdicts[verdict] += 1
        if not self.is_restored and verdict in (Verdict.GAP, Verdict.FORK):
            raise Violation(
                "I3 at the reader",
                f"{service} meets a {verdict} at {incoming.topic} {incoming.key}",
            )
