"""The rules of requesting a pickup: who may, what, from where and when. No clock, no database."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from kvitt_contracts.orders import AddressKind, PickupLine, PickupRequested
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    DeviceId,
    LineNumber,
    OrderNumber,
    PickupId,
    ProductArea,
    Recipient,
    Reference,
    ServicePointId,
    Word,
)

from orders.pickups.domain import POSTED
from orders.pickups.reasons import PickupRuleRefused, Reason, refusal
from orders.units.domain import Customer, User, must_act_at


class OrderedBy(StrEnum):
    """Who wants the devices fetched (PCK-3)."""

    UNIT = "unit"
    PATIENT = "patient"
    RELATIVE = "relative"


_REQUEST = "orders.pickup.request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The id, number and reference that a new pickup gets."""

    pickup_id: PickupId
    pickup_number: OrderNumber
    reference: Reference | None


class Chosen(NamedTuple):
    """A device that is to be fetched, its article's product area where that has one, and whether
    the article is one that the central store is to have back at once (PCK-7).
    """

    device_id: DeviceId
    area: ProductArea | None
    return_at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants fetched. `devices`: None where orders knows none of that number."""

    recipient: Recipient
    ordered_by: Word
    cause: Word
    return_cause: Word | None
    address_kind: AddressKind
    earliest_on: date | None
    latest_on: date | None
    devices: tuple[Chosen | None, ...]
    has_address: bool
    has_phone: bool
    has_text: bool


# decision 0355: reasons and a window everywhere
def request(
    wish: Wish,
    *,
    naming: Naming,
    by: User,
    place: Customer,
    policy: RegionPolicy,
    today: date,
) -> PickupRequested:
    """Request that devices are fetched; `today` is a Stockholm day (PCK-1).

    A patient's or relative's pickup gets the policy's window (PCK-3). Raises PickupRuleRefused
    naming the field: an unknown cause, device or orderer, a device twice, no address, no phone
    (PCK-1), a cause that is none of the device's product area, what is posted by others than the
    unit or from elsewhere, an unknown cause of the return (PCK-4), who may not order it there
    (REF-3), days outside the window (PCK-3), the last one before the first or in the past (DAY-5).
    """
    _must_be_allowed(by, place, wish.ordered_by)
    _must_be_a_cause(wish, policy)
    devices = _known(wish.devices)
    _must_be_of_the_areas(wish.cause, devices, policy)
    _must_be_posted_by_the_unit(wish)
    if not wish.has_address:
        way_on = "Mottagaren har ingen adress. Ange enhetens adress eller en egen."
        raise refusal(Reason.NO_ADDRESS, "PCK-1", "delivery.to", way_on)
    if not wish.has_phone:
        way_on = "Ange ett telefonnummer: den som hämtar ringer först."
        raise refusal(Reason.PHONE_MISSING, "PCK-1", "delivery.order_phone", way_on)
    earliest, latest = _window(wish, policy, today)
    lines = tuple(
        PickupLine(
            number=LineNumber(number),
            device_id=device.device_id,
            return_at_once=device.return_at_once,
        )
        for number, device in enumerate(devices, 1)
    )
    return PickupRequested(
        pickup_id=naming.pickup_id,
        pickup_number=naming.pickup_number,
        reference=naming.reference,
        recipient=wish.recipient,
        service_point=ServicePointId(place.customer_id),
        customer_id=place.customer_id,
        ordered_by=wish.ordered_by,
        cause=wish.cause,
        return_cause=wish.return_cause,
        address_kind=wish.address_kind,
        earliest_on=earliest,
        latest_on=latest,
        lines=lines,
        has_text=wish.has_text,
        policy=policy.pin,
        by=by.user_id,
    )


def causes_for(areas: Set[ProductArea | None], *, policy: RegionPolicy) -> tuple[Word, ...]:
    """The causes for which devices of all of these product areas are fetched by one pickup; of no
    area, every cause that there is (PCK-1, PCK-4).
    """
    return tuple(
        cause
        for cause in _causes(policy)
        if all(cause in policy.pickup_reasons_of(area) for area in areas)
    )


def refuse_used_reference(*, field: str) -> PickupRuleRefused:
    """The refusal to request two pickups by one reference."""
    way_on = "Beteckningen är redan använd. Ge den nya hämtordern en egen."
    return refusal(Reason.ALREADY_REQUESTED, "PCK-1", field, way_on)


def refuse_address_over_kafka() -> PickupRuleRefused:
    """The refusal of an address of its own by a message, which can carry none."""
    way_on = "En egen adress anges bara över HTTP. Välj recipient eller unit."
    return refusal(Reason.ADDRESS_OVER_HTTP_ONLY, "PCK-1", "address_kind", way_on)


def _must_be_allowed(by: User, place: Customer, ordered_by: Word) -> None:
    must_act_at(place, by, act=_REQUEST)
    if ordered_by not in {Word(one) for one in OrderedBy}:
        way_on = "Ange unit, patient eller relative."
        raise refusal(Reason.UNKNOWN_WORD, "PCK-3", "ordered_by", way_on)
    if ordered_by != Word(OrderedBy.UNIT) and not by.may_for_all(_REQUEST):
        way_on = "Patienter och närstående beställer hämtning genom kundservice."
        raise refusal(Reason.BY_CUSTOMER_SERVICE_ONLY, "PCK-3", "ordered_by", way_on)


def _must_be_a_cause(wish: Wish, policy: RegionPolicy) -> None:
    known = _causes(policy)
    if wish.cause not in known:
        said = ", ".join(known)
        raise refusal(Reason.UNKNOWN_CAUSE, "PCK-1", "cause", f"Välj en orsak ur listan: {said}.")
    causes = policy.pickup.return_causes
    if wish.return_cause is not None and wish.return_cause not in causes:
        way_on = f"Välj vad som orsakade returen ur listan: {', '.join(causes)}."
        raise refusal(Reason.UNKNOWN_RETURN_CAUSE, "PCK-4", "return_cause", way_on)


def _causes(policy: RegionPolicy) -> tuple[Word, ...]:
    of_areas = (one for area in policy.product_areas for one in area.pickup_reasons)
    return tuple(dict.fromkeys((*policy.pickup.reasons, *of_areas)))


def _must_be_of_the_areas(cause: Word, devices: tuple[Chosen, ...], policy: RegionPolicy) -> None:
    for number, device in enumerate(devices):
        reasons = policy.pickup_reasons_of(device.area)
        if cause not in reasons:
            way_on = (
                f"Det hjälpmedlet hämtas av orsakerna {', '.join(reasons)}. Välj en av dem, eller"
                " gör en egen hämtorder för det."
            )
            field = f"devices.{number}"
            raise refusal(Reason.CAUSE_NOT_OF_PRODUCT_AREA, "PCK-4", field, way_on)


def _must_be_posted_by_the_unit(wish: Wish) -> None:
    if wish.cause != POSTED:
        return
    if wish.ordered_by != Word(OrderedBy.UNIT):
        way_on = "Det som skickas med post skickar enheten själv. Ange unit."
        raise refusal(Reason.POSTED_BY_THE_UNIT, "PCK-4", "ordered_by", way_on)
    if wish.address_kind is not AddressKind.UNIT:
        way_on = "Enheten skickar hjälpmedlet själv: ange enhetens adress (unit)."
        raise refusal(Reason.POSTED_BY_THE_UNIT, "PCK-4", "delivery.to", way_on)


def _known(devices: tuple[Chosen | None, ...]) -> tuple[Chosen, ...]:
    known: list[Chosen] = []
    for number, device in enumerate(devices):
        field = f"devices.{number}"
        if device is None:
            way_on = "Kontrollera individnumret: något sådant hjälpmedel finns inte."
            raise refusal(Reason.UNKNOWN_DEVICE, "PCK-1", field, way_on)
        if device in known:
            way_on = "Hjälpmedlet står redan på hämtordern. Ta bort den ena raden."
            raise refusal(Reason.DEVICE_TWICE, "PCK-1", field, way_on)
        known.append(device)
    return tuple(known)


def _window(wish: Wish, policy: RegionPolicy, today: date) -> tuple[date | None, date | None]:
    if wish.earliest_on and wish.latest_on and wish.latest_on < wish.earliest_on:
        way_on = "Ange en sista dag som inte är före den första."
        raise refusal(Reason.ENDS_BEFORE_IT_BEGINS, "DAY-5", "latest_on", way_on)
    if wish.latest_on and wish.latest_on < today:
        way_on = "Ange en sista dag som inte har gått, eller ingen."
        raise refusal(Reason.DAY_HAS_PASSED, "DAY-5", "latest_on", way_on)
    # PCK-3f: what the prescribing unit orders has no window but the one that it asks for
    if wish.ordered_by == Word(OrderedBy.UNIT):
        return wish.earliest_on, wish.latest_on
    first, last = (today + timedelta(days=days) for days in policy.pickup.window_days)
    earliest, latest = wish.earliest_on or first, wish.latest_on or last
    for field, day in (("earliest_on", earliest), ("latest_on", latest)):
        if not first <= day <= last:
            way_on = f"Välj dagar från {first} till {last}. Enheten kan beställa tidigare."
            raise refusal(Reason.OUTSIDE_WINDOW, "PCK-3", field, way_on)
    return earliest, latest
