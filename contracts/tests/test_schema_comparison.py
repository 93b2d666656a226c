"""The gate's comparison: each kind of breaking change is caught, each compatible one passes."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from kvitt_contracts.compatibility import breaks
from kvitt_contracts.schema_comparison import Schema

TYPE = "bmb.transfer.accepted.v1"
Change = Callable[[Schema], Any]


def a_schema() -> Schema:
    return {
        "$id": f"urn:kvitt:schema:{TYPE}",
        "type": "object",
        "properties": {
            "transfer_id": {"type": "string", "format": "uuid"},
            "payer_id": {"type": "string", "pattern": "^[0-9]{5}$"},
            "kind": {"$ref": "#/$defs/Kind"},
            "amount": {"type": "integer", "minimum": 0, "maximum": 100},
            "comment": {
                "anyOf": [{"type": "string", "maxLength": 500}, {"type": "null"}],
                "default": None,
            },
            "has_message": {"type": "boolean", "default": False},
            "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Line"}},
            "holder": {
                "oneOf": [{"$ref": "#/$defs/Patient"}, {"$ref": "#/$defs/Unit"}],
                "discriminator": {"propertyName": "kind"},
            },
        },
        "required": ["transfer_id", "payer_id", "kind", "amount", "lines", "holder"],
        "$defs": {
            "Kind": {"type": "string", "enum": ["rent", "sale"]},
            "Line": {
                "type": "object",
                "properties": {
                    "article_number": {"type": "string"},
                    "quantity": {"type": "integer"},
                },
                "required": ["article_number"],
            },
            "Patient": _tagged("patient"),
            "Unit": _tagged("unit"),
            "Store": _tagged("store"),
        },
    }


def _tagged(kind: str) -> Schema:
    return {
        "type": "object",
        "properties": {"kind": {"type": "string", "const": kind}, "id": {"type": "string"}},
        "required": ["kind", "id"],
    }


def _found(change: Change) -> list[tuple[str, str]]:
    old, new = a_schema(), copy.deepcopy(a_schema())
    change(new)
    return [(found.path, found.rule) for found in breaks({TYPE: new}, {TYPE: [old]})]


BREAKING: dict[str, tuple[Change, tuple[str, str]]] = {
    "a field that readers need is removed": (
        lambda new: (new["properties"].pop("payer_id"), new["required"].remove("payer_id")),
        ("payer_id", "required-field"),
    ),
    "a field that readers need becomes optional": (
        lambda new: new["required"].remove("payer_id"),
        ("payer_id", "required-field"),
    ),
    "a field is renamed": (
        lambda new: (
            new["properties"].update(payer=new["properties"].pop("payer_id")),
            new["required"].remove("payer_id"),
            new["required"].append("payer"),
        ),
        ("payer", "required-field"),
    ),
    "a required field is added": (
        lambda new: (
            new["properties"].update(customer_id={"type": "string"}),
            new["required"].append("customer_id"),
        ),
        ("customer_id", "required-field"),
    ),
    "an optional field becomes required": (
        lambda new: new["required"].append("has_message"),
        ("has_message", "required-field"),
    ),
    "a required field is added to a list's items": (
        lambda new: new["$defs"]["Line"]["required"].append("quantity"),
        ("lines[].quantity", "required-field"),
    ),
    "a type changes": (
        lambda new: new["properties"]["amount"].update(type="string"),
        ("amount", "type"),
    ),
    "an integer becomes any number": (
        lambda new: new["properties"]["amount"].update(type="number"),
        ("amount", "type"),
    ),
    "a type in a list's items is narrowed": (
        lambda new: new["$defs"]["Line"]["properties"]["quantity"].update(minimum=1),
        ("lines[].quantity", "minimum"),
    ),
    "null is no longer read": (
        lambda new: new["properties"]["comment"].update(anyOf=[{"type": "string"}]),
        ("comment", "type"),
    ),
    "null is written to a reader that does not take it": (
        lambda new: new["properties"].update(
            payer_id={"anyOf": [{"type": "string", "pattern": "^[0-9]{5}$"}, {"type": "null"}]}
        ),
        ("payer_id", "type"),
    ),
    "a value is added that an old reader does not know": (
        lambda new: new["$defs"]["Kind"]["enum"].append("gift"),
        ("kind", "value"),
    ),
    "a value is removed that was published": (
        lambda new: new["$defs"]["Kind"]["enum"].remove("sale"),
        ("kind", "value"),
    ),
    "a value becomes free text": (
        lambda new: new["$defs"]["Kind"].pop("enum"),
        ("kind", "value"),
    ),
    "a pattern changes": (
        lambda new: new["properties"]["payer_id"].update(pattern="^[0-9]{4}$"),
        ("payer_id", "pattern"),
    ),
    "a pattern is dropped that a deployed reader demands": (
        lambda new: new["properties"]["payer_id"].pop("pattern"),
        ("payer_id", "pattern"),
    ),
    "a format changes": (
        lambda new: new["properties"]["transfer_id"].update(format="date"),
        ("transfer_id", "format"),
    ),
    "a minimum rises": (
        lambda new: new["properties"]["amount"].update(minimum=1),
        ("amount", "minimum"),
    ),
    "a maximum rises beyond what a deployed reader takes": (
        lambda new: new["properties"]["amount"].update(maximum=1000),
        ("amount", "maximum"),
    ),
    "a text gets shorter": (
        lambda new: new["properties"]["comment"]["anyOf"][0].update(maxLength=100),
        ("comment", "maxLength"),
    ),
    "a list may be empty": (
        lambda new: new["properties"]["lines"].pop("minItems"),
        ("lines", "minItems"),
    ),
    "an alternative is added": (
        lambda new: new["properties"]["holder"]["oneOf"].append({"$ref": "#/$defs/Store"}),
        ("holder", "alternative-added"),
    ),
    "an alternative is removed": (
        lambda new: new["properties"]["holder"]["oneOf"].pop(),
        ("holder.kind", "value"),
    ),
    "an alternative's own field is needed": (
        lambda new: (
            new["$defs"]["Unit"]["properties"].update(name={"type": "string"}),
            new["$defs"]["Unit"]["required"].append("name"),
        ),
        ("holder.name", "required-field"),
    ),
    "a default changes": (
        lambda new: new["properties"]["has_message"].update(default=True),
        ("has_message", "default-changed"),
    ),
    "unknown fields are no longer passed over": (
        lambda new: new.update(additionalProperties=False),
        ("", "unknown-keyword"),
    ),
    "an alternative no longer passes over unknown fields": (
        lambda new: new["$defs"]["Unit"].update(additionalProperties=False),
        ("holder", "unknown-keyword"),
    ),
}

COMPATIBLE: dict[str, Change] = {
    "nothing changes": lambda new: None,
    "an optional field is added": lambda new: new["properties"].update(
        note={"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    ),
    "an optional field is added to a list's items": lambda new: new["$defs"]["Line"][
        "properties"
    ].update(comment={"type": "string", "default": ""}),
    "an optional field is removed": lambda new: new["properties"].pop("comment"),
    "a description changes": lambda new: new.update(description="Said better."),
    "a title changes": lambda new: new["$defs"]["Line"].update(title="OrderLine"),
    "a shared part is written in place": lambda new: new["properties"].update(
        kind=new["$defs"].pop("Kind")
    ),
    "fields change places": lambda new: new.update(
        properties=dict(reversed(new["properties"].items()))
    ),
}


@pytest.mark.parametrize("case", BREAKING)
def test_a_breaking_change_is_caught_at_its_path(case: str) -> None:
    change, expected = BREAKING[case]

    assert expected in _found(change)


@pytest.mark.parametrize("case", COMPATIBLE)
def test_a_compatible_change_passes(case: str) -> None:
    assert _found(COMPATIBLE[case]) == []
