"""Reads a line by the contracts: a message, or what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from kvitt_contracts.envelope import (
    Command,
    Envelope,
    EnvelopeError,
    Message,
    message_class,
)
from kvitt_contracts.problems import explain
from kvitt_contracts.topics import CATALOGUE
from kvitt_contracts.types import Reference
from pydantic import ValidationError

from examples.generator.messages import Line
from examples.generator.model.state import No

_TYPES = {topic.name.rsplit(".", 1)[1]: topic.wire_types for topic in CATALOGUE if topic.is_inbound}


class Unreadable(Exception):
    """For quarantine: its key waits for an operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Read:
    """A message that can be handled."""

    envelope: Envelope
    body: Message


def read_envelope(line: Line) -> Envelope:
    """The headers as CloudEvents. Raises Unreadable."""
    try:
        return Envelope.from_headers((name, text.encode()) for name, text in line.headers.items())
    except EnvelopeError:
        raise Unreadable("unreadable") from None


def read(line: Line, envelope: Envelope, *, region: str) -> Read:
    """The body of a line. Raises Unreadable, or No with the contract's refusal."""
    if envelope.region != region:
        raise No("FOREIGN_REGION", "contract")
    found = message_class(envelope.type)
    if found is None:
        if _is_other_version(envelope.type, _TYPES[line.topic]):
            raise Unreadable("unknown_version")
        raise No("UNKNOWN_TYPE", "contract")
    if envelope.type not in _TYPES[line.topic]:
        raise No("WRONG_TOPIC", "contract")
    if line.raw_base64 is not None:
        raise No("UNREADABLE", "contract")
    try:
        body = found.model_validate_json(Line.json_of(line.data))
    except ValidationError as error:
        raise No("INVALID_FIELD", explain(error)[0].rule) from None
    if issubclass(found, Command):
        Reference(envelope.subject)
    return Read(envelope, body)


def _is_other_version(wire_type: str, known: Iterable[str]) -> bool:
    return any(one.rpartition(".")[0] == wire_type.rpartition(".")[0] for one in known)
