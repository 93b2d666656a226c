"""A parked message as an operator mends it: another body, other headers, and still the same message
of the same sender. No database, no network.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kvitt_contracts.access import ACTS
from kvitt_contracts.envelope import Message, message_class
from kvitt_contracts.orders import UserRegistered
from kvitt_contracts.problems import CONTRACT, WHOLE_BODY, Problem, explain
from kvitt_contracts.regions import UserStated
from kvitt_contracts.types import INBOUND
from pydantic import ValidationError

from kvitt_chassis.consuming.incoming import Incoming, Record
from kvitt_chassis.consuming.opening import identifying, open_inbound
from kvitt_chassis.sealing import record_of

_WHO: Final = ("by", "asked_by")
_KEPT: Final[Mapping[type[Message], tuple[str, ...]]] = {
    **{act.message.command: act.message.actors for act in ACTS if act.message is not None},
    # what a user may do is as it was said: an edit would let an operator appoint anybody
    **{
        said: tuple(said.model_fields.keys() - {"version"}) for said in (UserStated, UserRegistered)
    },
}
"""The fields that say who acts by a message, or who may act from then on."""


_MEND = "Rätta fältet efter meddelandets schema."
_UNMEANT: Final = frozenset({"traceparent", "content-type"})
"""Headers that change no effect."""


class NoSuchField(ValueError):
    """A path leads to nothing in the body. `field` is the path."""

    def __init__(self, field: str) -> None:
        super().__init__("the body has no such place")
        self.field = field


class NotEditable(ValueError):
    """The edit would make another message of it. `field` says what may not be changed or given."""

    def __init__(self, field: str) -> None:
        super().__init__(f"an edit does not change {field}")
        self.field = field


# decision 0275: an edit mends a message and makes no other one
def mended(before: Incoming, body: bytes | None, headers: Mapping[str, str | None]) -> Record:
    """The record with a new body (None: its own) and headers set, or (None) removed.

    Raises NotEditable where it would have another type, subject, source or region, or somebody else
    would act by it, or from then on: an operator who may mend what a region sent must not speak in
    its users' names, nor say what they may do.
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


def with_fields(body: bytes | None, fields: Mapping[str, Any]) -> bytes:
    """The body with these values at their paths (`lines.0.quantity`), for who sees only its
    structure. None takes the field away. Raises NoSuchField, also where the body is no JSON object.
    """
    if not _is_object(body):
        raise NoSuchField(WHOLE_BODY)
    document = _document(body)
    for path, value in fields.items():
        *above, last = path.split(".")
        place: Any = document
        for step in above:
            place = _within(place, step, path)
        _set(place, last, value, path)
    return json.dumps(document, ensure_ascii=False).encode()


def faults_of(incoming: Incoming) -> list[Problem]:
    """What keeps a message from being read, in its schema's words; empty where nothing does."""
    found = _broken_fields(incoming)
    if found or (incoming.unreadable is None and incoming.refused is None):
        return found
    if incoming.unreadable is not None:
        field, said = incoming.unreadable.field, incoming.unreadable.reason
        return [Problem(field=field or WHOLE_BODY, rule=CONTRACT, problem=said, way_on=_MEND)]
    refused = incoming.refused
    assert refused is not None
    said = f"nekas: {refused.reason}"
    field = refused.field or WHOLE_BODY
    return [Problem(field=field, rule=refused.rule, problem=said, way_on=refused.way_on)]


def changes(before: Incoming, after: Incoming) -> tuple[str, ...]:
    """The fields and headers in which a mended message differs, by path; no value of them."""
    was, now = (dict(_paths(_document(one.record.value))) for one in (before, after))
    said, says = (dict(one.record.headers) for one in (before, after))
    fields = [path for path in {**was, **now} if was.get(path, _NOTHING) != now.get(path, _NOTHING)]
    if not fields and before.record.value != after.record.value:
        fields = [WHOLE_BODY]
    headers = [name for name in {**said, **says} if said.get(name) != says.get(name)]
    return (*fields, *headers)


def values_at(message: Incoming, paths: tuple[str, ...]) -> dict[str, Any]:
    """What stands at these paths of a message's body; of headers nothing."""
    found = dict(_paths(_document(message.record.value)))
    return {path: found[path] for path in paths if path in found}


def is_meant(changed: tuple[str, ...]) -> bool:
    """True where one of these changes may change what the message does."""
    return any(one not in _UNMEANT for one in changed)


_NOTHING: Final = object()


def _broken_fields(incoming: Incoming) -> list[Problem]:
    envelope = incoming.envelope
    found = message_class(envelope.type) if envelope is not None else None
    if found is None or (incoming.unreadable is None and incoming.refused is None):
        return []
    record = incoming.record
    body = record.value or b""
    if incoming.is_inbound:
        body = open_inbound(record.headers, record.value).body
    # personal numbers are for some topics' bodies, so what else is wrong is said first
    for context in (None, INBOUND) if incoming.is_inbound else (None,):
        try:
            found.model_validate_json(body, context=context)
        except ValidationError as error:
            return explain(error)
        except ValueError:
            return []
    return []


def _within(place: Any, step: str, path: str) -> Any:
    if isinstance(place, dict) and step in place:
        return place[step]
    if isinstance(place, list) and step.isdecimal() and int(step) < len(place):
        return place[int(step)]
    raise NoSuchField(path)


def _set(place: Any, last: str, value: Any, path: str) -> None:
    if isinstance(place, dict) and last:
        if value is None:
            _within(place, last, path)
            del place[last]
        else:
            place[last] = value
    elif isinstance(place, list) and value is not None:
        _within(place, last, path)
        place[int(last)] = value
    else:
        raise NoSuchField(path)


def _paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that holds no other, by its path."""
    inner: Iterator[tuple[Any, Any]] | None = None
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter(enumerate(value))
    if inner is None:
        yield path, value
        return
    for name, one in inner:
        yield from _paths(one, f"{path}.{name}" if path else str(name))


def _identity(record: Record, *, is_inbound: bool) -> dict[str, object]:
    """What makes the message this one, by field; None for what it does not say."""
    attributes, body = identifying(record.headers, record.value, is_inbound=is_inbound)
    found = message_class(str(attributes["type"]))
    who = dict.fromkeys((*_WHO, *_KEPT.get(found, ()))) if found else _WHO
    document = _document(body)
    return {
        **{f"ce_{name}": value for name, value in attributes.items()},
        **{f"data.{name}": document.get(name) for name in who},
    }


def _is_object(body: bytes | None) -> bool:
    try:
        return isinstance(json.loads(body or b""), dict)
    except (ValueError, RecursionError):
        return False


def _document(body: object) -> Mapping[str, object]:
    if isinstance(body, bytes):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return {}
    return body if isinstance(body, dict) else {}
