"""Nyheter: what the region tells all or a product area's users, and its links (NTF-5, NTF-6).
Customer service publishes and withdraws.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit

router = APIRouter()

PAGE: Final = "/nyheter"
_LIMIT: Final = 20
_WEEKS: Final = 2
"""So long news is shown where nothing else is said."""
_FIELDS: Final = {one: one for one in ("title", "text", "product_area", "from_on", "until_on")}


@router.get(PAGE)
async def listed(here: Here) -> Response:
    """What is shown today, the latest first; customer service sees what comes, too."""
    return await _page(here, await _empty(here))


@router.post(PAGE)
async def published(here: Here) -> Response:
    """News is published from a day until another."""
    form = await here.form()
    form.must("title", text="Skriv en rubrik.")
    form.must("text", text="Skriv vad nyheten säger.")
    form.must("from_on", "until_on", text="Ange dagen.")
    if form.ok:
        body = {name: form[name] for name in _FIELDS if form[name]}
        part = await here.send("notifications", "POST", "/news", body, form)
        if part.problem is None:
            return here.go(PAGE, "Nyheten är publicerad.")
        form.refuse(part.problem, _FIELDS)
    return await _page(here, form)


@router.post(PAGE + "/{news_id}/dra-in")
async def withdrawn(news_id: UUID, here: Here) -> Response:
    """News is shown no more."""
    path = f"/news/{news_id}:withdraw"
    part = await here.send("notifications", "POST", path, form=await here.form())
    if part.problem is not None:
        raise PageProblem(part.problem)
    return here.go(PAGE, "Nyheten är indragen.")


async def _empty(here: Visit) -> Form:
    today = await here.today()
    until = today + timedelta(weeks=_WEEKS)
    return Form(given={"from_on": today.isoformat(), "until_on": until.isoformat()})


async def _page(here: Visit, form: Form) -> Response:
    is_staff = here.may_for_all("notifications.news.publish")
    found = await here.ask(
        "notifications",
        "/news",
        coming=True if is_staff else None,
        cursor=here.request.query_params.get("cursor"),
        limit=_LIMIT,
    )
    links = await here.ask("notifications", "/links")
    today = (await here.today()).isoformat()
    return here.page(
        "news/list.html", found=found, links=links, form=form, is_staff=is_staff, today=today
    )
