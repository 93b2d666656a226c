"""Refusals: the exception that rules raise, and the event that a service emits for an inbound
message that it refused.

Topics `<service>.refusals`, one aggregate kind: the refused message.
"""

from typing import Annotated

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


# -- reserved ------------------------------------------------------------------------------------


class BillingMessageRefused(MessageRefused, type="billing.refusal.recorded.v1"):
    """billing refused an inbound message: nothing of it took effect, and the same message will not
    be tried again.
    """


class MessageSettled(Event):
    message_id: Annotated[str, Field(description="ce_id of the settled message")]
    message_source: str
    message_type: str
    message_subject: str
    outcome: Annotated[
        Word, Field(description="applied, duplicate, obsolete, quarantined or discarded")
    ]


class OrdersMessageSettled(MessageSettled, type="orders.message.settled.v1"):
    """What became of an inbound message that orders did not refuse, for its sender."""


class BmbMessageSettled(MessageSettled, type="bmb.message.settled.v1"):
    """What became of an inbound message that bmb did not refuse, for its sender."""


class InventoryMessageSettled(MessageSettled, type="inventory.message.settled.v1"):
    """What became of an inbound message that inventory did not refuse, for its sender."""


class BillingMessageSettled(MessageSettled, type="billing.message.settled.v1"):
    """What became of an inbound message that billing did not refuse, for its sender."""


BillingRefusalEvent = BillingMessageRefused | BillingMessageSettled
"""Every event of an inbound message of billing's."""
