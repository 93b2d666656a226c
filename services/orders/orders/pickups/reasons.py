"""Why something about a pickup is refused: the codes that senders receive. No rules."""

from enum import StrEnum

from kvitt_contracts.refusals import Refused


class Reason(StrEnum):
    """Why something about a pickup is refused."""

    ALREADY_REQUESTED = "ALREADY_REQUESTED"
    UNKNOWN_CAUSE = "UNKNOWN_CAUSE"
    UNKNOWN_RETURN_CAUSE = "UNKNOWN_RETURN_CAUSE"
    CAUSE_NOT_OF_PRODUCT_AREA = "CAUSE_NOT_OF_PRODUCT_AREA"
    POSTED_BY_THE_UNIT = "POSTED_BY_THE_UNIT"
    UNKNOWN_WORD = "UNKNOWN_WORD"
    UNKNOWN_DEVICE = "UNKNOWN_DEVICE"
    DEVICE_TWICE = "DEVICE_TWICE"
    PHONE_MISSING = "PHONE_MISSING"
    NO_ADDRESS = "NO_ADDRESS"
    ADDRESS_OVER_HTTP_ONLY = "ADDRESS_OVER_HTTP_ONLY"
    BY_CUSTOMER_SERVICE_ONLY = "BY_CUSTOMER_SERVICE_ONLY"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    ENDS_BEFORE_IT_BEGINS = "ENDS_BEFORE_IT_BEGINS"
    DAY_HAS_PASSED = "DAY_HAS_PASSED"
    NOT_YOUR_PICKUP = "NOT_YOUR_PICKUP"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    ALREADY_REPORTED = "ALREADY_REPORTED"
    WAITING = "WAITING"
    ENDED = "ENDED"


class PickupRuleRefused(Refused):
    """A refusal by a rule of pickups; `reason` is one of Reason."""


def refusal(reason: Reason, rule: str, field: str | None, way_on: str) -> PickupRuleRefused:
    """The refusal by a rule, with the field that it is about and the way on."""
    return PickupRuleRefused(reason, rule=rule, field=field, way_on=way_on)
