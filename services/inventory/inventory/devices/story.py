"""A device's story in words: what each of its events means to whoever reads it, and what comes
next. Decides nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.calendar import in_swedish
from kvitt_contracts.inventory import (
    Custody,
    CustodyChanged,
    DeviceCardChanged,
    DeviceDamageRecorded,
    DeviceEvent,
    DeviceRegistered,
    DeviceRenumbered,
    DeviceReturnAwaited,
    DeviceStatedOnLoan,
    DeviceStatusChanged,
    Origin,
)
from kvitt_contracts.types import Money, Word

from inventory.devices.domain import (
    Claim,
    ClaimKind,
    DeviceStatus,
    store_of,
)
from inventory.devices.records.domain import (
    DAMAGE,
    DamageKind,
    Outcome,
)

TIMERS: Final[Mapping[str, str]] = {
    "transfer_takes_effect": "Bytet får verkan.",
    "goods_arrive": "Hjälpmedlet räknas som framme.",
}
"""What becomes due for what claims a device, and what that does to the device."""

_WHILE: Final[Mapping[ClaimKind, str]] = {
    ClaimKind.TRANSFER: "Ett byte väntar på att kvitteras eller få verkan.",
    ClaimKind.LOCK: "Ett obesvarat byte låser hjälpmedlet, tills kundtjänst låser upp det.",
    ClaimKind.DISPATCH: "Hjälpmedlet är på väg.",
    ClaimKind.PICKUP: "En hämtorder väntar på att hjälpmedlet hämtas.",
    ClaimKind.BASKET: "Hjälpmedlet är utlånat i en varukorg, tills det levereras eller läggs "
    "tillbaka.",
    ClaimKind.SALE: "En försäljning till en annan region väntar på att avgöras.",
    ClaimKind.RECONDITIONING: "Hjälpmedlet rekonditioneras hos hjälpmedelsservice.",
    ClaimKind.INVESTIGATION: "Hjälpmedlet saknas och söks.",
}

_BECAME: Final[Mapping[str, str]] = {
    DeviceStatus.SCRAPPED: "Skrotades",
    DeviceStatus.RETURNED_TO_SUPPLIER: "Återlämnades till leverantören",
    DeviceStatus.SOLD: "Såldes till en annan region",
    DeviceStatus.LOST: "Förlorades",
    DeviceStatus.IN_USE: "Kunde användas igen",
}
"""What a status that a device gets says."""

_HAPPENED: Final[Mapping[str, str]] = {
    DamageKind.STOLEN: "Stulet",
    DamageKind.LOST: "Förlorat",
    DamageKind.DAMAGED: "Skadat",
}
_DECIDED: Final[Mapping[str, str]] = {
    Outcome.UNDECIDED: "kundtjänst ska besluta vem som betalar",
    Outcome.PATIENT_PAYS: "patienten betalar",
    Outcome.NOBODY_PAYS: "ingen betalar",
    Outcome.WITHDRAWN: "anmälan togs tillbaka",
}
"""What has happened to a device, and what was decided (INV-15)."""

_BY_RULE: Final[Mapping[str, str]] = {
    DeviceStatus.SCRAPPED: "INV-7",
    DeviceStatus.RETURNED_TO_SUPPLIER: "INV-8",
    DeviceStatus.SOLD: "BIL-7",
    DeviceStatus.LOST: "BIL-8",
    DeviceStatus.IN_USE: "PHY-1",
}


def tell(event: DeviceEvent) -> Told:
    """A device's event in words."""
    match event:
        case DeviceRegistered(origin=Origin(from_region=region)):
            return Told(
                summary=f"Köptes från region {region} när patienten flyttade in, och ställdes i "
                f"förråd {event.store} {in_swedish(event.registered_on)}.",
                rule="INV-12",
            )
        case DeviceRegistered():
            return Told(
                summary=f"Registrerades i förråd {event.store} {in_swedish(event.registered_on)}.",
                rule="INV-5",
                by_region=True,
            )
        case DeviceStatedOnLoan():
            return Told(
                summary="Var utlånat när Kvitt tog över: betalare "
                f"{event.custody.payer_id} från och med {in_swedish(event.custody.since)}.",
                rule="INV-5",
                by_region=True,
            )
        case DeviceStatusChanged():
            return Told(
                summary=f"{_BECAME[event.kind]} {in_swedish(event.since_on)}.",
                rule="INV-15" if event.cause == DAMAGE else _BY_RULE[event.kind],
            )
        case DeviceRenumbered():
            return Told(
                summary=f"Fick individnummer {event.device_number}; hade förut {event.before}.",
                rule="INV-6",
            )
        case DeviceReturnAwaited():
            return Told(
                summary=f"Påminnelse: ska genast till centrallagret, men har stått i förråd "
                f"{event.store} sedan {in_swedish(event.since_on)}.",
                rule="PCK-7",
            )
        case DeviceCardChanged():
            return Told(summary=f"Individkortet: {', '.join(_set(event))}.", rule="INV-5")
        case DeviceDamageRecorded():
            return _happened(event)
        case CustodyChanged():
            return _changed_hands(event)


def _happened(event: DeviceDamageRecorded) -> Told:
    decided = _DECIDED.get(event.outcome, "")
    if event.payer is not None and event.payer.kind == "unit":
        decided = f"{event.payer.payer_id} betalar"
    said = f"{_HAPPENED[event.kind]} {in_swedish(event.happened_on)}: {decided}"
    if event.amount is not None:
        said = f"{said} {_kronor(event.amount)}"
    return Told(summary=f"{said}.", rule="INV-15")


def _changed_hands(event: CustodyChanged) -> Told:
    cause = event.cause
    if cause.transfer_id is not None:
        return Told(summary=f"Byte: {_changed(event)}.", rule="BMB-4")
    if cause.order_id is not None:
        return Told(summary=f"Leverans: {_changed(event)}.", rule="BIL-1")
    if cause.replenishment_id is not None:
        return Told(summary=f"Lagerpåfyllnad: {_changed(event)}.", rule="ORD-9")
    if cause.sale_id is not None:
        return Told(
            summary=f"Såldes: ingen betalar från och med {in_swedish(event.custody.since)}.",
            rule="BIL-7",
        )
    if cause.fault_report_id is not None:
        return Told(summary=f"Felanmälan: {_changed(event)}.", rule="ACT-6")
    if cause.damage is not None:
        return Told(summary=_missing_or_found(event), rule="INV-15")
    return _returned_or_corrected(event.custody)


def _missing_or_found(event: CustodyChanged) -> str:
    day = in_swedish(event.custody.since)
    if event.cause.damage == Word(Outcome.FOUND):
        return f"Hittades {day}, och ställdes i förråd {store_of(event.custody)}."
    return f"Söks, och ingen betalar från och med {day}."


def _set(event: DeviceCardChanged) -> Iterator[str]:
    if event.serial_number is not None:
        yield f"serienumret är {event.serial_number}"
    if event.has_sip_number is not None:
        yield "SIP-numret ändrades"
    if event.maintained_on is not None:
        yield f"förebyggande underhåll gjordes {in_swedish(event.maintained_on)}"
    if event.maintenance_due_on is not None:
        yield f"nästa underhåll är {in_swedish(event.maintenance_due_on)}"


def what_comes(claim: Claim | None, *, due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What happens next to a device: what claims it, and what that does when its timer is `due`."""
    if claim is None:
        return
    if not due:
        yield Coming(at=None, what=_WHILE[claim.kind])
    for timer, at in due.items():
        yield Coming(at=at, what=TIMERS[timer])


def _returned_or_corrected(custody: Custody) -> Told:
    store, day = store_of(custody), in_swedish(custody.since)
    if store is not None:
        return Told(
            summary=f"Återlämnades till förråd {store} {day}.", rule="INV-7", by_region=True
        )
    return Told(
        summary="Återlämningens dag rättades: lånet fortsatte, med betalare "
        f"{custody.payer_id} från och med {day}.",
        rule="PHY-1",
        by_region=True,
    )


def _changed(event: CustodyChanged) -> str:
    """What is otherwise than before, in one clause."""
    custody, before = event.custody, event.before
    if store_of(custody) is not None:
        return f"till förråd {store_of(custody)} från och med {in_swedish(custody.since)}"
    parts = list(_parts(custody, before))
    return f"{' och '.join(parts) or 'som förut'} från och med {in_swedish(custody.since)}"


def _kronor(amount: Money) -> str:
    whole, ore = divmod(amount.net_ore, 100)
    return f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}") + f",{ore:02} kr"


def _parts(custody: Custody, before: Custody) -> Iterator[str]:
    if custody.holder != before.holder:
        store = store_of(before)
        yield "ny mottagare" if store is None else f"ut ur förråd {store}"
    if custody.prescriber != before.prescriber and store_of(before) is None:
        yield "ny förskrivare"
    if custody.payer_id != before.payer_id:
        yield f"betalare {custody.payer_id}"
