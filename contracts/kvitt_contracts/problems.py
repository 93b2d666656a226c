"""Bad input explained in Swedish: field, rule, problem, way on. Never repeats what came in."""

import re
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from kvitt_contracts.types import HoldsPersonalNumber, Value

CONTRACT = "contract"
"""The rule of a field that breaks its message's schema and no rule of docs/domain.md."""

WHOLE_BODY = "data"
"""The field of a problem that concerns the whole body (CloudEvents' name for it)."""

_RULE = re.compile(r"^(?P<rule>[A-Z]{3}-\d{1,2}): (?P<text>.+)$", re.DOTALL)

_FIELD_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_UNNAMED = "•••"
_SCHEMA = "Rätta fältet efter meddelandets schema och skicka igen, med ett nytt id."
_NO_NUMBER = (
    "Ange regionens eget id för personen eller ärendet; nummer hör bara hemma i region.person.*."
)
_TYPES = {
    "string": "text",
    "int": "heltal",
    "bool": "true eller false",
    "date": "datum (ÅÅÅÅ-MM-DD)",
    "datetime": "tidpunkt (RFC 3339)",
    "uuid": "UUID",
    "tuple": "lista",
    "list": "lista",
    "model": "objekt",
    "dict": "objekt",
}
_TEXTS = {
    "missing": "fältet saknas",
    "extra_forbidden": "fältet är okänt",
    "int_from_float": "ska vara ett heltal utan decimaler (belopp anges i hela öre)",
    "int_parsing": "ska vara ett heltal",
    "int_type": "ska vara ett heltal, utan decimaler och citattecken (belopp anges i hela öre)",
    "int_parsing_size": "talet är för stort",
    "string_pattern_mismatch": "har fel form",
    "string_too_short": "är för kort: minst {min_length} tecken",
    "string_too_long": "är för lång: högst {max_length} tecken",
    "too_short": "har för få poster: minst {min_length}",
    "too_long": "har för många poster: högst {max_length}",
    "greater_than": "är för litet: ska vara större än {gt}",
    "greater_than_equal": "är för litet: minst {ge}",
    "less_than": "är för stort: ska vara mindre än {lt}",
    "less_than_equal": "är för stort: högst {le}",
    "enum": "är inte ett av de tillåtna värdena {expected}",
    "literal_error": "är inte ett av de tillåtna värdena {expected}",
    "union_tag_invalid": "fältet kind är inte ett av de tillåtna värdena {expected_tags}",
    "union_tag_not_found": "fältet kind saknas",
    "date_parsing": "är inget datum som finns (ÅÅÅÅ-MM-DD)",
    "date_from_datetime_parsing": "är inget datum som finns (ÅÅÅÅ-MM-DD)",
    "date_from_datetime_inexact": "ska vara ett datum utan klockslag (ÅÅÅÅ-MM-DD)",
    "datetime_parsing": "är ingen tidpunkt som finns (RFC 3339)",
    "datetime_from_date_parsing": "är ingen tidpunkt som finns (RFC 3339)",
    "timezone_aware": "saknar tidszon (RFC 3339, till exempel 2026-03-01T08:00:00+01:00)",
    "json_invalid": "är inte giltig JSON",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of a message.

    `field` is a dotted path (`lines.0.quantity`), `rule` an id of docs/domain.md or `contract`;
    `problem` and `way_on` are Swedish sentences for its sender.
    """

    field: str
    rule: str
    problem: str
    way_on: str


def explain(error: ValidationError) -> list[Problem]:
    """What is wrong with a body, one entry for each fault, in the body's order. Never empty."""
    model = next((found for found in _models(Value) if found.__name__ == error.title), None)
    faults = error.errors(include_url=False, include_input=False)
    return [
        _problem(fault, field=_path(model, _repeatable(fault)))
        for fault in faults
        if not _follows_from(fault, faults)
    ]


def _repeatable(fault: Any) -> Sequence[int | str]:
    # the name of an unknown field is the sender's own, and may be anything: a number, a name
    place: Sequence[int | str] = fault["loc"]
    if fault["type"] == "extra_forbidden" and not _FIELD_NAME.fullmatch(str(place[-1])):
        return (*place[:-1], _UNNAMED)
    return place


def _follows_from(fault: Any, others: Sequence[Any]) -> bool:
    # pydantic counts only the good items of a list: bad ones then make it too short as well
    return fault["type"] == "too_short" and any(
        len(other["loc"]) > len(fault["loc"]) and other["loc"][: len(fault["loc"])] == fault["loc"]
        for other in others
    )


def _problem(details: Any, *, field: str) -> Problem:
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, HoldsPersonalNumber):
        text = "får inte innehålla ett personnummer eller något som liknar ett"
        return Problem(field=field, rule=CONTRACT, problem=text, way_on=_NO_NUMBER)
    ours = _RULE.match(str(cause)) if details["type"] == "value_error" else None
    if ours is not None:
        return Problem(field=field, rule=ours["rule"], problem=ours["text"], way_on=_SCHEMA)
    pattern = f"Mönstret är {context['pattern']}. " if "pattern" in context else ""
    return Problem(
        field=field,
        rule=CONTRACT,
        problem=_text(details["type"], context),
        way_on=pattern + _SCHEMA,
    )


def _text(kind: str, context: dict[str, Any]) -> str:
    if kind in _TEXTS:
        return _TEXTS[kind].format_map(context).replace(" or ", " eller ")
    wanted = _TYPES.get(kind.split("_")[0])
    return "har ett värde som inte är tillåtet" if wanted is None else f"ska vara {wanted}"


def _models(parent: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in parent.__subclasses__():
        yield child
        yield from _models(child)


def _path(model: type[BaseModel] | None, loc: Sequence[int | str]) -> str:
    """The path as the sender wrote it: pydantic's has the tags of unions between the names."""
    steps: list[str] = []
    options = [] if model is None else [model]
    tagged = False
    for step in loc:
        if tagged and isinstance(step, str):
            options = [option for option in options if step in _tags(option)]
            tagged = False
            continue
        steps.append(str(step))
        if isinstance(step, int):
            continue
        field = next(
            (option.model_fields[step] for option in options if step in option.model_fields), None
        )
        options = [] if field is None else list(_models_in(field.annotation))
        tagged = field is not None and _is_tagged(field)
    return ".".join(steps) or WHOLE_BODY


def _tags(model: type[BaseModel]) -> tuple[object, ...]:
    kind = model.model_fields.get("kind")
    return () if kind is None else typing.get_args(kind.annotation)


def _is_tagged(field: FieldInfo) -> bool:
    def marked(annotation: Any) -> bool:
        inner = typing.get_args(annotation)
        if typing.get_origin(annotation) is Annotated:
            return any(getattr(mark, "discriminator", None) for mark in inner[1:])
        return any(marked(one) for one in inner if one is not NoneType)

    return field.discriminator is not None or marked(field.annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models_in(inner)
