"""Reports of pickups, with how each line ended (PCK-1 to PCK-3)."""

from collections.abc import Iterable
from typing import Any

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    PickupClosed,
    PickupLineEnded,
    PickupMadeUrgent,
    PickupOverdue,
    PickupRefused,
    PickupRegistered,
    PickupRequested,
)
from kvitt_contracts.regions import PickupReportedToRegion, ReportedPickupLine
from kvitt_contracts.types import PickupId, Reference, Word

from notifications.feed.models import ReportRow
from notifications.feed.writes import day, last_said, report, say_again, when
from notifications.register.naming import as_the_region_names, person_of

messages = Handlers()


def _report_of(
    event: PickupRequested
    | PickupRegistered
    | PickupRefused
    | PickupOverdue
    | PickupMadeUrgent
    | PickupLineEnded
    | PickupClosed,
    _: Transaction,
) -> Iterable[RowKey]:
    return [(ReportRow, event.pickup_id)]


@messages.on(PickupRequested, loads=_report_of, reads=lambda event, _: person_of(event.recipient))
async def on_pickup_requested(event: PickupRequested, tx: Transaction) -> None:
    """Somebody wants devices fetched."""
    lines = (ReportedPickupLine(number=one.number, device_id=one.device_id) for one in event.lines)
    said = PickupReportedToRegion(
        status=Word("requested"),
        occurred_at=when(tx),
        business_day=day(tx),
        pickup=Reference(event.reference or str(event.pickup_id)),
        pickup_number=event.pickup_number,
        recipient=await as_the_region_names(event.recipient, tx),
        service_point=event.service_point,
        ordered_by=event.ordered_by,
        cause=event.cause,
        earliest_on=event.earliest_on,
        latest_on=event.latest_on,
        lines=tuple(lines),
    )
    await report(tx, event.pickup_id, said)


@messages.on(PickupRegistered, loads=_report_of)
async def on_pickup_registered(event: PickupRegistered, tx: Transaction) -> None:
    """Every device is claimed for it: it is open."""
    await _again(tx, event.pickup_id, status=Word("registered"))


@messages.on(PickupRefused, loads=_report_of)
async def on_pickup_refused(event: PickupRefused, tx: Transaction) -> None:
    """Nothing is fetched."""
    await _again(tx, event.pickup_id, status=Word("refused"), refused=event.refused)


@messages.on(PickupOverdue, loads=_report_of)
async def on_pickup_overdue(event: PickupOverdue, tx: Transaction) -> None:
    """Its days have passed with lines open."""
    await _again(tx, event.pickup_id, is_overdue=True)


@messages.on(PickupMadeUrgent, loads=_report_of)
async def on_pickup_made_urgent(event: PickupMadeUrgent, tx: Transaction) -> None:
    """The unit wants it at once."""
    await _again(tx, event.pickup_id, is_urgent=True)


@messages.on(PickupLineEnded, loads=_report_of)
async def on_line_ended(event: PickupLineEnded, tx: Transaction) -> None:
    """A line is over: fetched, voided, lost or scrapped."""
    last = await last_said(tx, PickupReportedToRegion, event.pickup_id)
    if last is not None:
        lines = (
            one.model_copy(update={"outcome": event.outcome}) if one.number == event.number else one
            for one in last.lines
        )
        await _again(tx, event.pickup_id, lines=tuple(lines))


@messages.on(PickupClosed, loads=_report_of)
async def on_pickup_closed(event: PickupClosed, tx: Transaction) -> None:
    """No line is left; where all were voided, so is the pickup (PCK-2)."""
    last = await last_said(tx, PickupReportedToRegion, event.pickup_id)
    if last is not None:
        is_void = all(one.outcome == "voided" for one in last.lines)
        await _again(tx, event.pickup_id, status=Word("voided" if is_void else "closed"))


async def _again(tx: Transaction, pickup_id: PickupId, **changes: Any) -> None:
    await say_again(tx, PickupReportedToRegion, pickup_id, **changes)
