"""A parked message as an operator mends it: another body, other headers, and still the same message
of the same sender. No database, no network.
"""

import json
from collections.abc import Mapping
from typing import Final

from kvitt_contracts.access import ACTS
from kvitt_contracts.envelope import Message, message_class

from kvitt_chassis.consuming.incoming import Incoming, Record
from kvitt_chassis.consuming.opening import identifying
from kvitt_chassis.sealing import record_of

_WHO: Final = ("by", "asked_by")
_ACTORS: Final[Mapping[type[Message], tuple[str, ...]]] = {
    act.message.command: act.message.actors for act in ACTS if act.message is not None
}


class NotEditable(ValueError):
    """The edit would make another message of it. `field` says what may not be changed or given."""

    def __init__(self, field: str) -> None:
        super().__init__(f"an edit does not change {field}")
        self.field = field


# decision 0275: an edit mends a message and makes no other one
def mended(before: Incoming, body: bytes | None, headers: Mapping[str, str | None]) -> Record:
    """The record with a new body (None: its own) and headers set, or (None) removed.

    Raises NotEditable where it would have another type, subject, source or region, or somebody else
    would act by it: an operator who may mend what a region sent must not speak in its users' names.
    What the message does not say of these is not given either.
    """
    record = before.record
    kept = [(name, value) for name, value in record.headers if name not in headers]
    new = [(name, value.encode()) for name, value in headers.items() if value is not None]
    subject = headers.get("ce_subject")
    after = record_of(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=subject.encode() if subject else record.key,
        value=record.value if body is None else body,
        headers=[*kept, *new],
    )
    said = _identity(after, is_inbound=before.is_inbound)
    for field, value in _identity(record, is_inbound=before.is_inbound).items():
        if said.get(field) != value:
            raise NotEditable(field)
    return after


def _identity(record: Record, *, is_inbound: bool) -> dict[str, object]:
    """What makes the message this one, by field; None for what it does not say."""
    attributes, body = identifying(record.headers, record.value, is_inbound=is_inbound)
    found = message_class(str(attributes["type"]))
    who = dict.fromkeys((*_WHO, *_ACTORS.get(found, ()))) if found else _WHO
    document = _document(body)
    return {
        **{f"ce_{name}": value for name, value in attributes.items()},
        **{f"data.{name}": document.get(name) for name in who},
    }


def _document(body: object) -> Mapping[str, object]:
    if isinstance(body, bytes):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return {}
    return body if isinstance(body, dict) else {}
