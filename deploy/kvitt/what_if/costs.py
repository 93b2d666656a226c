"""What a transfer that ends otherwise costs whom: the rent of its devices, day by day, by the rules
of the invoice run. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from billing.rents.domain import (
    ChangePoint,
    PricePoint,
    charging_of_loan,
    owed_rent,
    payer_on,
    with_change,
)
from bmb.what_if.domain import Ending
from kvitt_contracts.inventory import CustodyChanged, DeviceEvent, DeviceStatedOnLoan
from kvitt_contracts.types import Charging, DeviceId, PayerId, TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDevice:
    """A device's log (the instant of business time and the event), and its article's prices and how
    the article is charged today.
    """

    id: DeviceId
    log: Sequence[tuple[datetime, DeviceEvent]]
    prices: Sequence[PricePoint]
    charging: Charging


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a payer pays in öre without VAT for the days that are asked about: as it was, and as it
    would have been.
    """

    payer_id: PayerId
    was_ore: int
    would_be_ore: int


def costs_of(
    device: PastDevice,
    *,
    transfer: TransferId,
    sent_at: datetime,
    to_store: bool,
    was: Ending,
    would_be: Ending,
    through: date,
) -> list[Cost]:
    """Who pays what for a device up to the Stockholm day `through`, included, with the transfer as
    it ended and as it would have ended; the payers for whom that differs, by their ids.

    The device's other changes stay as they were, and one that comes before the other day of effect
    takes the device out of the transfer. Who takes over `to_store` pays nothing from then on.
    """
    days = [one.effective_on for one in (was, would_be) if one.effective_on is not None]
    if not days or device.id not in {*was.devices, *would_be.devices}:
        return []
    points = points_of(device)
    otherwise = points_of(device, but=transfer)
    begins = would_be.effective_on
    takes_part = begins is not None and device.id in would_be.devices
    if begins and takes_part and not _left_before(device, transfer, after=sent_at, by=begins):
        payer = None if to_store else would_be.payer_id
        charging = _charging(device, otherwise, payer, on=begins)
        otherwise = with_change(otherwise, payer, effective_on=begins, charging=charging)
    first = min(days)
    before = _paid(points, device.prices, from_day=first, through=through)
    after = _paid(otherwise, device.prices, from_day=first, through=through)
    return [
        Cost(payer_id=payer, was_ore=before[payer], would_be_ore=after[payer])
        for payer in sorted({*before, *after})
        if before[payer] != after[payer]
    ]


def points_of(device: PastDevice, *, but: TransferId | None = None) -> tuple[ChangePoint, ...]:
    """Who pays from which day, as billing keeps it (BIL-1); without what came of a transfer, where
    one is named.
    """
    points: tuple[ChangePoint, ...] = ()
    for _, event in device.log:
        if not isinstance(event, CustodyChanged | DeviceStatedOnLoan):
            continue
        if but is not None and _is_of(event, but):
            continue
        custody = event.custody
        loan = event.charging or charging_of_loan(points, on=custody.since) or device.charging
        points = with_change(
            points,
            custody.payer_id,
            effective_on=custody.since,
            charging=loan if custody.payer_id else None,
        )
    return points


def together(costs: Iterable[Cost]) -> list[Cost]:
    """The sums by payer, by the payers' ids."""
    was, would_be = Counter[PayerId](), Counter[PayerId]()
    for one in costs:
        was[one.payer_id] += one.was_ore
        would_be[one.payer_id] += one.would_be_ore
    return [
        Cost(payer_id=payer, was_ore=was[payer], would_be_ore=would_be[payer])
        for payer in sorted({*was, *would_be})
    ]


def _charging(
    device: PastDevice, points: Sequence[ChangePoint], payer: PayerId | None, *, on: date
) -> Charging | None:
    """As the loan is charged that goes on; one that begins, as its article is."""
    if payer is None:
        return None
    goes_on = payer_on(points, on) is not None
    return (charging_of_loan(points, on=on) if goes_on else None) or device.charging


def _left_before(device: PastDevice, transfer: TransferId, *, after: datetime, by: date) -> bool:
    """True where something else has moved the device since an instant, up to a day."""
    moves = (event for at, event in device.log if at > after and isinstance(event, CustodyChanged))
    return any(not _is_of(event, transfer) and event.custody.since <= by for event in moves)


def _is_of(event: DeviceEvent, transfer: TransferId) -> bool:
    return isinstance(event, CustodyChanged) and event.cause.transfer_id == transfer


def _paid(
    points: Sequence[ChangePoint], prices: Sequence[PricePoint], *, from_day: date, through: date
) -> Counter[PayerId]:
    paid = Counter[PayerId]()
    for span in owed_rent(points, prices, from_day=from_day, to_day=through):
        paid[span.payer_id] += span.amount.net_ore
    return paid
