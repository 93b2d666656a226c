"""An order's lines as they are copied into the patient record (ORD-17). Pure."""

from collections.abc import Mapping
from typing import Final

from kvitt_contracts.types import ArticleNumber

from orders.customer_orders.domain import Order
from orders.customer_orders.lines import LineState, OrderLine

_STATES: Final[Mapping[LineState, str]] = {
    LineState.ORDERED: "beställt",
    LineState.PURCHASED: "beställt",
    LineState.RECEIVING: "tas emot",
    LineState.DELIVERED: "levererat",
    LineState.DIVERTED: "lagt i förråd",
    LineState.VOIDED: "makulerat",
}


def record_text(order: Order, *, names: Mapping[ArticleNumber, str], prescriber: str) -> str:
    """The order in a line, then each of its lines in one: what it is, how many, which device, where
    it is. `names`: the articles', `prescriber`: what they are called. The patient is not named: the
    record is theirs.
    """
    number = order.order_number or order.reference or ""
    head = f"Hjälpmedelsbeställning {number}".strip()
    return "\n".join(
        [
            f"{head}, {order.placed_on}, förskrivare {prescriber}",
            *(said_of(line, names.get(line.article_number, "")) for line in order.lines),
        ]
    )


def said_of(line: OrderLine, name: str) -> str:
    """A line: its article, how many, the device of one that names it, and where it is."""
    article = f"{name} ({line.article_number})" if name else line.article_number
    parts = [article, f"{line.quantity} st"]
    if line.device_number is not None:
        parts.append(f"individ {line.device_number}")
    is_in_part = 0 < line.delivered < line.quantity and line.state is not LineState.VOIDED
    parts.append(f"{line.delivered} levererade" if is_in_part else _STATES[line.state])
    return ", ".join(parts)
