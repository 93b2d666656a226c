"""The committed examples: valid for an independent validator, read by models, free of persons."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from kvitt_contracts.envelope import MAX_BYTES, Event, Message
from kvitt_contracts.examples import ROOT, Example, NoExample, example, examples, examples_of
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.regions import OrderReported, PersonStated
from kvitt_contracts.topics import BMB_TRANSFERS, CATALOGUE, COMING, REGION_EVENTS
from kvitt_contracts.types import identify, looks_like_personal_number

SCHEMAS = ROOT.parent / "schemas"
IN_USE = {message for topic in CATALOGUE for message in topic.types}
DECLARED = sorted(IN_USE | COMING, key=str)
ALL = examples_of(DECLARED)


def _id(value: object) -> str:
    if isinstance(value, Example):
        return f"{value.wire_type}/{value.case}"
    return getattr(value, "wire_type", str(value))


@cache
def _validator(wire_type: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{wire_type}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.mark.parametrize("one", examples_of([*REGION_EVENTS.types, *REGION_EVENTS.coming]), ids=_id)
def test_the_feeds_key_is_an_id_and_the_body_says_the_regions_own_name(one: Example) -> None:
    subject = one.envelope.subject

    assert str(UUID(subject)) == subject
    if (order := one.data.get("order")) and one.wire_type == OrderReported.wire_type:
        assert subject == str(identify("ac", "order", order))


@pytest.mark.parametrize("message", DECLARED, ids=_id)
def test_every_message_has_an_example(message: type[Message]) -> None:
    assert examples(message.wire_type)


def test_every_example_is_of_a_declared_message() -> None:
    assert {path.name for path in ROOT.iterdir()} == {message.wire_type for message in DECLARED}


@pytest.mark.parametrize("one", ALL, ids=_id)
def test_an_example_is_valid_under_the_committed_schema(one: Example) -> None:
    assert [error.message for error in _validator(one.wire_type).iter_errors(one.data)] == []


@pytest.mark.parametrize("one", ALL, ids=_id)
def test_an_example_is_read_by_its_model_with_every_field_known(one: Example) -> None:
    message = one.message

    assert set(one.data) <= set(type(message).model_fields)
    assert len(one.body) < MAX_BYTES


@pytest.mark.parametrize("one", ALL, ids=_id)
def test_an_examples_envelope_is_that_of_its_message(one: Example) -> None:
    envelope = one.envelope

    assert envelope.type == one.wire_type
    assert envelope.dataschema == f"urn:kvitt:schema:{one.wire_type}"
    assert (envelope.sequence is not None) == isinstance(one.message, Event)


@pytest.mark.parametrize("one", ALL, ids=_id)
def test_what_a_model_writes_is_valid_under_the_committed_schema(one: Example) -> None:
    written = json.loads(one.message.model_dump_json())

    assert [error.message for error in _validator(one.wire_type).iter_errors(written)] == []


@pytest.mark.parametrize("one", ALL, ids=_id)
def test_only_person_facts_hold_personal_numbers(one: Example) -> None:
    text = json.dumps([one.attributes, one.data], ensure_ascii=False)

    if one.wire_type != PersonStated.wire_type:
        assert not looks_like_personal_number(text)


def test_persons_in_examples_have_skatteverkets_test_numbers() -> None:
    for one in examples(PersonStated.wire_type):
        identity = PersonStated.model_validate_json(one.body).identity
        if isinstance(identity, PersonalNumber):
            assert "980" <= identity.number[8:11] <= "989" or identity.number == "201701012393"


def test_a_consumer_takes_an_example_by_its_class_and_case() -> None:
    child = example(PersonStated, "child")

    assert child.home_region == "ac"
    assert {one.wire_type for one in examples_of(BMB_TRANSFERS.types)} == BMB_TRANSFERS.wire_types


def test_an_unknown_case_is_told() -> None:
    with pytest.raises(NoExample, match="nobody"):
        example(PersonStated, "nobody")


def _broken(data: dict[str, Any]) -> list[str]:
    validator = _validator("orders.order.place.v1")
    return [str(error.json_path) for error in validator.iter_errors(data)]


def test_the_committed_schema_refuses_what_the_model_refuses() -> None:
    good = examples("orders.order.place.v1")[0].data

    assert _broken(good) == []
    assert _broken({**good, "lines": []}) == ["$.lines"]
    assert _broken({**good, "recipient": {"unit": "30412"}}) == ["$.recipient"]


def test_files_are_named_for_their_case() -> None:
    for path in ROOT.rglob("*.json"):
        assert Path(path.stem.lower()).name == path.stem
        assert " " not in path.stem
