"""Behörigheter: the table of acts, for a region's data protection officer: who may do what, how far
each reaches, and what one user may do now (REF-18). No person stands here.
"""

from typing import Any, Final

from fastapi import APIRouter
from kvitt_contracts.access import ACTS, Act, Grantee
from kvitt_contracts.access.asked import granted_to
from kvitt_contracts.types import Role, Word
from starlette.responses import Response

from kvitt_portal import log_words
from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import code

router = APIRouter()

PAGE: Final = "/behorigheter"
_NOBODY: Final = "Ingen användare heter så. Skriv användarnamnet."
_FILTERS: Final = ("service", "grantee", "text", "user")


@router.get(PAGE)
async def shown(here: Here) -> Response:
    """The table, filtered; of a user, what they may do now."""
    if not (here.may("orders.log-lines.list") or here.may("orders.users.access")):
        return here.go("/mina-uppgifter")
    filters = listing.filters_of(here, _FILTERS)
    user = await _user(here, filters)
    mine = _grantees(user) if user else None
    acts = [act for act in ACTS if ".admin." not in act.name and _is_asked(act, filters, mine)]
    columns = [one for one in Grantee if any(one in act.granted for act in acts)]
    if mine is not None:
        columns = [one for one in columns if one in mine]
    elif filters["grantee"]:
        columns = [one for one in columns if one == filters["grantee"]]
    return here.page(
        "log/acts.html",
        filters=filters,
        form=filters,
        parts=[
            (
                log_words.SERVICES.get(service, service),
                [one for one in acts if one.service == service],
            )
            for service in dict.fromkeys(act.service for act in acts)
        ],
        total=len(acts),
        is_narrowed=any(filters[name] for name in _FILTERS),
        columns=columns,
        user=user,
        mine=sorted(mine or ()),
        names=await Names.of(here, users=[user["user_id"]] if user else []),
        words=log_words,
        services=list(log_words.SERVICES.items()),
        grantees=[(one.value, log_words.grantee_in_words(one)) for one in Grantee],
    )


async def _user(here: Visit, filters: Form) -> dict[str, Any] | None:
    """What the register says of the user who is asked for, as it is now."""
    if not filters["user"]:
        return None
    part = await here.ask("orders", f"/users/{code(filters['user'])}")
    if part.problem is not None:
        is_nobody = part.status == 404
        filters.add("user", _NOBODY if is_nobody else said_of(part.problem))
        return None
    found: dict[str, Any] = part.value
    return found


def _grantees(user: dict[str, Any]) -> frozenset[Grantee]:
    if not user["active"]:
        return frozenset()
    roles = [Role(one) for one in user["roles"]]
    return granted_to(roles, [Word(one) for one in user["duties"] or ()])


def _is_asked(act: Act, filters: Form, mine: frozenset[Grantee] | None) -> bool:
    text = filters["text"].casefold()
    said = f"{log_words.act_in_words(act.name)} {act.name} {act.route or ''}".casefold()
    return (
        (not filters["service"] or act.service == filters["service"])
        and (not filters["grantee"] or filters["grantee"] in act.granted)
        and (mine is None or not mine.isdisjoint(act.granted))
        and text in said
    )
