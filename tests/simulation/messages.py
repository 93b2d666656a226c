"""The messages of the simulation: real envelopes, told apart by what their handlers will do."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from aiokafka import ConsumerRecord
from kvitt_chassis.consuming.incoming import Incoming, Unreadable
from kvitt_chassis.consuming.machine import Failure
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.handlers import MessageRoute
from kvitt_contracts.envelope import Envelope, Fact
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode

from tests.simulation.database import Row

REGIONS = ("ac", "bd")
INBOUND = "region.ac.first"
INBOUNDS = tuple(f"region.{code}.first" for code in REGIONS)
REFUSED = Refused("NOT_ALLOWED", rule="contract", way_on="-")

_AC = RegionCode("ac")
_TIME = datetime(2026, 3, 1, 12, tzinfo=UTC)
_ROUTE = MessageRoute(handler=cast(Any, None), loads=None)
_NOWHERE = cast(ConsumerRecord, None)
_UNKNOWN = Unreadable(Cause.UNKNOWN_VERSION, "no version like this is known", "ce_type")
_GARBLED = Unreadable(Cause.UNREADABLE, "there is no body", "data")


class Stated(Fact):
    """A region's fact."""

    version: int


@dataclass(slots=True)
class Temper:
    """How the handlers take a message: `failure` for `left` tries, or until all is healed."""

    failure: Failure
    left: int
    is_lasting: bool = False  # refused by the rules: never anything else
    is_unanswerable: bool = False  # its refusal can never be recorded: a person must look
    cannot_be_parked: int = 0  # so many times
    is_unknown: bool = False  # of a version that only the next release knows
    acts_first: bool = False  # it fails after an effect: everything is rolled back


def incoming_of(row: Row) -> Incoming:
    """An event of the log as its readers get it."""
    return Incoming(
        record=_NOWHERE,
        topic=row.topic,
        key=row.key,
        region=_AC,
        is_inbound=False,
        envelope=_envelope(row.event_id, row.topic, row.key, row.seq),
        route=_ROUTE,
    )


def inbound(event_id: UUID, subject: str, version: int | None, code: str = "ac") -> Incoming:
    """What a region says: a fact with its version, or a command."""
    envelope = _envelope(event_id, f"urn:region:{code}", subject, None)
    return Incoming(
        record=_NOWHERE,
        topic=f"region.{code}.first",
        key=f"{envelope.source} {subject}",
        region=RegionCode(code),
        is_inbound=True,
        envelope=envelope,
        message=None if version is None else Stated(version=version),
        route=_ROUTE,
    )


def garbled(code: str) -> Incoming:
    """What nobody can read; its key is its place."""
    return Incoming(
        record=_NOWHERE,
        topic=f"region.{code}.first",
        key="",
        region=RegionCode(code),
        is_inbound=True,
        unreadable=_GARBLED,
    )


def read(incoming: Incoming, temper: Temper | None, *, is_released: bool) -> Incoming:
    """As the reader of this release sees it."""
    if temper is None or not temper.is_unknown:
        return incoming
    return replace(incoming, unreadable=None if is_released else _UNKNOWN)


def number_of(key: str) -> int:
    """A key's number, by which it has its partition."""
    return int(key.rpartition("-")[2])


def _envelope(event_id: UUID, source: str, subject: str, sequence: int | None) -> Envelope:
    return Envelope(
        id=event_id,
        source=source,
        type="simulation.thing.done.v1",
        time=_TIME,
        subject=subject,
        region=_AC,
        sequence=sequence,
    )
