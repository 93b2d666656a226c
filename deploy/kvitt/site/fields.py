"""A JSON schema as a table of fields. Values only."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_BOUNDS = {
    "minLength": "minst {} tecken",
    "maxLength": "högst {} tecken",
    "minItems": "minst {} st",
    "maxItems": "högst {} st",
    "minimum": "minst {}",
    "maximum": "högst {}",
    "exclusiveMinimum": "mer än {}",
    "exclusiveMaximum": "mindre än {}",
    "pattern": "mönster `{}`",
}
_KINDS = {
    "string": "text",
    "integer": "heltal",
    "number": "tal",
    "boolean": "sant eller falskt",
    "object": "objekt",
    "array": "lista",
    "null": "tomt",
}
_FORMATS = {"date": "dag", "date-time": "tidpunkt", "uuid": "UUID"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its path (`lines[].quantity`), what it takes, and what it means."""

    path: str
    takes: str
    required: bool
    text: str


def fields(schema: Schema) -> list[Field]:
    """Every field of a message, parts of parts too, in the schema's order."""
    return list(_fields(schema, schema, "", frozenset()))


def table(schema: Schema) -> str:
    """The same as a table in Markdown."""
    rows = fields(schema)
    if not rows:
        return "Meddelandet har inga fält.\n"
    lines = ["| fält | krävs | innehåll | |", "| --- | --- | --- | --- |"]
    for one in rows:
        must = "ja" if one.required else ""
        lines.append(f"| `{one.path}` | {must} | {one.takes} | {cell(one.text)} |")
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """A text as it may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _fields(part: Schema, document: Schema, path: str, seen: frozenset[str]) -> Iterator[Field]:
    for name, field in part.get("properties", {}).items():
        where = f"{path}.{name}" if path else name
        required = name in part.get("required", [])
        yield Field(
            path=where,
            takes=_takes(field, document),
            required=required,
            text=field.get("description", ""),
        )
        yield from _parts(field, document, where, seen)


def _parts(field: Schema, document: Schema, path: str, seen: frozenset[str]) -> Iterator[Field]:
    for option in _options(field):
        if "items" in option:
            yield from _parts(option["items"], document, f"{path}[]", seen)
        elif "$ref" in option and option["$ref"] not in seen:
            target = _named(option, document)
            kind = target.get("properties", {}).get("kind", {}).get("const")
            under = f"{path}({kind})" if kind and len(_options(field)) > 1 else path
            yield from _fields(target, document, under, seen | {option["$ref"]})


def _takes(field: Schema, document: Schema) -> str:
    options = [option for option in _options(field) if option.get("type") != "null"]
    if not options:
        return "får inte stå"
    texts = list(dict.fromkeys(_option(option, document) for option in options))
    default = field.get("default")
    said = " eller ".join(texts)
    return said if default in (None, [], {}) else f"{said}; annars `{_plain(default)}`"


def _plain(value: Any) -> str:
    return (
        {True: "true", False: "false"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )


def _option(option: Schema, document: Schema) -> str:
    if "$ref" in option:
        target = _named(option, document)
        return _option(target, document) if "properties" not in target else _object(target)
    if "const" in option:
        return f"`{option['const']}`"
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    kind = _FORMATS.get(
        option.get("format", ""), _KINDS.get(str(option.get("type")), "vad som helst")
    )
    if "items" in option:
        kind = f"lista av {_takes(option['items'], document)}"
    bounds = [
        text.format(str(option[key]).replace("|", "\\|"))
        for key, text in _BOUNDS.items()
        if key in option and option[key] not in ("", 0)
    ]
    return ", ".join([kind, *bounds])


def _object(target: Schema) -> str:
    kind = target.get("properties", {}).get("kind", {}).get("const")
    return f"objekt (`{kind}`)" if kind else "objekt"


def _options(field: Schema) -> list[Schema]:
    options = field.get("anyOf") or field.get("oneOf")
    return [leaf for option in options for leaf in _options(option)] if options else [field]


def _named(option: Schema, document: Schema) -> Schema:
    found: Schema = document["$defs"][option["$ref"].removeprefix("#/$defs/")]
    return found
