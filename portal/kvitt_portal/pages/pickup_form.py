"""A pickup that is being ordered: what its form says, and what orders is asked for. Asks nobody."""

from collections.abc import Mapping
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.here import Person
from kvitt_portal.pages import delivery
from kvitt_portal.pages.registering import FIELDS, recipient_of

BY_POST: Final = "sent_by_post"
"""The cause of what the unit itself sends: then its address is the unit's (PCK-4)."""
_OPTIONAL: Final = ("return_cause", "earliest_on", "latest_on")
_NAMED: Final[Mapping[str, str]] = {
    **FIELDS,
    **delivery.FIELDS,
    "cause": "cause",
    "return_cause": "return_cause",
    "ordered_by": "ordered_by",
    "earliest_on": "earliest_on",
    "latest_on": "latest_on",
    "devices": "device",
}


def given_of(person: Person | None, choices: Mapping[str, Any] | None) -> dict[str, str]:
    """What is proposed: the recipient's address and phone, and the cause where there is but one."""
    given = {"ordered_by": "unit", **delivery.proposed_of(person)}
    if choices and len(choices["causes"]) == 1:
        given["cause"] = choices["causes"][0]
        if given["cause"] == BY_POST:
            given["to"] = delivery.UNIT
    return given


def check(form: Form, *, ordered_by_others: bool) -> None:
    """Add what is missing, or cannot be understood."""
    if not form.all("device"):
        form.add("device", "Markera det som ska hämtas.")
    form.must("cause", text="Välj varför det ska hämtas.")
    form.must("service_point", text="Ange tjänstestället som beställer.")
    if ordered_by_others:
        form.must("ordered_by", text="Välj vem som beställer.")
    delivery.check(form)


def body_of(form: Form) -> dict[str, Any]:
    """The pickup that the form says."""
    said = {
        "recipient": recipient_of(form["person"], form["unit"]),
        "service_point": form["service_point"],
        "ordered_by": form["ordered_by"] or "unit",
        "cause": form["cause"],
        "devices": form.all("device"),
        "delivery": delivery.delivery_of(form),
    }
    return said | {name: form[name] for name in _OPTIONAL if form[name]}


def fields_of(form: Form) -> dict[str, str]:
    """The form's fields by the names that orders has for them, each device's own included."""
    each = {f"devices.{n}": f"device-{one}" for n, one in enumerate(form.all("device"))}
    return {**_NAMED, **each}
