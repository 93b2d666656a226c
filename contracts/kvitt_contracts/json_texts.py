"""JSON as two readers read alike: no name twice in an object, no NaN."""

import json
from typing import Any


class NameTwice(ValueError):
    """An object has a name twice: readers differ in which of the values they take."""


def parse(document: str | bytes) -> Any:
    """The value of a JSON text.

    Raises NameTwice, or another ValueError (no JSON, NaN, no UTF-8), or RecursionError.
    """
    return json.loads(document, object_pairs_hook=_once, parse_constant=_no_constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NameTwice("has a name twice in an object")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
