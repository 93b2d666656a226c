"""Spärrar och samtycken: what a patient has said of who sees what units have of them (REF-25,
REF-26). It is registered, lifted, given and withdrawn here, and opened in an emergency.
"""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names

router = APIRouter()

_ASKED_BY: Final = (("patient", "Patienten"), ("representative", "Patientens ställföreträdare"))
_OF_BLOCK: Final = {"service_point": "unit", "asked_by": "asked_by", "asked_on": "asked_on"}
_OF_CONSENT: Final = {"service_point": "to", "until_on": "until_on"}


def page_of(person: UUID | str) -> str:
    """The address of a patient's page of blocks and consents."""
    return f"/mottagare/{person}/sparrar"


@router.get("/mottagare/{person}/sparrar")
async def shown(here: Here, person: UUID) -> Response:
    """What the patient has said, and what it means."""
    return await _page(here, person, None)


@router.post("/mottagare/{person}/sparrar")
async def registered(here: Here, person: UUID) -> Response:
    """The patient has asked a unit for a block."""
    form = await here.form()
    form.must("asked_on", text="Ange dagen då patienten bad om det.")
    form.must("unit", text="Ange enheten.")
    body = {said: form[name] for said, name in _OF_BLOCK.items()}
    said = "Enhetens uppgifter är spärrade för andra från och med nu."
    return await _sent(here, person, form, f"/persons/{person}/blocks", body, _OF_BLOCK, said)


@router.post("/mottagare/{person}/sparrar/oppna")
async def opened(here: Here, person: UUID) -> Response:
    """What is blocked is opened in an emergency, with its reason."""
    form = await here.form()
    address, body = f"/persons/{person}/blocks:open", {"reason": form["reason"]}
    said = "Det spärrade visas för dig. Enheten får veta det, och det är loggat."
    return await _sent(here, person, form, address, body, {"reason": "reason"}, said)


@router.post("/mottagare/{person}/sparrar/{block}/hav")
async def lifted(here: Here, person: UUID, block: UUID) -> Response:
    """The patient wants no block any more."""
    form = await here.form()
    return await _sent(here, person, form, f"/blocks/{block}:lift", {}, {}, "Spärren är hävd.")


@router.post("/mottagare/{person}/samtycken")
async def given(here: Here, person: UUID) -> Response:
    """The patient lets a unit see what others have."""
    form = await here.form()
    form.must("until_on", text="Ange den sista dagen.")
    form.must("to", text="Ange enheten.")
    body: dict[str, Any] = {said: form[name] for said, name in _OF_CONSENT.items()}
    body["opens_blocks"] = "opens_blocks" in form
    said = "Samtycket är registrerat. Du står som den som tog emot det."
    return await _sent(here, person, form, f"/persons/{person}/consents", body, _OF_CONSENT, said)


@router.post("/mottagare/{person}/samtycken/{consent}/ta-tillbaka")
async def withdrawn(here: Here, person: UUID, consent: UUID) -> Response:
    """The patient takes a consent back."""
    form = await here.form()
    address, said = f"/consents/{consent}:withdraw", "Samtycket är återtaget och gäller inte mer."
    return await _sent(here, person, form, address, {}, {}, said)


async def _sent(
    here: Visit,
    person: UUID,
    form: Form,
    address: str,
    body: dict[str, Any],
    fields: dict[str, str],
    said: str,
) -> Response:
    if form.ok:
        part = await here.send("orders", "POST", address, body, form)
        if part.problem is None:
            return here.go(page_of(person), said)
        form.refuse(part.problem, fields)
    return await _page(here, person, form)


async def _page(here: Visit, person: UUID, form: Form | None) -> Response:
    part = await here.ask("orders", f"/persons/{person}/blocks")
    if part.problem is not None:
        raise PageProblem(part.problem)
    wishes = part.value
    who = (await here.people([str(person)], purpose="display")).get(str(person))
    lines = [*wishes["blocks"], *wishes["consents"]]
    names = await Names.of(
        here,
        customers=[*(one["service_point"] for one in lines), *here.user.service_points],
        users=[
            *(one["registered_by"] for one in wishes["blocks"]),
            *(one["received_by"] for one in wishes["consents"]),
            *(one["user_id"] for one in wishes["openings"]),
        ],
    )
    units = {one["block_id"]: one["service_point"] for one in wishes["blocks"]}
    is_staff = here.may_for_all("orders.block.register")
    form = form or Form()
    for name in ("unit", "to"):
        if not is_staff and name not in form:
            form.give(name, here.service_point)
    return here.page(
        "recipients/sparrar.html",
        person=str(person),
        who=who,
        wishes=wishes,
        units=units,
        names=names,
        form=form,
        is_staff=is_staff,
        own_places=[(one, names.customer(one)) for one in here.user.service_points],
        asked_by=_ASKED_BY,
    )
