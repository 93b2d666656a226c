"""What an article's page shows besides: pictures, documents, the supplier's words (INV-2).
Customer service writes.
"""

from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages.articles import page_of

router = APIRouter()

_PAGE: Final = "/artiklar/{number}"
_OF_ANOTHER: Final = {"name": "fil", "media_type": "application/octet-stream"}
"""What is said of a file that is another article's."""
_FIELDS: Final = {"body": "file", "Content-Type": "file", "X-Filename": "file"}


@router.get(_PAGE + "/filer/{file}")
async def read(here: Here, number: str, file: UUID) -> Response:
    """A picture, or a document, to be looked at."""
    article = await here.need("inventory", f"/articles/{number}")
    known = {one["file_id"]: one for one in article["files"]}
    content = await here.need("inventory", f"/article-files/{file}")
    one = known.get(str(file), _OF_ANOTHER)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(one['name'], safe='')}",
    }
    return Response(content, media_type=one["media_type"], headers=headers)


@router.post(_PAGE + "/filer")
async def add(here: Here, number: str) -> Response:
    """A file is sent in, and shown with what is said of it."""
    form = await here.form()
    form.must("description", text="Skriv vad bilden visar, eller vad dokumentet heter.")
    if form.file is None:
        form.add("file", "Välj en fil.")
    if form.ok and await _is_shown(here, number, form):
        return here.go(f"/artiklar/{number}", "Filen visas på artikelns sida.")
    return await page_of(here, number, file=form)


@router.post(_PAGE + "/filer/{file}/ta-bort")
async def hide(here: Here, number: str, file: UUID) -> Response:
    """A file is taken from the page, which is undone by a press."""
    path = f"/article-files/{file}:hide"
    part = await here.send("inventory", "POST", path, form=await here.form())
    if part.problem is not None:
        raise PageProblem(part.problem)
    page = f"/artiklar/{number}"
    return here.go(page, "Filen är borttagen.", undo=(f"{page}/filer/{file}/visa", "Ångra"))


@router.post(_PAGE + "/filer/{file}/visa")
async def show_again(here: Here, number: str, file: UUID) -> Response:
    """A file that was taken away is on the page again."""
    path = f"/article-files/{file}:show"
    part = await here.send("inventory", "POST", path, {}, await here.form())
    if part.problem is not None:
        raise PageProblem(part.problem)
    return here.go(f"/artiklar/{number}", "Filen visas igen.")


@router.post(_PAGE + "/information")
async def tell(here: Here, number: str) -> Response:
    """What the supplier tells is written anew."""
    form = await here.form()
    body = {name: form[name] or None for name in ("text", "link")}
    part = await here.send("inventory", "PUT", f"/articles/{number}/information", body, form)
    if part.problem is None:
        return here.go(f"/artiklar/{number}", "Sidan är ändrad.")
    form.refuse(part.problem, {name: name for name in body})
    return await page_of(here, number, information=form)


async def _is_shown(here: Visit, number: str, form: Form) -> bool:
    assert form.file is not None
    part = await here.send_file("inventory", f"/articles/{number}/files", form.file, form)
    if part.problem is None:
        path = f"/article-files/{part.value['file_id']}:show"
        part = await here.send(
            "inventory", "POST", path, {"description": form["description"]}, form
        )
    if part.problem is not None:
        form.refuse(part.problem, {**_FIELDS, "description": "description"})
    return part.problem is None
