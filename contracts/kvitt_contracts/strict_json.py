"""JSON in which each name of an object comes once: the standard leaves open which is meant."""

import json
import re
from typing import Any

UNNAMED = "data"
_FIELD_NAME = re.compile(r"[a-z][a-z_]{0,39}")


class NotJson(ValueError):
    """The bytes are not JSON in UTF-8, are nested too deep, or hold a number that JSON has not."""


class RepeatedName(ValueError):
    """A name comes twice in one object. `field` is the name, or UNNAMED where it is none that a
    contract could have: it may be anything.
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} comes twice in one object")
        self.field = field


def read(document: bytes) -> Any:
    """The value of a JSON document. Raises NotJson, RepeatedName."""
    try:
        return json.loads(document.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except RepeatedName:
        raise
    except (ValueError, RecursionError):
        raise NotJson from None


def canonical(document: bytes) -> bytes:
    """The document with its names in order and without white space: equal for what means the same.
    Raises NotJson, RepeatedName.
    """
    return json.dumps(read(document), sort_keys=True, separators=(",", ":")).encode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise RepeatedName(repeated if _FIELD_NAME.fullmatch(repeated) else UNNAMED)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
