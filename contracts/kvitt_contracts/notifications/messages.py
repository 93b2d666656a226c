"""Topic `notifications.messages`: messages to users and service points.

Bodies are never in events; a message names what it is about.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import MessageId, ServicePointId, Thing, UserId, Value, Word


class MessageKind(StrEnum):
    """The kinds of messages (NTF-2)."""

    DELIVERY_DATE_CHANGED = "delivery_date_changed"
    ORDER_DELIVERED = "order_delivered"
    ORDER_DECLINED = "order_declined"
    ORDER_VOIDED = "order_voided"
    ORDER_VOID_REFUSED = "order_void_refused"
    TRANSFER_TO_ACKNOWLEDGE = "transfer_to_acknowledge"
    TRANSFER_ACCEPTED = "transfer_accepted"
    TRANSFER_REJECTED = "transfer_rejected"
    TRANSFER_REFUSED = "transfer_refused"
    TRANSFER_LOCKED = "transfer_locked"
    TRANSFER_VOIDED = "transfer_voided"
    TRANSFER_EXECUTED_AUTOMATICALLY = "transfer_executed_automatically"
    TRANSFER_DEADLINE_NEAR = "transfer_deadline_near"
    TRANSFER_LINE_DROPPED = "transfer_line_dropped"


class ToUser(Value):
    """To one user."""

    kind: Literal["user"] = "user"
    user_id: UserId


class ToServicePoint(Value):
    """To everybody who works at a service point, where it has no main responsible (BMB-9)."""

    kind: Literal["service_point"] = "service_point"
    service_point: ServicePointId


class ToStaff(Value):
    """To everybody of the region's staff with a duty: `customer_service`, `finance`,
    `technician`.
    """

    kind: Literal["staff"] = "staff"
    duty: Word


class About(Value):
    """The order or transfer that opening the message shows."""

    kind: Literal["order", "transfer"]
    id: UUID


class MessagePosted(Event, type="notifications.message.posted.v1"):
    """A message is in somebody's list, unread (NTF-1)."""

    message_id: MessageId
    to: Annotated[ToUser | ToServicePoint, Field(discriminator="kind")]
    message: MessageKind
    about: About


class MessagePostedV2(Event, type="notifications.message.posted.v2"):
    """A message is in somebody's list, unread; of any kind and about anything (NTF-1, NTF-2).

    Posted to staff so far: to customer service, where a service point has lost its main responsible
    (BMB-9).
    A kind that a reader does not know is shown by what it is about. `since_on`: since which day it
    has been so, of a reminder (PCK-7).
    """

    message_id: MessageId
    to: Annotated[ToUser | ToServicePoint | ToStaff, Field(discriminator="kind")]
    message: Word
    about: Thing
    since_on: date | None = None


class MessageRead(Event, type="notifications.message.read.v1"):
    """The message was opened for the first time."""

    message_id: MessageId
    by: UserId


class MessageRemoved(Event, type="notifications.message.removed.v1"):
    """The message was removed from the list."""

    message_id: MessageId
    by: UserId


MessageEvent = MessagePosted | MessagePostedV2 | MessageRead | MessageRemoved
"""Every event of a message."""
