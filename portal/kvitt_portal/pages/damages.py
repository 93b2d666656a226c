"""Stulet, förlorat eller skadat: who has a device reports it, customer service says who pays."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.amounts import ore_of
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names

router = APIRouter()

_LATER: Final = "undecided"
_PAYERS: Final = (
    ("unit_pays", "En enhet"),
    ("patient_pays", "Patienten"),
    ("nobody_pays", "Ingen"),
)
_WITHDRAW: Final = ("withdrawn", "Ingen: skadan har inte hänt")
_FIELDS: Final = {
    one: one for one in ("kind", "happened_on", "outcome", "payer_id", "amount", "note")
}
_NO_AMOUNT: Final = "Skriv ett belopp i kronor, till exempel 1 290,50."


@router.get("/individ/{device_id}/skada")
async def begin(device_id: UUID, here: Here) -> Response:
    """What has happened to the device, to be filled in."""
    device = await here.need("inventory", f"/devices/{device_id}")
    today = (await here.today()).isoformat()
    given = {"happened_on": today, "payer_id": device["payer_id"] or "", "vat": "25"}
    return await _report(device, here, Form(given={**given, "outcome": _LATER}))


@router.post("/individ/{device_id}/skada")
async def report(device_id: UUID, here: Here) -> Response:
    """Report it; customer service may decide at once."""
    form = await here.form()
    device = await here.need("inventory", f"/devices/{device_id}")
    form.must("kind", text="Välj vad som har hänt.")
    form.must("happened_on", text="Ange dagen då det hände.")
    said = _decision(form) if here.may_for_all("inventory.device.decide-damage") else {}
    if not form.ok:
        return await _report(device, here, form)
    body = {"kind": form["kind"], "happened_on": form["happened_on"], **said}
    if form["note"]:
        body["note"] = form["note"]
    path = f"/devices/{device_id}:report-damage"
    part = await here.send("inventory", "POST", path, body, form)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return await _report(device, here, form)
    told = "" if said.get("outcome", _LATER) != _LATER else " Kundtjänst beslutar vem som betalar."
    what = f"Individ {device['device_number']} är anmäld."
    # what is missing is searched for by customer service: nobody else sees it
    is_seen = here.may_for_all("inventory.device.decide-damage") or form["kind"] == "damaged"
    return here.go(f"/individ/{device_id}" if is_seen else "/individ", what + told)


@router.get("/individ/{device_id}/skada/{record}")
async def shown(device_id: UUID, record: str, here: Here) -> Response:
    """What has happened, for customer service to decide who pays."""
    return await _decide(device_id, record, here, None)


@router.post("/individ/{device_id}/skada/{record}")
async def decide(device_id: UUID, record: str, here: Here) -> Response:
    """Customer service decides, or decides anew."""
    form = await here.form()
    form.must("outcome", text="Välj vem som betalar.")
    kind, _, day = record.partition("-")
    body = {"kind": kind, "happened_on": day, **_decision(form)}
    if form.ok:
        path = f"/devices/{device_id}:decide-damage"
        part = await here.send("inventory", "POST", path, body, form)
        if part.problem is None:
            return here.go(f"/individ/{device_id}", "Beslutet är registrerat.")
        form.refuse(part.problem, _FIELDS)
    return await _decide(device_id, record, here, form)


def _decision(form: Form) -> dict[str, Any]:
    """What the form decides; an amount that is none is said beside it."""
    said: dict[str, Any] = {"outcome": form["outcome"]}
    if form["outcome"] == "unit_pays" and form["payer_id"]:
        said["payer_id"] = form["payer_id"]
    if form["amount"]:
        ore = ore_of(form["amount"])
        if ore is None:
            form.add("amount", _NO_AMOUNT)
        said["amount"] = {"net_ore": ore, "vat_percent": 0 if form["vat"] == "0" else 25}
    return said


async def _report(device: dict[str, Any], here: Visit, form: Form) -> Response:
    return here.page(
        "devices/damage.html",
        device=device,
        form=form,
        kinds=list(statuses.DAMAGE_KINDS.items()),
        payers=[*_PAYERS, (_LATER, "Beslutas senare")],
        is_staff=here.may_for_all("inventory.device.decide-damage"),
        names=await Names.of(here, payers=[device["payer_id"]]),
    )


async def _decide(device_id: UUID, record: str, here: Visit, form: Form | None) -> Response:
    device = await here.need("inventory", f"/devices/{device_id}")
    found = [one for one in device["damages"] if _named(one) == record]
    if not found or not here.may_for_all("inventory.device.decide-damage"):
        return here.go(f"/individ/{device_id}", "Det finns inget att besluta.", tone="warning")
    (damage,) = found
    payer = damage["payer_id"] or _paying_on(device, damage["happened_on"]) or ""
    amount = damage["amount"] or {}
    given = {
        "outcome": "" if damage["outcome"] == _LATER else damage["outcome"],
        "payer_id": payer,
        "amount": _kronor_of(amount.get("net_ore")),
        "vat": str(amount.get("vat_percent", 25)),
    }
    return here.page(
        "devices/decide_damage.html",
        device=device,
        damage=damage,
        form=form or Form(given=given),
        kinds=statuses.DAMAGE_KINDS,
        payers=[*_PAYERS, _WITHDRAW] if damage["kind"] == "damaged" else _PAYERS,
        names=await Names.of(here, payers=[payer or None]),
    )


def _named(damage: dict[str, Any]) -> str:
    """What names a record in an address: `damaged-2026-03-19`."""
    return f"{damage['kind']}-{damage['happened_on']}"


def _paying_on(device: dict[str, Any], day: str) -> str | None:
    """Who paid for the device on a day, or until that day."""
    paying = [one for one in device["periods"] if one["from_day"] <= day and one["payer_id"]]
    return str(paying[-1]["payer_id"]) if paying else None


def _kronor_of(ore: int | None) -> str:
    if ore is None:
        return ""
    whole, rest = divmod(ore, 100)
    return f"{whole},{rest:02}" if rest else str(whole)
