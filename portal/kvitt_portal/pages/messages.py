"""Meddelanden: what has happened that the user is to know of. Opening one leads to the thing."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import is_id, said_of
from kvitt_portal.here import Here, PageProblem
from kvitt_portal.pages import things

router = APIRouter()

_LIMIT = 50


@router.get("/meddelanden")
async def listed(here: Here) -> Response:
    """The user's messages and those of their service points, the newest first."""
    asked = here.request.query_params
    found = await here.ask(
        "notifications",
        "/messages",
        unread_only=True if "olasta" in asked else None,
        cursor=asked.get("cursor"),
        limit=_LIMIT,
    )
    return here.page("messages/list.html", found=found, only_unread="olasta" in asked)


@router.post("/meddelanden/{message}/oppna")
async def opened(here: Here, message: UUID) -> Response:
    """The message is read, and the thing that it is about is shown."""
    part = await here.send(
        "notifications", "POST", f"/messages/{message}:open", form=await here.form()
    )
    if part.problem is not None:
        raise PageProblem(part.problem)
    return here.go(page_of(part.value["link"]))


@router.post("/meddelanden/ta-bort")
async def removed(here: Here) -> Response:
    """The messages that are ticked are taken out of the list; one by its own button too."""
    form = await here.form()
    chosen = form.all("message")
    gone, silent = 0, None
    for message in chosen:
        if not is_id(message):
            continue
        part = await here.send("notifications", "DELETE", f"/messages/{message}")
        gone += bool(part)
        silent = part.problem if part.status >= 500 else silent
    if silent is not None:
        return here.go("/meddelanden", f"{gone} borta. {said_of(silent)}", tone="warning")
    if not chosen:
        return here.go("/meddelanden", "Markera de meddelanden som ska tas bort.", tone="info")
    return here.go("/meddelanden", f"{gone} {'meddelande' if gone == 1 else 'meddelanden'} borta.")


def page_of(link: dict[str, Any]) -> str:
    """The page of what a message links to."""
    return things.page_at(link["path"]) or "/meddelanden"
