"""Types of what stands in an address: query and path parameters, read in one form each."""

import re
from typing import Annotated, Any

from kvitt_contracts.types.strict import FAULTS, FORMS, tightened
from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_LARGEST = 2**63 - 1

RowNumber = Annotated[int, Field(ge=0, le=_LARGEST)]
"""The number of a row that the database has counted."""

Text = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f]*$")]
"""A text that no other type describes: a topic, a key."""


def read_from_texts(model: type[Any], handler: GetCoreSchemaHandler, source: Any) -> CoreSchema:
    """The core schema of a query whose parameters are read as the documentation says: days
    `YYYY-MM-DD`, `true` and `false`, whole numbers that a column can hold, texts without NUL.
    """
    return tightened(model, handler(source), _from_text)


def _from_text(part: Any) -> Any:
    kind = part["type"]
    if kind in FORMS or kind in ("int", "bool", "str"):
        return core_schema.no_info_before_validator_function(_CHECKS[kind], part)
    return part


def _in_form(kind: Any) -> Any:
    form = re.compile(FORMS[kind])

    def check(value: Any) -> Any:
        if isinstance(value, str) and not form.fullmatch(value):
            raise PydanticKnownError(FAULTS[kind], {"error": "another form"})
        return value

    return check


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    if abs(int(value)) > _LARGEST:
        raise PydanticKnownError("int_parsing_size")
    return value


def _true_or_false(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise PydanticKnownError("bool_parsing")
    return value


def _can_be_stored(value: Any) -> Any:
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("PostgreSQL stores no NUL, so no row has one")
    return value


_CHECKS = {
    **{kind: _in_form(kind) for kind in FORMS},
    "int": _whole,
    "bool": _true_or_false,
    "str": _can_be_stored,
}
