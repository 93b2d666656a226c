"""Refusals: the exception that rules raise; and the answers that a service emits for every inbound
message.

Topics `<service>.refusals`, one aggregate kind: the answered message.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import Word


class Refused(Exception):
    """The refusal that a rule raises.

    Nothing takes effect, nothing is tried again, the sender gets this as the answer.

    `reason` is a code in capitals, `rule` an id of docs/domain.md, `way_on` what the sender can do
    now (in Swedish, read by people; it repeats no personal data), `field` the field at fault where
    there is one, `values` what the rule compared (ids, states, days).
    """

    def __init__(
        self, reason: str, *, rule: str, way_on: str, field: str | None = None, **values: object
    ) -> None:
        super().__init__(f"{rule} {reason}")
        self.reason = str(reason)
        self.rule = rule
        self.way_on = way_on
        self.field = field
        self.values = values


class MessageRefused(Event):
    message_id: Annotated[str, Field(description="ce_id of the refused message")]
    message_source: str
    message_type: str
    message_subject: str
    reason: Annotated[
        str, Field(description="the refusal's code, such as UNKNOWN_ARTICLE or INVALID_FIELD")
    ]
    rule: Annotated[str, Field(description="the rule's id in docs/domain.md, or `contract`")]
    field: str | None = None
    way_on: Annotated[
        str, Field(description="what the sender can do now; repeats no value that came in")
    ]


class OrdersMessageRefused(MessageRefused, type="orders.refusal.recorded.v1"):
    """orders refused an inbound message: nothing of it took effect, and the same message will not
    be tried again.
    """


class BmbMessageRefused(MessageRefused, type="bmb.refusal.recorded.v1"):
    """bmb refused an inbound message: nothing of it took effect, and the same message will not be
    tried again.
    """


class InventoryMessageRefused(MessageRefused, type="inventory.refusal.recorded.v1"):
    """inventory refused an inbound message: nothing of it took effect, and the same message will
    not be tried again.
    """


class MessageSettled(Event):
    topic: Annotated[str, Field(description="the topic that the message came by")]
    partition: Annotated[int, Field(ge=0, description="the record's partition")]
    offset: Annotated[int, Field(ge=0, description="the record's offset in the partition")]
    message_id: Annotated[
        str | None, Field(description="ce_id of the message; none where it could not be read")
    ] = None
    message_source: str | None = None
    message_type: str | None = None
    message_subject: str | None = None
    outcome: Annotated[
        Word,
        Field(
            description="quarantined, waiting (behind a quarantined one about the same subject),"
            " applied, duplicate, obsolete or discarded"
        ),
    ]
    reason: Annotated[
        str | None,
        Field(description="why it is quarantined, such as UNREADABLE or UNKNOWN_VERSION"),
    ] = None
    rule: Annotated[
        str | None, Field(description="the rule's id in docs/domain.md, or `contract`")
    ] = None
    field: Annotated[str | None, Field(description="the field or attribute at fault")] = None
    way_on: Annotated[
        str | None, Field(description="what the sender can do now; repeats no value that came in")
    ] = None
    thing: Annotated[
        Word | None,
        Field(description="what an applied message began or changed first, such as order"),
    ] = None
    thing_id: Annotated[UUID | None, Field(description="the id that the thing has at Kvitt")] = None
    thing_number: Annotated[
        str | None, Field(description="the number that people call it by, such as an order's")
    ] = None


class OrdersMessageSettled(MessageSettled, type="orders.message.settled.v1"):
    """What became of an inbound message of orders that was not refused: its receipt, written with
    its effect, once for each record.

    It took effect, was a duplicate or an obsolete version; or it is quarantined, or waits behind
    one that is, and has a further receipt once that has ended.
    """


class BmbMessageSettled(MessageSettled, type="bmb.message.settled.v1"):
    """What became of an inbound message of bmb that was not refused: its receipt, written with
    its effect, once for each record.

    It took effect, was a duplicate or an obsolete version; or it is quarantined, or waits behind
    one that is, and has a further receipt once that has ended.
    """


class InventoryMessageSettled(MessageSettled, type="inventory.message.settled.v1"):
    """What became of an inbound message of inventory that was not refused: its receipt, written
    with its effect, once for each record.

    It took effect, was a duplicate or an obsolete version; or it is quarantined, or waits behind
    one that is, and has a further receipt once that has ended.
    """


class BillingMessageRefused(MessageRefused, type="billing.refusal.recorded.v1"):
    """billing refused an inbound message: nothing of it took effect, and the same message will not
    be tried again.
    """


class BillingMessageSettled(MessageSettled, type="billing.message.settled.v1"):
    """What became of an inbound message of billing that was not refused: its receipt, written with
    its effect, once for each record.

    It took effect, was a duplicate or an obsolete version; or it is quarantined, or waits behind
    one that is, and has a further receipt once that has ended.
    """


OrdersAnswer = OrdersMessageRefused | OrdersMessageSettled
"""Every answer of orders to an inbound message."""
BmbAnswer = BmbMessageRefused | BmbMessageSettled
"""Every answer of bmb to an inbound message."""
InventoryAnswer = InventoryMessageRefused | InventoryMessageSettled
"""Every answer of inventory to an inbound message."""
BillingAnswer = BillingMessageRefused | BillingMessageSettled
"""Every answer of billing to an inbound message."""
