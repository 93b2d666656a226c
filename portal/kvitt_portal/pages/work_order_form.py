"""A work order or an application that is being written: what its form says, and what orders is
asked for. Asks nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.pages import delivery
from kvitt_portal.pages.registering import FIELDS, quantity_of

NAMES_SERVICE: Final = ("repair", "warranty_repair")
"""The kinds that name a service product."""
FOR_ORDERS: Final = ("tied_to_order", "adjustment", "special_adaptation")
"""The kinds that are proposed from an order, of which nothing is delivered yet."""
_ATTESTS: Final = ("attests_cannot_dismantle", "attests_outside_instructions")
_SAID: Final[Mapping[str, str]] = {
    "supplier": "Skriv leverantören.",
    "supplier_article_number": "Skriv leverantörens artikelnummer.",
    "supplier_article_name": "Skriv vad leverantören kallar artikeln.",
    "is_ce_marked": "Svara om produkten är CE-märkt.",
    "need": "Beskriv behovet.",
}
"""What an application must say, and what is said where it does not."""
WRITTEN: Final = (
    *_SAID,
    "tried",
    "why_not_tried",
    "is_type_missing",
    "attests_responsibility",
    "service_point",
    "requester",
)
"""The fields of an application, but for its recipient."""
NAMED: Final[Mapping[str, str]] = {
    **FIELDS,
    **delivery.FIELDS,
    "kind": "kind",
    "requester": "requester",
    "device_number": "kind",
    "order_id": "kind",
    "line_id": "kind",
    "service_article": "service",
    "description": "description",
    **{one: one for one in _ATTESTS},
    "application": "need",
    **{f"application.{one}": one for one in (*_SAID, "tried", "why_not_tried")},
    "application.attests_responsibility": "attests_responsibility",
    "application.is_type_missing": "is_type_missing",
    "draft": "",
}
"""The forms' fields by the names that orders has for them."""


def kinds_of(allowed: Sequence[str], *, is_of_order: bool) -> list[tuple[str, str]]:
    """The answers to what needs to be done, of the kinds that are allowed there."""
    return [
        (kind, said)
        for kind, said in statuses.WORK_QUESTION.items()
        if kind in allowed and (kind in FOR_ORDERS if is_of_order else kind != "tied_to_order")
    ]


def check(form: Form) -> None:
    """Add what is missing, or cannot be understood."""
    form.must("kind", text="Välj vad som behöver göras.")
    form.must("description", text="Beskriv felet, eller det som ska göras.")
    form.must("service_point", text="Ange tjänstestället som beställer.")
    if form["kind"] in NAMES_SERVICE and not form["service"]:
        form.add("service", "Välj tjänsteprodukten: reparationen beställs som den.")
    delivery.check(form)


def work_of(form: Form, on: Mapping[str, Any]) -> dict[str, Any]:
    """The work order that the form says, `on` a device or for an order."""
    said = {
        **on,
        "kind": form["kind"],
        "service_point": form["service_point"],
        "description": form["description"],
        "delivery": delivery.delivery_of(form),
        **{one: bool(form[one]) for one in _ATTESTS},
    }
    if form["service"] and form["kind"] in NAMES_SERVICE:
        said["service_article"] = form["service"]
    return said | ({"requester": form["requester"]} if form["requester"] else {})


def check_application(form: Form) -> None:
    """Add everything that an application lacks, each beside its field."""
    for name, said in _SAID.items():
        form.must(name, text=said)
    if not (form["tried"] or form["why_not_tried"]):
        form.add("tried", "Skriv vad som har provats, eller nedanför varför inget har provats.")
    form.must("attests_responsibility", text="Försäkra att förskrivarens ansvar är uppfyllt.")
    form.must("service_point", text="Ange tjänstestället som ansöker.")


def application_of(form: Form) -> dict[str, Any]:
    """The application that the form says; of a draft that it was begun as, its end."""
    body = {"kind": "application", **draft_of(form)}
    if form["draft"]:
        body["draft"] = {"draft_id": form["draft"], "version": _version(form)}
    return body


def draft_of(form: Form) -> dict[str, Any]:
    """What the form says of an application so far, whatever it lacks."""
    texts = (*_SAID, "tried", "why_not_tried")
    said: dict[str, Any] = {one: form[one] for one in texts if form[one]}
    if form["is_ce_marked"]:
        said["is_ce_marked"] = form["is_ce_marked"] == "ja"
    said["attests_responsibility"] = bool(form["attests_responsibility"])
    said["is_type_missing"] = bool(form["is_type_missing"])
    body: dict[str, Any] = {
        "recipient": {"kind": "patient", "person": form["person"]},
        "service_point": form["service_point"] or None,
        "application": said,
    }
    return body | ({"requester": form["requester"]} if form["requester"] else {})


def saved_of(form: Form) -> dict[str, Any]:
    """What saves the draft that the form is of, as it was seen."""
    return draft_of(form) | {"version": _version(form)}


def fill_from(form: Form, view: Mapping[str, Any]) -> None:
    """Fill the form with a draft."""
    said = view["application"]
    for name in (*_SAID, "tried", "why_not_tried"):
        if name != "is_ce_marked":
            form.give(name, said[name] or "")
    if said["is_ce_marked"] is not None:
        form.give("is_ce_marked", "ja" if said["is_ce_marked"] else "nej")
    for name in ("attests_responsibility", "is_type_missing"):
        form.give(name, "1" if said[name] else "")
    form.give("person", view["recipient"]["person"])
    form.give("service_point", view["service_point"] or "")
    form.give("requester", view["requester"] or "")
    form.give("draft", view["draft_id"])
    form.give("version", str(view["version"]))


def _version(form: Form) -> int | str:
    return quantity_of(form["version"])
