"""Mina uppgifter, and what is said of the portal itself: help and accessibility."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from kvitt_portal.here import Here, portal_of

router = APIRouter()


@router.get("/mina-uppgifter")
async def own(here: Here) -> Response:
    """Who the user is to the register: name and contact, roles, service points."""
    me, names = await asyncio.gather(
        here.ask("orders", f"/users/{here.user.user_id}"),
        here.ask("orders", "/names", user=here.user.user_id, customer=here.user.service_points),
    )
    said: dict[str, Any] = names.value if names else {}
    return here.page(
        "own/own.html",
        me=me,
        contact=said.get("users", {}).get(here.user.user_id),
        points={one: said.get("customers", {}).get(one, "") for one in here.user.service_points},
    )


@router.get("/tillganglighet")
async def accessibility(request: Request) -> HTMLResponse:
    """The statement of accessibility, for everybody."""
    return _for_all(request, "own/accessibility.html")


@router.get("/hjalp")
async def help_page(request: Request) -> HTMLResponse:
    """How the portal works, and its keys; for everybody."""
    return _for_all(request, "own/help.html")


def _for_all(request: Request, template: str) -> HTMLResponse:
    portal = portal_of(request)
    return HTMLResponse(portal.render(template, here=None, word=portal.word, notices=[]))
