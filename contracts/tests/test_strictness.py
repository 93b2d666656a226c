"""A body is read as its published JSON schema says: what the one refuses, the other refuses."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from kvitt_contracts import topics
from kvitt_contracts.envelope import Command, Event, Fact, Message
from kvitt_contracts.examples import examples
from kvitt_contracts.problems import explain
from kvitt_contracts.schemas import schema_as_read
from kvitt_contracts.types.strict import DAY, IDENTITY, INSTANT
from pydantic import ValidationError as Refused

pytestmark = pytest.mark.long(seconds=40)

MESSAGES = sorted(
    (m for m in Message.registry.values() if issubclass(m, Event | Fact | Command)),
    key=lambda message: message.wire_type,
)
INBOUND = [m for m in MESSAGES if issubclass(m, Fact | Command)]

WRONG: list[Any] = [
    None,
    True,
    "yes",
    "true",
    0,
    1,
    -1,
    5.0,
    2**63,
    1e400,
    "0",
    "5",
    "",
    " ",
    "\u00a0\u2003",
    "\x00",
    "a\x00b",
    "\tNamn",
    "Namn\n",
    "\u0661\u0662",
    "2026-05-01",
    "2026-05-01\n",
    "20260501",
    "2026-5-1",
    "2026-02-30",
    "0000-01-01",
    "10000-01-01",
    "2026-05-01T00:00:00",
    "2026-05-01T00:00:00Z",
    "2026-05-01T08:00:00+02:00",
    "2026-05-01 00:00:00Z",
    "20260501T080000Z",
    "1700000000",
    "6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10",
    "6f1c3c5e5a0b4d539c1e2b6a0d2d7f10",
    "{6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10}",
    "urn:uuid:6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10",
    [],
    {},
]
"""Values of every type and of the forms that lax readers take for another."""

BEYOND_THE_SCHEMA = {
    "value_error": "a rule of the domain, which names itself",
    "greater_than_equal": "a bound of a day, which JSON Schema cannot say",
    "less_than_equal": "a bound of a day, which JSON Schema cannot say",
}


def _formats() -> FormatChecker:
    formats = FormatChecker(())
    formats.checks("date", ValueError)(
        lambda v: not isinstance(v, str) or (_in(DAY, v) and bool(datetime.fromisoformat(v)))
    )
    formats.checks("date-time", ValueError)(
        lambda v: not isinstance(v, str) or (_in(INSTANT, v) and bool(datetime.fromisoformat(v)))
    )
    formats.checks("uuid", ValueError)(
        lambda v: not isinstance(v, str) or (_in(IDENTITY, v) and bool(UUID(v)))
    )
    return formats


def _in(pattern: str, value: str) -> bool:
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), value) is not None


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    # in JSON Schema's dialect $ is the end of the text; in Python's it may stand before a line end
    if isinstance(value, str) and not _in(pattern, value):
        yield ValidationError(f"does not match {pattern}")


def _is_integer(checker: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)  # 5.0 is no whole number of ours


def _one_of(validator: Any, allowed: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if not any(type(one) is type(value) and one == value for one in allowed):
        yield ValidationError("is none of the values")


Judge = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern, "enum": _one_of},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


def _judge(message: type[Message]) -> Any:
    return Judge(schema_as_read(message), format_checker=_formats())


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in items:
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from _places(one, (*path, key))


def _with(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def _difference(message: type[Message], judge: Any, body: Any) -> str | None:
    """What the model does and the schema does not, or None where they agree."""
    is_valid = judge.is_valid(body)
    try:
        message.model_validate_json(json.dumps(body))
    except Refused as refused:
        if not is_valid:
            return None
        kinds = {one["type"] for one in refused.errors(include_input=False)}
        if kinds <= BEYOND_THE_SCHEMA.keys():
            return None
        return f"the schema permits what the model refuses: {kinds}"
    return None if is_valid else "the model reads what the schema refuses"


def _bodies(message: type[Message]) -> Iterator[Any]:
    """Every example, and the first one with each field that it leaves out."""
    for one in examples(message.wire_type):
        yield one.data


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.wire_type)
def test_every_field_is_read_as_the_schema_says(message: type[Message]) -> None:
    judge = _judge(message)
    found = []
    for body in _bodies(message):
        assert judge.is_valid(body)
        for path in [*_places(body), *((name,) for name in message.model_fields)]:
            for value in WRONG:
                said = _difference(message, judge, _with(body, path, value))
                if said:
                    found.append(f"{path} = {value!r}: {said}")

    assert found == []


@pytest.mark.parametrize("message", INBOUND, ids=lambda message: message.wire_type)
def test_a_field_that_is_left_out_is_missed_where_the_schema_misses_it(
    message: type[Message],
) -> None:
    judge = _judge(message)
    for body in _bodies(message):
        for name in body:
            rest = {key: value for key, value in body.items() if key != name}
            assert _difference(message, judge, rest) is None, name


@given(data=st.data())
@settings(max_examples=300)
def test_any_text_or_number_anywhere_is_read_as_the_schema_says(data: st.DataObject) -> None:
    message = data.draw(st.sampled_from(INBOUND))
    body = data.draw(st.sampled_from(list(_bodies(message))))
    path = data.draw(st.sampled_from(list(_places(body))))
    value = data.draw(
        st.one_of(
            st.text(st.characters(codec="utf-8"), max_size=12),
            st.integers(),
            st.floats(allow_nan=False, allow_infinity=False),
            st.booleans(),
            st.dates().map(str),
            st.datetimes().map(str),
            st.from_regex(IDENTITY),
        )
    )
    assert _difference(message, _judge(message), _with(body, path, value)) is None


def test_a_pattern_says_its_digits() -> None:
    for message in MESSAGES:
        assert r"\d" not in json.dumps(schema_as_read(message)), message.wire_type


@pytest.mark.parametrize("message", INBOUND, ids=lambda message: message.wire_type)
def test_every_text_of_an_inbound_message_refuses_nul(message: type[Message]) -> None:
    for body in _bodies(message):
        for path in _places(body):
            with pytest.raises(Refused):
                message.model_validate_json(json.dumps(_with(body, path, "a\x00")))


FREE_TEXT = [
    (message, body, path)
    for message in INBOUND
    for topic in topics.CATALOGUE
    if message in topic.types and not topic.personal_data
    for body in list(_bodies(message))[:1]
    for path in _places(body)
]


def test_a_personal_number_in_an_inbound_text_is_refused_by_the_fields_name() -> None:
    texts = 0
    for message, body, path in FREE_TEXT:
        changed = _with(body, path, "tel. 18900101-9802 dag")
        if not _judge(message).is_valid(changed):
            continue
        texts += 1
        with pytest.raises(Refused) as refused:
            message.model_validate_json(json.dumps(changed), context="inbound")
        (problem,) = explain(refused.value)
        assert problem.field == ".".join(str(step) for step in path)
        assert "personnummer" in problem.problem
    assert texts > 5
