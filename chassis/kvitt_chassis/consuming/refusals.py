"""The answers to inbound messages: a row for each record, whose events repeat no value of it. A
message that took effect has its receipt in the same transaction.
"""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid5

from kvitt_contracts.envelope import Event, message_class
from kvitt_contracts.refusals import MessageRefused, MessageSettled, Refused
from kvitt_contracts.topics import CATALOGUE, Topic, for_region
from kvitt_contracts.types import NAMESPACE, Word
from sqlalchemy.orm import DeclarativeBase, Mapped

from kvitt_chassis import denials, refusal_counts
from kvitt_chassis.consuming import answers
from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.outcomes import OLDER, Outcome, Reason, end_of
from kvitt_chassis.consuming.verdicts import Verdict
from kvitt_chassis.denials import NotGranted
from kvitt_chassis.models import TYPE_MAP, Aggregate, new_metadata
from kvitt_chassis.operating.masking import mask
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork

DDL: tuple[str, ...] = (
    """
    CREATE TABLE refusals (
        region text NOT NULL,
        id uuid NOT NULL,
        seq integer NOT NULL,
        message_id text,
        message_type text,
        outcome text NOT NULL DEFAULT 'refused',
        reason text,
        rule text,
        field text,
        refused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (region, id)
    )
    """,
    "CREATE INDEX ix_refusals_refused_at ON refusals (region, refused_at)",
    "REVOKE INSERT, UPDATE, DELETE ON refusals FROM {api}",
)
CHANGES: tuple[str, ...] = (
    """
    ALTER TABLE refusals
        ADD COLUMN IF NOT EXISTS outcome text NOT NULL DEFAULT 'refused',
        ALTER COLUMN message_id DROP NOT NULL, ALTER COLUMN message_type DROP NOT NULL,
        ALTER COLUMN reason DROP NOT NULL, ALTER COLUMN rule DROP NOT NULL
    """,
)
"""What a database of an earlier release lacks."""


_REASONS = {Outcome.OBSOLETE: OLDER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What a message began or changed, as its sender is told of it."""

    noun: str
    id: UUID
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What the sender of one record was told last: refused, or an `Outcome`."""

    message_id: str | None
    message_type: str | None
    outcome: str
    reason: str | None
    rule: str | None
    field: str | None


def evolve(state: Refusal | None, event: Event) -> Refusal:
    """The state after an event. What an operator mended may have another id than before."""
    match event:
        case MessageRefused():
            outcome = "refused"
        case MessageSettled():
            outcome = event.outcome
        case _:
            raise TypeError(f"{event.wire_type} is no answer")
    return Refusal(
        message_id=event.message_id,
        message_type=event.message_type,
        outcome=outcome,
        reason=event.reason,
        rule=event.rule,
        field=event.field,
    )


# decision 0101: what a region is answered is an aggregate on a topic of refusals
def record_refusal(unit: UnitOfWork, incoming: Incoming, refused: Refused) -> None:
    """Record the refusal as an event in the message's own transaction, for the region whose topic
    it came by.

    The answer's id is derived from the record's place in the log, so a record has one answer. One
    that was given before (`load_answers`) goes on. Raises LookupError when regions send nothing to
    this service.
    """
    envelope = incoming.envelope
    assert envelope is not None
    tx, declared = _begin(unit, incoming), _declared(unit.service)
    event = declared.refused(
        message_id=str(envelope.id),
        # opaque ids are repeated, so that the sender finds the message; never a person's number
        message_source=mask(envelope.source),
        message_type=mask(envelope.type),
        message_subject=mask(envelope.subject),
        reason=refused.reason,
        rule=refused.rule,
        field=refused.field,
        way_on=refused.way_on,
    )
    tx.record_at(declared.row_type, answer_id(unit, incoming), event)
    how = (unit.service, refusal_counts.MESSAGE, refused.reason)
    tx.after_commit(partial(refusal_counts.count, *how, region=tx.region))
    if isinstance(refused, NotGranted):
        tx.after_commit(partial(denials.record_refused, unit.service, tx.region, refused))


def record_settled(
    unit: UnitOfWork,
    incoming: Incoming,
    outcome: Outcome,
    reason: Reason | None = None,
    *,
    thing: Thing | None = None,
) -> None:
    """Record what becomes of an inbound message, as `record_refusal` does. `thing`: what it began,
    or changed first.
    """
    tx, declared = _begin(unit, incoming), _declared(unit.service)
    about, record = incoming.about, incoming.record
    event = declared.settled(
        topic=incoming.topic,
        partition=record.partition,
        offset=record.offset,
        message_id=_masked(about.id),
        message_source=_masked(about.source),
        message_type=_masked(about.type),
        message_subject=_masked(about.subject),
        outcome=Word(outcome),
        reason=reason.code if reason else None,
        rule="contract" if reason else None,
        field=reason.field if reason else None,
        way_on=reason.way_on if reason else None,
        thing=Word(thing.noun) if thing else None,
        thing_id=thing.id if thing else None,
        thing_number=thing.number if thing else None,
    )
    tx.record_at(declared.row_type, answer_id(unit, incoming), event)


# decision 0550: every inbound message has a receipt, in the transaction of its effect
async def record_end(
    unit: UnitOfWork,
    incoming: Incoming,
    verdict: Verdict,
    *,
    is_told: bool,
    tx: Transaction | None = None,
) -> None:
    """Record how an inbound message has ended without a refusal by its handler: it took effect
    (by `tx`), had come before, is an older version, has an id or a version with other content.

    What Kafka delivers again has its answer already and gets no other, unless the sender was told
    that it is parked (`is_told`). Raises as `record_refusal` does; a service that regions send
    nothing to gives no receipts.
    """
    if verdict is Verdict.REUSED:
        await load_answers(unit, incoming)
        # Kafka may deliver it again, and nothing but its answer remembers it
        if is_told or not _is_answered(unit, incoming):
            record_refusal(unit, incoming, answers.id_reused())
    elif verdict is Verdict.TAKEN:
        record_refusal(unit, incoming, answers.version_taken())
    outcome = end_of(verdict)
    if outcome is None or not is_answering(unit.service):
        return
    if outcome is Outcome.DUPLICATE and not is_told:
        await load_answers(unit, incoming)
        if _is_answered(unit, incoming):
            return
    thing = None if tx is None else _thing_of(incoming, tx)
    record_settled(unit, incoming, outcome, _REASONS.get(outcome), thing=thing)


async def load_answers(unit: UnitOfWork, *told: Incoming) -> None:
    """Fetch and lock the answers that these messages were given before, so that the next event of
    each follows. An event of a service has none.
    """
    asked = [(one.region, one) for one in told if one.is_inbound and one.region is not None]
    if not asked:
        return
    row_type = _declared(unit.service).row_type
    await unit.load((region, (row_type, answer_id(unit, one))) for region, one in asked)


def answer_id(unit: UnitOfWork, incoming: Incoming) -> UUID:
    """The id of a record's answer: of its place and time in the log, which no sender chooses and no
    mending changes.
    """
    record = incoming.record
    place = f"{incoming.topic}|{record.partition}|{record.offset}|{record.timestamp}"
    return uuid5(NAMESPACE, f"answer|{unit.service}|{place}")


@cache
def is_answering(service: str) -> bool:
    """True for a service that regions send something to: it has a topic for its answers."""
    return any(topic.name == f"{service}.refusals" for topic in CATALOGUE)


def _thing_of(incoming: Incoming, tx: Transaction) -> Thing | None:
    """What a message began, or changed first; nothing of what is about persons: a region names
    them by its own ids.
    """
    row = tx.first_recorded
    if row is None or _is_of_persons(incoming.topic):
        return None
    noun = row.noun.replace("-", "_")
    number = getattr(row, f"{noun}_number", None)
    return Thing(noun=noun, id=row.id, number=None if number is None else str(number))


@cache
def _is_of_persons(topic: str) -> bool:
    region = topic.split(".")[1]
    return any(for_region(one, region).name == topic for one in CATALOGUE if one.personal_data)


def _is_answered(unit: UnitOfWork, incoming: Incoming) -> bool:
    row_type = _declared(unit.service).row_type
    return unit.held[row_type].get((str(incoming.region), answer_id(unit, incoming))) is not None


def _begin(unit: UnitOfWork, incoming: Incoming) -> Transaction:
    assert incoming.region is not None
    return unit.begin(region=incoming.region, message=incoming.envelope)


def _masked(text: str | None) -> str | None:
    return None if text is None else mask(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """The row and the events of one service's answers."""

    row_type: type[Aggregate[Refusal]]
    refused: type[MessageRefused]
    settled: type[MessageSettled]


@cache
def _declared(service: str) -> _Declared:
    """Raises LookupError when regions send nothing to the service."""
    topics = [topic for topic in CATALOGUE if topic.name == f"{service}.refusals"]
    refused: Any = message_class(f"{service}.refusal.recorded.v1")
    settled: Any = message_class(f"{service}.message.settled.v1")
    if not topics or refused is None or settled is None:
        raise LookupError(f"{service} has no topic for refusals")
    return _Declared(row_type=_row_type(topics[0]), refused=refused, settled=settled)


def _row_type(of: Topic) -> type[Aggregate[Refusal]]:
    class ChassisBase(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = TYPE_MAP

    # Nobody waits for an answer's row but who holds the lock of its key's mark: it has no place
    # in a service's lock order.
    class RefusalRow(
        Aggregate[Refusal], ChassisBase, noun="refusal", topic=of, state=Refusal, evolve=evolve
    ):
        __tablename__ = "refusals"

        message_id: Mapped[str | None]
        message_type: Mapped[str | None]
        outcome: Mapped[str]
        reason: Mapped[str | None]
        rule: Mapped[str | None]
        field: Mapped[str | None]

    return RefusalRow
