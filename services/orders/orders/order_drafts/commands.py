"""What users do with drafts of orders, over HTTP alone."""

from typing import Annotated
from uuid import UUID

from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import PlaceOrder
from kvitt_contracts.types import NamedRecipient, ServicePointId, UserId
from pydantic import Field

from orders.attachments.domain import MOST_SENT
from orders.drafting.domain import DraftSeen
from orders.order_drafts.domain import WrittenOrder


class SaveOrderDraft(Command):
    """Keep an order that is being written; `version` is what was seen of one that is kept already
    (ORD-1e).
    """

    recipient: NamedRecipient | None = None
    service_point: ServicePointId | None = None
    written: WrittenOrder
    attachments: Annotated[tuple[UUID, ...], Field(max_length=MOST_SENT)] = ()
    version: int | None = None
    by: UserId


class DiscardOrderDraft(Command):
    """Throw a draft away, as it was seen (ORD-1e)."""

    version: int


class PlaceOrderOverHttp(Command):
    """Place an order that was begun as a draft, which is a draft no more (ORD-1e), or that goes
    with attachments (ORD-24).
    """

    order: PlaceOrder
    draft: DraftSeen | None = None
    attachments: Annotated[tuple[UUID, ...], Field(max_length=MOST_SENT)] = ()
    by: UserId
