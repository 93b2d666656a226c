"""Logg: who saw or did what about which person, for who reviews it; samples of it, and which units'
log was reviewed (REF-21). Who a person is, is shown on a line's own page, which is logged.
"""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_contracts.access import ACTS
from starlette.responses import Response

from kvitt_portal import log_words
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.numbers import personal_number
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import items_of, say_refused
from kvitt_portal.pages.registering import kind_of_number, quantity_of

router = APIRouter()

PAGE: Final = "/logg"
_SAMPLES: Final = f"{PAGE}/stickprov"
_FILTERS: Final = (
    *("user_id", "unit", "first", "last", "act", "look", "reviewed", "person", "sample"),
)
_DAYS: Final = {"first": ("first", listing.DAY), "last": ("last", listing.DAY)}
_REVIEWED: Final = (("false", "Inte granskade"), ("true", "Granskade"))
_ELSEWHERE: Final = "/mina-uppgifter"
_READ: Final = "orders.log-lines.list"


@router.get(PAGE)
async def listed(here: Here) -> Response:
    """The log, filtered; that it was read is logged."""
    if not here.may(_READ):
        return here.go(_ELSEWHERE)
    return await _listed(here, Form())


@router.post(f"{PAGE}/person")
async def find(here: Here) -> Response:
    """The lines about whoever has a number, which stands in no address."""
    form = await here.form()
    number = personal_number(form["number"])
    if not number:
        form.add("number", "Skriv personnumret med 12 siffror.")
        return await _listed(here, form)
    body = {"identity": {"kind": kind_of_number(number), "number": number}}
    part = await here.send("orders", "POST", "/log-lines:find", body)
    if part.problem is not None:
        form.refuse(part.problem, {"identity": "number", "": "number"})
        return await _listed(here, form)
    return here.go(f"{PAGE}?person={UUID(part.value['person'])}")


@router.get(f"{PAGE}/rader/{{line}}")
async def looked_at(here: Here, line: UUID) -> Response:
    """One line with who it is about, and the form of its review."""
    if not here.may(_READ):
        return here.go(_ELSEWHERE)
    return await _line(here, line, Form(given={"from": here.request.query_params.get("till", "")}))


@router.post(f"{PAGE}/rader/{{line}}")
async def reviewed(here: Here, line: UUID) -> Response:
    """Register what came of the review of a line; then the list that it was reached from."""
    form = await here.form()
    body = {
        "outcome": form["outcome"],
        "follow_up": form["follow_up"] or None,
        "case_number": form["case_number"].upper() or None,
    }
    if not form["outcome"]:
        form.add("outcome", "Välj vad granskningen kom fram till.")
        return await _line(here, line, form)
    part = await here.send("orders", "POST", f"/log-lines/{line}:review", body, form)
    if part.problem is not None:
        say_refused(form, part, {name: name for name in body})
        return await _line(here, line, form)
    return here.go(listing.listed_at(form, PAGE) or PAGE, "Granskningen är registrerad.")


@router.get(_SAMPLES)
async def samples(here: Here) -> Response:
    """The samples that were drawn, with how much of each is reviewed, and the form to draw one."""
    if not here.may(_READ):
        return here.go(_ELSEWHERE)
    return await _samples(here, Form(given={"size": "20"}))


@router.post(_SAMPLES)
async def drawn(here: Here) -> Response:
    """Draw a sample, and show its lines."""
    form = await here.form()
    form.must("first", "last", "size")
    if form.ok:
        body = {
            "first": form["first"],
            "last": form["last"],
            "unit": form["unit"] or None,
            "emergencies": bool(form["emergencies"]),
            "size": quantity_of(form["size"]),
        }
        part = await here.send("orders", "POST", "/log-samples", body, form)
        if part.problem is None:
            said = f"Stickprovet har {part.value['size']} rader."
            return here.go(f"{PAGE}?sample={part.value['sample']}", said)
        form.refuse(part.problem, {name: name for name in body})
    return await _samples(here, form)


@router.get(f"{PAGE}/enheter")
async def units(here: Here) -> Response:
    """Which units' log was reviewed when, and which was not: those first."""
    if not here.may(_READ):
        return here.go(_ELSEWHERE)
    filters = listing.filters_of(here, ("first", "last"))
    found = await here.ask("orders", "/log-units", first=filters["first"], last=filters["last"])
    listing.say_what_is_wrong(filters, found, _DAYS)
    shown = found.value["units"] if found else []
    names = await Names.of(here, customers=[one["unit"] for one in shown])
    return here.page(
        "log/units.html", filters=filters, form=filters, found=found, units=shown, names=names
    )


async def _listed(here: Visit, form: Form) -> Response:
    filters = listing.filters_of(here, _FILTERS)
    asked: dict[str, Any] = {name: filters[name] for name in _FILTERS}
    found = await listing.found(here, filters, "orders", "/log-lines", written=_DAYS, **asked)
    items = items_of(found)
    names = await _names(here, items)
    return here.page(
        "log/list.html",
        found=found,
        items=items,
        filters=filters,
        form=form,
        names=names,
        words=log_words,
        looks=[(one, said) for one, (said, _) in log_words.LOOKS.items()],
        acts=_acts(),
        reviewed=_REVIEWED,
        back=here.address() if here.request.method == "GET" else PAGE,
    )


async def _line(here: Visit, line: UUID, form: Form) -> Response:
    # the look is logged each time that who it is stands on the page
    shown = await here.send("orders", "POST", f"/log-lines/{line}:look")
    if shown.problem is not None:
        form.refuse(shown.problem)
    items = [shown.value] if shown else []
    return here.page(
        "log/line.html",
        line=shown.value if shown else None,
        form=form,
        back=listing.listed_at(form, PAGE) or PAGE,
        names=await _names(here, items),
        words=log_words,
        outcomes=[(one, said) for one, (said, _) in log_words.OUTCOMES.items()],
        follow_ups=list(log_words.FOLLOW_UPS.items()),
        status=shown.status if shown.status == 404 else 0,
    )


async def _samples(here: Visit, form: Form) -> Response:
    found = await listing.found(here, Form(), "orders", "/log-samples")
    items = items_of(found)
    names = await Names.of(
        here, users=[one["by"] for one in items], customers=[one["unit"] for one in items]
    )
    return here.page("log/samples.html", found=found, items=items, form=form, names=names)


async def _names(here: Visit, items: list[dict[str, Any]]) -> Names:
    reviews = [one["review"]["by"] for one in items if one["review"]]
    return await Names.of(
        here,
        users=[*(one["user_id"] for one in items), *reviews],
        customers=[one["unit"] for one in items],
    )


def _acts() -> list[tuple[str, str]]:
    """The acts that stand in the log of persons: orders' own."""
    own = (one.name for one in ACTS if one.service == "orders" and ".admin." not in one.name)
    return sorted(((one, log_words.act_in_words(one)) for one in own), key=lambda pair: pair[1])
