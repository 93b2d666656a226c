"""The selections of invoices that a user has saved: what they are called, and where each leads."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.services import Part

PAGE: Final = "/fakturor"
CALLED: Final[Mapping[str, str]] = {
    "month": "month",
    "payer": "payer_id",
    "credit": "is_credit",
    "sort": "sort",
}
"""What the list is filtered by: as the address says it, and as billing does."""


async def selections_of(here: Visit) -> Part:
    """The user's own, each with the address of its list."""
    part = await here.ask("billing", "/selections")
    if not part:
        return part
    shown = [{**one, "address": address_of(one["filters"])} for one in part.value]
    return Part(part.status, {"items": shown})


def address_of(filters: Mapping[str, Any]) -> str:
    """The address of the list by these filters of billing's."""
    said = [(name, str(filters[called])) for name, called in CALLED.items() if called in filters]
    return f"{PAGE}?{urlencode(said)}" if said else f"{PAGE}?alla"


def address_in(form: Form) -> str:
    """The address of the list that a form stood on, as its hidden fields say it."""
    return address_of({called: form[name] for name, called in CALLED.items() if form[name]})


def body_of(form: Form) -> dict[str, Any]:
    """What is saved, as billing takes it."""
    given: dict[str, Any] = {called: form[name] for name, called in CALLED.items() if form[name]}
    if "is_credit" in given:
        given["is_credit"] = given["is_credit"] == "true"
    return {"name": form["name"], "filters": given}
