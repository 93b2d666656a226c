"""The rules of pickups once they are requested: a state in, events or a refusal out. No clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    AddressKind,
    PickupClosed,
    PickupEvent,
    PickupLine,
    PickupLineEnded,
    PickupMadeUrgent,
    PickupOverdue,
    PickupRefused,
    PickupRegistered,
    PickupReported,
    PickupRequested,
    PickupReturnAwaited,
    PickupVoidRequested,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    Known,
    LineNumber,
    Money,
    OrderNumber,
    PayerId,
    PickupId,
    PolicyVersion,
    Recipient,
    Reference,
    RefusedDevice,
    ServicePointId,
    UserId,
    Word,
)

from orders.pickups.reasons import Reason, refusal
from orders.units.domain import User
from orders.waits.domain import LISTED, REMINDS, TELLS_CUSTOMER_SERVICE, Owner, Wait


class Status(StrEnum):
    """Where a pickup is (PCK-2). `requested` waits for inventory's answer."""

    REQUESTED = "requested"
    REGISTERED = "registered"
    REFUSED = "refused"
    CLOSED = "closed"
    VOIDED = "voided"


OPEN: Final = (Status.REQUESTED, Status.REGISTERED)
"""What is not over yet."""


POSTED: Final = Word("sent_by_post")
"""The reason of what the unit itself sends to the central store (PCK-4)."""

URGENT: Final = Word("urgent_pickup")
"""What the region's price list calls an urgent pickup (BIL-15)."""

FETCHED, VOIDED = Word("fetched"), Word("voided")
_OUTCOMES: Final[Mapping[str, Word]] = {
    "RETURNED": FETCHED,
    "DISPATCHED": FETCHED,
    "LOST": Word("lost"),
    "SCRAPPED": Word("scrapped"),
}
"""How a line ends, by what broke inventory's claim."""


class Line(PickupLine):
    """A line with how it ended; `is_voiding` while inventory owes its answer."""

    outcome: Annotated[Word | None, Known(VOIDED, *_OUTCOMES.values())] = None
    is_voiding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickup:
    """A pickup order."""

    id: PickupId
    pickup_number: OrderNumber
    reference: Reference | None
    status: Status
    recipient: Recipient
    service_point: ServicePointId
    customer_id: CustomerId
    ordered_by: Word
    cause: Word
    return_cause: Word | None = None
    address_kind: AddressKind
    earliest_on: date | None
    latest_on: date | None
    lines: tuple[Line, ...]
    has_text: bool
    policy: PolicyVersion
    by: UserId
    refused: tuple[RefusedDevice, ...] = ()
    is_overdue: bool = False
    technician: UserId | None = None
    not_found: tuple[LineNumber, ...] = ()
    is_urgent: bool = False
    fee: Money | None = None
    payer_id: PayerId | None = None

    @property
    def is_pending(self) -> bool:
        """True while inventory owes an answer: to the request, or to what is taken back."""
        return self.status is Status.REQUESTED or any(line.is_voiding for line in self.lines)


def register(pickup: Pickup) -> tuple[PickupRegistered, ...]:
    """Inventory has claimed every device (PCK-2). No event: it was answered before."""
    if pickup.status is not Status.REQUESTED:
        return ()
    return (PickupRegistered(pickup_id=pickup.id),)


def refuse(pickup: Pickup, *, refused: tuple[RefusedDevice, ...] = ()) -> tuple[PickupRefused, ...]:
    """Inventory could not claim these devices, or did not answer: nothing is fetched (BMB-12)."""
    if pickup.status is not Status.REQUESTED:
        return ()
    return (PickupRefused(pickup_id=pickup.id, refused=refused),)


def request_void(
    pickup: Pickup, numbers: Iterable[LineNumber], *, by: User
) -> tuple[PickupVoidRequested, ...]:
    """Take back the lines with these numbers, or every open one where none is named (PCK-3).

    Returns no event where each of them is taken back already. Raises PickupRuleRefused: `by` is
    neither of the unit nor who ordered it (REF-3), the pickup waits for inventory's first answer,
    is over, or has no such line (PCK-3).
    """
    _must_be_theirs(pickup, by)
    _must_be_answered(pickup)
    if pickup.status is Status.REFUSED:  # nothing is claimed, so nothing would be released
        way_on = "Lagret nekade hämtordern: det finns inget att avbeställa."
        raise refusal(Reason.ENDED, "PCK-3", None, way_on)
    asked = frozenset(numbers)
    unknown = asked - {line.number for line in pickup.lines}
    if unknown:
        way_on = f"Hämtordern har ingen rad {min(unknown)}. Ange radnummer ur hämtordern."
        raise refusal(Reason.UNKNOWN_LINE, "PCK-3", "numbers", way_on)
    named = [line for line in pickup.lines if not asked or line.number in asked]
    still_open = [line for line in named if line.outcome is None]
    taken_back = all(line.outcome == VOIDED for line in named)
    if not still_open and not taken_back:
        way_on = "Hjälpmedlet är redan hämtat. Förskriv på nytt om det behövs."
        raise refusal(Reason.ENDED, "PCK-3", "numbers" if asked else None, way_on)
    lines = [line for line in still_open if not line.is_voiding]
    if not lines:
        return ()
    requested = PickupVoidRequested(
        pickup_id=pickup.id,
        numbers=tuple(line.number for line in lines),
        devices=tuple(line.device_id for line in lines),
        by=by.user_id,
    )
    return (requested,)


# decision 0372: the fee of that day, for a journey that was made
def make_urgent(
    pickup: Pickup, *, by: User, payer: PayerId, policy: RegionPolicy, today: date
) -> tuple[PickupMadeUrgent, ...]:
    """Have it fetched at once, for the urgent fee of the price list of that day (PCK-3). Returns no
    event where it is urgent already: the fee and the payer stay.

    Raises PickupRuleRefused: `by` is neither of the unit nor who ordered it (REF-3), the pickup
    waits for inventory's first answer, or is over (PCK-3).
    """
    _must_be_theirs(pickup, by)
    _must_be_answered(pickup)
    if pickup.status is not Status.REGISTERED:
        way_on = "Hämtordern är över. Gör en ny om något är kvar att hämta."
        raise refusal(Reason.ENDED, "PCK-3", None, way_on)
    if pickup.is_urgent:
        return ()
    fee = policy.price_of(URGENT, on=today)
    return (PickupMadeUrgent(pickup_id=pickup.id, fee=fee, payer_id=payer, by=by.user_id),)


def end_lines(
    pickup: Pickup, devices: Iterable[DeviceId], *, outcome: Word
) -> tuple[PickupLineEnded | PickupClosed, ...]:
    """End the open lines of these devices; with the last line the pickup is closed, or voided where
    all of it was taken back (PCK-2) and no fee is due (PCK-3).
    """
    if pickup.status is not Status.REGISTERED:
        return ()
    wanted = frozenset(devices)
    events: list[PickupLineEnded | PickupClosed] = []
    for line in pickup.lines:
        if line.outcome is None and line.device_id in wanted:
            events.append(PickupLineEnded(pickup_id=pickup.id, number=line.number, outcome=outcome))
            pickup = evolve(pickup, events[-1])
    if events and pickup.status is Status.REGISTERED and not _open_lines(pickup):
        events.append(_closed(pickup))
    return tuple(events)


def outcome_of(reason: str) -> Word:
    """How a line ends by what broke its claim. Raises KeyError for a reason that nobody emits."""
    return _OUTCOMES[reason]


def report(
    pickup: Pickup, not_found: Iterable[LineNumber], *, technician: UserId
) -> tuple[PickupReported, ...]:
    """The technician has been there (PCK-3). It ends no line: the goods do, when they are back.

    Raises PickupRuleRefused (PCK-3): the pickup waits, was refused or voided, or has no such line.
    """
    if pickup.status not in (Status.REGISTERED, Status.CLOSED):
        way_on = "Hämtordern gäller inte. Rapportera på den som gjordes i stället."
        raise refusal(Reason.ENDED, "PCK-3", None, way_on)
    missing = tuple(sorted(set(not_found)))
    if set(missing) - {line.number for line in pickup.lines}:
        way_on = "Ange radnummer ur hämtordern."
        raise refusal(Reason.UNKNOWN_LINE, "PCK-3", "not_found", way_on)
    if (pickup.technician, pickup.not_found) == (technician, missing):
        return ()
    return (PickupReported(pickup_id=pickup.id, technician=technician, not_found=missing),)


def must_be_first_to_report(pickup: Pickup, technician: UserId) -> None:
    """Raises PickupRuleRefused (ALREADY_REPORTED, PCK-3): somebody else has reported it, which the
    technician has not seen.
    """
    if pickup.technician not in (None, technician):
        way_on = "En kollega har redan lämnat en rapport. Läs den, och ändra sedan om det behövs."
        raise refusal(Reason.ALREADY_REPORTED, "PCK-3", None, way_on)


def lines_to_fetch(pickup: Pickup) -> tuple[Line, ...]:
    """The lines that its slip names: what is left to fetch (PCK-4).

    Raises PickupRuleRefused (PCK-4): inventory has not answered yet, or it is over.
    """
    if pickup.status is Status.REQUESTED:
        way_on = "Lagret har inte svarat än. Skriv ut följesedeln om en stund."
        raise refusal(Reason.WAITING, "PCK-4", None, way_on)
    if pickup.status is not Status.REGISTERED:
        way_on = "Inget är kvar att hämta på hämtordern. Beställ en ny om något ska hämtas."
        raise refusal(Reason.ENDED, "PCK-4", None, way_on)
    return _open_lines(pickup)


def fall_due(pickup: Pickup) -> tuple[PickupOverdue, ...]:
    """The day by which it was to be done has passed with lines open (PCK-2). It stays open."""
    if pickup.status is not Status.REGISTERED or pickup.is_overdue:
        return ()
    return (PickupOverdue(pickup_id=pickup.id),)


# decision 0383: who keeps it is told, again each such time, until it is back
def await_return(pickup: Pickup, *, since: date) -> tuple[PickupReturnAwaited, ...]:
    """Remind the unit of what is to be returned at once and is not back (PCK-7). No event: nothing
    of that is left in it.
    """
    if pickup.status is not Status.REGISTERED:
        return ()
    devices = tuple(line.device_id for line in to_return_at_once(pickup))
    if not devices:
        return ()
    return (PickupReturnAwaited(pickup_id=pickup.id, devices=devices, since_on=since),)


def to_return_at_once(pickup: Pickup) -> tuple[Line, ...]:
    """The open lines of devices that the central store is to have back at once (PCK-7)."""
    return tuple(line for line in _open_lines(pickup) if line.return_at_once)


def return_day(pickup: Pickup, *, policy: RegionPolicy, today: date) -> date | None:
    """The last day on which what is to be returned at once is back in time, from today or from the
    pickup's first day where that is later (PCK-7); None where it has nothing of that.
    """
    if not to_return_at_once(pickup):
        return None
    return _first_day(pickup, today) + timedelta(days=policy.pickup.return_at_once_days)


def waits_for(pickup: Pickup, *, until: date | None, last_on: date | None = None) -> Wait | None:
    """What a pickup waits for and on whom: inventory's answer, the unit that posts it, who fetches
    it, or the store that has not taken back what was fetched; `until` is the day that it waits for,
    `last_on` its last one (REF-20). None when it is over.
    """
    if pickup.status not in OPEN:
        return None
    if pickup.status is Status.REQUESTED:
        return Wait(awaits=Word("claim"), on=Owner.STORE, until=until, then=Word("refused"))
    then = LISTED if pickup.is_overdue else TELLS_CUSTOMER_SERVICE
    if to_return_at_once(pickup) and until != last_on:  # else its last day is no later
        then = REMINDS
    if all(line.is_voiding for line in _open_lines(pickup)):
        return Wait(awaits=Word("release"), on=Owner.STORE, until=until, then=then)
    if pickup.cause == POSTED:
        point = pickup.service_point
        on = Owner.SERVICE_POINT
        return Wait(awaits=Word("posting"), on=on, service_point=point, until=until, then=then)
    if pickup.technician is not None:
        return Wait(awaits=Word("arrival"), on=Owner.STORE, until=until, then=then)
    return Wait(awaits=Word("fetching"), on=Owner.TECHNICIANS, until=until, then=then)


def last_day(pickup: Pickup, *, policy: RegionPolicy, today: date) -> date:
    """The last day on which an open pickup is in time: that of its window, or so many days of the
    policy from today, or from the first day where that is later.
    """
    first = _first_day(pickup, today)
    return pickup.latest_on or first + timedelta(days=policy.pickup.overdue_days)


def evolve(pickup: Pickup | None, event: PickupEvent) -> Pickup:
    """Returns the state after an event; every event of a pickup is handled.

    Raises ValueError for any event before the pickup is requested.
    """
    if isinstance(event, PickupRequested):
        lines = tuple(Line(**dict(line)) for line in event.lines)
        placed = {"id": event.pickup_id, "status": Status.REQUESTED, "lines": lines}
        return Pickup(**same_fields(event, Pickup) | placed)
    if pickup is None:
        raise ValueError(f"{event.wire_type} before the pickup is requested")
    match event:
        case PickupRegistered():
            return replace(pickup, status=Status.REGISTERED)
        case PickupRefused():
            return replace(pickup, status=Status.REFUSED, refused=event.refused)
        case PickupOverdue():
            return replace(pickup, is_overdue=True)
        case PickupReturnAwaited():
            return pickup
        case PickupMadeUrgent():
            return replace(pickup, is_urgent=True, fee=event.fee, payer_id=event.payer_id)
        case PickupVoidRequested():
            return _with(pickup, event.numbers, is_voiding=True)
        case PickupLineEnded():
            after = _with(pickup, (event.number,), outcome=event.outcome, is_voiding=False)
            voided = all(line.outcome == VOIDED for line in after.lines)
            return replace(after, status=Status.VOIDED) if voided and not _owes(after) else after
        case PickupReported():
            return replace(pickup, technician=event.technician, not_found=event.not_found)
        case PickupClosed():
            return replace(pickup, status=Status.CLOSED)


def _first_day(pickup: Pickup, today: date) -> date:
    return max(today, pickup.earliest_on or today)


def _with(pickup: Pickup, numbers: Iterable[LineNumber], **changes: object) -> Pickup:
    named = frozenset(numbers)
    lines = tuple(
        line.model_copy(update=changes) if line.number in named else line for line in pickup.lines
    )
    return replace(pickup, lines=lines)


def _owes(pickup: Pickup) -> bool:
    """True where an urgent fee is due: of a journey that was made (BIL-8)."""
    is_done = any(line.outcome == FETCHED for line in pickup.lines) or pickup.technician is not None
    return pickup.fee is not None and is_done


def _closed(pickup: Pickup) -> PickupClosed:
    if not _owes(pickup):
        return PickupClosed(pickup_id=pickup.id)
    return PickupClosed(pickup_id=pickup.id, fee=pickup.fee, payer_id=pickup.payer_id)


def _must_be_theirs(pickup: Pickup, by: User) -> None:
    is_theirs = by.user_id == pickup.by or by.works_at(CustomerId(pickup.service_point))
    if not (is_theirs or by.may_for_all("orders.pickup.void")):
        way_on = "Bara hämtorderns tjänsteställe, den som beställde eller kundservice ändrar den."
        raise refusal(Reason.NOT_YOUR_PICKUP, "REF-3", "by", way_on)


def _must_be_answered(pickup: Pickup) -> None:
    if pickup.status is Status.REQUESTED:
        way_on = "Lagret har inte svarat än. Försök igen om en stund."
        raise refusal(Reason.WAITING, "PCK-3", None, way_on)


def _open_lines(pickup: Pickup) -> tuple[Line, ...]:
    return tuple(line for line in pickup.lines if line.outcome is None)
