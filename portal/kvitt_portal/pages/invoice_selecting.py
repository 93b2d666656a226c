"""What a user does with their selections of invoices: saves, renames, removes."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.pages.asking import say_refused
from kvitt_portal.pages.invoice_selections import CALLED, PAGE, address_in, body_of
from kvitt_portal.pages.invoices import listed
from kvitt_portal.services import Part

router = APIRouter()

_NAMED: Final = {"name": "name"}


@router.post(f"{PAGE}/urval")
async def save(here: Here) -> Response:
    """Save what the list shows, under a name."""
    form = await here.form()
    form.must("name", text="Skriv vad urvalet ska heta.")
    if not form.ok:
        return await _again(here, form)
    part = await here.send("billing", "POST", "/selections", body_of(form), form)
    return await _done(here, form, part, "Urvalet är sparat.")


@router.post(f"{PAGE}/urval/{{selection}}/namn")
async def rename(here: Here, selection: UUID) -> Response:
    """Call one's own selection something else."""
    form = await here.form()
    path = f"/selections/{selection}:rename"
    part = await here.send("billing", "POST", path, {"name": form["name"]}, form)
    return await _done(here, form, part, "Urvalet har bytt namn.")


@router.post(f"{PAGE}/urval/{{selection}}/ta-bort")
async def remove(here: Here, selection: UUID) -> Response:
    """Save a selection no more."""
    form = await here.form()
    part = await here.send("billing", "POST", f"/selections/{selection}:remove", {}, form)
    return await _done(here, form, part, "Urvalet är borttaget.")


async def _done(here: Visit, form: Form, part: Part, said: str) -> Response:
    if part.problem is None:
        return here.go(address_in(form), said)
    say_refused(form, part, _NAMED)
    return await _again(here, form)


async def _again(here: Visit, form: Form) -> Response:
    filters = Form(given={name: form[name] for name in CALLED})
    return await listed(here, filters, form)
