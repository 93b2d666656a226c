"""What an order, a withdrawal and a transfer have in common: whom it is for, and in whose name."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.numbers import personal_number
from kvitt_portal.pages.asking import items_of
from kvitt_portal.services import Part

FIELDS: Final[Mapping[str, str]] = {
    "recipient.person": "number",
    "recipient.unit": "unit",
    "recipient": "number",
    "prescriber": "prescriber",
    "service_point": "service_point",
    "payer_id": "payer",
}
"""The forms' fields by the names that orders has for them."""
_LAST_DAY: Final = 31  # a coordination number says sixty more
_MOST_DIGITS: Final = 6
_LATELY: Final = 50
"""So many of the user's orders are looked through for whom they register."""


async def find_by_number(here: Visit, number: str) -> Part:
    """The person with a personal or coordination number of twelve digits: the look is logged, and
    opens them to the user (REF-19).
    """
    kind = kind_of_number(number)
    purpose = "new_patient" if here.may_at_units("orders.order.place") else "case"
    body = {"identity": {"kind": kind, "number": number}, "purpose": purpose}
    return await here.send("orders", "POST", "/persons:find", body)


def kind_of_number(number: str) -> str:
    """What twelve digits are, as the API calls it."""
    return "coordination_number" if int(number[6:8]) > _LAST_DAY else "personal_number"


async def find_recipient(here: Visit, form: Form) -> None:
    """The person whose number is written becomes the form's, and the number leaves it. What is
    wrong is said beside the field.
    """
    if form["number"] and form["unit"]:
        form.add("unit", "Ange antingen patient eller vårdenhet.")
        return
    if form["person"] or form["unit"]:
        return
    number = personal_number(form["number"])
    if not number:
        form.add("number", "Skriv personnumret med 12 siffror, eller välj en vårdenhet.")
        return
    part = await find_by_number(here, number)
    if part.problem is not None:
        form.refuse(part.problem, {"identity": "number", "": "number"})
        return
    form.give("person", str(UUID(part.value["person"])))
    form.give("number", "")


def recipient_of(person: str, unit: str) -> dict[str, str] | None:
    """A recipient as services take it, of a person's reference or a unit's code; None without."""
    if person:
        return {"kind": "patient", "person": person}
    return {"kind": "care_unit", "unit": unit} if unit else None


# decision 0309: nothing is sent that was not seen
def digest_of(shown: Any) -> str:
    """A digest of what a page shows, in JSON values, by which the page knows what was seen."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def quantity_of(text: str) -> int | str:
    """A quantity as services take it. What is no number stays as it is written: the service says
    what is wrong with it.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else text


def own_prescriber(here: Visit) -> str:
    """The user, where they prescribe themselves; else empty."""
    return here.user.user_id if "prescriber" in here.user.roles else ""


async def prescribers_of(here: Visit) -> list[str]:
    """In whose name the user may register: their own first, and theirs whom they act for."""
    me = await here.ask("orders", f"/users/{here.user.user_id}")
    others = me.value["acts_for"] if me else []
    return list(dict.fromkeys(one for one in (own_prescriber(here), *others) if one))


async def latest_first(here: Visit, prescribers: Sequence[str]) -> list[str]:
    """Prescribers, those on top for whom the user has registered lately; the user before all."""
    if len(prescribers) <= 1:
        return list(prescribers)
    lately = await here.ask("orders", "/orders", requester=here.user.user_id, limit=_LATELY)
    used = [one["prescriber"] for one in items_of(lately)]
    known = [one for one in (own_prescriber(here), *used) if one in prescribers]
    return list(dict.fromkeys([*known, *prescribers]))
