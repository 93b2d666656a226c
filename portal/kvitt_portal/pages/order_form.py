"""A new order as its form has it, and as the service takes it. Asks no service anything."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Visit
from kvitt_portal.pages import order_files
from kvitt_portal.pages.asking import code
from kvitt_portal.pages.covers import cover_of, value_of
from kvitt_portal.pages.registering import FIELDS, quantity_of, recipient_of

MOST_LINES: Final = 20
WORK: Final = "work"
"""The field of what is to be done, as a work order."""
_DELIVERY: Final = ("order_phone", "door_code", "instructions", "contact_person", "information")
_ADDRESS: Final = re.compile(
    r"(?P<street>.+?)[,\s]+(?P<postal_code>\d{3} ?\d{2})[,\s]+(?P<city>[^\W\d].*)"
)
"""A whole address in one row: street, postal code, town."""
_NO_ADDRESS: Final = "Skriv gata, postnummer och ort, till exempel Storgatan 1, 903 26 Umeå."
_OF_A_LINE: Final = ("article", "quantity", "payer", "comment", "instead", "application")
_FIELDS: Final = {
    **FIELDS,
    "requester": "prescriber",
    "cover": "cover",
    "cover.region": "cover",
    "cover.home_region.region": "cover",
    "delivery.to": "to",
    "delivery.to.one_off.address": "address",
    "delivery.to.address": "address",
    "delivery.order_phone": "order_phone",
    "delivery.door_code": "door_code",
    "delivery.instructions": "instructions",
    "delivery.contact_person": "contact_person",
    "delivery.information": "information",
    "lines": "article-1",
    "written.work": WORK,
    "attachment": "file",
    "attachments": "file",
}
"""The form's fields by the names of the service's."""

_STORED_AS: Final = "pending-order"
_STORED_AT_MOST: Final = 20_000  # characters
_NOT_STORED: Final = frozenset(
    {
        *("do", "pick", "pick-payer", "remove", "remove-file", "file"),
        *("guide", "guide-line", "no-guide", "seen"),
    }
)


def rows_of(form: Form) -> list[int]:
    """The numbers of the lines that hold an article."""
    return [n for n in range(1, MOST_LINES + 1) if form[f"article-{n}"]]


def without(form: Form, number: int) -> None:
    """Take a line out: those below it move up."""
    for n in range(number, MOST_LINES + 1):
        for name in _OF_A_LINE:
            form.give(f"{name}-{n}", form[f"{name}-{n + 1}"])


def check(form: Form) -> None:
    """Add what is missing and what cannot be understood: in whose name it is, a quantity that is no
    number, an address that is none or that the order does not go to.
    """
    form.must("prescriber", text="Välj i vems namn du beställer.")
    for number in rows_of(form):
        name = f"quantity-{number}"
        if form[name] and isinstance(quantity_of(form[name]), str):
            form.add(name, "Skriv antalet med siffror.")
    if form["to"] != "one_off" and form["address"]:
        form.add("to", "Välj Annan adress för adressen som är skriven, eller töm fältet.")
    if form["to"] == "one_off" and not _address_of(form):
        form.add("address", _NO_ADDRESS)


def lines_of(form: Form) -> list[dict[str, Any]]:
    """The lines as the service takes them."""
    lines = []
    for number in rows_of(form):
        line: dict[str, Any] = {"article_number": form[f"article-{number}"]}
        if quantity := form[f"quantity-{number}"]:  # of training the hours must be said
            line["quantity"] = quantity_of(quantity)
        for name, field in (("payer_id", "payer"), ("comment", "comment")):
            if value := form[f"{field}-{number}"]:
                line[name] = value
        if asked := asked_first(form, number):
            line["instead_of"] = asked
        if application := applied_by(form, number):
            line["application"] = application
        lines.append(line)
    return lines


def asked_first(form: Form, number: int) -> str:
    """The article that was asked for first in a line, where an older one was chosen and is written
    still: `instead-1` holds both.
    """
    article, _, asked = form[f"instead-{number}"].partition(" ")
    return asked if article == form[f"article-{number}"] and asked != article else ""


def applied_by(form: Form, number: int) -> str:
    """The application that a line's article was ordered by before, while that is written still:
    `application-1` holds both.
    """
    article, _, application = form[f"application-{number}"].partition(" ")
    return application if article == form[f"article-{number}"] else ""


def is_kept(form: Form, number: int) -> bool:
    """True where the article of a line is kept, whatever is proposed instead."""
    article = form[f"article-{number}"]
    return form[f"instead-{number}"] == f"{article} {article}"


def fields_of(form: Form) -> dict[str, str]:
    """The form's fields by the service's names, with those of the lines."""
    fields = dict(_FIELDS)
    for at, number in enumerate(rows_of(form)):
        fields[f"lines.{at}"] = f"article-{number}"
        fields[f"lines.{at}.instead_of"] = f"article-{number}"
        fields[f"lines.{at}.application"] = f"article-{number}"
        fields[f"lines.{at}.quantity"] = f"quantity-{number}"
        fields[f"lines.{at}.payer_id"] = f"payer-{number}"
        fields[f"lines.{at}.comment"] = f"comment-{number}"
    return fields


def order_of(form: Form) -> dict[str, Any]:
    """The order as the service takes it."""
    order = {
        "recipient": recipient_of(form["person"], form["unit"]),
        "prescriber": form["prescriber"],
        "service_point": form["service_point"],
        "lines": lines_of(form),
        "delivery": delivery_of(form),
    }
    named = {
        "payer_id": form["payer"],
        "cover": cover_of(form["cover"]),
        "attachments": [file for file, _ in order_files.attached(form)],
    }
    return order | {name: value for name, value in named.items() if value}


def delivery_of(form: Form) -> dict[str, Any]:
    """Where the order goes, as the service takes it."""
    to: dict[str, Any] = {"kind": form["to"] or "recipient"}
    if to["kind"] == "one_off":
        to["address"] = _address_of(form)
    if form["unit"] and to["kind"] == "recipient":
        to = {"kind": "unit"}
    delivery: dict[str, Any] = {"to": to, **{name: form[name] for name in _DELIVERY if form[name]}}
    if form["parts"]:
        delivery["consolidated"] = False
    return delivery


def _address_of(form: Form) -> dict[str, str]:
    """The address that is written, in its parts; empty where they cannot be told apart."""
    found = _ADDRESS.fullmatch(form["address"])
    return found.groupdict() if found else {}


def draft_of(form: Form) -> dict[str, Any]:
    """What is written, as the service keeps it as a draft: what cannot be understood is left out,
    but for words in place of an article, which stand in the line's comment.
    """
    lines = []
    for number in rows_of(form):
        article, comment = form[f"article-{number}"], form[f"comment-{number}"]
        line: dict[str, Any] = {"payer_id": form[f"payer-{number}"] or None}
        if code(article) == article:
            line |= {"article_number": article, "instead_of": asked_first(form, number) or None}
            if is_id(application := applied_by(form, number)):
                line["application"] = application
        else:
            comment = f"{article}. {comment}".strip(". ")
        quantity = quantity_of(form[f"quantity-{number}"] or "1")
        line["quantity"] = quantity if isinstance(quantity, int) and quantity else None
        lines.append(line | {"comment": comment or None})
    delivery = delivery_of(form)
    if not delivery["to"].get("address"):
        delivery["to"] = {"kind": "unit" if delivery["to"]["kind"] == "unit" else "recipient"}
    return {
        "recipient": recipient_of(form["person"], form["unit"]),
        "service_point": form["service_point"] or None,
        "written": {
            "prescriber": form["prescriber"] or None,
            "payer_id": form["payer"] or None,
            "cover": cover_of(form["cover"]),
            "lines": lines,
            "delivery": delivery,
            "work": form[WORK] or None,
        },
        "attachments": [file for file, _ in order_files.attached(form)],
    }


def form_of_draft(view: Mapping[str, Any]) -> dict[str, str]:
    """The form's values of a draft."""
    written, recipient = view["written"], view["recipient"] or {}
    delivery = written["delivery"]
    to = delivery["to"]
    given = {
        "draft": view["draft_id"],
        "version": str(view["version"]),
        "person": recipient.get("person", ""),
        "unit": recipient.get("unit", ""),
        "service_point": view["service_point"] or "",
        "prescriber": written["prescriber"] or "",
        "payer": written["payer_id"] or "",
        "cover": value_of(written["cover"]) if written.get("cover") else "",
        "to": to["kind"],
        "address": "{street}, {postal_code} {city}".format_map(to["address"])
        if to.get("address")
        else "",
        **{name: delivery.get(name) or "" for name in _DELIVERY},
        WORK: written.get("work") or "",
        order_files.FIELD: order_files.noted(
            (one["attachment_id"], one["name"]) for one in view["attachments"]
        ),
    }
    if not delivery.get("consolidated", True):
        given["parts"] = "1"
    for number, line in enumerate(written["lines"][:MOST_LINES], 1):
        given[f"article-{number}"] = line["article_number"] or line["comment"] or ""
        given[f"quantity-{number}"] = str(line["quantity"] or 1)
        given[f"payer-{number}"] = line["payer_id"] or ""
        given[f"comment-{number}"] = (line["comment"] or "") if line["article_number"] else ""
        if line.get("instead_of"):
            given[f"instead-{number}"] = f"{line['article_number']} {line['instead_of']}"
        if line.get("application"):
            given[f"application-{number}"] = f"{line['article_number']} {line['application']}"
    return {name: value for name, value in given.items() if value}


# decision 0314: what is being written is kept in the session
def store_draft(here: Visit, form: Form) -> None:
    """Store what is written in the session, until it is sent or discarded. What is longer than a
    session takes is not stored.
    """
    written = [(name, one) for name, one in form.sent() if one and name not in _NOT_STORED]
    text = urlencode(written)
    if len(text) <= _STORED_AT_MOST:
        here.user.remembered[_STORED_AS] = text


def stored_draft(here: Visit) -> Form | None:
    """What was written before, and neither sent nor discarded."""
    text = here.user.remembered.get(_STORED_AS)
    return Form(parse_qsl(text)) if text else None


def discard_draft(here: Visit) -> None:
    """Remove what was stored."""
    here.user.remembered.pop(_STORED_AS, None)
