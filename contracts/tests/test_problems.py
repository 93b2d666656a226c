"""Bad input is told by field, rule and way on, in Swedish, and never repeated."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kvitt_contracts.bmb import TransferSent
from kvitt_contracts.envelope import Message
from kvitt_contracts.examples import examples
from kvitt_contracts.orders import ActOnBasketLoan, PlaceOrder
from kvitt_contracts.problems import CONTRACT, Problem, explain
from kvitt_contracts.regions import ArticlePriceStated, GoodsReceived, PersonStated
from pydantic import BaseModel, ConfigDict, ValidationError


def _explained(message: type[Message], **changes: object) -> list[Problem]:
    data = {**examples(message.wire_type)[0].data, **changes}
    return _problems(message, json.dumps(data))


def _problems(message: type[Message], body: str) -> list[Problem]:
    with pytest.raises(ValidationError) as refused:
        message.model_validate_json(body)
    return explain(refused.value)


@pytest.mark.rule("BIL-10a")
def test_an_amount_with_decimals_of_an_ore_is_refused_by_its_field() -> None:
    (problem,) = _explained(ArticlePriceStated, net_ore=6200.5)

    assert problem.field == "net_ore"
    assert "heltal, utan decimaler" in problem.problem


def test_a_negative_quantity_is_refused_by_its_field() -> None:
    (problem,) = _explained(GoodsReceived, quantity=-1)

    assert (problem.field, problem.problem) == ("quantity", "är för litet: minst 1")


def test_a_date_that_does_not_exist_is_refused_by_its_field() -> None:
    (problem,) = _explained(ArticlePriceStated, valid_from="2026-02-30")

    assert problem.field == "valid_from"
    assert problem.problem == "är inget datum som finns (ÅÅÅÅ-MM-DD)"


@pytest.mark.rule("REF-1b")
def test_a_wrong_check_digit_names_the_rule() -> None:
    (problem,) = _explained(
        PersonStated, identity={"kind": "personal_number", "number": "189001019803"}
    )

    assert (problem.field, problem.rule) == ("identity.number", "REF-1")
    assert problem.problem == "datumet eller kontrollsiffran i personnumret stämmer inte"


def test_a_number_where_an_opaque_id_is_wanted_says_what_to_give_instead() -> None:
    (problem,) = _explained(PlaceOrder, recipient={"kind": "patient", "person": "189001019802"})

    assert problem.field == "recipient.person"
    assert problem.way_on.startswith("Ange regionens eget id")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": {"kind": "care_unit", "unit": "x"}}, "recipient.unit"),
        ({"recipient": {"kind": "dog"}}, "recipient"),
        ({"recipient": {"unit": "30412"}}, "recipient"),
        ({"lines": []}, "lines"),
        ({"lines": [{"article_number": "1", "quantity": "2"}]}, "lines.0.quantity"),
        (
            {"delivery": {"to": {"kind": "one_off", "address": {"street": "x", "city": "y"}}}},
            "delivery.to.address.postal_code",
        ),
        ({"prescriber": None}, "prescriber"),
    ],
)
def test_the_field_is_the_path_that_the_sender_wrote(changes: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in _explained(PlaceOrder, **changes)] == [field]


def test_every_fault_is_told_once() -> None:
    problems = _explained(
        PlaceOrder, lines=[{"quantity": 0, "article_number": "1"}], service_point="?"
    )

    assert [problem.field for problem in problems] == ["service_point", "lines.0.quantity"]


def test_broken_json_is_a_problem_of_the_whole_body() -> None:
    (problem,) = _problems(PlaceOrder, "{broken")

    assert (problem.field, problem.problem) == ("data", "är inte giltig JSON")


def test_an_instant_without_time_zone_is_told() -> None:
    (problem,) = _explained(TransferSent, deadline="2026-05-08T00:00:00")

    assert problem.field == "deadline"
    assert problem.problem.startswith("saknar tidszon")


@pytest.mark.parametrize("value", ["hemligt-värde-4711", 4711.25, ["hemligt-värde-4711"]])
def test_no_problem_repeats_what_came_in(value: object) -> None:
    for field in examples(PlaceOrder.wire_type)[0].data:
        for problem in _explained(PlaceOrder, **{field: value}):
            told = " ".join((problem.field, problem.rule, problem.problem, problem.way_on))
            assert "hemligt" not in told
            assert "4711" not in told


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@given(
    message=st.sampled_from(sorted(Message.registry.values(), key=lambda one: one.wire_type)),
    value=_JSON,
    number=st.integers(0, 20),
)
@example(message=ActOnBasketLoan, value=None, number=0)
def test_whatever_comes_in_is_read_or_explained(
    message: type[Message], value: object, number: int
) -> None:
    fields = list(message.model_fields)
    field = fields[number % len(fields)]
    data = {**examples(message.wire_type)[0].data, field: value}

    try:
        message.model_validate_json(json.dumps(data))
    except ValidationError as error:
        problems = explain(error)
        assert problems
        # a rule between fields names the whole
        assert all(
            problem.field.split(".")[0] == field
            or (problem.field == "data" and problem.rule != CONTRACT)
            for problem in problems
        )


@pytest.mark.parametrize("name", ["189001019802", "Ylva Provdotter", "Storgatan 1"])
def test_the_name_of_an_unknown_field_is_not_repeated_where_it_may_tell_of_a_person(
    name: str,
) -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")

    with pytest.raises(ValidationError) as raised:
        Strict.model_validate({name: 1, "colour": 2})

    assert [problem.field for problem in explain(raised.value)] == ["•••", "colour"]
