"""The rules of messages: posted, read once, removed. No clock, no database, no text."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from kvitt_contracts.notifications import (
    About,
    MessageEvent,
    MessageKind,
    MessagePosted,
    MessagePostedV2,
    MessageRead,
    MessageRemoved,
    ToServicePoint,
    ToStaff,
    ToUser,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import MessageId, ServicePointId, Thing, UserId, Word

Addressee = ToUser | ToServicePoint | ToStaff
"""In whose list a message is."""


CUSTOMER_SERVICE: Final = Word("customer_service")
"""The duty of the staff who do what others cannot (REF-12)."""


class NewKind(StrEnum):
    """The kinds of messages that the first version of the event does not have (NTF-2)."""

    FAULT_REPORTED = "fault_reported"
    FAULT_REPORT_ESCALATED = "fault_report_escalated"
    FAULT_REPORT_FORWARDED = "fault_report_forwarded"
    PRESCRIBER_NAMED = "prescriber_named"
    PRESCRIBER_REFUSED = "prescriber_refused"
    PICKUP_ORDERED = "pickup_ordered"
    PICKUP_REPORTED = "pickup_reported"
    PICKUP_OVERDUE = "pickup_overdue"
    PICKUP_MADE_URGENT = "pickup_made_urgent"
    PICKUP_RETURN_AWAITED = "pickup_return_awaited"
    DEVICE_RETURN_AWAITED = "device_return_awaited"
    DEVICE_MOVED_IN = "device_moved_in"
    REFILL_PROPOSED = "refill_proposed"
    WORK_ORDER_FINISHED = "work_order_finished"
    WORK_ORDER_LATE = "work_order_late"
    APPLICATION_DECIDED = "application_decided"
    APPLICATION_UNDECIDED = "application_undecided"
    NUMBER_MISSING = "number_missing"
    SUPPLIER_INVOICE_HELD = "supplier_invoice_held"
    LOST_WITHOUT_VALUE = "lost_without_value"
    DAMAGE_REPORTED = "damage_reported"
    COMMITMENT_MISSING = "commitment_missing"
    FITTING_UNFINISHED = "fitting_unfinished"
    REGION_SALE_REQUESTED = "region_sale_requested"
    REGION_SALE_REFUSED = "region_sale_refused"
    REGION_SALE_PROPOSED = "region_sale_proposed"
    REGION_SALE_APPROVED = "region_sale_approved"
    REGION_SALE_NOT_APPROVED = "region_sale_not_approved"
    REGION_SALE_LINE_DROPPED = "region_sale_line_dropped"
    REGION_SALE_UNANSWERED = "region_sale_unanswered"
    REGION_SALE_NOT_RETURNED = "region_sale_not_returned"
    BASKET_OVERDUE = "basket_overdue"
    BASKET_DECLINED = "basket_declined"
    BASKET_ACT_DECLINED = "basket_act_declined"
    CASE_ASKED = "case_asked"
    CASE_LATE = "case_late"
    CASE_ANSWERED = "case_answered"
    ACCESS_APPLIED = "access_applied"
    ACCESS_GRANTED = "access_granted"
    ACCESS_LAPSING = "access_lapsing"
    ACCESS_LAPSED = "access_lapsed"
    USER_ACCESS_GRANTED = "user_access_granted"
    USER_ACCESS_REFUSED = "user_access_refused"
    USER_ACCESS_LAPSING = "user_access_lapsing"
    USER_ACCESS_LAPSED = "user_access_lapsed"
    ORDER_LINE_VOIDED = "order_line_voided"
    PURCHASE_RECEIPT_DUE = "purchase_receipt_due"
    PURCHASE_LATE = "purchase_late"
    PURCHASE_UNSENT = "purchase_unsent"
    PURCHASE_NOT_MAILED = "purchase_not_mailed"
    PURCHASE_DEVIATION = "purchase_deviation"
    PURCHASE_DEVIATION_LATE = "purchase_deviation_late"
    PURCHASE_DEVIATION_SETTLED = "purchase_deviation_settled"
    RECEIPT_REFUSED = "receipt_refused"
    LINE_DIVERTED = "line_diverted"
    STOCKTAKING_ANNOUNCED = "stocktaking_announced"
    RECONDITIONING_LATE = "reconditioning_late"
    BLOCK_OPENED = "block_opened"


class Status(StrEnum):
    """What has become of a message."""

    UNREAD = "unread"
    READ = "read"
    REMOVED = "removed"


class Reason(StrEnum):
    """Why a message is not opened."""

    UNKNOWN_MESSAGE = "UNKNOWN_MESSAGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to one user, to one service point or to the staff with a duty, and what it is
    about; of a reminder since when.
    """

    id: MessageId
    status: Status
    message: Word
    user_id: UserId | None
    service_point: ServicePointId | None
    duty: Word | None = None
    about_kind: str
    about_id: UUID
    since_on: date | None = None


# decision 0384: a reminder's message says since when
def post(
    message_id: MessageId,
    *,
    to: Addressee,
    message: MessageKind | NewKind,
    about: About | Thing,
    since_on: date | None = None,
) -> MessagePosted | MessagePostedV2:
    """A message for somebody's list (NTF-1)."""
    if (
        isinstance(about, About)
        and isinstance(message, MessageKind)
        and not isinstance(to, ToStaff)
    ):
        return MessagePosted(message_id=message_id, to=to, message=message, about=about)
    thing = Thing(kind=Word(about.kind), id=about.id)
    return MessagePostedV2(
        message_id=message_id, to=to, message=Word(message), about=thing, since_on=since_on
    )


# decision 0070: one message for all who work at a service point
def read(message: Message, *, by: UserId) -> tuple[MessageEvent, ...]:
    """Mark the message as read, for everybody at the service point (NTF-1).

    Raises Refused (UNKNOWN_MESSAGE, NTF-1): removed.
    """
    if message.status is Status.REMOVED:
        raise Refused(
            Reason.UNKNOWN_MESSAGE,
            rule="NTF-1",
            way_on="Hämta din lista på nytt: meddelandet finns inte i den.",
        )
    if message.status is Status.READ:
        return ()
    return (MessageRead(message_id=message.id, by=by),)


def remove(message: Message, *, by: UserId) -> tuple[MessageEvent, ...]:
    """Remove the message from every list that it is in (NTF-1)."""
    if message.status is Status.REMOVED:
        return ()
    return (MessageRemoved(message_id=message.id, by=by),)


def evolve(message: Message | None, event: MessageEvent) -> Message:
    """Returns the state after an event; every event of a message is handled.

    Raises ValueError for a first event that cannot begin a message.
    """
    if isinstance(event, MessagePosted | MessagePostedV2):
        return _posted(event)
    if message is None:
        raise ValueError(f"{event.wire_type} cannot be a message's first event")
    match event:
        case MessageRead():
            return replace(message, status=Status.READ)
        case MessageRemoved():
            return replace(message, status=Status.REMOVED)


def _posted(event: MessagePosted | MessagePostedV2) -> Message:
    to = event.to
    return Message(
        id=event.message_id,
        status=Status.UNREAD,
        message=Word(event.message),
        user_id=to.user_id if isinstance(to, ToUser) else None,
        service_point=to.service_point if isinstance(to, ToServicePoint) else None,
        duty=to.duty if isinstance(to, ToStaff) else None,
        about_kind=event.about.kind,
        about_id=event.about.id,
        since_on=event.since_on if isinstance(event, MessagePostedV2) else None,
    )
