"""A pickup's slip: what goes along with the devices, for who fetches or posts them."""

from collections.abc import Iterable, Mapping
from typing import Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import UserId
from kvitt_documents.rendering import print_document
from kvitt_documents.slips import Checklist, Fact, PickupSlip

from orders.devices.queries import Called, called
from orders.people.keys.opening import opened_if_any
from orders.pickups import domain
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.places.resolving import place_of
from orders.places.views import PlaceView
from orders.slips.documents import (
    address_lines,
    between,
    device_on_slip,
    in_words,
    unit_in_words,
)
from orders.units.models import CustomerRow
from orders.units.queries import customer_key

_CAUSES: Final[Mapping[str, str]] = {
    "not_needed": "Behövs inte längre",
    "deceased": "Brukaren har avlidit",
    "replaced": "Ersatt av ett annat",
    "broken": "Trasigt",
    "too_bulky": "För stort att lämna in",
    "sent_by_post": "Skickas till centrallagret med post",
}
"""What the slip calls the causes that regions have had so far; another is said as it is written."""

_ORDERED_BY: Final[Mapping[str, str]] = {"patient": "patienten", "relative": "närstående"}


async def print_slip(row: PickupRow, tx: Transaction, *, user: UserId) -> bytes:
    """The slip of a pickup as PDF (PCK-4), with its product areas' checklists (PCK-6); looking at a
    patient's address is logged (REF-6).

    Raises PickupRuleRefused (PCK-4): it waits for inventory, or nothing is left to fetch.
    """
    pickup = row.state()
    lines = domain.lines_to_fetch(pickup)
    devices = await called([line.device_id for line in lines], tx)
    unit = await tx.get(CustomerRow, customer_key(row.customer_id, tx))
    kept = await opened_if_any(await tx.look_up(PickupDetailsRow, row.id), tx)
    place = await place_of(row, kept.delivery if kept is not None else None, tx, user=user)
    found = [devices.get(line.device_id) for line in lines]
    slip = PickupSlip(
        pickup_number=row.pickup_number,
        issued_on=tx.today,
        order=_order(row, unit),
        place=_place(place),
        devices=tuple(device_on_slip(one) for one in found),
        checklists=_checklists(found, tx.pinned_policy(row.policy)),
    )
    return await print_document(slip)


def _order(row: PickupRow, unit: CustomerRow) -> tuple[Fact, ...]:
    asked = _ORDERED_BY.get(row.ordered_by)
    return (
        ("Registrerad", row.requested_on.isoformat()),
        ("Tjänsteställe", unit_in_words(unit)),
        ("Beställd av", f"{row.by}, för {asked}" if asked else row.by),
        ("Orsak", in_words(row.cause, _CAUSES)),
        ("Hämtas", between(row.earliest_on, row.latest_on)),
    )


def _place(place: PlaceView) -> tuple[Fact, ...]:
    return (
        ("Namn", place.name or ""),
        ("Adress", address_lines(place.address)),
        ("Telefon, beställare", place.order_phone or ""),
        ("Telefon, mottagare", place.recipient_phone or ""),
        ("Portkod", place.door_code or ""),
        ("Anvisningar", place.instructions or ""),
        ("Kontaktperson", place.contact_person or ""),
        ("Övrigt", place.information or ""),
    )


def _checklists(devices: Iterable[Called | None], policy: RegionPolicy) -> tuple[Checklist, ...]:
    """What is to come along with devices of each product area, in the order of the lines."""
    codes = dict.fromkeys(one.product_area for one in devices if one and one.product_area)
    areas = (policy.product_area(code) for code in codes)
    return tuple(
        Checklist(name=f"Checklista, {area.code}", lines=area.checklist)
        for area in areas
        if area and area.checklist
    )
