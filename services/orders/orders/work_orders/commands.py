"""What users do with work orders over HTTP alone: with an address, phones and texts."""

from typing import Annotated
from uuid import UUID

from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import Delivery
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    NamedRecipient,
    OrderId,
    OrderLineId,
    PayerId,
    Quantity,
    ServicePointId,
    UserId,
    Word,
)
from pydantic import Field

from orders.drafting.domain import DraftSeen
from orders.free_text import FreeText
from orders.work_orders.applications.domain import Application

Attachments = Annotated[tuple[UUID, ...], Field(max_length=20)]


class RegisterWorkOrderInWords(Command):
    """Have work done, and say what, where and whom to call; or apply for what the assortment does
    not have (ACT-2, ACT-5).
    """

    kind: Word
    recipient: NamedRecipient
    service_point: ServicePointId
    requester: UserId
    device_number: DeviceNumber | None = None
    order_id: OrderId | None = None
    line_id: OrderLineId | None = None
    service_article: ArticleNumber | None = None
    payer_id: PayerId | None = None
    description: FreeText | None = None
    delivery: Delivery | None = None
    attests_cannot_dismantle: bool = False
    attests_outside_instructions: bool = False
    application: Application | None = None
    draft: DraftSeen | None = None
    attachments: Attachments = ()
    by: UserId


class NoteWorkOrder(Command):
    """Write a note, which whoever reads the work order sees (ACT-3)."""

    text: FreeText
    by: UserId


class FinishWorkOrderInWords(Command):
    """End it with what came of it, today where no day is given, and the action that was taken
    (ACT-3, ACT-4).
    """

    outcome: Word
    action: FreeText | None = None
    quantity: Quantity = 1
    finished_on: HappenedOn | None = None
    by: UserId


class DecideApplicationInWords(Command):
    """Decide an application, and say why (ACT-5)."""

    outcome: Word
    article_number: ArticleNumber | None = None
    reason: FreeText | None = None
    by: UserId
