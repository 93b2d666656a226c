"""What pages ask services alike: a code in a path, a list's items, and options made of them."""

import re
from typing import Any, Final

from kvitt_portal.services import Part

_CODE: Final = re.compile(r"[0-9A-Za-z-]{1,40}")


def code(text: str) -> str:
    """A code or an id as it goes into a path. What can be neither becomes `0`, which nothing is
    called.
    """
    return text if _CODE.fullmatch(text) else "0"


def items_of(part: Part) -> list[dict[str, Any]]:
    """The items of a list; none where its service has a problem."""
    return list(part.value["items"]) if part else []


def options_of(part: Part, key: str) -> list[tuple[str, str]]:
    """A list as options of a field: each item's code, which is at `key`, with its name."""
    return [(one[key], f"{one['name']} ({one[key]})") for one in items_of(part)]
