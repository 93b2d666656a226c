"""The rule of what came back in time: what waited for it is not owed (BIL-4, BIL-5). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from kvitt_contracts.billing import ChargeCancelled, ChargeKind
from kvitt_contracts.types import ChargeId, ReasonCode, Word

from billing.domain import Charge, ChargeStatus
from billing.rents.domain import ChangePoint, is_missing

_FEE: Final = Word(ChargeKind.FEE)
_RETURNED: Final = ReasonCode("RETURNED_BEFORE")


def last_day_in_time(charge: Charge) -> date | None:
    """The last day on which what a charge is of comes back in time; None of what never waited.

    Of a delayed fee it is the day before the fee is due (BIL-4), of what another region or the
    state pays the very day on which it is charged (BIL-5).
    """
    if charge.due_on is None:
        return None
    if charge.kind == _FEE:
        return charge.due_on - timedelta(days=1)
    return charge.charged_on  # decision 0433: back on the last day is back in time


# decision 0397: of which loan, and which unit
def cancel_returned(
    charges: Mapping[ChargeId, Charge], *, returned_on: date, had_since: date, quantity: int
) -> dict[ChargeId, ChargeCancelled]:
    """What is not owed, since so many units came back in time, whenever that is told: of each kind
    of charge so many, those first that would be due first. What was received after `had_since`, the
    day from which they were had at the latest, is another loan's.
    """
    of_kind: dict[Word, list[tuple[date, str, ChargeId]]] = defaultdict(list)
    for charge_id, charge in charges.items():
        if (
            charge.status is not ChargeStatus.CANCELLED
            and charge.received_on is not None
            and charge.received_on <= had_since
            and _is_in_time(charge, returned_on)
        ):
            due_on = charge.due_on or date.max
            of_kind[charge.kind].append((due_on, str(charge_id), charge_id))
    return {
        charge_id: not_owed(charge_id)
        for ended in of_kind.values()
        for _, _, charge_id in sorted(ended)[:quantity]
    }


def returned_between(points: Iterable[ChangePoint], *, first: date, last: date) -> date | None:
    """The first day, of those from `first` to `last`, on which a device came back to a store: of
    what is told ahead of its delivery. What is stolen or lost has not come back (INV-15).
    """
    return ended_between([p for p in points if not is_missing(p.cause)], first=first, last=last)


def ended_between(points: Iterable[ChangePoint], *, first: date, last: date) -> date | None:
    """The first day, of those from `first` to `last`, from which nobody pays for a device."""
    ended = [p.effective_on for p in points if p.payer_id is None]
    return min((day for day in ended if first <= day <= last), default=None)


def not_owed(charge_id: ChargeId) -> ChargeCancelled:
    """What a charge is of came back in time."""
    return ChargeCancelled(charge_id=charge_id, reason=_RETURNED)


def _is_in_time(charge: Charge, returned_on: date) -> bool:
    last = last_day_in_time(charge)
    return last is not None and (charge.received_on or last) <= returned_on <= last
