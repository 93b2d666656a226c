"""Why something about a basket loan is refused: the codes that senders receive. No rules."""

from enum import StrEnum

from kvitt_contracts.refusals import Refused


class Reason(StrEnum):
    """Why something about a basket loan is refused."""

    ALREADY_LENT = "ALREADY_LENT"
    STORE_LENDS_NO_BASKETS = "STORE_LENDS_NO_BASKETS"
    SERVICE_IS_NOT_STOCKED = "SERVICE_IS_NOT_STOCKED"
    CONTRIBUTION_IS_NEVER_STOCKED = "CONTRIBUTION_IS_NEVER_STOCKED"
    DEVICE_NUMBER_MISSING = "DEVICE_NUMBER_MISSING"
    DEVICE_NUMBER_TWICE = "DEVICE_NUMBER_TWICE"
    ONE_OF_A_MARKED_DEVICE = "ONE_OF_A_MARKED_DEVICE"
    NOT_MARKED = "NOT_MARKED"
    NOT_YOUR_BASKET = "NOT_YOUR_BASKET"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    LINE_NAMED_TWICE = "LINE_NAMED_TWICE"
    LINE_ENDED = "LINE_ENDED"
    LINE_IN_ANOTHER_ACT = "LINE_IN_ANOTHER_ACT"
    FEE_IN_ITS_OWN_ACT = "FEE_IN_ITS_OWN_ACT"
    NOT_A_FEE = "NOT_A_FEE"
    DEVICE_NOT_DELIVERED = "DEVICE_NOT_DELIVERED"
    FEE_OF_ANOTHER = "FEE_OF_ANOTHER"
    WAITING = "WAITING"
    DECLINED = "DECLINED"
    CLOSED = "CLOSED"


class BasketRefused(Refused):
    """A refusal by a rule of basket loans; `reason` is one of Reason."""


def refusal(reason: Reason, rule: str, field: str | None, way_on: str) -> BasketRefused:
    """The refusal by a rule, with the field that it is about and the way on."""
    return BasketRefused(reason, rule=rule, field=field, way_on=way_on)
