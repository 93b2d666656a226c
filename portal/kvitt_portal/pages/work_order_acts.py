"""What is done about a work order: planned, started, noted, finished, voided, decided."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages.asking import code, say_refused
from kvitt_portal.pages.scanning import take_new_number
from kvitt_portal.pages.work_order_page import PAGE, page
from kvitt_portal.services import Part

router = APIRouter()

_REPLACED: Final = "replaced"
_NUMBER: Final = {
    "device_number": "new_number",
    "new_number": "new_number",
    "confirm": "confirm",
    "": "new_number",
}
_CONFIRM: Final = "Bekräfta att numret är kontrollerat mot hjälpmedlet."


@router.post(f"{PAGE}/{{work_order}}/planera")
async def plan(here: Here, work_order: UUID) -> Response:
    """Say when it is expected to be done, and by whom."""
    form = await here.form()
    form.must("planned_on", text="Ange dagen då det väntas bli gjort.")
    body = {"planned_on": form["planned_on"], "technician": form["technician"] or None}
    names = {"planned_on": "planned_on", "technician": "technician"}
    return await _act(here, work_order, form, "plan", body, names, "Arbetet är planerat.")


@router.post(f"{PAGE}/{{work_order}}/borja")
async def start(here: Here, work_order: UUID) -> Response:
    """The technician begins."""
    form = await here.form()
    return await _act(here, work_order, form, "start", None, {}, "Arbetet har börjat.")


@router.post(f"{PAGE}/{{work_order}}/anteckna")
async def note(here: Here, work_order: UUID) -> Response:
    """Write what whoever reads the work order is to know."""
    form = await here.form()
    form.must("note", text="Skriv anteckningen.")
    body = {"text": form["note"]}
    return await _act(here, work_order, form, "note", body, {"text": "note"}, "Det är antecknat.")


@router.post(f"{PAGE}/{{work_order}}/avsluta")
async def finish(here: Here, work_order: UUID) -> Response:
    """End it with what came of it; a device that was replaced gets its new number at once."""
    form = await here.form()
    form.must("outcome", text="Välj vad det ledde till.")
    await take_new_number(here, form, "new_number")
    is_new = form["outcome"] == _REPLACED and bool(form["new_number"])
    if form["new_number"] and form["outcome"] and not is_new:
        form.add("new_number", "Ett nytt individnummer ges bara det som byttes ut.")
    if is_new:
        form.must("confirm", text=_CONFIRM)
    body = {
        "outcome": form["outcome"],
        "action": form["action"] or None,
        "finished_on": form["finished_on"] or None,
    }
    names = {one: one for one in ("outcome", "action", "finished_on")}
    if not form.ok:
        return await page(here, work_order, form)
    part = await _send(here, work_order, form, "finish", body, names)
    if part.problem is not None:
        return await page(here, work_order, form)
    if is_new:
        said = await _renumber(here, form, part.value)
        if said.problem is not None:
            text = f"Arbetet är avslutat, men numret är inte bytt. {said_of(said.problem)}"
            return here.go(f"{PAGE}/{work_order}", text, tone="warning")
    return here.go(f"{PAGE}/{work_order}", "Arbetet är avslutat. Beställaren får veta det.")


@router.post(f"{PAGE}/{{work_order}}/nytt-nummer")
async def renumber(here: Here, work_order: UUID) -> Response:
    """The device that came instead gets its number, where it was not known at the end."""
    form = await here.form()
    form.must("new_number", text="Skanna eller skriv det nya individnumret.")
    await take_new_number(here, form, "new_number")
    form.must("confirm", text=_CONFIRM)
    view = await here.need("orders", f"/work-orders/{work_order}")
    if form.ok:
        form.refuse((await _renumber(here, form, view)).problem, _NUMBER)
    if not form.ok:
        return await page(here, work_order, form)
    return here.go(f"{PAGE}/{work_order}", "Hjälpmedlet har fått sitt nya individnummer.")


@router.post(f"{PAGE}/{{work_order}}/makulera")
async def void(here: Here, work_order: UUID) -> Response:
    """Nothing is done; the work order stays to be read."""
    form = await here.form()
    body = {"reason": form["reason"] or "WRONG"}
    names = {"reason": "reason"}
    said = "Den är makulerad: inget görs."
    return await _act(here, work_order, form, "void", body, names, said)


@router.post(f"{PAGE}/{{work_order}}/besluta")
async def decide(here: Here, work_order: UUID) -> Response:
    """Decide an application, and say why."""
    form = await here.form()
    form.must("decision", text="Välj beslutet.")
    if form["decision"] in ("refused", "referred"):
        form.must("why", text="Skriv skälet, så att den som ansökte vet varför.")
    body = {
        "outcome": form["decision"],
        "article_number": form["article"] or None,
        "reason": form["why"] or None,
    }
    names = {"outcome": "decision", "article_number": "article", "reason": "why"}
    said = "Ansökan är beslutad. Den som ansökte får veta det."
    return await _act(here, work_order, form, "decide", body, names, said)


@router.post(f"{PAGE}/{{work_order}}/adress")
async def place(here: Here, work_order: UUID) -> Response:
    """Where to go and whom to call, for who does it. The look is logged."""
    form = await here.form()
    part = await here.send("orders", "POST", f"/work-orders/{work_order}:resolve-delivery")
    if part.problem is not None and part.status < 500:
        raise PageProblem(part.problem)
    return await page(here, work_order, form, place=part)


async def _act(
    here: Visit,
    work_order: UUID,
    form: Form,
    act: str,
    body: Any,
    names: Mapping[str, str],
    said: str,
) -> Response:
    if form.ok:
        await _send(here, work_order, form, act, body, names)
    if not form.ok:
        return await page(here, work_order, form)
    return here.go(f"{PAGE}/{work_order}", said)


async def _send(
    here: Visit, work_order: UUID, form: Form, act: str, body: Any, names: Mapping[str, str]
) -> Part:
    part = await here.send("orders", "POST", f"/work-orders/{work_order}:{act}", body, form)
    say_refused(form, part, names)
    return part


async def _renumber(here: Visit, form: Form, view: Mapping[str, Any]) -> Part:
    device = code(str(view["device_id"]))
    body = {
        "device_number": form["new_number"],
        "confirm": bool(form["confirm"]),
        "work_order_id": view["work_order_id"],
    }
    return await here.send("inventory", "POST", f"/devices/{device}:renumber", body, form)
