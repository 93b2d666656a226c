"""Messages about pickups: what patients and relatives have ordered, and what was done (NTF-2)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToStaff, ToUser
from kvitt_contracts.orders import (
    PickupMadeUrgent,
    PickupOverdue,
    PickupRegistered,
    PickupReported,
    PickupRequested,
    PickupReturnAwaited,
)
from kvitt_contracts.types import UserId

from notifications.emails.writes import queue_to_users
from notifications.messages.domain import CUSTOMER_SERVICE, Addressee, NewKind
from notifications.messages.writes import about_pickup, post
from notifications.pickups.models import PickupRow
from notifications.preferences.domain import PICKUP_BY_RELATIVES
from notifications.register.models import UserRow
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()
messages.project(PickupRequested, PickupRow)

Told = PickupRegistered | PickupReported | PickupMadeUrgent | PickupReturnAwaited


def _who_answers(event: Told, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(PickupRow, event.pickup_id)
    if row is not None:
        yield ResponsiblesRow, row.service_point


# decision 0356: a relative's pickup is told when it stands
@messages.on(PickupRegistered, of=PickupRow, reads=_who_answers)
async def on_pickup_registered(row: PickupRow, event: PickupRegistered, tx: Transaction) -> None:
    """Tell the main responsible what a patient or relative has ordered, by mail too where the
    region wants that (PCK-3, NTF-4). What the unit itself ordered is told to nobody.
    """
    if row.ordered_by != "unit":
        await _tell_service_point(row, NewKind.PICKUP_ORDERED, tx)
        told = await _who_is_told(row, tx)
        about = about_pickup(row.pickup_id)
        await queue_to_users(tx, told, routine=PICKUP_BY_RELATIVES, about=about)


@messages.on(PickupReported, of=PickupRow, reads=_who_answers)
async def on_pickup_reported(row: PickupRow, event: PickupReported, tx: Transaction) -> None:
    """Tell the main responsible that the technician has reported (PCK-3)."""
    await _tell_service_point(row, NewKind.PICKUP_REPORTED, tx)


# decision 0369: no region states whose duty it is to fetch
@messages.on(PickupMadeUrgent, of=PickupRow, reads=_who_answers)
async def on_pickup_made_urgent(row: PickupRow, event: PickupMadeUrgent, tx: Transaction) -> None:
    """Tell the main responsible, and customer service, whose technicians fetch it (PCK-3)."""
    await _tell_service_point(row, NewKind.PICKUP_MADE_URGENT, tx, but=event.by)
    staff, about = ToStaff(duty=CUSTOMER_SERVICE), about_pickup(event.pickup_id)
    if staff not in await _who_is_told(row, tx):
        post(tx, staff, NewKind.PICKUP_MADE_URGENT, about)


@messages.on(PickupOverdue)
async def on_pickup_overdue(event: PickupOverdue, tx: Transaction) -> None:
    """Tell customer service that a pickup is late (PCK-2)."""
    about = about_pickup(event.pickup_id)
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.PICKUP_OVERDUE, about)


def _who_is_reminded(event: PickupReturnAwaited, tx: Transaction) -> Iterable[RowKey]:
    yield from _who_answers(event, tx)
    row = tx.fetched(PickupRow, event.pickup_id)
    if row is not None and row.by is not None:
        yield UserRow, row.by


# decision 0383: who ordered it, and who answers for the unit
@messages.on(PickupReturnAwaited, of=PickupRow, reads=_who_is_reminded)
async def on_pickup_return_awaited(
    row: PickupRow, event: PickupReturnAwaited, tx: Transaction
) -> None:
    """Remind the main responsible, and who of the unit has ordered it, of what is to be returned at
    once and is not back (PCK-7).
    """
    told = list(await _who_is_told(row, tx))
    by = await tx.look_up(UserRow, row.by) if row.by is not None else None
    if by is not None and row.ordered_by == "unit" and row.service_point in by.service_points:
        told.append(ToUser(user_id=by.user_id))
    for to in dict.fromkeys(told):
        about = about_pickup(event.pickup_id)
        post(tx, to, NewKind.PICKUP_RETURN_AWAITED, about, since_on=event.since_on)


async def _tell_service_point(
    row: PickupRow, message: NewKind, tx: Transaction, *, but: UserId | None = None
) -> None:
    """Tell who answers for the service point, `but` not who did it."""
    for to in await _who_is_told(row, tx):
        if not (isinstance(to, ToUser) and to.user_id == but):
            post(tx, to, message, about_pickup(row.pickup_id))


async def _who_is_told(row: PickupRow, tx: Transaction) -> tuple[Addressee, ...]:
    known = await tx.look_up(ResponsiblesRow, row.service_point)
    return whom_to_tell(row.service_point, known.facts() if known else None, on=tx.today)
