"""Startsida: what waits for the user."""

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.here import Here

router = APIRouter()


@router.get("/")
async def start(here: Here) -> Response:
    """What there is to do, and where one begins."""
    to_take_over = await here.ask("bmb", "/transfers:to-take-over", limit=1)
    return here.page("start/start.html", to_take_over=to_take_over)
