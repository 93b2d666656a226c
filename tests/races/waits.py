"""What a run's transfers and pickups wait for when everything has been read: each with a deadline;
and at last for nothing more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bmb.domain import TAKING_EFFECT, Transfer
from bmb.domain import Status as TransferStatus
from kvitt_contracts.calendar import start_of_day
from orders.pickups.domain import OPEN, Pickup, Status

from tests.races.pickup_checks import last_day
from tests.races.record import ENDED, Told, Violation
from tests.races.system import Moment


def each_has_a_deadline(
    transfers: Mapping[UUID, Transfer],
    pickups: Mapping[UUID, Pickup],
    moment: Moment,
    *,
    log: Sequence[Told],
    region: str,
) -> None:
    """Raises Violation where a timer is missing, or another than the one that must be there."""
    for transfer in transfers.values():
        match transfer.status:
            case TransferStatus.SENT:
                due = moment.timers.get(("bmb", "transfer_deadline", transfer.id))
                wanted = transfer.deadline
            case status if status in TAKING_EFFECT:
                assert transfer.effective_on is not None
                due = moment.timers.get(("inventory", "transfer_takes_effect", transfer.id))
                wanted = start_of_day(transfer.effective_on)
            case TransferStatus.REQUESTED:
                due, wanted = None, moment.now
            case _:
                continue
        _must_be(f"{transfer.id} is {transfer.status}", due, wanted)
    for pickup in pickups.values():
        if pickup.status is Status.REQUESTED:
            _must_be(f"{pickup.id} is {pickup.status}", None, moment.now)
        if pickup.status is Status.REGISTERED and not pickup.is_overdue:
            due = moment.timers.get(("orders", "pickup_overdue", pickup.id))
            ends_at = start_of_day(last_day(log, pickup.id, region) + timedelta(days=1))
            _must_be(f"{pickup.id} is {pickup.status}", due, ends_at)


def each_has_ended(transfers: Mapping[UUID, Transfer], pickups: Mapping[UUID, Pickup]) -> None:
    """Raises Violation where something is left that nothing will end or tell of."""
    for transfer in transfers.values():
        if transfer.status not in ENDED | {TransferStatus.DRAFT, TransferStatus.LOCKED}:
            raise Violation("it ends", f"{transfer.id} is {transfer.status} for ever")
    for pickup in pickups.values():
        is_late = pickup.status is Status.REGISTERED and pickup.is_overdue
        if pickup.status in OPEN and not is_late:
            raise Violation("it ends", f"{pickup.id} is {pickup.status} for ever")


def _must_be(what: str, due: datetime | None, wanted: datetime | None) -> None:
    if due != wanted:
        raise Violation("it waits with a deadline", f"{what} until {due}, not {wanted}")
