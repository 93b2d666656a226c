"""What is done with pickups in a run, and with devices in stores: ordered, taken back, reported,
returned, scrapped. Chance chooses, and mostly what somebody who may would do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.inventory import Custody, RegisterReturn, ScrapDevice
from kvitt_contracts.orders import MakePickupUrgent, ReportPickup, RequestPickup, VoidPickup
from kvitt_contracts.types import DeviceId, PatientRecipient, PersonRef, StoreHolder
from orders.pickups.domain import Pickup

from contracts.tests.builders.story import SERVICE
from tests.races.acts import Asked
from tests.races.setting import (
    PATIENTS,
    PICKUP_WINDOW,
    PRESCRIBERS,
    STORES,
    Stated,
    keeper_of,
)
from tests.simulation.chance import Chance

_USERS: Final = tuple(PRESCRIBERS)
_BY_POINT: Final = {point: user for user, point in PRESCRIBERS.items()}


def fetch(
    chance: Chance,
    devices: Sequence[Stated],
    custody: Mapping[DeviceId, Custody],
    people: Mapping[PersonRef, str],
    now: datetime,
) -> Asked:
    """A pickup of a device, or of two, that a unit orders, or a relative through customer service;
    mostly where the device is.
    """
    lent = [one for one in devices if isinstance(custody[one.id].holder, PatientRecipient)]
    among = lent if lent and not chance.happens(0.08) else devices
    named = [among[chance.below(len(among))]]
    if chance.happens(0.4):
        named = list(dict.fromkeys([*named, among[chance.below(len(among))]]))
    holder = custody[named[0].id].holder
    at = people[holder.person] if isinstance(holder, PatientRecipient) else PATIENTS[0]
    by = SERVICE if chance.happens(0.3) else _USERS[chance.below(len(_USERS))]
    values: dict[str, Any] = {
        "recipient": {"kind": "patient", "person": at},
        "service_point": PRESCRIBERS.get(by) or _points()[chance.below(len(PRESCRIBERS))],
        "cause": "not_needed",
        "devices": tuple(one.number for one in named),
        "by": by,
    }
    if by == SERVICE and chance.happens(0.7):
        values["ordered_by"] = "relative"
    if chance.happens(0.4):
        values["latest_on"] = stockholm_day(now) + timedelta(
            days=chance.below(PICKUP_WINDOW[1] + 2)
        )
    return Asked("orders a pickup", by, RequestPickup.model_validate(values))


def tend(chance: Chance, pickup: Pickup) -> Asked:
    """What somebody wants with a pickup: to have it back, in part or altogether; at once; to
    report.
    """
    if chance.happens(0.35):
        missing = [one.number for one in pickup.lines if chance.happens(0.3)]
        report = ReportPickup.model_validate({"technician": SERVICE, "not_found": missing})
        return Asked("reports", SERVICE, report)
    by = _USERS[chance.below(len(_USERS))]
    if not chance.happens(0.08):
        by = _BY_POINT[pickup.service_point]
    if chance.happens(0.2):
        return Asked("hurries", by, MakePickupUrgent.model_validate({"by": by}))
    numbers = [one.number for one in pickup.lines if chance.happens(0.4)]
    return Asked("takes back", by, VoidPickup.model_validate({"numbers": numbers, "by": by}))


def take_back(
    chance: Chance,
    devices: Sequence[Stated],
    custody: Mapping[DeviceId, Custody],
    now: datetime,
) -> Asked | None:
    """Somebody registers that a device is in their store again; None where none is on loan."""
    lent = [one for one in devices if not isinstance(custody[one.id].holder, StoreHolder)]
    if not lent:
        return None
    device = lent[chance.below(len(lent))]
    by = custody[device.id].prescriber or _USERS[0]
    if PRESCRIBERS.get(by) not in STORES:
        by = _BY_POINT[(*STORES,)[chance.below(len(STORES))]]
    own = STORES[PRESCRIBERS[by]]
    on_shelf = keeper_of(device.shelf) == PRESCRIBERS[by] and chance.happens(0.6)
    values = {
        "store": device.shelf if on_shelf else own,
        "devices": (device.number,),
        "returned_on": stockholm_day(now),
        "by": by,
    }
    return Asked("registers a return", by, RegisterReturn.model_validate(values))


def scrap(
    chance: Chance,
    devices: Sequence[Stated],
    custody: Mapping[DeviceId, Custody],
    now: datetime,
) -> Asked | None:
    """Somebody has a device of their store scrapped; None where none is in one of theirs."""
    here = {
        one.number: holder.store
        for one in devices
        if isinstance(holder := custody[one.id].holder, StoreHolder) and keeper_of(holder.store)
    }
    if not here:
        return None
    number = (*here,)[chance.below(len(here))]
    by = _BY_POINT[keeper_of(here[number]) or _points()[0]]
    values = {"device_number": number, "scrapped_on": stockholm_day(now), "by": by}
    return Asked("scraps", by, ScrapDevice.model_validate(values))


def _points() -> tuple[str, ...]:
    return tuple(PRESCRIBERS.values())
