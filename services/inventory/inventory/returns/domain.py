"""The rules of what comes back: which return is new, which is known, which is corrected."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kvitt_contracts.inventory import Custody, CustodyCause, CustodyChanged, DeviceReturnAwaited
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceId, OrderId, ServicePointId, StoreHolder, StoreId

from inventory.articles.domain import Article
from inventory.devices.domain import (
    Change,
    Claim,
    Course,
    Device,
    DeviceStatus,
    changed_to,
    courses,
    evolve,
)


class ReturnRefused(Refused):
    """What a region states of a return cannot be so, or something has happened after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """A device has left a store by an order and has not arrived.

    `sent_on` is None of what was sent before that day was stored.
    """

    order_id: OrderId
    sent_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What a return changes. `instead_of`: the day that was told of it before; `was_sold`: it was
    sold to another region by then, in vain; `sent_from`: the unit's own store from which it was
    sent.
    """

    changes: tuple[CustodyChanged, ...]
    instead_of: date | None = None
    was_sold: bool = False
    sent_from: StoreId | None = None


# decision 0042: a late return takes back what was decided after it
# decision 0220: what a physical fact that is told late or again may undo
def take_back(
    device_id: DeviceId,
    device: Device,
    *,
    store: StoreId,
    on: date,
    on_the_way: OnTheWay | None = None,
    is_sent_back: bool = False,
    own_stores: Set[StoreId] = frozenset(),
    history: Sequence[Change] = (),
) -> TakenBack | None:
    """Return a device to a store, or correct the day of its return: from `on` nobody pays (INV-7,
    BIL-1). None: the return is known already, and nothing changes.

    `history`: the device's changes of custody so far, as they were emitted. A return takes back
    every decision of the days after it, and no physical change (PHY-1). The first change of a
    return on the way names the order. `is_sent_back`: a pickup has it, and the store is the central
    one: what a unit has kept in its own store comes there by it (PCK-7). `own_stores`: those
    of its stores from which what came to this one was sent on so.
    Raises ReturnRefused: RETURNED_BEFORE_LOAN (DAY-5), RETURNED_BEFORE_DISPATCH (PHY-1): of that
    day another return is not known, and the device left the stores after it; NOT_ON_LOAN (INV-7):
    it is in a store and has not come there from a loan, or is in another one, or is lost, and found
    (INV-10);
    RETURNED_AFTER_SCRAPPING, RETURNED_AFTER_SALE (PHY-1): by that day it was scrapped, sent back to
    its supplier, or another region's.
    """
    past = courses(history or (Change(custody=device.custody),))
    now = past[-1]
    days = {change.custody.since for change in history}
    known = _is_known(past, store=store, on=on, own_stores=own_stores)
    if device.status is DeviceStatus.SOLD:
        return unsold(device_id, device, store=store, on=on, history=history)
    if on_the_way is not None:
        if on >= max(now.began_on, on_the_way.sent_on or now.began_on):
            first = CustodyCause(order_id=on_the_way.order_id)
            said = _in_store(store, on, days)
            return TakenBack(changes=_changes(device_id, device, said, first_cause=first))
        return _refuse("RETURNED_BEFORE_DISPATCH", unless=known, rule="PHY-1", way_on=_SENT_AGAIN)
    if is_sent_back and now.store is not None and store != now.store:
        if on < now.began_on:
            return _refuse("RETURNED_BEFORE_LOAN", unless=known, rule="DAY-5", way_on=_CAME_LATER)
        changes = _changes(device_id, device, _in_store(store, on, days))
        return TakenBack(changes=changes, sent_from=now.store)
    if (way_on := _way_on_of_what_is_stored(device, past, store=store)) is not None:
        return _refuse("NOT_ON_LOAN", unless=known, rule="INV-7", way_on=way_on)
    loan = now if now.store is None else past[-2]
    if device.status_since is not None and device.is_gone and on > device.status_since:
        return _refuse("RETURNED_AFTER_SCRAPPING", unless=known, rule="PHY-1", way_on=_SCRAPPED)
    if on < loan.began_on:
        return _refuse("RETURNED_BEFORE_LOAN", unless=known, rule="DAY-5", way_on=_LENT_LATER)
    if now is loan:
        return TakenBack(changes=_changes(device_id, device, _in_store(store, on, days)))
    if on == now.began_on:
        return None
    said = _corrected(loan, store=store, on=on, instead_of=now.began_on, days=days)
    return TakenBack(changes=_changes(device_id, device, said), instead_of=now.began_on)


# decision 0436: a return by the day of the sale, told after it, takes the sale back
def unsold(
    device_id: DeviceId,
    device: Device,
    *,
    store: StoreId,
    on: date,
    history: Sequence[Change],
    cause: CustodyCause | None = None,
) -> TakenBack:
    """What was sold to another region had come back before (BIL-7). `cause` names the return that a
    unit registered. Raises ReturnRefused: RETURNED_AFTER_SALE (PHY-1), RETURNED_BEFORE_LOAN
    (DAY-5).
    """
    if device.status_since is not None and on > device.status_since:
        raise _refusal("RETURNED_AFTER_SALE", rule="PHY-1", way_on=_SOLD)
    if on < lent_before_sale(history).began_on:
        raise _refusal("RETURNED_BEFORE_LOAN", rule="DAY-5", way_on=_LENT_LATER)
    days = {change.custody.since for change in history}
    changes = _changes(device_id, device, _in_store(store, on, days), cause=cause)
    return TakenBack(changes=changes, was_sold=True)


def lent_before_sale(history: Sequence[Change]) -> Course:
    """What a device that is sold was at last before it was: its loan."""
    past = courses(history)
    return past[-2] if past[-1].by_sale and len(past) > 1 else past[-1]


def end_loan(
    device_id: DeviceId,
    device: Device,
    *,
    store: StoreId,
    on: date,
    history: Sequence[Change],
    cause: CustodyCause,
) -> tuple[CustodyChanged, ...]:
    """Return a device that is on loan to a store, as `take_back` does; `cause` names the return.

    What a pickup sends on from a unit's own store is returned so too (PCK-7). Raises ReturnRefused:
    RETURNED_BEFORE_LOAN (DAY-5).
    """
    if on < courses(history)[-1].began_on:
        way_on = _LENT_LATER if device.store is None else _CAME_LATER
        raise ReturnRefused(
            "RETURNED_BEFORE_LOAN", rule="DAY-5", field="returned_on", way_on=way_on
        )
    return put_into(device_id, device, store=store, on=on, history=history, cause=cause)


def put_into(
    device_id: DeviceId,
    device: Device,
    *,
    store: StoreId,
    on: date,
    history: Sequence[Change],
    cause: CustodyCause,
) -> tuple[CustodyChanged, ...]:
    """A device is in a store from that day on, whatever was decided of the days after it (PHY-1).
    Nothing physical has happened to it since.
    """
    days = {change.custody.since for change in history}
    return _changes(device_id, device, _in_store(store, on, days), cause=cause)


_SCRAPPED = (
    "Hjälpmedlet skrotades, eller återlämnades till leverantören, före den dagen: kontrollera "
    "returdagen och individnumret."
)
_SOLD = (
    "Hjälpmedlet såldes till en annan region före den dagen, och är deras: kontrollera returdagen "
    "och individnumret."
)
_SENT_AGAIN = (
    "Hjälpmedlet har skickats ut igen efter den dagen och är på väg till en mottagare: kontrollera "
    "returdagen. Kommer det tillbaka skickas en ny retur med den dagen."
)
_ELSEWHERE = "Hjälpmedlet står redan i ett annat lager; en retur görs från mottagaren."
_MISSING = (
    "Hjälpmedlet är registrerat som stulet eller förlorat: registrera i stället att det är hittat, "
    "så är det i förrådet igen."
)
_CAME_LATER = "Hjälpmedlet kom till enhetens förråd efter den dagen: kontrollera returdagen."
_NEVER_LEFT = (
    "Hjälpmedlet står i lagret och har inte varit hos en mottagare sedan det kom dit: det finns "
    "ingen retur att registrera eller rätta. Kontrollera individnumret."
)
_LENT_LATER = (
    "Hjälpmedlet var inte utlånat den dagen, eller har lämnats ut igen efter den: kontrollera "
    "returdagen. En retur gäller det senaste lånet."
)


def _refuse(reason: str, *, unless: bool, rule: str, way_on: str) -> TakenBack | None:
    """None where the return is known. Raises ReturnRefused where it is not."""
    if unless:
        return None
    raise _refusal(reason, rule=rule, way_on=way_on)


def _refusal(reason: str, *, rule: str, way_on: str) -> ReturnRefused:
    field = "device_number" if reason == "NOT_ON_LOAN" else "returned_on"
    return ReturnRefused(reason, rule=rule, field=field, way_on=way_on)


def _way_on_of_what_is_stored(
    device: Device, past: Sequence[Course], *, store: StoreId
) -> str | None:
    """What to do instead of a return to a store: the device is in one, and no return to that one
    can be corrected. None where it can, or where it is on loan.
    """
    now = past[-1]
    if now.store is None:
        return None
    if device.status is DeviceStatus.LOST:  # where it is searched for it has not come back
        return _MISSING
    if store != now.store:
        return _ELSEWHERE
    return None if _ended_a_loan(past) else _NEVER_LEFT


def _ended_a_loan(past: Sequence[Course]) -> bool:
    return len(past) > 1 and past[-2].store is None and not past[-1].on_the_way


def _is_known(
    past: Sequence[Course], *, store: StoreId, on: date, own_stores: Set[StoreId]
) -> bool:
    """True where a stay in that store began with a return on that day, of a loan, on the way, or
    from the store where a unit kept it.
    """
    return any(
        stay.store == store
        and stay.began_on == on
        and (stay.on_the_way or before.store is None or _is_sent_on(before, stay, own_stores))
        for before, stay in pairwise(past)
    )


def _is_sent_on(before: Course, stay: Course, own_stores: Set[StoreId]) -> bool:
    """True of a stay that neither a transfer nor a find began: what is searched for is in no unit's
    own store.
    """
    return before.store in own_stores and not stay.by_transfer


# decision 0383: who keeps it is told until it has gone, and not what a pickup has
def await_return(
    device_id: DeviceId,
    device: Device,
    *,
    claim: Claim | None,
    service_points: tuple[ServicePointId, ...],
    history: Sequence[Change],
) -> tuple[DeviceReturnAwaited, ...]:
    """Remind the units whose own store keeps a device that the central store is to have back at
    once (PCK-7). No event: something has claimed it, and whoever it is for sees to it.
    """
    if claim is not None or device.store is None:
        return ()
    awaited = DeviceReturnAwaited(
        device_id=device_id,
        store=device.store,
        service_points=service_points,
        since_on=courses(history)[-1].began_on,
    )
    return (awaited,)


def is_kept(device: Device, article: Article, *, is_own_store: bool) -> bool:
    """True while a device that is to be returned at once stands in a unit's own store (PCK-7)."""
    return article.return_at_once and is_own_store and not device.is_gone


def _in_store(store: StoreId, on: date, days: Iterable[date]) -> dict[date, Custody]:
    """In the store from `on`, stated of each later day too: each has a custody of its own."""
    return {
        day: Custody(holder=StoreHolder(store=store), since=day)
        for day in [on, *(day for day in days if day > on)]
    }


def _corrected(
    loan: Course, *, store: StoreId, on: date, instead_of: date, days: Iterable[date]
) -> dict[date, Custody]:
    """What the days are now that the loan ended on `on` and not on `instead_of`."""
    anew = {instead_of, *days, *loan.points}
    lasted = {day: loan.custody_on(day) for day in anew if instead_of <= day < on}
    return {**lasted, **_in_store(store, on, days)}


def _changes(
    device_id: DeviceId,
    device: Device,
    said: Mapping[date, Custody],
    *,
    first_cause: CustodyCause | None = None,
    cause: CustodyCause | None = None,
) -> tuple[CustodyChanged, ...]:
    """An event for each day, the first one first."""
    changes: list[CustodyChanged] = []
    for day in sorted(said):
        caused = (None if changes else first_cause) or cause or CustodyCause()
        changes.append(changed_to(device_id, device, said[day], caused))
        device = evolve(device, changes[-1])
    return tuple(changes)
