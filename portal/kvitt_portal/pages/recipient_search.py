"""Sök mottagare: by whatever is known of them, in one field; and, for customer service, to add who
is missing by hand. What is written stands in bodies alone: never in an address.
"""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.numbers import personal_number
from kvitt_portal.pages.registering import find_by_number, kind_of_number

router = APIRouter()

PAGE: Final = "/mottagare"
_PURPOSES: Final = (("case", "Ett ärende eller samtal"), ("new_patient", "Ny patient"))
_FIELDS: Final = {"text": "text", "purpose": "purpose", "identity": "text", "": "text"}
_ADDED: Final = {
    "identity": "number",
    "name": "name",
    "address": "street",
    "address.street": "street",
    "address.postal_code": "postal_code",
    "address.city": "city",
    "home_region": "home_region",
    "protected": "protected",
    "asked_by": "asked_by",
}


@router.get(PAGE)
async def begun(here: Here) -> Response:
    """The field, and nothing found yet."""
    return _page(here, Form(given={"purpose": _purpose(here, "")}))


@router.post(PAGE)
async def searched(here: Here) -> Response:
    """Whom it finds, each to be opened; who is written by their number is, at once."""
    form = await here.form()
    form.give("purpose", _purpose(here, form["purpose"]))
    if number := personal_number(form["text"]):
        part = await find_by_number(here, number)
        if part.problem is None:
            return here.go(f"{PAGE}/{UUID(part.value['person'])}")
        if part.status == 404:
            return _page(here, form, hits=[], missing=number)
        form.refuse(part.problem, _FIELDS)
        return _page(here, form)
    body = {"text": form["text"], "purpose": form["purpose"]}
    part = await here.send("orders", "POST", "/persons:search", body)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return _page(here, form)
    return _page(here, form, hits=part.value["hits"], more=part.value["more"])


@router.post(f"{PAGE}/{{person}}/valj")
async def chosen(here: Here, person: UUID) -> Response:
    """The hit's page: it is opened to the user, which is logged."""
    form = await here.form()
    body = {"purpose": _purpose(here, form["purpose"])}
    part = await here.send("orders", "POST", f"/persons/{person}:choose", body)
    if part.problem is not None:
        form.refuse(part.problem, {"": "text"})
        return _page(here, form)
    return here.go(f"{PAGE}/{UUID(part.value['person'])}")


@router.get(f"{PAGE}/ny")
async def adding(here: Here) -> Response:
    """The form for who is missing."""
    _must_be_staff(here)
    return here.page("recipients/new.html", form=Form())


@router.post(f"{PAGE}/ny")
async def added(here: Here) -> Response:
    """Add who is missing, or open who has the number already; then their page (REF-8)."""
    _must_be_staff(here)
    form = await here.form()
    number = personal_number(form["number"])
    if not number:
        form.add("number", "Skriv personnumret med 12 siffror.")
        return here.page("recipients/new.html", form=form)
    address = {name: form[name] for name in ("street", "postal_code", "city")}
    body = {
        "identity": {"kind": kind_of_number(number), "number": number},
        "name": form["name"],
        "address": address if any(address.values()) else None,
        "home_region": form["home_region"].lower(),
        "protected": bool(form["protected"]),
        "asked_by": form["asked_by"],
    }
    part = await here.send("orders", "POST", "/persons", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _ADDED)
        return here.page("recipients/new.html", form=form)
    return here.go(f"{PAGE}/{UUID(part.value['person'])}", "Mottagaren finns nu i registret.")


def _page(
    here: Visit,
    form: Form,
    *,
    hits: list[dict[str, object]] | None = None,
    more: bool = False,
    missing: str = "",
) -> Response:
    return here.page(
        "recipients/search.html",
        form=form,
        hits=hits,
        more=more,
        missing=missing,
        purposes=_PURPOSES if here.may_for_all("orders.person.add") else (),
        may_add=here.may_for_all("orders.person.add"),
    )


def _purpose(here: Visit, asked: str) -> str:
    """The purpose that is stated; who may state one alone need not."""
    if not here.may_for_all("orders.person.add"):
        return "new_patient"
    return asked or ("new_patient" if here.may_at_units("orders.order.place") else "case")


def _must_be_staff(here: Visit) -> None:
    if not here.may_for_all("orders.person.add"):
        raise PageProblem(_NOT_STAFF)


_NOT_STAFF: Final = Problem(
    status=403,
    reason="FORBIDDEN",
    title="Bara kundtjänst",
    detail="Sidan är kundtjänsts.",
    way_on="Sök mottagaren, och be kundtjänst lägga till den som saknas.",
)
