"""How JSON is read: as strictly as the published JSON schemas say, and no looser.

What is built in Python is checked by mypy and is left alone.
"""

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
_FORMS = {"date": DAY, "datetime": INSTANT.removesuffix("$") + "?$", "uuid": IDENTITY}
_FAULTS: dict[str, Any] = {
    "date": "date_parsing",
    "datetime": "datetime_parsing",
    "uuid": "uuid_parsing",
}
_OPAQUE = frozenset({"metadata", "serialization", "config", "default", "expected", "members"})
_MARK = "kvitt_strict"


# decision 0205: strictness is one walk over what pydantic made of the fields
def strict(model: type[Any], schema: CoreSchema) -> CoreSchema:
    """The core schema of `model` with every day, instant, UUID, number and boolean in it read from
    JSON in the one form that its JSON schema names. The JSON schema itself is unchanged.
    """
    tightened: CoreSchema = _walk(schema, model)
    return tightened


def _walk(part: Any, model: type[Any]) -> Any:
    if isinstance(part, list | tuple):
        return type(part)(_walk(one, model) for one in part)
    if not isinstance(part, dict):
        return part
    kind = part.get("type")
    if _MARK in (part.get("metadata") or {}) or (kind == "model" and part["cls"] is not model):
        return part  # a model within a model was walked when it was made
    made: Any = {key: _member(key, one, model) for key, one in part.items()}
    if kind == "datetime":
        made["tz_constraint"] = "aware"
    if kind in _FORMS:
        return _either(core_schema.chain_schema([_text_of(kind), made]), made)
    if kind == "str" and made.get("pattern") in FREE_TEXT:
        return core_schema.with_info_after_validator_function(_without_number, made)
    if kind in ("int", "bool"):
        return _either({**made, "strict": True}, made)
    if kind == "literal" and all(type(one) is int for one in made["expected"]):
        return _either(core_schema.chain_schema([core_schema.int_schema(strict=True), made]), made)
    return made


def _member(key: str, value: Any, model: type[Any]) -> Any:
    if key in _OPAQUE:
        return value
    if key in ("fields", "choices") and isinstance(value, dict):  # by names that are anybody's
        return {name: _walk(one, model) for name, one in value.items()}
    return _walk(value, model)


def _text_of(kind: str) -> CoreSchema:
    form = core_schema.str_schema(pattern=_FORMS[kind], strict=True)
    return core_schema.custom_error_schema(
        form, custom_error_type=_FAULTS[kind], custom_error_context={"error": "another form"}
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
