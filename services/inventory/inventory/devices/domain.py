"""The rules of marked devices: registration, claims, and the change of custody."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
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
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import DeviceStated, Owner
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    Money,
    OrderId,
    PatientRecipient,
    PayerId,
    PersonRef,
    ServicePointId,
    StoreHolder,
    StoreId,
    UserId,
)

from inventory.devices.records import domain as records


class ClaimKind(StrEnum):
    """The kinds of exclusive claims on a device (BMB-12)."""

    TRANSFER = "transfer"
    LOCK = "lock"
    DISPATCH = "dispatch"
    INVESTIGATION = "investigation"
    PICKUP = "pickup"
    BASKET = "basket"
    SALE = "sale"
    RECONDITIONING = "reconditioning"


OF_TRANSFERS = frozenset({ClaimKind.TRANSFER, ClaimKind.LOCK})
"""The claims that a hold has."""

OF_STORED = OF_TRANSFERS | {ClaimKind.PICKUP, ClaimKind.BASKET}
"""The claims for which a store has set the device aside that it has."""

IN_CLAIM: Final[Mapping[ClaimKind, str]] = {
    ClaimKind.TRANSFER: "IN_TRANSFER",
    ClaimKind.LOCK: "LOCKED",
    ClaimKind.DISPATCH: "IN_DISPATCH",
    ClaimKind.INVESTIGATION: "IN_INVESTIGATION",
    ClaimKind.PICKUP: "IN_PICKUP",
    ClaimKind.BASKET: "IN_BASKET",
    ClaimKind.SALE: "IN_SALE",
    ClaimKind.RECONDITIONING: "IN_RECONDITIONING",
}
"""The reason why a device that is claimed so cannot be claimed (BMB-12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """At most one at a time on a device. `by`: the transfer, the order, the pickup, the basket's
    order, the sale, the stocktaking or the reconditioning.
    """

    kind: ClaimKind
    by: UUID


class DeviceStatus(StrEnum):
    """Whether a device can be used (INV-5, INV-7)."""

    IN_USE = "in_use"
    INVESTIGATED = "investigated"
    LOST = "lost"
    SCRAPPED = "scrapped"
    SOLD = "sold"
    RETURNED_TO_SUPPLIER = "returned_to_supplier"


GONE = frozenset({DeviceStatus.SCRAPPED, DeviceStatus.SOLD, DeviceStatus.RETURNED_TO_SUPPLIER})
"""A device that is none of its store's goods any more, though the store was the last to have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A marked device (INV-5). `order_id`: the order behind its latest delivery. `status_since`:
    from which Stockholm day it has its status, where that has changed. `owner`: whose it is, the
    region's or a patient's (contracts' `Owner`). `bought_on` and `value`
    where they are known; `origin` where it was bought from another region (INV-12): `meant_for` is
    then whom alone it is to be withdrawn to, until it has been. `former_numbers`: what it bore
    before, the first one first (INV-6). `maintenance_due_on` is unknown where nobody has said it of
    the last one. `damages`: what has happened to it, the first that was recorded first (INV-15).
    """

    device_number: DeviceNumber
    serial_number: str | None
    article_number: ArticleNumber
    custody: Custody
    order_id: OrderId | None = None
    status: DeviceStatus = DeviceStatus.IN_USE
    status_since: date | None = None
    owner: str = Owner.REGION
    origin: Origin | None = None
    bought_on: date | None = None
    value: Money | None = None
    meant_for: PersonRef | None = None
    former_numbers: tuple[DeviceNumber, ...] = ()
    maintained_on: date | None = None
    maintenance_due_on: date | None = None
    damages: tuple[records.Damage, ...] = ()

    @property
    def is_gone(self) -> bool:
        """True for what can be given to nobody any more."""
        return self.status in GONE

    @property
    def store(self) -> StoreId | None:
        """The store that the device is in, or None while it is on loan."""
        return store_of(self.custody)


def store_of(custody: Custody) -> StoreId | None:
    """The store that has the device, or None while it is on loan."""
    return custody.holder.store if isinstance(custody.holder, StoreHolder) else None


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
    return changed_to(device_id, device, custody, cause)


def changed_to(
    device_id: DeviceId, device: Device, custody: Custody, cause: CustodyCause
) -> CustodyChanged:
    """The change of a device's custody to this one, from what it is now."""
    return CustodyChanged(
        device_id=device_id,
        article_number=device.article_number,
        custody=custody,
        before=device.custody,
        cause=cause,
    )


def begins_loan(changed: CustodyChanged) -> bool:
    """True when an order or a transfer takes a device out of a store, to somebody who pays for it
    from now on (BIL-1). A corrected return lets the loan before it go on.
    """
    is_decided = changed.cause.order_id is not None or changed.cause.transfer_id is not None
    if not is_decided or store_of(changed.before) is None:
        return False
    return store_of(changed.custody) is None


def check_stated(stated: DeviceStated, *, marked: bool) -> None:
    """A device of the old stock is a marked unit, in one store where nobody pays, or on loan with a
    payer.

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
    if stated.bought_on is not None and stated.bought_on > stated.stated_on:
        raise DeviceRefused(
            "BOUGHT_AFTERWARDS",
            rule="INV-5",
            field="bought_on",
            way_on="Ange dagen när hjälpmedlet köptes: den är inte efter dagen som det fanns.",
        )
    for field in ("payer_id", "customer_id", "prescriber"):
        if stated.store is not None and getattr(stated, field) is not None:
            raise DeviceRefused(
                "NO_LOAN_IN_A_STORE",
                rule="BIL-1",
                field=field,
                way_on="Utelämna fältet: det som står i ett lager har varken betalare, kund eller "
                "förskrivare. Är hjälpmedlet utlånat anges mottagaren i stället för lagret.",
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
class Change:
    """One change of a device's custody as it was emitted, and whether an order's goods, a
    transfer or a sale to another region made it. None: a registration, a statement or a return.
    """

    custody: Custody
    by_order: bool = False
    by_transfer: bool = False
    by_sale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What lies between two physical changes of a device: a stay in a store, or a loan with every
    transfer in it.

    `store` is None for a loan. `on_the_way`: it came back on its way to a recipient. `by_transfer`:
    a transfer began it. `by_sale`: it was sold, and has come back since where another one
    follows. `points`: the custody from each day on.
    """

    began_on: date
    store: StoreId | None
    on_the_way: bool
    by_transfer: bool
    points: Mapping[date, Custody]
    by_sale: bool = False

    def custody_on(self, day: date) -> Custody:
        """Returns the custody of a day that is not before the course began, as from that day on."""
        latest = max(point for point in self.points if point <= day)
        return self.points[latest].model_copy(update={"since": day})

    def with_point(self, custody: Custody) -> "Course":
        """Returns the course with one more point; it may begin earlier then."""
        return replace(
            self,
            began_on=min(self.began_on, custody.since),
            points={**self.points, custody.since: custody},
        )


# decision 0220: physical facts in the order in which they were handled make courses
def courses(history: Sequence[Change]) -> tuple[Course, ...]:
    """The courses of a device, the present one last, from its changes in the order in which they
    were emitted (PHY-1).

    An order's goods begin a course whatever was before. Custody that neither an order nor a
    transfer gives to a recipient takes the stay before it back: its return has a later day. A
    return of what was sold takes the sale back: it had come back before.
    """
    found: list[Course] = []
    for change in history:
        custody, store = change.custody, store_of(change.custody)
        by_fact = not (change.by_order or change.by_transfer)
        if by_fact and store is None and len(found) > 1 and found[-1].store is not None:
            found.pop()
        if by_fact and not change.by_sale and len(found) > 1 and found[-1].by_sale:
            found.pop()
        if found and found[-1].store == store and not change.by_order:
            found[-1] = found[-1].with_point(custody)
            continue
        found.append(
            Course(
                began_on=custody.since,
                store=store,
                on_the_way=change.by_order and store is not None,
                by_transfer=change.by_transfer,
                by_sale=change.by_sale,
                points={custody.since: custody},
            )
        )
    return tuple(found)


def has_been_out(history: Iterable[Change]) -> bool:
    """True of a device that somebody has had, or that was on its way to somebody. What never was is
    stock to lend (PCK-7).
    """
    return any(change.by_order or store_of(change.custody) is None for change in history)


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


def is_shown(
    custody: Custody,
    *,
    protected: Set[PersonRef],
    to: UserId,
    of: Set[ServicePointId],
) -> bool:
    """Whether an earlier custody is shown to a user of these service points: that of a person whose
    identity is protected, to its prescriber and to the unit that it was of alone (REF-19).
    """
    holder = custody.holder
    if not isinstance(holder, PatientRecipient) or holder.person not in protected:
        return True
    return custody.prescriber == to or custody.customer_id in of


def custody_until(history: Sequence[Change], day: date) -> Custody | None:
    """The custody of a day, or the one that ended on it where the device came into a store then.
    `history` is in the order in which it was emitted.
    """
    for change in reversed(history):
        left_then = change.custody.since == day and store_of(change.custody) is not None
        if change.custody.since <= day and not left_then:
            return change.custody
    return None


def had_it(history: Sequence[Change], day: date, *, user: UserId, of: Set[ServicePointId]) -> bool:
    """Whether a user of these service points had prescribed a device on a day, or their unit had it
    (INV-15).
    """
    custody = custody_until(history, day)
    return custody is not None and (custody.prescriber == user or custody.customer_id in of)


def evolve(device: Device | None, event: DeviceEvent) -> Device:
    """Returns the state after an event.

    Raises ValueError for what happens to a device before it is registered.
    """
    match event:
        case DeviceRegistered():
            custody = Custody(holder=StoreHolder(store=event.store), since=event.registered_on)
            meant_for = event.origin.person if event.origin else None
            return Device(**same_fields(event, Device), custody=custody, meant_for=meant_for)
        case DeviceStatedOnLoan():
            return Device(**same_fields(event, Device))
    if device is None:
        raise ValueError(f"{event.wire_type} of a device that is not registered")
    match event:
        case CustodyChanged():
            if isinstance(event.custody.holder, StoreHolder):
                return replace(device, custody=event.custody, order_id=None)
            order_id = event.cause.order_id or device.order_id
            return replace(device, custody=event.custody, order_id=order_id, meant_for=None)
        case DeviceStatusChanged():
            device = replace(device, status=DeviceStatus(event.kind), status_since=event.since_on)
            if device.status is DeviceStatus.IN_USE:
                return replace(device, damages=records.found(device.damages))
            return device
        case DeviceDamageRecorded():
            return replace(device, damages=records.with_record(device.damages, event))
        case DeviceRenumbered():
            former = (*device.former_numbers, event.before)
            return replace(device, device_number=event.device_number, former_numbers=former)
        case DeviceCardChanged():
            return _with_card(device, event)
        case DeviceReturnAwaited():
            return device


def _with_card(device: Device, event: DeviceCardChanged) -> Device:
    if event.serial_number is not None:
        device = replace(device, serial_number=event.serial_number)
    if event.maintained_on is not None:
        return replace(
            device,
            maintained_on=event.maintained_on,
            maintenance_due_on=event.maintenance_due_on,
        )
    due_on = event.maintenance_due_on or device.maintenance_due_on
    return replace(device, maintenance_due_on=due_on)
