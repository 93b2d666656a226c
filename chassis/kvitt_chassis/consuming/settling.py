"""One transaction's messages and the state of their keys: verdicts are foreseen for all at once, so
that their rows can be fetched together, and judged anew after one that did not go as foreseen.
Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.parking import TopicKey
from kvitt_chassis.consuming.verdicts import (
    ADVANCES,
    PARKS,
    REMEMBERED_IDS,
    KeyState,
    Verdict,
    judge,
)

Sent = tuple[str, UUID]
"""A sender and the id of its message."""
FactKey = tuple[str, str, str, str]
"""What a version counts: sender, type, subject, and the thing (`Fact.thing`)."""
Stated = tuple[int, str | None]
"""The version that is known of a fact, and the hash of its statement where that is known."""


@dataclass(slots=True)
class Batch:
    """The state of the keys of one transaction's messages; updated as they are settled one after
    the other. `fresh` are the keys without a mark: `writing` inserts theirs.
    """

    known: dict[TopicKey, KeyState]
    versions: dict[FactKey, Stated] = field(default_factory=dict)
    seen: dict[Sent, str | None] = field(default_factory=dict)
    moved: set[TopicKey] = field(default_factory=set)
    new_seen: dict[Sent, str | None] = field(default_factory=dict)
    new_versions: dict[FactKey, Stated] = field(default_factory=dict)
    fresh: frozenset[TopicKey] = frozenset()

    def settle(self, incoming: Incoming) -> Verdict:
        """The verdict on a message; the state that the following messages are judged by is updated.
        Pure.
        """
        verdict = self.judge(incoming)
        self.note(incoming, verdict)
        return verdict

    def judge(self, incoming: Incoming) -> Verdict:
        """The verdict on a message, by the messages before it. Nothing is updated."""
        return judge(incoming.facts, self.look(incoming))

    def note(self, incoming: Incoming, verdict: Verdict) -> None:
        """Update the state that the following messages are judged by."""
        if verdict in ADVANCES:
            self.move(incoming, verdict)
        elif verdict in PARKS:
            self.park(incoming)

    def copy(self) -> "Batch":
        """The same state, to go on from by itself."""
        return Batch(
            known=self.known.copy(),
            versions=self.versions.copy(),
            seen=self.seen.copy(),
            moved=self.moved.copy(),
            new_seen=self.new_seen.copy(),
            new_versions=self.new_versions.copy(),
            fresh=self.fresh,
        )

    def look(self, incoming: Incoming) -> KeyState:
        """The state that this message is to be judged by."""
        known = self.known[incoming.topic, incoming.key]
        if incoming.envelope is None:
            # seen when an operator has discarded the record at this position
            is_seen = self.known[incoming.topic, incoming.position_key].sequence > 0
            return replace(known, is_seen=is_seen)
        if not incoming.is_inbound:
            return known
        sent = (incoming.sender, incoming.envelope.id)
        version, statement = self.versions.get(fact_key(incoming), (None, None))
        return replace(
            known,
            is_seen=sent in self.seen,
            content=self.seen.get(sent),
            version=version,
            statement=statement,
        )

    def park(self, incoming: Incoming) -> None:
        """Note that the message's key is parked."""
        place = (incoming.topic, incoming.key)
        self.known[place] = replace(self.known[place], is_parked=True)

    def move(self, incoming: Incoming, verdict: Verdict) -> None:
        """Advance the mark of the message's key; note its id and version as seen."""
        envelope, place = incoming.envelope, (incoming.topic, incoming.key)
        if envelope is None:
            return
        known = self.known[place]
        self.known[place] = KeyState(
            sequence=known.sequence + 1,
            event_ids=(*known.event_ids, envelope.id)[-REMEMBERED_IDS:],
            is_parked=known.is_parked,
        )
        self.moved.add(place)
        if not incoming.is_inbound:
            return
        sent = (incoming.sender, envelope.id)
        self.seen[sent] = self.new_seen[sent] = incoming.content
        if verdict is Verdict.APPLY and incoming.version is not None:
            stated = (incoming.version, incoming.statement)
            fact = fact_key(incoming)
            self.versions[fact] = self.new_versions[fact] = stated


class Settling:
    """The messages of one transaction, settled one after the other.

    `verdicts` are those that were foreseen, and of the messages that are settled those that came
    true; `batch` is what is to be written once all are settled.
    """

    def __init__(self, arrived: Sequence[Incoming], batch: Batch) -> None:
        self._arrived = arrived
        self._before: Batch | None = batch.copy()  # None: something did not go as foreseen
        self.batch = batch
        self.verdicts = [batch.settle(incoming) for incoming in arrived]

    def begin(self, index: int) -> Verdict:
        """The verdict on the message that is next. Each is begun and ended, in order."""
        if self._before is None:
            self.verdicts[index] = self.batch.judge(self._arrived[index])
        return self.verdicts[index]

    def end(self, index: int, verdict: Verdict) -> None:
        """The message has ended so, as it was begun or otherwise."""
        if self._before is not None:
            if verdict is self.verdicts[index]:
                return
            self.batch, self._before = self._before, None
            for earlier in range(index):
                self.batch.note(self._arrived[earlier], self.verdicts[earlier])
        self.verdicts[index] = verdict
        self.batch.note(self._arrived[index], verdict)


def fact_key(incoming: Incoming) -> FactKey:
    """What the version of a fact counts. Of a message with an envelope."""
    assert incoming.envelope is not None
    envelope = incoming.envelope
    return incoming.sender, envelope.type, envelope.subject, incoming.thing
