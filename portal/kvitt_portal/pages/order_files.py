"""Attachments of orders: sent in while one is written, and read at the order (ORD-16, ORD-24)."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages.asking import say_refused
from kvitt_portal.services import Part

router = APIRouter()

FIELD: Final = "attached"
"""The form's hidden field of what is attached: `id/name`, one after another."""
_BETWEEN: Final = "|"  # no file's name has it
_NOT_SENT: Final = "Filen är inte bifogad än: tryck på Bifoga filen, eller töm fältet."


@router.get("/bestallningar/{order}/bilagor/{attachment}")
async def read(here: Here, order: UUID, attachment: UUID) -> Response:
    """A file of an order, to be saved."""
    part = await here.ask("orders", f"/orders/{order}/attachments")
    names = {one["attachment_id"]: one["name"] for one in listed(part)}
    found = await here.ask("orders", f"/attachments/{attachment}")
    if found.problem is not None:
        raise PageProblem(found.problem)
    name = quote(names.get(str(attachment), "bilaga"), safe="")
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(found.value, media_type="application/octet-stream", headers=headers)


def listed(part: Part) -> list[dict[str, str]]:
    """The files of an order, as the service lists them."""
    return list(part.value["attachments"]) if part else []


def attached(form: Form) -> list[tuple[str, str]]:
    """What is attached to an order that is written: ids and names."""
    pairs = (one.partition("/") for one in form[FIELD].split(_BETWEEN))
    return [(file, name) for file, _, name in pairs if is_id(file)]


async def take_in(here: Visit, form: Form) -> None:
    """Send the form's file in, and note it in the form; else the form says what is wrong."""
    # no key: several files are sent by one form, one after another
    if (sent := await _send(here, form)) is not None:
        form.give("file", "")
        _note(form, [*attached(form), (sent["attachment_id"], sent["name"])])


async def put_to(here: Visit, form: Form, order: UUID) -> str | None:
    """Send the form's file in and put it to an order: its name; None where the form says what is
    wrong. Raises PageProblem: the order is not the user's to see.
    """
    if (sent := await _send(here, form, form)) is None:
        return None
    about = {"about": {"kind": "order", "id": str(order)}}
    path = f"/attachments/{sent['attachment_id']}:attach"
    part = await here.send("orders", "POST", path, about, form)
    if part.problem is not None:
        say_refused(form, part, {"": "file"})
        return None
    return sent["name"]


def take_out(form: Form, file: str) -> None:
    """A file goes with the order no more."""
    _note(form, [one for one in attached(form) if one[0] != file])


def must_be_sent(form: Form) -> None:
    """A file that is chosen and not sent in yet is no attachment."""
    if form["file"]:
        form.add("file", _NOT_SENT)


async def _send(here: Visit, form: Form, key: Form | None = None) -> dict[str, str] | None:
    if form.file is None:
        form.add("file", "Välj en fil.")
        return None
    part = await here.send_file("orders", "/attachments", form.file, key)
    if part.problem is not None:
        form.add("file", f"{part.problem.way_on}")
        return None
    return dict(part.value)


def noted(files: Iterable[tuple[str, str]]) -> str:
    """Ids and names, as the form's hidden field has them."""
    return _BETWEEN.join(f"{file}/{name}" for file, name in files)


def _note(form: Form, files: Iterable[tuple[str, str]]) -> None:
    form.give(FIELD, noted(files))
