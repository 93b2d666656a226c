"""Messages about transfers to both sides, statuses to the region (NTF-2, NTF-3).

The sender is always notified. The receiver only in a region that notifies: else they look in the
list (BMB-9). There it is the main responsible, where the service point has one.
"""

from collections.abc import Iterable
from typing import Any, get_args

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import (
    ResponsiblesSet,
    TransferAccepted,
    TransferCancelled,
    TransferCompleted,
    TransferDeadlineNeared,
    TransferDissolved,
    TransferDrafted,
    TransferExecutedAutomatically,
    TransferLineCompleted,
    TransferLineDropped,
    TransferLinesRejected,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferSent,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.copying import same_fields
from kvitt_contracts.notifications import MessageKind, ToUser
from kvitt_contracts.regions import TransferReported
from kvitt_contracts.types import RefusedDevice

from notifications.emails.writes import queue_to_users
from notifications.feed.models import ReportRow
from notifications.feed.writes import day, report, when
from notifications.messages.domain import Addressee
from notifications.messages.writes import about_transfer, post
from notifications.preferences.domain import TRANSFER
from notifications.preferences.queries import what_wants
from notifications.register.naming import as_the_region_names, person_of
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow, TransferRow

messages = Handlers()

_TO_SENDER = {
    TransferRefused: MessageKind.TRANSFER_REFUSED,
    TransferAccepted: MessageKind.TRANSFER_ACCEPTED,
    TransferLinesRejected: MessageKind.TRANSFER_LINE_DROPPED,
    TransferRejected: MessageKind.TRANSFER_REJECTED,
    TransferLocked: MessageKind.TRANSFER_LOCKED,
    TransferVoided: MessageKind.TRANSFER_VOIDED,
    TransferExecutedAutomatically: MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY,
    TransferLineDropped: MessageKind.TRANSFER_LINE_DROPPED,
}
_TO_RECEIVER = {
    TransferSent: MessageKind.TRANSFER_TO_ACKNOWLEDGE,
    TransferDeadlineNeared: MessageKind.TRANSFER_DEADLINE_NEAR,
    TransferLocked: MessageKind.TRANSFER_LOCKED,
    TransferVoided: MessageKind.TRANSFER_VOIDED,
    TransferExecutedAutomatically: MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY,
    TransferLineDropped: MessageKind.TRANSFER_LINE_DROPPED,
}
_TO_REGION = {
    TransferCancelled: "cancelled",
    TransferRefused: "refused",
    TransferSent: "sent",
    TransferAccepted: "accepted",
    TransferRejected: "rejected",
    TransferLinesRejected: "lines_rejected",
    TransferLineDropped: "line_dropped",
    TransferLineCompleted: "line_completed",
    TransferWithdrawn: "withdrawn",
    TransferExecutedAutomatically: "executed_automatically",
    TransferLocked: "locked",
    TransferUnlocked: "unlocked",
    TransferVoided: "voided",
    TransferDissolved: "dissolved",
    TransferCompleted: "completed",
}

ToldEvent = (
    TransferCancelled
    | TransferRefused
    | TransferSent
    | TransferDeadlineNeared
    | TransferAccepted
    | TransferRejected
    | TransferLinesRejected
    | TransferWithdrawn
    | TransferExecutedAutomatically
    | TransferLocked
    | TransferUnlocked
    | TransferVoided
    | TransferLineDropped
    | TransferLineCompleted
    | TransferDissolved
    | TransferCompleted
)


# A draft that is saved anew may have other sides.
messages.project(
    TransferDrafted,
    TransferRow,
    name=lambda event: event.reference or str(event.transfer_id),
)
# The policy that is pinned here says whether the receiver is told anything (BMB-9).
messages.amend(TransferRequested, TransferRow)
messages.project(ResponsiblesSet, ResponsiblesRow)


def _read(event: ToldEvent, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(TransferRow, event.transfer_id)
    if row is not None:
        yield ResponsiblesRow, row.receiving_service_point
        if type(event) in _TO_SENDER:
            yield what_wants(row.sender, tx)
    if isinstance(event, TransferAccepted | TransferExecutedAutomatically):
        yield from person_of(event.new_recipient)


@messages.on(
    *get_args(ToldEvent),
    of=TransferRow,
    loads=lambda event, _: [(ReportRow, event.transfer_id)],
    reads=_read,
)
async def tell_of_transfer(row: TransferRow, event: ToldEvent, tx: Transaction) -> None:
    """Notify those whom the event concerns: the sender, the receiver, the region's own system. Who
    accepts what he sends himself is told nothing, nor is his unit (BMB-4).
    """
    about = about_transfer(row.transfer_id)
    to_sender, to_receiver = _TO_SENDER.get(type(event)), _TO_RECEIVER.get(type(event))
    if _is_of_sender_alone(event):
        to_sender = to_receiver = None
    told: dict[tuple[Addressee, MessageKind], None] = {}  # once, who is on both sides
    if to_sender is not None:
        told[ToUser(user_id=row.sender), to_sender] = None
    if to_receiver is not None and _receiver_is_told(row, tx):
        told |= dict.fromkeys((one, to_receiver) for one in await _receiver(row, tx))
    for to, message in told:
        post(tx, to, message, about)
    whom = dict.fromkeys(to for to, _ in told)
    await queue_to_users(tx, whom, routine=TRANSFER, about=about)
    status = _TO_REGION.get(type(event))
    if status is not None:
        reported = TransferReported(
            transfer=row.name,
            status=status,
            occurred_at=when(tx),
            business_day=day(tx),
            **await _what_is_told(event, tx),
        )
        await report(tx, row.transfer_id, reported)


async def _what_is_told(event: ToldEvent, tx: Transaction) -> dict[str, Any]:
    """What the region is told beside the status: which devices, from whom to whom, or why not."""
    match event:
        case TransferSent():
            told = same_fields(event, TransferReported)
            return told | {"lines": event.devices, "devices": (), "payer_id": event.proposed_payer}
        case TransferAccepted() | TransferExecutedAutomatically():
            to = event.new_recipient
            return {
                "lines": event.devices,
                "recipient": await as_the_region_names(to, tx) if to is not None else None,
                "store": event.new_store,
                "prescriber": event.new_prescriber,
                "customer_id": event.customer_id,
                "payer_id": event.payer_id,
                "effective_on": event.effective_on,
            }
        case TransferLinesRejected():
            return {"devices": event.devices}
        case TransferLineDropped():
            return {"devices": (event.device_id,), "reason": event.reason}
        case TransferLineCompleted():
            return {"devices": (event.device_id,), "effective_on": event.effective_on}
        case TransferRefused():
            refused = (RefusedDevice(**same_fields(one, RefusedDevice)) for one in event.reasons)
            return {"refused": tuple(refused)}
        case TransferVoided():
            return {"reason": event.reason}
        case _:
            return {}


def _is_of_sender_alone(event: ToldEvent) -> bool:
    match event:
        case TransferSent():
            return event.accepted_at_once
        case TransferAccepted():
            return event.at_once
        case _:
            return False


async def _receiver(row: TransferRow, tx: Transaction) -> tuple[Addressee, ...]:
    place = row.receiving_service_point
    known = await tx.look_up(ResponsiblesRow, place)
    return whom_to_tell(place, known.facts() if known else None, on=tx.today)


def _receiver_is_told(row: TransferRow, tx: Transaction) -> bool:
    return row.policy is not None and tx.pinned_policy(row.policy).transfer.notify != "none"
