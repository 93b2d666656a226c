"""The rules of delayed fees: when one is due, who puts it off, what ends it. No clock, no database.

A day that is due is the first working day of a month.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final

from kvitt_contracts.billing import (
    ChargeCancelled,
    ChargeCause,
    ChargeDeferred,
    ChargeKind,
    ChargePaused,
    ChargeRaised,
)
from kvitt_contracts.calendar import first_of_next_month, working_days_after
from kvitt_contracts.inventory import LineDelivered
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ChargeId,
    DeviceId,
    Money,
    PatientPayer,
    PersonRef,
    UserId,
    Word,
)

from billing.domain import Charge, ChargeStatus, Received
from billing.rents.domain import ChangePoint
from billing.returned.domain import last_day_in_time, not_owed, returned_between

DELAYED: Final = Word("delayed")
WHOLE_DAYS: Final = 90
MONTHS_OF_TABLE: Final = 3


# decision 0396: the day of receipt is no whole day
def due_on(received_on: date, *, calendar: str) -> date:
    """The day on which a fee of what was received on a day is owed (BIL-3).

    By the `promise` the first that a month begins with when 90 whole days have passed since then;
    by M5's `table` that of the third month after, which is up to a month earlier.
    """
    if calendar == "table":
        month = received_on
        for _ in range(MONTHS_OF_TABLE):
            month = first_of_next_month(month)
        return _first_working_day(month)
    return _month_begins(received_on + timedelta(days=WHOLE_DAYS + 1))


def defer_fee(
    charge_ids: Sequence[ChargeId],
    delivered: LineDelivered | Received,
    *,
    patient: PersonRef,
    unit_fee: Money,
    policy: RegionPolicy,
) -> tuple[ChargeDeferred, ...]:
    """The fee pinned to a received line is owed later, of each unit by itself: each is paused and
    returned by itself (BIL-3, BIL-4).

    `charge_ids` has one for each unit, `unit_fee` is in öre, `policy` the one that is in force: its
    calendar and its days of notice stay with the fee.
    """
    units: Iterable[tuple[ChargeId, DeviceId | None]] = zip_longest(charge_ids, delivered.devices)
    due = due_on(delivered.delivered_on, calendar=policy.fees.calendar)
    return tuple(
        ChargeDeferred(
            charge_id=charge_id,
            kind=Word(ChargeKind.FEE),
            payer=PatientPayer(person=patient),
            cause=ChargeCause(
                order_id=delivered.order_id, line_id=delivered.line_id, device_id=device_id
            ),
            article_number=delivered.article_number,
            quantity=1,
            amount=unit_fee,
            devices=(device_id,) if device_id else (),
            received_on=delivered.delivered_on,
            due_on=due,
            last_pause_on=due - timedelta(days=policy.fees.pause_notice_days),
            policy=policy.pin,
        )
        for charge_id, device_id in units
    )


def fall_due(
    charge_id: ChargeId, charge: Charge, points: Iterable[ChangePoint], *, today: date
) -> tuple[ChargeRaised | ChargeCancelled, ...]:
    """What waited is owed from its day on (BIL-3). `points` are its device's: one that was in a
    store in between was returned before, and is not owed (BIL-4).

    Returns no event for one that does not wait any more, or not so long.
    """
    due = charge.due_on
    if charge.status is not ChargeStatus.DEFERRED or due is None or due > today:
        return ()
    received_on = charge.received_on or due
    back = returned_between(points, first=received_on, last=last_day_in_time(charge) or due)
    if back is not None:
        return (not_owed(charge_id),)
    if charge.order_id is None or charge.line_id is None or charge.article_number is None:
        raise ValueError(f"charge {charge_id} is deferred and of no order line")
    raised = ChargeRaised(
        charge_id=charge_id,
        kind=ChargeKind.FEE,
        payer=charge.payer,
        order_id=charge.order_id,
        line_id=charge.line_id,
        article_number=charge.article_number,
        quantity=charge.quantity,
        amount=charge.amount,
        charged_on=due,
    )
    return (raised,)


def pause(
    charge_id: ChargeId,
    charge: Charge,
    *,
    until_on: date,
    by: UserId,
    asked_by: UserId,
    today: date,
) -> tuple[ChargePaused, ...]:
    """Put off what waits, until the first working day of a month that is not before `until_on`
    (BIL-4). How far ahead that may lie is DAY-2's to say.

    Returns no event where it stands until then already. Raises Refused (BIL-4): NOT_DEFERRED,
    ALREADY_CHARGED, CHARGE_CANCELLED, PAUSE_TOO_LATE (after `last_pause_on`), NOT_LATER.
    """
    due, last = _waiting(charge)
    if until_on == charge.until_on:
        return ()
    if today > last:
        raise Refused(
            "PAUSE_TOO_LATE",
            rule="BIL-4",
            way_on="Fakturan är för nära att skickas. Registrera en retur om hjälpmedlet lämnas"
            " tillbaka före dagen, eller ta det med ekonomi.",
            last_pause_on=last,
            due_on=due,
        )
    paused = _month_begins(until_on)
    if paused <= due:
        raise Refused(
            "NOT_LATER",
            rule="BIL-4",
            field="until_on",
            way_on="Ange en dag efter den dag då avgiften annars debiteras.",
            due_on=due,
        )
    return (
        ChargePaused(
            charge_id=charge_id,
            until_on=until_on,
            due_on=paused,
            last_pause_on=paused - (due - last),
            by=by,
            asked_by=asked_by,
        ),
    )


def charge_to_pause(charges: Mapping[ChargeId, Charge]) -> ChargeId:
    """Of a device's charges the one that a pause is about: what waits, else the latest that did, so
    that it is said what became of it. Raises Refused (NOT_DEFERRED, BIL-4) where none ever did.
    """
    delayed = {one: charge for one, charge in charges.items() if charge.last_pause_on is not None}
    if not delayed:
        raise _not_deferred()
    return max(delayed, key=lambda one: _places(delayed[one]))


def _places(charge: Charge) -> tuple[bool, date]:
    return charge.status is ChargeStatus.DEFERRED, charge.due_on or date.min


def _waiting(charge: Charge) -> tuple[date, date]:
    """The day on which a charge is due, and the last on which it may be paused. Raises Refused."""
    if charge.due_on is None or charge.last_pause_on is None:
        raise _not_deferred()
    if charge.status is ChargeStatus.RAISED:
        raise Refused(
            "ALREADY_CHARGED",
            rule="BIL-4",
            way_on="Avgiften är debiterad. En retur före dagen gör att den krediteras.",
            due_on=charge.due_on,
        )
    if charge.status is ChargeStatus.CANCELLED:
        raise Refused(
            "CHARGE_CANCELLED",
            rule="BIL-4",
            way_on="Avgiften debiteras inte: hjälpmedlet är återlämnat. Inget behöver göras.",
        )
    return charge.due_on, charge.last_pause_on


def _not_deferred() -> Refused:
    return Refused(
        "NOT_DEFERRED",
        rule="BIL-4",
        way_on="Bara en avgift som debiteras senare kan pausas.",
    )


def _month_begins(earliest: date) -> date:
    """The first working day of a month that is not before a day."""
    first = _first_working_day(earliest)
    return first if first >= earliest else _first_working_day(first_of_next_month(earliest))


def _first_working_day(month: date) -> date:
    """The first working day of the month of a day."""
    return working_days_after(month.replace(day=1), 0)
