"""The rules of marked devices: registration, claims, and the change of custody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceEvent,
    DeviceRegistered,
    DeviceStatedOnLoan,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    OrderId,
    PayerId,
    StoreHolder,
    StoreId,
    UserId,
)


class ClaimKind(StrEnum):
    """The kinds of exclusive claims on a device (BMB-12)."""

    TRANSFER = "transfer"
    LOCK = "lock"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """At most one at a time on a device. `by`: the transfer or the order."""

    kind: ClaimKind
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A marked device (INV-5). `order_id`: the order behind its latest delivery."""

    device_number: DeviceNumber
    serial_number: str | None
    article_number: ArticleNumber
    custody: Custody
    order_id: OrderId | None = None

    @property
    def store(self) -> StoreId | None:
        """The store that the device is in, or None while it is on loan."""
        holder = self.custody.holder
        return holder.store if isinstance(holder, StoreHolder) else None


class DeviceRefused(Refused):
    """What a region states of a device cannot be so."""


def change_custody(
    device_id: DeviceId,
    device: Device,
    *,
    holder: Holder,
    payer_id: PayerId | None,
    customer_id: CustomerId | None,
    prescriber: UserId | None,
    since: date,
    cause: CustodyCause,
) -> CustodyChanged:
    """Let a device change holder, payer or prescriber from a day on.

    In a store nobody pays and nobody has prescribed it. The day is never before the latest
    change's: a decision does not reach behind one that has taken effect (BIL-1).
    """
    since = max(since, device.custody.since)
    custody = Custody(
        holder=holder,
        payer_id=payer_id,
        customer_id=customer_id,
        prescriber=prescriber,
        since=since,
    )
    if isinstance(holder, StoreHolder):
        custody = Custody(holder=holder, since=since)
    return _changed(device_id, device, custody, cause)


# decision 0042: a late return takes back what was decided after it
def return_to_store(
    device_id: DeviceId,
    device: Device,
    *,
    store: StoreId,
    on: date,
    in_transit: bool,
    history: Sequence[Custody] = (),
) -> tuple[CustodyChanged, ...]:
    """Return a device to a store: from that day nobody pays (INV-7, BIL-1).

    A physical fact overrides what was decided meanwhile: a late one takes back every change of
    `history` (the device's changes of custody so far, as they were emitted) that comes after it.
    No event: the device never left that store's custody, being on its way out (`in_transit`).
    Raises DeviceRefused (NOT_ON_LOAN, INV-7): it is in another store already (a move between stores
    is no return); (RETURNED_BEFORE_LOAN, DAY-5): it had not left the stores yet on that day.
    """
    if in_transit and device.store == store:
        return ()
    if not in_transit and device.store is not None:
        raise DeviceRefused(
            "NOT_ON_LOAN",
            rule="INV-7",
            field="device_number",
            way_on="Hjälpmedlet står redan i ett annat lager; en retur görs från mottagaren.",
            store=device.store,
        )
    began_on = _left_stores_on(history or (device.custody,))
    if on < began_on:
        raise DeviceRefused(
            "RETURNED_BEFORE_LOAN",
            rule="DAY-5",
            field="returned_on",
            way_on="Hjälpmedlet var inte utlånat den dagen: kontrollera returdagen.",
            began_on=began_on,
        )
    changes = []
    for day in [on, *sorted({custody.since for custody in history if custody.since > on})]:
        custody = Custody(holder=StoreHolder(store=store), since=day)
        changed = _changed(device_id, device, custody, CustodyCause())
        device = evolve(device, changed)
        changes.append(changed)
    return tuple(changes)


def is_back_already(device: Device, *, store: StoreId, in_transit: bool) -> bool:
    """True when the device is in that store: a return that was received before."""
    return device.store == store and not in_transit


def check_stated(stated: DeviceStated, *, marked: bool) -> None:
    """A device of the old stock is a marked unit, in one store or on loan with a payer.

    Raises DeviceRefused. Source: INV-5, BIL-1.
    """
    if not marked:
        raise DeviceRefused(
            "ARTICLE_IS_NOT_MARKED",
            rule="INV-5",
            field="article_number",
            way_on="Artikeln är inte individmärkt: skicka dess saldo (BalanceStated) i stället.",
        )
    if (stated.store is None) == (stated.recipient is None):
        raise DeviceRefused(
            "EITHER_STORE_OR_RECIPIENT",
            rule="INV-5",
            field="store",
            way_on="Ange antingen lagret som hjälpmedlet står i eller mottagaren som har det.",
        )
    if stated.recipient is not None and stated.payer_id is None:
        raise DeviceRefused(
            "LOAN_WITHOUT_PAYER",
            rule="BIL-1",
            field="payer_id",
            way_on="Ange betalaren: varje utlånat hjälpmedel har exakt en.",
        )


def is_same_unit(
    device: Device, *, article_number: ArticleNumber, serial_number: str | None
) -> bool:
    """True when what is stated again is the device that is known already (a repeated fact)."""
    return device.article_number == article_number and device.serial_number == serial_number


def refuse_taken_number(field: str) -> DeviceRefused:
    """The refusal to register a number twice: a number names one device of the region (INV-5)."""
    return DeviceRefused(
        "DEVICE_NUMBER_TAKEN",
        rule="INV-5",
        field=field,
        way_on="Kontrollera individnumret: det finns redan på ett annat hjälpmedel.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of days [start, end) with one custody; the last one is open."""

    start: date
    end: date | None
    custody: Custody


def periods(history: Sequence[Custody]) -> tuple[Period, ...]:
    """The spans of days that a device's custody falls into, from its changes in the order in which
    they were emitted (BIL-1). The last one of a day counts; a span without a day falls away.
    """
    points: dict[date, Custody] = {}
    for custody in history:
        points[custody.since] = custody
    days = sorted(points)
    ends = [*days[1:], None]
    return tuple(
        Period(start=start, end=end, custody=points[start])
        for start, end in zip(days, ends, strict=True)
    )


def evolve(device: Device | None, event: DeviceEvent) -> Device:
    """Returns the state after an event.

    Raises ValueError for a change of custody before the device is registered.
    """
    match event:
        case DeviceRegistered():
            custody = Custody(holder=StoreHolder(store=event.store), since=event.registered_on)
            return Device(**same_fields(event, Device), custody=custody)
        case DeviceStatedOnLoan():
            return Device(**same_fields(event, Device))
        case CustodyChanged():
            if device is None:
                raise ValueError("custody of a device that is not registered")
            order_id = event.cause.order_id or device.order_id
            if isinstance(event.custody.holder, StoreHolder):
                order_id = None
            return replace(device, custody=event.custody, order_id=order_id)


def _left_stores_on(history: Sequence[Custody]) -> date:
    """The first day of the present loan; of what never left a store, the day it came there."""
    spans = periods(history)
    began_on = spans[-1].start
    for span in reversed(spans):
        if isinstance(span.custody.holder, StoreHolder):
            break
        began_on = span.start
    return began_on


def _changed(
    device_id: DeviceId, device: Device, custody: Custody, cause: CustodyCause
) -> CustodyChanged:
    return CustodyChanged(
        device_id=device_id,
        article_number=device.article_number,
        custody=custody,
        before=device.custody,
        cause=cause,
    )
