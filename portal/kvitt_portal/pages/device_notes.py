"""What people write on a device's card, and take from it."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.here import Here, PageProblem
from kvitt_portal.pages.devices import card_page

router = APIRouter()

_NOTES: Final = "/individ/{device_id}/anteckningar"


@router.post(_NOTES)
async def write(device_id: UUID, here: Here) -> Response:
    """Write a note on the card."""
    form = await here.form()
    form.must("note", text="Skriv anteckningen.")
    if form.ok:
        body = {"text": form["note"]}
        part = await here.send("inventory", "POST", f"/devices/{device_id}/notes", body, form)
        if part.problem is None:
            return here.go(f"/individ/{device_id}", "Anteckningen är sparad.")
        form.refuse(part.problem, dict.fromkeys(("text", "device_number", ""), "note"))
    return await card_page(device_id, here, form)


@router.post(_NOTES + "/{note_id}/ta-bort")
async def hide(device_id: UUID, note_id: UUID, here: Here) -> Response:
    """Take a note from the card, which is undone by a press."""
    path = f"/device-notes/{note_id}:hide"
    part = await here.send("inventory", "POST", path, form=await here.form())
    if part.problem is not None:
        raise PageProblem(part.problem)
    undo = f"/individ/{device_id}/anteckningar/{note_id}/visa"
    return here.go(f"/individ/{device_id}", "Anteckningen är borttagen.", undo=(undo, "Ångra"))


@router.post(_NOTES + "/{note_id}/visa")
async def show_again(device_id: UUID, note_id: UUID, here: Here) -> Response:
    """A note that was taken away is on the card again."""
    path = f"/device-notes/{note_id}:show"
    part = await here.send("inventory", "POST", path, form=await here.form())
    if part.problem is not None:
        raise PageProblem(part.problem)
    return here.go(f"/individ/{device_id}", "Anteckningen visas igen.")
