"""What is done to a device from its card: another number, its SIP number, found again."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.devices import card_page
from kvitt_portal.pages.scanning import take_new_number

router = APIRouter()

_RENUMBERED: Final = {"device_number": "device_number", "work_order_id": "device_number"}


@router.get("/individ/{device_id}/nummer")
async def begin_renumber(device_id: UUID, here: Here) -> Response:
    """The device, to be compared with what stands there, and its new number."""
    return await _renumber(device_id, here, Form())


# decision 0497: the button says what is confirmed
@router.post("/individ/{device_id}/nummer")
async def renumber(device_id: UUID, here: Here) -> Response:
    """Give it the new number: whoever presses confirms that this is the device."""
    form = await here.form()
    form.must("device_number", text="Skanna eller skriv det nya individnumret.")
    await take_new_number(here, form, "device_number")
    if form.ok:
        body = {"device_number": form["device_number"], "confirm": True}
        part = await here.send("inventory", "POST", f"/devices/{device_id}:renumber", body, form)
        if part.problem is None:
            view = part.value
            before = view["former_numbers"][-1]
            return here.go(
                f"/individ/{device_id}",
                f"Individ {before} heter nu {view['device_number']}. Det gamla numret hittar den.",
            )
        form.refuse(part.problem, _RENUMBERED)
    return await _renumber(device_id, here, form)


@router.post("/individ/{device_id}/sip")
async def set_sip_number(device_id: UUID, here: Here) -> Response:
    """Add or change its SIP number."""
    form = await here.form()
    form.must("sip_number", text="Skriv SIP-numret.")
    if form.ok:
        body = {"sip_number": form["sip_number"]}
        part = await here.send("inventory", "POST", f"/devices/{device_id}:set-card", body, form)
        if part.problem is None:
            return here.go(f"/individ/{device_id}", "SIP-numret är sparat.")
        form.refuse(part.problem, {"sip_number": "sip_number"})
    return await card_page(device_id, here, form)


@router.post("/individ/{device_id}/serienummer")
async def set_serial_number(device_id: UUID, here: Here) -> Response:
    """The device service changes its serial number, for who asked."""
    form = await here.form()
    form.must("serial_number", text="Skanna eller skriv serienumret.")
    await take_new_number(here, form, serial="serial_number")
    form.must("serial_asked_by", text="Ange vem som bad om det.")
    if form.ok:
        body = {"serial_number": form["serial_number"], "asked_by": form["serial_asked_by"]}
        part = await here.send("inventory", "POST", f"/devices/{device_id}:set-card", body, form)
        if part.problem is None:
            return here.go(f"/individ/{device_id}", "Serienumret är sparat.")
        form.refuse(part.problem, {"serial_number": "serial_number", "asked_by": "serial_asked_by"})
    return await card_page(device_id, here, form)


@router.post("/individ/{device_id}/hittad")
async def find(device_id: UUID, here: Here) -> Response:
    """What was missing stands in a store again."""
    form = await here.form()
    form.must("found_store", text="Ange förrådet där den står.")
    form.must("found_asked_by", text="Ange vem som bad om det.")
    if form.ok:
        body = {
            "store": form["found_store"],
            "found_on": form["found_on"] or (await here.today()).isoformat(),
            "asked_by": form["found_asked_by"],
        }
        part = await here.send("inventory", "POST", f"/devices/{device_id}:find", body, form)
        if part.problem is None:
            view = part.value
            said = f"Individ {view['device_number']} är hittad och står i förråd {view['store']}."
            return here.go(f"/individ/{device_id}", said)
        form.refuse(
            part.problem,
            {"store": "found_store", "found_on": "found_on", "asked_by": "found_asked_by"},
        )
    return await card_page(device_id, here, form)


async def _renumber(device_id: UUID, here: Visit, form: Form) -> Response:
    device: dict[str, Any] = await here.need("inventory", f"/devices/{device_id}")
    holder = device["holder"]
    return here.page(
        "devices/renumber.html",
        device=device,
        form=form,
        may=here.may("inventory.device.renumber"),
        people=await here.people([holder.get("person")], purpose="display"),
        names=await Names.of(here, stores=[holder.get("store")], care_units=[holder.get("unit")]),
    )
