"""What users do with purchase orders over HTTP alone: with what the supplier is told in words."""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import (
    TEXT,
    LineNumber,
    Money,
    OrderId,
    SupplierId,
    UserId,
    Value,
)
from pydantic import Field

Comment = Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT)]


class LineComment(Value):
    """What the supplier is told of a line: nothing of where it is delivered (ORD-11)."""

    line: LineNumber
    comment: Comment


class LinePrice(Value):
    """What was agreed with the supplier for one unit of a line."""

    line: LineNumber
    price: Money


class CreatePurchaseOrderInWords(Command):
    """Create a purchase order and say what the supplier is told of its lines (ORD-11). No `lines`:
    every one of the supplier's that waits for a purchase order.
    """

    order_id: OrderId
    supplier_id: SupplierId
    lines: Annotated[tuple[LineNumber, ...], Field(max_length=100)] = ()
    comments: Annotated[tuple[LineComment, ...], Field(max_length=100)] = ()
    prices: Annotated[tuple[LinePrice, ...], Field(max_length=100)] = ()
    is_sent_by_kvitt: bool = False
    by: UserId
    asked_by: UserId | None = None
