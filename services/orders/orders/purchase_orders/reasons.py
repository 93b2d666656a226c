"""Why something about a purchase order is refused: the codes that senders receive. No rules."""

from enum import StrEnum

from kvitt_contracts.refusals import Refused


class Reason(StrEnum):
    """Why something about a purchase order is refused."""

    ALREADY_CREATED = "ALREADY_CREATED"
    ALREADY_PURCHASED = "ALREADY_PURCHASED"
    ALREADY_SENT = "ALREADY_SENT"
    COMMENT_MISSING = "COMMENT_MISSING"
    DAY_HAS_PASSED = "DAY_HAS_PASSED"
    LINE_IS_OVER = "LINE_IS_OVER"
    LINE_TWICE = "LINE_TWICE"
    MORE_THAN_ORDERED = "MORE_THAN_ORDERED"
    NOTHING_TO_PURCHASE = "NOTHING_TO_PURCHASE"
    NO_ORDER_ADDRESS = "NO_ORDER_ADDRESS"
    NO_DEVIATION = "NO_DEVIATION"
    NOT_DIRECT = "NOT_DIRECT"
    NOT_YOUR_PURCHASE_ORDER = "NOT_YOUR_PURCHASE_ORDER"
    IS_OVER = "IS_OVER"
    ORDER_IS_OVER = "ORDER_IS_OVER"
    OTHER_SUPPLIER = "OTHER_SUPPLIER"
    RECEIPT_UNDERWAY = "RECEIPT_UNDERWAY"
    SENT_BEFORE_CREATED = "SENT_BEFORE_CREATED"
    SUPPLIER_INACTIVE = "SUPPLIER_INACTIVE"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    UNKNOWN_PURCHASE_ORDER = "UNKNOWN_PURCHASE_ORDER"
    UNKNOWN_WORD = "UNKNOWN_WORD"
    WAITING = "WAITING"


class PurchaseOrderRefused(Refused):
    """A refusal by a rule of purchase orders; `reason` is one of Reason."""


def refusal(
    reason: Reason, field: str | None, way_on: str, *, rule: str = "ORD-11"
) -> PurchaseOrderRefused:
    """The refusal by a rule, with the field that it is about and the way on."""
    return PurchaseOrderRefused(reason, rule=rule, field=field, way_on=way_on)
