"""Work that belongs to a new order, registered with it (ACT-1, ACT-2)."""

from collections.abc import Mapping
from typing import Any, Final

from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Visit
from kvitt_portal.pages import order_form
from kvitt_portal.pages.registering import recipient_of

FIELD: Final = order_form.WORK
_NO_PHONE: Final = "Ange ett telefonnummer: den som gör arbetet ringer först."
_SAID: Final = ("order_phone", "door_code", "instructions", "contact_person")


async def check(here: Visit, form: Form) -> None:
    """Add what a work order would be refused for, before its order is placed (ACT-2)."""
    if not form[FIELD] or form["order_phone"]:
        return
    people = await here.people([form["person"]], purpose="ordering")
    person = people.get(form["person"])
    if person is None or not person.shown.get("phone"):
        form.add("order_phone", _NO_PHONE)


async def register(here: Visit, form: Form, order: Mapping[str, Any]) -> tuple[str, str]:
    """Register the work that the form says belongs to an order that is placed: what is said of it,
    and in which tone. Nothing where it says none.
    """
    if not form[FIELD]:
        return "", "success"
    delivery = order_form.delivery_of(form)
    body = {
        "order_id": order["order_id"],
        "recipient": recipient_of(form["person"], form["unit"]),
        "kind": "tied_to_order",
        "service_point": form["service_point"],
        "description": form[FIELD],
        "delivery": {name: one for name, one in delivery.items() if name in ("to", *_SAID)},
    }
    part = await here.send("orders", "POST", "/work-orders", body, form)
    word = here.word("Aktivitet")
    if part.problem is None:
        return f"{word} {part.value['work_order_number']} är registrerad.", "success"
    said = f"Arbetet är inte beställt: {said_of(part.problem)}"
    return f"{said} Beställ det här nedanför. Du skrev: {form[FIELD]}", "warning"
