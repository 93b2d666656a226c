"""What pages ask services alike: a code in a path, a list's items, options made of them, who and
what a list's lines are about, and a document to print.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import PageProblem, Person, Visit
from kvitt_portal.services import Part

NOTHING: Final = Part(200, {"items": []})
"""A list with nothing in it, where nothing is asked for."""
_AT_ONCE: Final = 50
_CODE: Final = re.compile(r"[0-9A-Za-z_-]{1,40}")


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


async def devices_of(here: Visit, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The devices with these ids, by id, as far as inventory answers."""
    found = await named(here, "inventory", "/devices:named", "id", ids)
    return {one["device_id"]: one for one in found}


async def recipients_of(here: Visit, things: Iterable[Mapping[str, Any]]) -> dict[str, Person]:
    """Who the patients of these things are, as far as this user may know."""
    to = [one.get("recipient") or {} for one in things]
    return await here.people([one.get("person") for one in to], purpose="display")


async def person_for(here: Visit, ref: str, may: bool, otherwise: Problem) -> Person:
    """The person whom a user may do something for, where they `may` do it at all.

    Raises PageProblem: this user finds none with that reference (404, whoever asks), and
    `otherwise` where they may not.
    """
    found = (await here.people([ref], purpose="ordering")).get(ref)
    if found is None:
        await here.today()  # who is not found may be unread: orders says so where it is silent
        raise PageProblem(_UNKNOWN_PERSON)
    if not may:
        raise PageProblem(otherwise)
    return found


def say_refused(form: Form, part: Part, names: Mapping[str, str] | None = None) -> None:
    """Say in a form why what it asked for was refused; `names` as `Form.refuse` has them. Raises
    PageProblem where the thing is not there, or not the user's to act on.
    """
    if part.problem is not None and part.status in (403, 404):
        raise PageProblem(part.problem)
    form.refuse(part.problem, names)


def pdf_of(part: Part) -> Response:
    """A document of a service's. Nobody stores it. Raises PageProblem."""
    if part.problem is not None:
        raise PageProblem(part.problem)
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline"}
    return Response(part.value, media_type="application/pdf", headers=headers)


def options_of(part: Part, key: str) -> list[tuple[str, str]]:
    """A list as options of a field: each item's code, which is at `key`, with its name."""
    return [(one[key], f"{one['name']} ({one[key]})") for one in items_of(part)]


_UNKNOWN_PERSON: Final = Problem(
    status=404, reason="UNKNOWN_PERSON", title="", detail="", way_on="Sök med hela personnumret."
)
