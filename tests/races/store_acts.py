"""What is done in a run with stores and with what is missing: counted, posted, told to be stolen or
lost, found; handed out to patients. Chance chooses, and mostly what somebody who may would do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from inventory.stocktakings.commands import CountShelf
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.inventory import (
    CancelStocktaking,
    Custody,
    FindDevice,
    OpenStocktaking,
    PostStocktaking,
    ReportDamage,
)
from kvitt_contracts.orders import RegisterWithdrawal
from kvitt_contracts.types import DeviceId, StoreHolder, UserId

from contracts.tests.builders.story import CENTRAL, SENDER, SERVICE
from tests.races.acts import Asked
from tests.races.setting import INVESTIGATION, OTHERS_OWN, PATIENTS, PRESCRIBERS, Stated, keeper_of
from tests.simulation.chance import Chance

_USERS: Final = tuple(PRESCRIBERS)
_BY_POINT: Final = {point: user for user, point in PRESCRIBERS.items()}
_UNIT: Final = UserId(SENDER)
_HAPPENS: Final = ("stolen", "lost", "lost", "damaged")


def count(
    chance: Chance,
    devices: Sequence[Stated],
    custody: Mapping[DeviceId, Custody],
    now: datetime,
    *,
    opened_at: datetime | None,
) -> Asked:
    """What comes next of the run's stocktaking, or what cannot come now. `opened_at`: since when
    the shelf is counted, None while it is not. What is counted is mostly what stands there.
    """
    shelf = devices[0].shelf
    drawn = chance.draw()
    if opened_at is None or drawn < 0.05:
        return Asked("opens a stocktaking", SENDER, OpenStocktaking(store=shelf, by=_UNIT))
    if drawn < 0.4:
        return post(devices)
    if drawn < 0.48:
        return Asked("cancels a stocktaking", SENDER, CancelStocktaking(store=shelf, by=_UNIT))
    here = [one for one in devices if custody[one.id].holder == StoreHolder(store=shelf)]
    seen = [one.number for one in here if not chance.happens(0.4)]
    if chance.happens(0.1):
        seen = list(dict.fromkeys([*seen, devices[chance.below(len(devices))].number]))
    line = {"article_number": devices[0].article, "counted": len(seen), "devices": seen}
    ago = timedelta(seconds=chance.between(0, (now - opened_at).total_seconds()))
    values = {"store": shelf, "counted_at": now - ago, "lines": [line], "by": SENDER}
    return Asked("counts", SENDER, CountShelf.model_validate(values))


def post(devices: Sequence[Stated]) -> Asked:
    """Customer service posts what differs on the run's shelf."""
    command = PostStocktaking(store=devices[0].shelf, by=UserId(SERVICE))
    return Asked("posts a stocktaking", SERVICE, command)


def report(
    chance: Chance, devices: Sequence[Stated], custody: Mapping[DeviceId, Custody], now: datetime
) -> Asked:
    """Somebody, mostly the prescriber, records that a device was stolen, lost or damaged."""
    device = devices[chance.below(len(devices))]
    by = custody[device.id].prescriber or _USERS[chance.below(len(_USERS))]
    values = {
        "device_number": device.number,
        "kind": _HAPPENS[chance.below(len(_HAPPENS))],
        "happened_on": stockholm_day(now) - timedelta(days=chance.below(3)),
        "by": by,
    }
    return Asked("reports a device", by, ReportDamage.model_validate(values))


def find(
    chance: Chance, devices: Sequence[Stated], custody: Mapping[DeviceId, Custody], now: datetime
) -> Asked:
    """Customer service puts what was missing into a store again; mostly something that is."""
    away = StoreHolder(store=INVESTIGATION)
    missing = [one for one in devices if custody[one.id].holder == away]
    among = missing or devices
    device = among[chance.below(len(among))]
    values = {
        "device_number": device.number,
        "store": (device.shelf, OTHERS_OWN, CENTRAL)[chance.below(3)],
        "found_on": stockholm_day(now) - timedelta(days=chance.below(2)),
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return Asked("finds", SERVICE, FindDevice.model_validate(values))


def hand_out(
    chance: Chance, devices: Sequence[Stated], custody: Mapping[DeviceId, Custody]
) -> Asked | None:
    """A unit prescribes a device of its store; None where none stands in one of theirs. It may have
    left meanwhile.
    """
    kept = {
        one: (holder.store, point)
        for one in devices
        if isinstance(holder := custody[one.id].holder, StoreHolder)
        and (point := keeper_of(holder.store))
    }
    if not kept:
        return None
    device = (*kept,)[chance.below(len(kept))]
    store, point = kept[device]
    line = {"article_number": device.article, "quantity": 1, "device_number": device.number}
    values = {
        "recipient": {"kind": "patient", "person": PATIENTS[chance.below(len(PATIENTS))]},
        "prescriber": _BY_POINT[point],
        "service_point": point,
        "store": store,
        "lines": [line],
    }
    command = RegisterWithdrawal.model_validate(values)
    return Asked("withdraws from a store", _BY_POINT[point], command)
