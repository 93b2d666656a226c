"""The answer to a refused inbound message: a row and an event that repeat no value of it."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid5

from kvitt_contracts.envelope import Event, message_class
from kvitt_contracts.refusals import MessageRefused, Refused
from kvitt_contracts.topics import CATALOGUE, Topic
from kvitt_contracts.types import NAMESPACE
from sqlalchemy.orm import DeclarativeBase, Mapped

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.models import TYPE_MAP, Aggregate, new_metadata
from kvitt_chassis.operating.masking import mask
from kvitt_chassis.transaction import UnitOfWork

DDL: tuple[str, ...] = (
    """
    CREATE TABLE refusals (
        region text NOT NULL,
        id uuid NOT NULL,
        seq integer NOT NULL,
        message_id text NOT NULL,
        message_type text NOT NULL,
        reason text NOT NULL,
        rule text NOT NULL,
        field text,
        refused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (region, id)
    )
    """,
    "CREATE INDEX ix_refusals_refused_at ON refusals (region, refused_at)",
    "REVOKE INSERT, UPDATE, DELETE ON refusals FROM {api}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refused message. It has one event and never changes."""

    message_id: str
    message_type: str
    reason: str
    rule: str
    field: str | None


def evolve(state: Refusal | None, event: Event) -> Refusal:
    """The state after the one event that there is."""
    assert isinstance(event, MessageRefused)
    return Refusal(
        message_id=event.message_id,
        message_type=event.message_type,
        reason=event.reason,
        rule=event.rule,
        field=event.field,
    )


# decision 0101: a refused inbound message is an aggregate on a topic of refusals
def record_refusal(unit: UnitOfWork, incoming: Incoming, refused: Refused) -> None:
    """Record the refusal as an event in the message's own transaction, for the region whose topic
    it came by.

    The aggregate's id is derived from the message's source and id, so a message has one answer.
    Raises LookupError when regions send nothing to this service.
    """
    envelope = incoming.envelope
    assert envelope is not None
    row_type, event_type = _declared(unit.service)
    tx = unit.begin(region=envelope.region, message=envelope)
    tx.start(
        row_type,
        uuid5(NAMESPACE, f"{envelope.source}|{envelope.id}"),
        event_type(
            message_id=str(envelope.id),
            # opaque ids are repeated, so that the sender finds the message; never a person's number
            message_source=mask(envelope.source),
            message_type=mask(envelope.type),
            message_subject=mask(envelope.subject),
            reason=refused.reason,
            rule=refused.rule,
            field=refused.field,
            way_on=refused.way_on,
        ),
    )


@cache
def _declared(service: str) -> tuple[type[Aggregate[Refusal]], type[MessageRefused]]:
    """The row and event classes of a service. Raises LookupError when regions send
    nothing to it.
    """
    topics = [topic for topic in CATALOGUE if topic.name == f"{service}.refusals"]
    event_type: Any = message_class(f"{service}.refusal.recorded.v1")
    if not topics or event_type is None:
        raise LookupError(f"{service} has no topic for refusals")
    return _row_type(topics[0]), event_type


def _row_type(of: Topic) -> type[Aggregate[Refusal]]:
    class ChassisBase(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = TYPE_MAP

    # A refusal is only begun, never locked: it has no place in a service's lock order.
    class RefusalRow(
        Aggregate[Refusal], ChassisBase, noun="refusal", topic=of, state=Refusal, evolve=evolve
    ):
        __tablename__ = "refusals"

        message_id: Mapped[str]
        message_type: Mapped[str]
        reason: Mapped[str]
        rule: Mapped[str]
        field: Mapped[str | None]

    return RefusalRow
