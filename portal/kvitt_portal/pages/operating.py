"""Drift: how the services are, how late they read, what is parked and why; live while it is looked
at. For who operates, by region.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response, StreamingResponse

from kvitt_portal import operating_words
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/drift"
ACT: Final = "orders.admin.overview"
EVERY_SECONDS: Final = 2.0
STREAM_SECONDS: Final = 300.0
"""So long one stream lasts; the browser begins another by itself."""
MOST_STREAMS: Final = 60
_STREAMS: set[object] = set()


@dataclass(frozen=True, slots=True)
class Seen:
    """One service as it was when it was asked: what it said, or the problem in its place."""

    service: str
    part: Part

    @property
    def is_well(self) -> bool:
        """True where it answers and is ready."""
        return bool(self.part) and not self.part.value["wrong"]


@router.get(PAGE)
async def operating(here: Here) -> Response:
    """All services at a glance."""
    require_operator(here)
    return here.page("operating/page.html", form=Form(), **await _shown(here))


# decision 0605: the page is kept by one stream, whose parts are the server's
@router.get(f"{PAGE}/handelser")
async def events(here: Here) -> Response:
    """The same part of the page, again each time that it has changed (server-sent events)."""
    require_operator(here)
    if len(_STREAMS) >= MOST_STREAMS:
        raise PageProblem(_TOO_MANY)
    return StreamingResponse(_told(here), media_type="text/event-stream")


async def seen(here: Visit) -> list[Seen]:
    """Each service, asked at once."""
    names = here.portal.services.operated
    parts = await asyncio.gather(*(here.operated(one, "overview") for one in names))
    return [Seen(one, part) for one, part in zip(names, parts, strict=True)]


def require_operator(here: Visit) -> None:
    """Raises PageProblem for who operates nothing, and where no service has an address for it."""
    if not here.may(ACT) or not here.portal.services.operated:
        raise PageProblem(_NOT_OPERATOR)


async def _shown(here: Visit) -> dict[str, Any]:
    found = await seen(here)
    known = [one for one in found if one.part]
    late = [{"service": one.service, **lag} for one in known for lag in one.part.value["late"]]
    groups = [{"service": one.service, **it} for one in known for it in one.part.value["groups"]]
    retries = [{"service": one.service, **it} for one in known for it in one.part.value["retries"]]
    proposed = [
        {"service": one.service, **it} for one in known for it in one.part.value["proposals"]
    ]
    quarantined = sum(one["keys"] for one in groups if one["state"] == "quarantined")
    ill = sum(not one.is_well for one in found)
    return {
        "seen": found,
        "late": sorted(late, key=lambda one: -one["seconds"]),
        "groups": sorted(groups, key=lambda one: (one["state"], -one["keys"])),
        "retries": [one for one in retries if not one["ended_at"]] + _ended(retries),
        "proposed": proposed,
        "words": operating_words,
        "said": _said(ill, quarantined),
    }


def _ended(retries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    over = [one for one in retries if one["ended_at"]]
    return sorted(over, key=lambda one: one["ended_at"], reverse=True)[:5]


def _said(ill: int, quarantined: int) -> str:
    services = "Alla tjänster är i drift" if not ill else f"{ill} av tjänsterna är inte i drift"
    return f"{services}. {quarantined} nycklar i karantän."


async def _told(here: Visit) -> AsyncIterator[str]:
    """Events of server-sent events, until the stream's time is out or the session has ended."""
    stream, last = object(), ""
    _STREAMS.add(stream)
    ends_at = time.monotonic() + STREAM_SECONDS
    try:
        yield "retry: 3000\n\n"
        while time.monotonic() < ends_at:
            if await here.portal.sessions.find(here.secret, lasts_on=False) is None:
                yield "event: ended\ndata: .\n\n"
                return
            values = await _shown(here)
            text = here.portal.render("operating/live.html", here=here, word=here.word, **values)
            digest = sha256(text.encode()).hexdigest()
            if digest != last:
                last = digest
                yield "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
            else:
                yield ": still the same\n\n"
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        _STREAMS.discard(stream)


_NOT_OPERATOR = Problem(
    status=403,
    reason="FORBIDDEN",
    title="Bara driften",
    detail="Sidan är för den som har driftens behörighet.",
    way_on="Be den som ansvarar för driften om behörighet.",
)
_TOO_MANY = Problem(
    status=503,
    reason="TOO_MANY_STREAMS",
    title="För många tittar på en gång",
    detail="Sidan uppdateras inte av sig själv just nu.",
    way_on="Ladda om sidan när du vill se hur det är.",
)
