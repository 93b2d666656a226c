"""Where somebody is to come, and whom to call first: fields of pickups and work orders alike."""

from collections.abc import Mapping
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.here import Person

UNIT: Final = "unit"
RECIPIENT: Final = "recipient"
ONE_OFF: Final = "one_off"
_ADDRESS: Final = ("street", "postal_code", "city")
_SAID: Final[Mapping[str, str]] = {
    "recipient_phone": "phone",
    "order_phone": "order_phone",
    "door_code": "door_code",
    "instructions": "instructions",
    "contact_person": "contact_person",
    "information": "information",
}
_KNOWN: Final[Mapping[str, str]] = {
    "phone": "phone",
    "door_code": "door_code",
    "instructions": "instructions",
}
"""What orders may tell of a person, by the form's fields."""

FIELDS: Final[Mapping[str, str]] = {
    "delivery": "to",
    "delivery.to": "to",
    "delivery.to.address": "street",
    "delivery.to.one_off.address": "street",
    **{f"delivery.to.address.{name}": name for name in _ADDRESS},
    **{f"delivery.to.one_off.address.{name}": name for name in _ADDRESS},
    **{f"delivery.{called}": name for called, name in _SAID.items()},
    "delivery.order_phone": "phone",
}
"""The form's fields by the names that orders has for them. That there is no phone at all is said
beside the one that is asked for first.
"""


def proposed_of(person: Person | None) -> dict[str, str]:
    """The fields as they are proposed for a recipient: what is known of a person, as far as the
    user may see it; of a care unit its service point's address.
    """
    if person is None:
        return {"to": UNIT}
    known = {name: person.shown.get(called) or "" for name, called in _KNOWN.items()}
    return {"to": RECIPIENT, **known}


def delivery_of(form: Form) -> dict[str, Any]:
    """The delivery as orders takes it."""
    to: dict[str, Any] = {"kind": form["to"] or RECIPIENT}
    if to["kind"] == ONE_OFF:
        to["address"] = {name: form[name] for name in _ADDRESS if form[name]}
    return {"to": to} | {called: form[name] for called, name in _SAID.items() if form[name]}


def check(form: Form) -> None:
    """Add what cannot be understood: an address that nobody is to go to."""
    if form["to"] != ONE_OFF and any(form[name] for name in _ADDRESS):
        form.add("to", "Välj Annan adress för adressen som är skriven, eller töm fälten.")
