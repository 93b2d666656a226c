"""A new order as its form has it, and as the service takes it. Asks no service anything."""

import hashlib
import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit

MOST_LINES: Final = 20
_DELIVERY: Final = ("order_phone", "door_code", "instructions", "contact_person", "information")
_OF_A_LINE: Final = ("article", "quantity", "payer", "device", "comment")
_NAMES: Final = {
    "recipient.person": "number",
    "recipient.unit": "unit",
    "recipient": "number",
    "prescriber": "prescriber",
    "service_point": "service_point",
    "payer_id": "payer",
    "delivery.to": "to",
    "delivery.to.one_off.address": "street",
    "delivery.to.one_off.address.street": "street",
    "delivery.to.one_off.address.postal_code": "postal_code",
    "delivery.to.one_off.address.city": "city",
    "delivery.to.address": "street",
    "delivery.order_phone": "order_phone",
    "delivery.door_code": "door_code",
    "delivery.instructions": "instructions",
    "delivery.contact_person": "contact_person",
    "delivery.information": "information",
    "lines": "article-1",
}
"""The form's fields by the names of the service's."""

_KEPT_AS: Final = "pending-order"
_KEPT_AT_MOST: Final = 20_000
_NOT_KEPT: Final = frozenset({"do", "pick", "remove", "seen"})


def rows_of(form: Form) -> list[int]:
    """The numbers of the lines that hold an article."""
    return [n for n in range(1, MOST_LINES + 1) if form[f"article-{n}"]]


def without(form: Form, number: int) -> None:
    """Take a line out: those below it move up."""
    for n in range(number, MOST_LINES + 1):
        for name in _OF_A_LINE:
            form.give(f"{name}-{n}", form[f"{name}-{n + 1}"])


def read(form: Form) -> None:
    """Say what is written so that nobody can tell what is meant: a quantity that is no number, an
    address that the order does not go to.
    """
    for number in rows_of(form):
        name = f"quantity-{number}"
        if form[name] and not _is_number(form[name]):
            form.add(name, "Skriv antalet med siffror.")
    if form["to"] != "one_off" and (form["street"] or form["postal_code"] or form["city"]):
        form.add("to", "Välj Annan adress för adressen som är skriven, eller töm fälten.")


def lines_of(form: Form) -> list[dict[str, Any]]:
    """The lines as the service takes them."""
    lines = []
    for number in rows_of(form):
        line: dict[str, Any] = {"article_number": form[f"article-{number}"]}
        quantity = form[f"quantity-{number}"] or "1"
        line["quantity"] = int(quantity) if _is_number(quantity) else quantity
        for name, field in (("payer_id", "payer"), ("device_number", "device"), ("comment",) * 2):
            if value := form[f"{field}-{number}"]:
                line[name] = value
        lines.append(line)
    return lines


def names_of(form: Form) -> dict[str, str]:
    """The form's fields by the service's names, with those of the lines."""
    names = dict(_NAMES)
    for at, number in enumerate(rows_of(form)):
        names[f"lines.{at}"] = f"article-{number}"
        names[f"lines.{at}.quantity"] = f"quantity-{number}"
        names[f"lines.{at}.payer_id"] = f"payer-{number}"
        names[f"lines.{at}.device_number"] = f"device-{number}"
        names[f"lines.{at}.comment"] = f"comment-{number}"
    return names


def order_of(form: Form) -> dict[str, Any]:
    """The order as the service takes it."""
    to: dict[str, Any] = {"kind": form["to"] or "recipient"}
    if to["kind"] == "one_off":
        names = ("street", "postal_code", "city")
        to["address"] = {name: form[name] for name in names if form[name]}
    if form["unit"] and to["kind"] == "recipient":
        to = {"kind": "unit"}
    delivery: dict[str, Any] = {"to": to, **{name: form[name] for name in _DELIVERY if form[name]}}
    if form["parts"]:
        delivery["consolidated"] = False
    order = {
        "recipient": _recipient_of(form),
        "prescriber": form["prescriber"],
        "service_point": form["service_point"],
        "lines": lines_of(form),
        "delivery": delivery,
    }
    return order | ({"payer_id": form["payer"]} if form["payer"] else {})


# decision 0309: nothing is sent that was not seen
def shown_as(form: Form, preview: Any) -> str:
    """A digest of whom the order is for, who prescribes it, and what it will be and cost."""
    shown = [_recipient_of(form), form["prescriber"], form["service_point"], preview]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


# decision 0314: what is being written is kept in the session
def keep(here: Visit, form: Form) -> None:
    """Keep what is written in the session, until it is sent or thrown away."""
    written = [(name, one) for name, one in form.sent() if one and name not in _NOT_KEPT]
    text = urlencode(written)
    if len(text) <= _KEPT_AT_MOST:
        here.user.remembered[_KEPT_AS] = text


def kept(here: Visit) -> Form | None:
    """What was written before, and neither sent nor thrown away."""
    text = here.user.remembered.get(_KEPT_AS)
    return Form(parse_qsl(text)) if text else None


def throw_away(here: Visit) -> None:
    """Nothing is kept any more."""
    here.user.remembered.pop(_KEPT_AS, None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7


def _recipient_of(form: Form) -> dict[str, str]:
    if form["unit"]:
        return {"kind": "care_unit", "unit": form["unit"]}
    return {"kind": "patient", "person": form["person"]}
