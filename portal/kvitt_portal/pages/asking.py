"""What pages ask services alike: a code in a path, a list's items, and options made of them."""

import asyncio
import re
from collections.abc import Iterable
from typing import Any, Final

from kvitt_portal.here import Visit
from kvitt_portal.services import Part

_AT_ONCE: Final = 50
_CODE: Final = re.compile(r"[0-9A-Za-z-]{1,40}")


def code(text: str) -> str:
    """A code or an id as it goes into a path. What can be neither becomes `0`, which nothing is
    called.
    """
    return text if _CODE.fullmatch(text) else "0"


def items_of(part: Part) -> list[dict[str, Any]]:
    """The items of a list; none where its service has a problem."""
    return list(part.value["items"]) if part else []


async def named(
    here: Visit, service: str, path: str, key: str, those: Iterable[str]
) -> list[dict[str, Any]]:
    """What a service has of these, asked for together; none of it where the service is silent."""
    once = list(dict.fromkeys(those))
    pages = (once[at : at + _AT_ONCE] for at in range(0, len(once), _AT_ONCE))
    parts = await asyncio.gather(*(here.ask(service, path, **{key: page}) for page in pages))
    return [one for part in parts for one in items_of(part)]


def options_of(part: Part, key: str) -> list[tuple[str, str]]:
    """A list as options of a field: each item's code, which is at `key`, with its name."""
    return [(one[key], f"{one['name']} ({one[key]})") for one in items_of(part)]
