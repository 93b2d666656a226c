"""JSON as two readers read alike: no name twice in an object, no NaN."""

import json
import re
from typing import Any

UNNAMED = "data"
_FIELD_NAME = re.compile(r"[a-z][a-z_]{0,39}")


class NameTwice(ValueError):
    """An object has a name twice: readers differ in which of the values they take.

    `field` is the name, or UNNAMED where no contract could have it: then it may be anything.
    """

    def __init__(self, name: str) -> None:
        super().__init__("has a name twice in an object")
        self.field = name if _FIELD_NAME.fullmatch(name) else UNNAMED


def parse(document: str | bytes) -> Any:
    """The value of a JSON text.

    Raises NameTwice, or another ValueError (no JSON, NaN, no UTF-8), or RecursionError.
    """
    return json.loads(document, object_pairs_hook=_once, parse_constant=_no_constant)


def canonical(document: bytes) -> bytes:
    """The text with its names in order and without white space: equal for what means the same.
    Raises as `parse` does.
    """
    return json.dumps(parse(document), sort_keys=True, separators=(",", ":")).encode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise NameTwice(next(name for name in names if names.count(name) > 1))
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
