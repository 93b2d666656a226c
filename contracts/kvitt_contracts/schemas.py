"""The JSON Schema (2020-12) of a message, as it is committed and shown to others. No files here."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from kvitt_contracts.envelope import Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_id(wire_type: str) -> str:
    """What `ce_dataschema` names: `urn:kvitt:schema:bmb.transfer.accepted.v1`."""
    return f"urn:kvitt:schema:{wire_type}"


def schema_of(message: type[Message]) -> dict[str, Any]:
    """The schema of a message's body, as its readers read it; the docstring is its description."""
    schema = message.model_json_schema(mode="validation", schema_generator=_Plain)
    for part in _parts(schema):
        _demand_tag(part, schema.get("$defs", {}))
    head = {"$schema": DIALECT, "$id": schema_id(message.wire_type)}
    return head | dict(sorted(schema.items(), key=lambda item: item[0] == "$defs"))


class _Plain(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False  # "Transfer Id" beside transfer_id tells nobody anything


def _demand_tag(part: dict[str, Any], definitions: dict[str, Any]) -> None:
    # pydantic calls a tag with a default optional, but reads no tagged value without it
    tag = part.get("discriminator", {}).get("propertyName")
    for option in part.get("oneOf", []) if tag else []:
        definition = definitions[option["$ref"].removeprefix("#/$defs/")]
        definition["properties"][tag].pop("default", None)
        definition["required"] = sorted({tag, *definition.get("required", [])})


def _parts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [part for item in value for part in _parts(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(part for item in value.values() for part in _parts(item))]
