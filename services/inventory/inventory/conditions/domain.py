"""The rules of what a region states has become of a device: a physical fact, which wins over claims
and takes back what was decided after it, but never a physical change (INV-15, INV-7, PHY-1). No
clock, no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from kvitt_contracts.inventory import (
    CustodyCause,
    CustodyChanged,
    DeviceDamageRecorded,
    DeviceStatusChanged,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import DeviceCondition, DeviceConditionStated
from kvitt_contracts.types import DeviceId, OrderId, StoreId, UserId, Word

from inventory.devices.domain import (
    OF_STORED,
    Change,
    Claim,
    ClaimKind,
    Device,
    DeviceStatus,
    courses,
)
from inventory.devices.records.domain import DAMAGE, DamageKind, Outcome
from inventory.returns.domain import put_into

_IN_A_STORE: Final = frozenset({DeviceCondition.FOUND, DeviceCondition.SCRAPPED})


class ConditionRefused(Refused):
    """What a region states of a device cannot be so, or something has happened after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """A device that is locked, as it is now. `sent_on`: the day on which an order sent it that is
    on its way.
    """

    device_id: DeviceId
    device: Device
    claim: Claim | None
    history: Sequence[Change]
    sent_on: date | None = None

    @property
    def is_on_its_way(self) -> bool:
        """True of what an order has sent: it is in no store's balance."""
        return self.claim is not None and self.claim.kind is ClaimKind.DISPATCH

    @property
    def is_searched_for(self) -> bool:
        """True of what is missing already (INV-10)."""
        return self.claim is not None and self.claim.kind is ClaimKind.INVESTIGATION

    @property
    def moved_on(self) -> date:
        """The day of its latest physical change."""
        began = courses(self.history)[-1].began_on
        return max(began, self.sent_on or began) if self.is_on_its_way else began


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What follows where a device is missing."""

    recorded: DeviceDamageRecorded
    lost: DeviceStatusChanged
    changes: tuple[CustodyChanged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrapped:
    """What follows where a device is scrapped. `changes`: it came into the store first, where it
    was in none. `left`: the store whose balance it leaves, `was_held` there for what claimed it, or
    `was_made_fit`: it was in the workshop (INV-13).
    """

    scrapped: DeviceStatusChanged
    changes: tuple[CustodyChanged, ...]
    left: StoreId | None
    was_held: bool
    was_made_fit: bool


def check_store(fact: DeviceConditionStated) -> None:
    """Raises ConditionRefused: where it is found is not said, or a store where none is asked for
    (INV-15).
    """
    if fact.store is None and fact.condition is DeviceCondition.FOUND:
        raise _refusal("STORE_MISSING", field="store", way_on=_FOUND_WHERE)
    if fact.store is not None and fact.condition not in _IN_A_STORE:
        raise _refusal("STORE_NOT_ASKED_FOR", field="store", way_on=_NO_STORE)


def damage(now: Now, *, on: date, by: UserId) -> tuple[DeviceDamageRecorded, ...]:
    """It was damaged: recorded, for customer service to decide on (INV-15). No event: it is
    recorded already.
    """
    if _is_recorded(now.device, DamageKind.DAMAGED, on):
        return ()
    return (_recorded(now.device_id, DamageKind.DAMAGED, on, by),)


# decision 0469: a condition that is stated is physical, whoever has claimed the device
def lose(now: Now, *, kind: DamageKind, on: date, away: StoreId, by: UserId) -> Missing | None:
    """It was stolen or lost: recorded, and it stands in the investigation store from that day on,
    whatever was decided after it (INV-15, PHY-1). None: it is recorded already.

    Raises ConditionRefused: it is nobody's any more (INV-7), it is searched for already (INV-10),
    or it was moved after that day (PHY-1).
    """
    if _is_recorded(now.device, kind, on):
        return None
    if now.device.is_gone:
        raise _refusal("DEVICE_GONE", rule="INV-7", field="device_number", way_on=_GONE)
    if now.is_searched_for:
        raise _refusal("ALREADY_MISSING", rule="INV-10", field="device_number", way_on=_SEARCHED)
    _check_not_moved_since(now, on)
    lost = DeviceStatusChanged(
        device_id=now.device_id, kind=Word(DeviceStatus.LOST), since_on=on, cause=DAMAGE
    )
    cause = CustodyCause(damage=Word(kind))
    return Missing(
        recorded=_recorded(now.device_id, kind, on, by),
        lost=lost,
        changes=_comes_to(now, away, on, cause),
    )


def is_found_already(now: Now, *, store: StoreId, on: date, away: StoreId | None) -> bool:
    """True of what came from the investigation store into that store on that day (PHY-1)."""
    past = courses(now.history)
    return any(
        stay.store == store and stay.began_on == on and before.store == away
        for before, stay in pairwise(past)
        if away is not None
    )


def check_found(now: Now, *, on: date) -> None:
    """Raises ConditionRefused where it is found before it was missed (PHY-1)."""
    if now.is_searched_for:
        _check_not_moved_since(now, on)


def scrap(now: Now, *, store: StoreId | None, is_central: bool, on: date) -> Scrapped | None:
    """It was scrapped: in the store that has it, or in `store` where it came from a loan, on its
    way, or by a pickup to a central one. None: it is scrapped already, since that day.

    Raises ConditionRefused: it is nobody's any more, or is scrapped since another day (INV-7); in
    which store it was is not said, or it is in another one (INV-7); it was moved after that day
    (PHY-1).
    """
    device = now.device
    place = store or device.store
    if device.status is DeviceStatus.SCRAPPED and device.status_since == on:
        return None
    if device.is_gone:
        raise _refusal("DEVICE_GONE", rule="INV-7", field="device_number", way_on=_GONE)
    if place is None:
        raise _refusal("STORE_MISSING", rule="INV-7", field="store", way_on=_SCRAPPED_WHERE)
    is_fetched = now.claim is not None and now.claim.kind is ClaimKind.PICKUP and is_central
    comes = device.store is None or now.is_on_its_way or (is_fetched and place != device.store)
    if not comes and place != device.store:
        raise _refusal("NOT_IN_STORE", rule="INV-7", field="store", way_on=_ELSEWHERE)
    _check_not_moved_since(now, on)
    scrapped = DeviceStatusChanged(
        device_id=now.device_id,
        kind=Word(DeviceStatus.SCRAPPED),
        since_on=on,
        cause=Word("device"),
    )
    return Scrapped(
        scrapped=scrapped,
        changes=_comes_to(now, place, on, _cause_of_coming(now)) if comes else (),
        left=None if now.is_on_its_way else device.store,
        was_held=now.claim is not None and now.claim.kind in _HELD,
        was_made_fit=now.claim is not None and now.claim.kind is ClaimKind.RECONDITIONING,
    )


_HELD: Final = OF_STORED | {ClaimKind.INVESTIGATION}


def refuse_without_investigation_store() -> ConditionRefused:
    """The refusal where the region has no store for what is missing (INV-10)."""
    return _refusal("NO_INVESTIGATION_STORE", rule="INV-10", field=None, way_on=_NOWHERE)


def refuse_promised() -> ConditionRefused:
    """The refusal where the store has promised all that it has: no balance falls below zero."""
    return _refusal("RESERVED_FOR_ORDERS", rule="ORD-4", field="device_number", way_on=_PROMISED)


def _is_recorded(device: Device, kind: DamageKind, on: date) -> bool:
    return any((one.kind, one.happened_on) == (kind, on) for one in device.damages)


def _recorded(device_id: DeviceId, kind: DamageKind, on: date, by: UserId) -> DeviceDamageRecorded:
    return DeviceDamageRecorded(
        device_id=device_id,
        kind=Word(kind),
        happened_on=on,
        outcome=Word(Outcome.UNDECIDED),
        by=by,
    )


def _check_not_moved_since(now: Now, on: date) -> None:
    if on < now.moved_on:
        raise _refusal(
            "MOVED_SINCE", rule="PHY-1", field="since_on", way_on=_MOVED, moved_on=now.moved_on
        )


def _cause_of_coming(now: Now) -> CustodyCause:
    if now.is_on_its_way and now.claim is not None:
        return CustodyCause(order_id=OrderId(now.claim.by))
    return CustodyCause()


def _comes_to(
    now: Now, store: StoreId, on: date, cause: CustodyCause
) -> tuple[CustodyChanged, ...]:
    return put_into(now.device_id, now.device, store=store, on=on, history=now.history, cause=cause)


def _refusal(
    reason: str, *, way_on: str, field: str | None, rule: str = "INV-15", **values: object
) -> ConditionRefused:
    return ConditionRefused(reason, rule=rule, field=field, way_on=way_on, **values)


_FOUND_WHERE = "Ange förrådet (store) där det som är hittat står nu."
_NO_STORE = "Utelämna förrådet (store): det anges bara för det som är hittat eller skrotat."
_SCRAPPED_WHERE = "Hjälpmedlet är utlånat: ange förrådet (store) som det skrotades i."
_ELSEWHERE = (
    "Hjälpmedlet står i ett annat förråd: utelämna förrådet (store) om det skrotades där, eller "
    "säg först att det är hittat, om det söks."
)
_GONE = "Hjälpmedlet är skrotat, sålt eller återlämnat till leverantören: kontrollera numret."
_SEARCHED = "Hjälpmedlet saknas redan, och söks: inget mer behöver göras."
_MOVED = (
    "Hjälpmedlet har lämnats ut, skickats eller kommit till ett förråd efter den dagen: ange den "
    "dagen eller en senare."
)
_NOWHERE = "Regionen har inget utredningsförråd att söka hjälpmedlet i: lägg upp ett först."
_PROMISED = (
    "Förrådet har lovat bort sitt saldo av artikeln till beställningar: makulera en av dem, eller "
    "vänta tills fler har kommit in. Skicka det sedan igen, med ett nytt id."
)
