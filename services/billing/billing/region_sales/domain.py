"""The rules of a sale to another region: requested, priced, approved or not (BIL-7). No clock, no
database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kvitt_contracts.billing import (
    PricedDevice,
    RegionSaleApproved,
    RegionSaleEvent,
    RegionSaleLineDropped,
    RegionSaleNotApproved,
    RegionSaleProposed,
    RegionSaleRefused,
    RegionSaleReminderDue,
    RegionSaleRequested,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceId,
    Money,
    PayerId,
    ReasonCode,
    Recipient,
    Reference,
    RefusedDevice,
    SaleId,
    ServicePointId,
    UserId,
    Word,
)

ANSWER_WITHIN: Final = timedelta(hours=24)
"""Business time in which inventory answers; after it the sale is refused."""
RETURN_WITHIN: Final = timedelta(days=30)
"""How long what was not bought may stay out before the unit is told."""
REPLY, RETURN = Word("answer"), Word("return")
"""What a reminder waits for."""
RETURNED: Final = ReasonCode("RETURNED")


class Status(StrEnum):
    """The states of a sale. `ended`: every device came back, or was lost, before it was sold."""

    REQUESTED = "requested"
    PROPOSED = "proposed"
    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    REFUSED = "refused"
    ENDED = "ended"


OPEN = (Status.REQUESTED, Status.PROPOSED)
"""Nothing is decided yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLine:
    """A device of a sale and what was asked for it last, without VAT; None until it is priced."""

    device_id: DeviceId
    price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionSale:
    """A sale to the region that `payer_id` is. `lines`: what has not been dropped; `refused`: what
    could not be claimed.
    """

    status: Status
    reference: Reference | None
    payer_id: PayerId
    recipient: Recipient
    service_point: ServicePointId
    lines: tuple[SaleLine, ...]
    requested_by: UserId
    answer_by_on: date | None = None
    sold_on: date | None = None
    refused: tuple[RefusedDevice, ...] = ()


def check_payer(payer: PayerId, *, regions: Iterable[PayerId]) -> None:
    """A sale is to one of the payers that stand for other `regions`; where the policy names none,
    nothing is sold.

    Raises Refused: NOT_ANOTHER_REGION (BIL-7).
    """
    known = set(regions)
    if payer not in known:
        raise Refused(
            "NOT_ANOTHER_REGION",
            rule="BIL-7",
            field="payer_id",
            way_on="Välj en betalare som står för en annan region."
            if known
            else "Regionens policy anger ingen betalare för en annan region. Be den som förvaltar"
            " policyn att ange dem (home_region.payers).",
        )


def check_by(*, is_connected: bool) -> None:
    """A unit sells what its own patients have. Raises Refused: NOT_CONNECTED_TO_SERVICE_POINT
    (REF-3).
    """
    if not is_connected:
        raise Refused(
            "NOT_CONNECTED_TO_SERVICE_POINT",
            rule="REF-3",
            field="service_point",
            way_on="Välj ett av dina tjänsteställen, eller be kundtjänst.",
        )


def check_named_once(devices: Sequence[DeviceId]) -> None:
    """Each device is named once. Raises Refused: DEVICE_TWICE (BIL-7)."""
    for place, one in enumerate(devices):
        if one in devices[:place]:
            raise Refused(
                "DEVICE_TWICE",
                rule="BIL-7",
                field=f"devices.{place}",
                way_on="Ange hjälpmedlet en gång.",
            )


def refuse_used_reference(*, field: str) -> Refused:
    """The refusal to request a sale under a reference that names another."""
    return Refused(
        "ALREADY_REQUESTED",
        rule="BIL-7",
        field=field,
        way_on="En försäljning med referensen finns redan: öppna den, eller ange en ny referens.",
    )


def refuse(
    sale_id: SaleId, sale: RegionSale, *, refused: Sequence[RefusedDevice] = ()
) -> tuple[RegionSaleRefused, ...]:
    """Inventory could not claim these devices, or has not answered in time. No event: the sale is
    further.
    """
    if sale.status is not Status.REQUESTED:
        return ()
    return (RegionSaleRefused(sale_id=sale_id, refused=tuple(refused)),)


# decision 0435: the other region is asked for the price of each device, all at once
def propose(
    sale_id: SaleId,
    sale: RegionSale,
    prices: Sequence[tuple[DeviceId | None, Money]],
    *,
    answer_by_on: date,
    by: UserId,
    asked_by: UserId,
    is_claimed: bool,
    today: date,
) -> tuple[RegionSaleProposed, ...]:
    """Name the price of each device, in öre without VAT, to be answered by a Stockholm day (BIL-7).
    `is_claimed`: inventory has. A proposal that would say the same again is no event.

    Raises Refused (BIL-7): SALE_ENDED, NOT_CLAIMED_YET, NOT_OF_THE_SALE, DEVICE_TWICE,
    NEGATIVE_PRICE, PRICE_MISSING; DAY_HAS_PASSED (DAY-5).
    """
    _check_open(sale)
    if not is_claimed:
        raise Refused("NOT_CLAIMED_YET", rule="BIL-7", way_on=_NOT_CLAIMED)
    if answer_by_on < today:
        raise Refused(
            "DAY_HAS_PASSED",
            rule="DAY-5",
            field="answer_by_on",
            way_on="Ange en dag som inte har varit, då den andra regionen senast ska svara.",
        )
    priced = _priced(sale, prices)
    lines = tuple(SaleLine(device_id=one.device_id, price=one.price) for one in priced)
    if sale.status is Status.PROPOSED and (lines, answer_by_on) == (sale.lines, sale.answer_by_on):
        return ()
    return (
        RegionSaleProposed(
            sale_id=sale_id, lines=priced, answer_by_on=answer_by_on, by=by, asked_by=asked_by
        ),
    )


def approve(
    sale_id: SaleId,
    sale: RegionSale,
    *,
    sold_on: date,
    lent_since: Mapping[DeviceId, date],
    by: UserId,
) -> tuple[RegionSaleApproved, ...]:
    """The other region buys what was proposed, from `sold_on` on. `lent_since`: from which day each
    device is as it is now. The same again is no event.

    Raises Refused: SALE_ENDED, NOT_PROPOSED (BIL-7), SOLD_BEFORE_LOAN (DAY-5).
    """
    if sale.status is Status.APPROVED and sale.sold_on == sold_on:
        return ()
    _check_open(sale)
    if sale.status is not Status.PROPOSED:
        raise Refused("NOT_PROPOSED", rule="BIL-7", way_on=_PRICE_FIRST)
    latest = max(lent_since.get(line.device_id, date.min) for line in sale.lines)
    if sold_on < latest:
        raise Refused(
            "SOLD_BEFORE_LOAN",
            rule="DAY-5",
            field="sold_on",
            way_on="Ett av hjälpmedlen lånades ut, eller bytte betalare, efter den dagen: ange en "
            "senare dag.",
            since=latest,
        )
    devices = tuple(line.device_id for line in sale.lines)
    return (RegionSaleApproved(sale_id=sale_id, devices=devices, sold_on=sold_on, by=by),)


def disapprove(
    sale_id: SaleId, sale: RegionSale, *, by: UserId
) -> tuple[RegionSaleNotApproved, ...]:
    """The other region does not buy: the devices are to be returned (BIL-7). The same again is no
    event. Raises Refused (BIL-7): SALE_ENDED.
    """
    if sale.status is Status.NOT_APPROVED:
        return ()
    _check_open(sale)
    return (RegionSaleNotApproved(sale_id=sale_id, by=by),)


def drop(
    sale_id: SaleId, sale: RegionSale, *, device_id: DeviceId, reason: ReasonCode
) -> tuple[RegionSaleLineDropped, ...]:
    """A device came back, or was lost, before it was sold. No event: it is not in the sale, or that
    is over without anything sold.
    """
    is_over = sale.status in (Status.REFUSED, Status.NOT_APPROVED)
    if is_over or all(line.device_id != device_id for line in sale.lines):
        return ()
    return (RegionSaleLineDropped(sale_id=sale_id, device_id=device_id, reason=reason),)


def price_of(sale: RegionSale, device_id: DeviceId) -> Money | None:
    """What was asked for a device last; None where it is not in the sale, or has no price."""
    return next((line.price for line in sale.lines if line.device_id == device_id), None)


def remind(
    sale_id: SaleId, sale: RegionSale, *, still_out: Iterable[DeviceId], today: date
) -> tuple[RegionSaleReminderDue, ...]:
    """Tell that the other region has not answered by its day, or that what it did not buy is not
    back. `still_out`: the devices that somebody pays for. No event: nothing is late.
    """
    waits_for: Word | None = None
    if sale.status is Status.PROPOSED and sale.answer_by_on and sale.answer_by_on < today:
        waits_for = REPLY
    if sale.status is Status.NOT_APPROVED:
        of_sale = {line.device_id for line in sale.lines}
        waits_for = RETURN if of_sale.intersection(still_out) else None
    if waits_for is None:
        return ()
    due = RegionSaleReminderDue(
        sale_id=sale_id, service_point=sale.service_point, waits_for=waits_for
    )
    return (due,)


def evolve(sale: RegionSale | None, event: RegionSaleEvent) -> RegionSale:
    """Returns the sale after an event. Raises ValueError when the first is no request."""
    if isinstance(event, RegionSaleRequested):
        return RegionSale(
            status=Status.REQUESTED,
            reference=event.reference,
            payer_id=event.payer_id,
            recipient=event.recipient,
            service_point=event.service_point,
            lines=tuple(SaleLine(device_id=one) for one in event.devices),
            requested_by=event.by,
        )
    if sale is None:
        raise ValueError(f"{event.wire_type} of a sale that was never requested")
    match event:
        case RegionSaleRefused():
            return replace(sale, status=Status.REFUSED, refused=event.refused)
        case RegionSaleProposed():
            lines = tuple(SaleLine(device_id=one.device_id, price=one.price) for one in event.lines)
            answer_by = event.answer_by_on
            return replace(sale, status=Status.PROPOSED, lines=lines, answer_by_on=answer_by)
        case RegionSaleApproved():
            return replace(sale, status=Status.APPROVED, sold_on=event.sold_on)
        case RegionSaleNotApproved():
            return replace(sale, status=Status.NOT_APPROVED)
        case RegionSaleLineDropped():
            return _without(sale, event.device_id)
        case RegionSaleReminderDue():
            return sale


def _without(sale: RegionSale, device_id: DeviceId) -> RegionSale:
    """Without a device; what was proposed with it is to be proposed anew."""
    left = tuple(line for line in sale.lines if line.device_id != device_id)
    if not left:
        return replace(sale, lines=left, status=Status.ENDED, answer_by_on=None)
    if sale.status is Status.PROPOSED:
        return replace(sale, lines=left, status=Status.REQUESTED, answer_by_on=None)
    return replace(sale, lines=left)


def _priced(
    sale: RegionSale, prices: Sequence[tuple[DeviceId | None, Money]]
) -> tuple[PricedDevice, ...]:
    found: dict[DeviceId, Money] = {}
    of_sale = [line.device_id for line in sale.lines]
    for place, (device_id, price) in enumerate(prices):
        field = f"lines.{place}.device_number"
        if device_id is None or device_id not in of_sale:
            raise Refused("NOT_OF_THE_SALE", rule="BIL-7", field=field, way_on=_NOT_OF_SALE)
        if device_id in found:
            raise Refused("DEVICE_TWICE", rule="BIL-7", field=field, way_on=_TWICE)
        if price.net_ore < 0:
            field = f"lines.{place}.price"
            raise Refused("NEGATIVE_PRICE", rule="BIL-7", field=field, way_on=_NEGATIVE)
        found[device_id] = price
    missing = len(of_sale) - len(found)
    if missing:
        raise Refused(
            "PRICE_MISSING", rule="BIL-7", field="lines", way_on=_MISSING, missing=missing
        )
    return tuple(PricedDevice(device_id=one, price=found[one]) for one in of_sale)


def _check_open(sale: RegionSale) -> None:
    if sale.status not in OPEN:
        raise Refused("SALE_ENDED", rule="BIL-7", way_on=_WHY_ENDED[sale.status])


_NOT_CLAIMED = (
    "Lagret har inte svarat att hjälpmedlen finns hos patienten: försök igen om en stund."
)
_PRICE_FIRST = "Föreslå ett pris för varje hjälpmedel först."
_NOT_OF_SALE = "Ange individnumret på ett hjälpmedel som är kvar i försäljningen."
_TWICE = "Ange hjälpmedlet en gång."
_NEGATIVE = "Ange ett pris som är 0 eller högre."
_MISSING = "Ange ett pris för varje hjälpmedel i försäljningen."
_WHY_ENDED: Final[Mapping[Status, str]] = {
    Status.APPROVED: "Försäljningen är godkänd. Kom något tillbaka före dagen registreras returen.",
    Status.NOT_APPROVED: "Försäljningen godkändes inte. Begär en ny om regionen har ändrat sig.",
    Status.REFUSED: "Hjälpmedlen kunde inte säljas. Begär en ny försäljning av dem som kan.",
    Status.ENDED: "Inget hjälpmedel är kvar i försäljningen. Begär en ny om det behövs.",
}
