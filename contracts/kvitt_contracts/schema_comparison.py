"""Whether one JSON Schema reads all that another permits, for the keywords that pydantic emits.

Pure: values in, findings out. A keyword that is not known here is a finding, never passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kvitt_contracts.types.texts import NAME, TEXT

Schema = dict[str, Any]

# decision 0020: our own comparison, since no library answers both questions
ANNOTATIONS = frozenset({"title", "description", "examples", "deprecated", "default"})
_STRUCTURE = frozenset(
    {"$schema", "$id", "$defs", "$ref", "type", "const", "enum", "anyOf", "oneOf", "discriminator"}
)
_CONTENT = frozenset({"properties", "required", "items", "format", "pattern", "uniqueItems"})
_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems"})
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems"})
_KNOWN = ANNOTATIONS | _STRUCTURE | _CONTENT | _UPPER | _LOWER

# decision 0206: what the narrower of the two refuses was never a value
NARROWED = frozenset({(TEXT, NAME)})
"""Pairs of patterns, as published and today's, that are read as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One value that a writer may write and the reader does not read.

    `path` as in `lines[].quantity` (empty: the whole body), `rule` a short name of what is broken.
    """

    path: str
    rule: str
    problem: str


def unread(*, reader: Schema, writer: Schema) -> list[Finding]:
    """What the writer's schema permits and the reader's refuses; empty when all is read.

    Writers write only what their schema declares: a field that the reader knows and the writer does
    not is absent. Readers pass over what they do not know.
    """
    return list(_Comparison(reader, writer).compare(reader, writer, ""))


def other_defaults(*, reader: Schema, writer: Schema) -> list[Finding]:
    """Fields whose absence means one thing to the one and another to the other."""
    before, after = dict(_defaults(writer, writer, "")), dict(_defaults(reader, reader, ""))
    return [
        Finding(path=path, rule="default-changed", problem="its absence now means something else")
        for path in before
        if path in after and before[path] != after[path]
    ]


def without_annotations(value: Any) -> Any:
    """A schema without what changes no meaning: titles and descriptions."""
    if isinstance(value, list):
        return [without_annotations(item) for item in value]
    if not isinstance(value, dict):
        return value
    bare = {"title", "description", "examples"}
    return {
        key: {name: without_annotations(part) for name, part in item.items()}
        if key in ("properties", "$defs")
        else without_annotations(item)
        for key, item in value.items()
        if key not in bare
    }


class _Comparison:
    def __init__(self, reader: Schema, writer: Schema) -> None:
        self._reader = reader
        self._writer = writer

    def compare(self, reader: Schema, writer: Schema, path: str) -> Iterator[Finding]:
        reader, writer = _resolved(reader, self._reader), _resolved(writer, self._writer)
        readable = _alternatives(reader, self._reader)
        written = _alternatives(writer, self._writer)
        for keyword in sorted(set().union(reader, writer, *readable, *written) - _KNOWN):
            problem = f"keyword {keyword} cannot be compared"
            yield Finding(path=path, rule="unknown-keyword", problem=problem)
        for one in written:
            yield from self._one(readable, one, path)

    def _one(self, readable: list[Schema], written: Schema, path: str) -> Iterator[Finding]:
        results = [list(self._leaf(option, written, path)) for option in readable]
        if not all(results):
            return
        if len(results) == 1:
            yield from results[0]
            return
        same = [
            found
            for option, found in zip(readable, results, strict=True)
            if _alike(option, written)
        ]
        if len(same) == 1:
            yield from same[0]
            return
        problem = f"the reader knows no alternative like {_name(written)}"
        yield Finding(path=path, rule="alternative-added", problem=problem)

    def _leaf(self, reader: Schema, writer: Schema, path: str) -> Iterator[Finding]:
        yield from _types(reader, writer, path)
        yield from _values(reader, writer, path)
        yield from _texts(reader, writer, path)
        yield from _bounds(reader, writer, path)
        yield from self._objects(reader, writer, path)
        if "items" in reader:
            yield from self.compare(reader["items"], writer.get("items", {}), f"{path}[]")

    def _objects(self, reader: Schema, writer: Schema, path: str) -> Iterator[Finding]:
        written = writer.get("properties", {})
        for name in reader.get("required", []):
            if name not in written:
                problem = "the reader needs it and the writer does not write it"
                yield Finding(path=_join(path, name), rule="required-field", problem=problem)
            elif name not in writer.get("required", []):
                problem = "the reader needs it and the writer may leave it out"
                yield Finding(path=_join(path, name), rule="required-field", problem=problem)
        for name, part in reader.get("properties", {}).items():
            if name in written:
                yield from self.compare(part, written[name], _join(path, name))


def _types(reader: Schema, writer: Schema, path: str) -> Iterator[Finding]:
    readable, written = _type_set(reader), _type_set(writer)
    if not readable:
        return
    if "number" in readable:
        readable |= {"integer"}
    if not written or written - readable:
        written_text = " or ".join(sorted(written)) or "anything"
        problem = f"the writer writes {written_text}, the reader takes {_words(readable)}"
        yield Finding(path=path, rule="type", problem=problem)


def _values(reader: Schema, writer: Schema, path: str) -> Iterator[Finding]:
    readable, written = _value_set(reader), _value_set(writer)
    if readable is None:
        return
    if written is None:
        problem = f"the writer writes any value, the reader takes {_words(readable)}"
        yield Finding(path=path, rule="value", problem=problem)
    elif extra := [value for value in written if value not in readable]:
        problem = f"the reader does not know {_words(extra)}"
        yield Finding(path=path, rule="value", problem=problem)


def _texts(reader: Schema, writer: Schema, path: str) -> Iterator[Finding]:
    if _value_set(writer) is not None:
        return  # single values: whether the reader takes them is told by _values
    for keyword in ("pattern", "format"):
        if keyword in reader and not _is_kept(reader[keyword], writer.get(keyword)):
            problem = f"the reader demands {keyword} {reader[keyword]}, the writer does not keep it"
            yield Finding(path=path, rule=keyword, problem=problem)
    if reader.get("uniqueItems") and not writer.get("uniqueItems"):
        problem = "the reader takes no equal items, the writer may write some"
        yield Finding(path=path, rule="uniqueItems", problem=problem)


def _is_kept(demanded: str, written: str | None) -> bool:
    if written is None:
        return False
    # in JSON Schema's dialect of patterns (ECMA-262) \d is 0-9 and nothing else
    demanded, written = demanded.replace(r"\d", "[0-9]"), written.replace(r"\d", "[0-9]")
    return demanded == written or bool({(demanded, written), (written, demanded)} & NARROWED)


def _bounds(reader: Schema, writer: Schema, path: str) -> Iterator[Finding]:
    if _value_set(writer) is not None:
        return
    for keyword in sorted((_UPPER | _LOWER) & set(reader)):
        limit, written = reader[keyword], writer.get(keyword)
        wider = written is None or (written > limit if keyword in _UPPER else written < limit)
        if wider:
            theirs = "is not set" if written is None else f"is {written}"
            problem = f"the reader's {keyword} is {limit}, the writer's {theirs}"
            yield Finding(path=path, rule=keyword, problem=problem)


def _resolved(schema: Schema, document: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    target = document["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return _resolved(target, document) | beside


def _alternatives(schema: Schema, document: Schema) -> list[Schema]:
    options = schema.get("anyOf") or schema.get("oneOf")
    if not options:
        return [schema]
    return [
        leaf for option in options for leaf in _alternatives(_resolved(option, document), document)
    ]


def _defaults(schema: Schema, document: Schema, path: str) -> Iterator[tuple[str, Any]]:
    for option in _alternatives(_resolved(schema, document), document):
        if "items" in option:
            yield from _defaults(option["items"], document, f"{path}[]")
        for name, part in option.get("properties", {}).items():
            if "default" in part:
                yield _join(path, name), part["default"]
            yield from _defaults(part, document, _join(path, name))


def _alike(one: Schema, other: Schema) -> bool:
    return _tag(one) == _tag(other) and _type_set(one) == _type_set(other)


def _tag(schema: Schema) -> Any:
    return schema.get("properties", {}).get("kind", {}).get("const")


def _name(schema: Schema) -> str:
    return str(_tag(schema) or schema.get("title") or _words(_type_set(schema)))


def _type_set(schema: Schema) -> set[str]:
    declared = schema.get("type", [])
    return {declared} if isinstance(declared, str) else set(declared)


def _value_set(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return None if values is None else list(values)


def _words(values: Any) -> str:
    return ", ".join(sorted(str(value) for value in values))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
