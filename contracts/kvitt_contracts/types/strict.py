"""How JSON is read: as strictly as the published JSON schemas say, and no looser.

What is built in Python is checked by mypy and is left alone.
"""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationInfo
from pydantic_core import CoreSchema, core_schema

from kvitt_contracts.types.codes import HoldsPersonalNumber, looks_like_personal_number
from kvitt_contracts.types.texts import FREE_TEXT

INBOUND = "inbound"
"""Validation context of what a region sends where no personal number belongs: free text that holds
one is refused.
"""

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
IDENTITY = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
"""The texts of a day (RFC 3339 full-date), an instant (date-time with zone) and a UUID."""

# an instant without a zone is told from what is no instant: pydantic asks for the zone
FORMS = {"date": DAY, "datetime": INSTANT.removesuffix("$") + "?$", "uuid": IDENTITY}
FAULTS: dict[str, Any] = {
    "date": "date_parsing",
    "datetime": "datetime_parsing",
    "uuid": "uuid_parsing",
}
Tighten = Callable[[Any], Any]
"""From the core schema of a part of a model, the one to read it by."""

_OPAQUE = frozenset({"metadata", "serialization", "config", "default", "expected", "members"})
_MARK = "kvitt_strict"


# decision 0205: strictness is one walk over what pydantic made of the fields
def strict(model: type[Any], schema: CoreSchema) -> CoreSchema:
    """The core schema of `model` with every day, instant, UUID, number and boolean in it read from
    JSON in the one form that its JSON schema names. The JSON schema itself is unchanged.
    """
    return tightened(model, schema, _from_json)


def tightened(model: type[Any], schema: CoreSchema, by: Tighten) -> CoreSchema:
    """The core schema of `model` with `by` applied to each part without parts.

    Models within it are left as they are: each was made by its own class.
    """
    made: CoreSchema = _walk(schema, model, by)
    return made


def _walk(part: Any, model: type[Any], by: Tighten) -> Any:
    if isinstance(part, list | tuple):
        return type(part)(_walk(one, model, by) for one in part)
    if not isinstance(part, dict):
        return part
    kind = part.get("type")
    if _MARK in (part.get("metadata") or {}) or (kind == "model" and part["cls"] is not model):
        return part
    made: Any = {key: _member(key, one, model, by) for key, one in part.items()}
    return by(made) if isinstance(kind, str) else made


def _member(key: str, value: Any, model: type[Any], by: Tighten) -> Any:
    if key in _OPAQUE:
        return value
    if key in ("fields", "choices") and isinstance(value, dict):  # by names that are anybody's
        return {name: _walk(one, model, by) for name, one in value.items()}
    return _walk(value, model, by)


def _from_json(part: Any) -> Any:
    kind = part["type"]
    if kind in FORMS:
        aware = {"tz_constraint": "aware"} if kind == "datetime" else {}
        return _either(core_schema.chain_schema([_text_of(kind), part | aware]), part | aware)
    if kind in ("int", "bool"):
        return _either(part | {"strict": True}, part)
    if kind == "literal" and all(type(one) is int for one in part["expected"]):
        return _either(core_schema.chain_schema([core_schema.int_schema(strict=True), part]), part)
    if kind == "str" and part.get("pattern") in FREE_TEXT:
        return core_schema.with_info_after_validator_function(_without_number, part)
    return part


def _text_of(kind: str) -> CoreSchema:
    form = core_schema.str_schema(pattern=FORMS[kind], strict=True)
    return core_schema.custom_error_schema(
        form, custom_error_type=FAULTS[kind], custom_error_context={"error": "another form"}
    )


def _without_number(text: str, info: ValidationInfo) -> str:
    if info.context == INBOUND and looks_like_personal_number(text):
        raise HoldsPersonalNumber("free text must not hold a personal number")
    return text


def _either(from_json: Any, from_python: Any) -> CoreSchema:
    return core_schema.json_or_python_schema(
        json_schema=from_json,
        python_schema=from_python,
        metadata={
            _MARK: True,
            "pydantic_js_functions": [lambda _, shown: shown(from_python)],
        },
    )
