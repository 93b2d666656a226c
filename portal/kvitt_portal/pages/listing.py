"""A list that is searched by a form of filters: what they say, what is wrong with them, and what
there is to choose among.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.here import PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.scanning import LONGEST
from kvitt_portal.services import Part
from kvitt_portal.statuses import Said

LIMIT: Final = 50
DAY: Final = "Skriv en dag som finns."
"""What is said of a filter that is no day."""
_ALL: Final = "all"
_LONGEST: Final = 40


def filters_of(here: Visit, names: Sequence[str], *, scanned: Sequence[str] = ()) -> Form:
    """The filters, as the address says them. `scanned`: those that take what a scanner gives."""
    asked = here.request.query_params
    longest = dict.fromkeys(scanned, LONGEST)
    return Form(given={name: asked.get(name, "")[: longest.get(name, _LONGEST)] for name in names})


def states_asked(filters: Form, words: Said) -> list[str]:
    """The states that are filtered by; none are those that the service lists by itself."""
    asked = filters["status"]
    return list(words) if asked == _ALL else [asked] if asked else []


def states_of(words: Said, *, every: str) -> list[tuple[str, str]]:
    """The states to choose among; `every` is what all of them together are called."""
    return [(_ALL, every), *((state, said) for state, (said, _) in words.items())]


def places_asked(here: Visit, filters: Form) -> list[str]:
    """The service points to choose among: the user's own, and another that is filtered by."""
    return [
        one for one in dict.fromkeys([*here.user.service_points, filters["service_point"]]) if one
    ]


def places_of(here: Visit, filters: Form, names: Names) -> list[tuple[str, str]]:
    """The same with what they are called."""
    return [(one, names.customer(one)) for one in places_asked(here, filters)]


def listed_at(form: Form, *lists: str) -> str:
    """The list in whose row something was done, with its filters, as the row's form says it; empty
    where it was done elsewhere.
    """
    page = form["from"]
    return page if page.partition("?")[0] in lists else ""


async def found(
    here: Visit,
    filters: Form,
    service: str,
    path: str,
    *,
    written: Mapping[str, tuple[str, str]] | None = None,
    limit: int = LIMIT,
    **query: Any,
) -> Part:
    """A page of the list, from where the address goes on, filtered by `query`; what is wrong with a
    filter is said beside it, as `say_what_is_wrong` takes `written`.

    Raises PageProblem where the list is not the user's: the page is nothing without it.
    """
    cursor = here.request.query_params.get("cursor")
    part = await here.ask(service, path, **query, cursor=cursor, limit=limit)
    if part.problem is not None and part.status == 403:
        raise PageProblem(part.problem)
    say_what_is_wrong(filters, part, written)
    return part


def alone(shown: Mapping[str, Any]) -> Part:
    """A list of one thing."""
    page = {"items": [shown], "total": 1, "total_is_exact": True, "next": None}
    return Part(status=200, value=page)


def say_what_is_wrong(
    filters: Form, found: Part, written: Mapping[str, tuple[str, str]] | None = None
) -> None:
    """Say beside each filter what is wrong with it. `written`: the filter's name and how it is
    written, by the name that the service has for it.
    """
    for one in found.problem.fields if found.problem else ():
        name = one.field.split(".")[-1]
        known = name if name in filters else ""
        filters.add(*(written or {}).get(name, (known, "Uppgiften har fel form.")))
