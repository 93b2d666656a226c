"""The JSON Schema (2020-12) of a message, as it is committed and shown to others. No files here."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from kvitt_contracts.envelope import Command, Message
from kvitt_contracts.types import KNOWN_WORDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_id(wire_type: str) -> str:
    """What `ce_dataschema` names: `urn:kvitt:schema:bmb.transfer.accepted.v1`."""
    return f"urn:kvitt:schema:{wire_type}"


# decision 0554: a schema permits what its topic permits
def schema_of(message: type[Message]) -> dict[str, Any]:
    """The schema of a message's body, as it may stand on a topic; the docstring is its description.

    What a command takes over HTTP only is forbidden in it.
    """
    schema = schema_as_read(message)
    if issubclass(message, Command):
        for path in message.over_http_only:
            _forbid(schema, path)
        _drop_unused(schema)
    return schema


def schema_as_read(message: type[Message]) -> dict[str, Any]:
    """The schema of what a message's readers understand, in order to refuse it too."""
    schema = message.model_json_schema(mode="validation", schema_generator=_Plain)
    for part in _parts(schema):
        part.pop(KNOWN_WORDS, None)  # of a set that grows: a reader's check would stop what is new
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


def _forbid(schema: dict[str, Any], path: str) -> None:
    """Leave of the field at `path` only null, or of its kinds all but the one after the colon."""
    path, _, kind = path.partition(":")
    *ways, last = path.split(".")
    here = schema
    for way in ways:
        here = _named(here["properties"][way], schema)
    field = here["properties"][last]
    if kind:
        mapping = field["discriminator"]["mapping"]
        gone = mapping.pop(kind)
        field["oneOf"] = [option for option in field["oneOf"] if option["$ref"] != gone]
    else:
        options = [one for one in field.pop("anyOf") if one == {"type": "null"}]
        field.update(options[0] | {"description": "Over HTTP only."})


def _named(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return found


def _drop_unused(schema: dict[str, Any]) -> None:
    definitions = schema.get("$defs", {})
    while unused := definitions.keys() - _used(schema):
        for name in unused:
            del definitions[name]


def _used(schema: dict[str, Any]) -> set[str]:
    return {part["$ref"].removeprefix("#/$defs/") for part in _parts(schema) if "$ref" in part}


def _parts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [part for item in value for part in _parts(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(part for item in value.values() for part in _parts(item))]
