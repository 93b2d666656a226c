"""The rules of drafts of orders: what may be written, and what is used up (ORD-1e). No clock, no
database.
"""

from typing import Annotated

from kvitt_contracts.orders import CoverToOrder, Delivery
from kvitt_contracts.types import (
    TEXT,
    ArticleNumber,
    PayerId,
    PersonRef,
    Quantity,
    UserId,
    Value,
    WorkOrderId,
)
from pydantic import Field

from orders.drafting.domain import DraftRefused, Reason
from orders.free_text import FreeText

RULE = "ORD-1"


class WrittenLine(Value):
    """A line as far as it is written."""

    article_number: ArticleNumber | None = None
    quantity: Quantity | None = None
    payer_id: PayerId | None = None
    comment: Annotated[str, Field(max_length=500, pattern=TEXT)] | None = None
    instead_of: ArticleNumber | None = None
    application: WorkOrderId | None = None


class WrittenOrder(Value):
    """What is written of an order, whatever it lacks; `work` is what is to be registered with it as
    a work order (ACT-1).
    """

    prescriber: UserId | None = None
    payer_id: PayerId | None = None
    cover: CoverToOrder | None = None
    lines: Annotated[tuple[WrittenLine, ...], Field(max_length=100)] = ()
    delivery: Delivery = Delivery()
    work: FreeText | None = None


def must_be_its_recipient(drafted: PersonRef | None, *, placed_for: PersonRef | None) -> None:
    """A draft is used up by an order for the patient whom it was written for.

    Raises DraftRefused (NOT_THE_DRAFTS_RECIPIENT, ORD-1): what is placed is for somebody else than
    the draft, which would be lost.
    """
    if drafted is not None and drafted != placed_for:
        way_on = (
            "Utkastet är skrivet för en annan mottagare. Spara det för den här mottagaren, och"
            " beställ sedan."
        )
        raise DraftRefused(Reason.NOT_THE_DRAFTS_RECIPIENT, rule=RULE, field="draft", way_on=way_on)
