"""Who may take over: prescribers found by name, by user name, or by their unit."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kvitt_portal.here import Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.transfer_form import BETWEEN

_MOST: Final = 20
_UNITS: Final = 3
_USER_ID: Final = re.compile(r"^[A-Za-z0-9._-]{2,40}$")
_TWO_LETTERS: Final = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Receivers:
    """Whom a search has found, as options of a field; `message` says why it is nobody."""

    found: Sequence[tuple[str, str]] = ()
    message: str = ""


async def receivers_of(here: Visit, text: str) -> Receivers:
    """The prescribers whose name begins so, or who work at a unit that is called so."""
    if not text:
        return Receivers()
    if len(text) < 2:
        return Receivers(message="Skriv minst två tecken.")
    named, units, user = await asyncio.gather(
        _named(here, text), _units(here, text), _by_id(here, text)
    )
    at_units = await asyncio.gather(*(_at(here, one) for one in units))
    pairs = [*user, *named, *(pair for unit in at_units for pair in unit)]
    shown = list(dict.fromkeys(pairs))[:_MOST]
    names = await Names.of(
        here, users=[user for user, _ in shown], customers=[place for _, place in shown]
    )
    found = [
        (f"{user}{BETWEEN}{place}", f"{names.user(user)}, {names.customer(place)}")
        for user, place in shown
    ]
    return Receivers(found, "" if found else f"Ingen träff på ”{text}”.")


async def chosen(here: Visit, value: str) -> tuple[str, str] | None:
    """A receiver that is chosen already, with what it says."""
    user, _, place = value.partition(BETWEEN)
    if not user:
        return None
    names = await Names.of(here, users=[user], customers=[place])
    return value, ", ".join(one for one in (names.user(user), names.customer(place)) if one)


async def _named(here: Visit, text: str) -> list[tuple[str, str]]:
    if not _TWO_LETTERS.search(text):
        return []
    part = await here.send("orders", "POST", "/users:find", {"name": text[:120]})
    users = part.value["users"] if part else []
    return [(one["user_id"], place) for one in users for place in one["service_points"]]


async def _units(here: Visit, text: str) -> list[str]:
    """The service points with this code, or whose name begins so."""
    if text.isascii() and text.isdigit():
        part = await here.ask("orders", f"/customers/{text[:20]}")
        return [text] if part else []
    part = await here.ask(
        "orders", "/customers", name=text[:120], is_service_point=True, limit=_UNITS
    )
    return [one["customer_id"] for one in items_of(part)]


async def _at(here: Visit, unit: str) -> list[tuple[str, str]]:
    part = await here.ask(
        "orders", "/users", service_point=unit, role="prescriber", active=True, limit=_MOST
    )
    return [(one["user_id"], unit) for one in items_of(part)]


async def _by_id(here: Visit, text: str) -> list[tuple[str, str]]:
    if not _USER_ID.match(text):
        return []
    part = await here.ask("orders", f"/users/{text}")
    return [(text, part.value["default_service_point"])] if part else []
