"""What a sender has filled in of a transfer, and what bmb is asked for. Nothing is decided here."""

import asyncio
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.pages.registering import recipient_of
from kvitt_portal.pages.scanning import device_for, is_code

MOST_ASKED: Final = 20
MOST: Final = 100
BETWEEN: Final = "@"  # in no user's id and no service point's

FIELDS: Final[Mapping[str, str]] = {
    "devices": "device",
    "new_recipient": "number",
    "new_recipient.unit": "unit",
    "new_recipient.care_unit": "unit",
    "new_store": "store",
    "new_prescriber": "receiver",
    "receiving_service_point": "receiving",
    "transfer_date": "date",
    "message": "message",
    "attested": "attested",
    "accept_for": "customer",
    "customer_id": "customer",
}
"""Where the form has what bmb speaks of."""

OVER: Final = frozenset({"accepted", "executed_automatically", "completed"})
"""What has been decided is put right by a transfer the other way."""


def devices_of(form: Form) -> list[str]:
    """The device numbers, in their order, each as often as it was written."""
    # a code that is scanned may have commas in it, and ends where the next one begins
    return [
        one
        for text in re.split(r"[ \t\r\n\f\v\u00a0]+", form["device"])
        for one in ([text] if is_code(text) else re.split(r"[\s,;]+", text))
        if one
    ]


async def take_devices(here: Visit, form: Form) -> list[dict[str, Any]]:
    """The devices that are typed or scanned, those that the user may see, in their order; the form
    has their numbers from here on.
    """
    written = devices_of(form)
    each = list(dict.fromkeys(written))[:MOST]
    codes = [one for one in each if is_code(one)]
    asked = [*codes, *[one for one in each if one not in codes][:MOST_ASKED]]
    found = await asyncio.gather(*(device_for(here, one) for one in asked))
    known = dict(zip(asked, found, strict=True))
    for text, device in known.items():
        if isinstance(device, str) and is_code(text):
            form.add("device", device)
    devices = {text: one for text, one in known.items() if not isinstance(one, str)}
    numbers = [str(devices[one]["device_number"]) if one in devices else one for one in written]
    form.give("device", " ".join(numbers))
    return [devices[one] for one in each if one in devices]


def body_of(form: Form, *, at: str) -> dict[str, Any]:
    """The transfer that the form says, sent from a service point."""
    user, _, place = form["prescriber"].partition(BETWEEN)
    said: dict[str, Any] = {
        "reference": form["reference"],
        "sending_service_point": at,
        "devices": devices_of(form),
        "new_recipient": recipient_of(form["person"], form["unit"]),
        "new_store": form["store"],
        "new_prescriber": user,
        "receiving_service_point": form["receiving"] or place,
        "transfer_date": form["date"],
        "attested": bool(form["attested"]),
        "message": form["message"],
    }
    return {name: one for name, one in said.items() if one}


def given_of(
    view: Mapping[str, Any], *, today: date, only_rejected: bool = False
) -> dict[str, str]:
    """A form filled in by another transfer: the same again, or, where that has been decided, the
    other way for what went with it (BMB-6). Only rejected: those of its devices alone, again.
    """
    is_over = view["status"] in OVER and not only_rejected
    left_out = {"rejected", "dropped"} if is_over else set()
    devices = [
        one["device_number"]
        for one in view["devices"]
        if one["device_number"]
        and one["end"] not in left_out
        and (one["end"] == "rejected" or not only_rejected)
    ]
    given = {"device": " ".join(devices)}
    if is_over:
        return given | _other_way(view)
    is_new = view["recipient"] != view["current_recipient"]
    given |= _to(view["recipient"] if is_new else None, view["new_store"])
    if view["prescriber"]:
        given["prescriber"] = f"{view['prescriber']}{BETWEEN}{view['receiving_service_point']}"
    if view["status"] == "draft":
        given["reference"] = view["reference"] or ""
    if view["transfer_date"] > today.isoformat():
        given["date"] = view["transfer_date"]
    return given | ({"message": view["message"]} if view["message"] else {})


def _other_way(view: Mapping[str, Any]) -> dict[str, str]:
    moved = view["recipient"] != view["current_recipient"] or view["new_store"]
    given = _to(view["current_recipient"] if moved else None, view["current_store"])
    if view["prescriber"] and view["prescriber"] != view["sender"] and not view["current_store"]:
        given["prescriber"] = f"{view['sender']}{BETWEEN}{view['sending_service_point']}"
    return given


def _to(recipient: Mapping[str, str] | None, store: str | None) -> dict[str, str]:
    if store:
        return {"store": store}
    if recipient is None:
        return {}
    is_patient = recipient["kind"] == "patient"
    return {"person": recipient["person"]} if is_patient else {"unit": recipient["unit"]}
