"""Why something about a case is refused: the codes that senders receive. No rules."""

from enum import StrEnum

from kvitt_contracts.refusals import Refused


class Reason(StrEnum):
    """Why something about a case is refused."""

    ALREADY_ASKED = "ALREADY_ASKED"
    UNKNOWN_WORD = "UNKNOWN_WORD"
    UNKNOWN_THING = "UNKNOWN_THING"
    ABOUT_MISSING = "ABOUT_MISSING"
    DOES_NOT_FIT = "DOES_NOT_FIT"
    TEXT_MISSING = "TEXT_MISSING"
    DEVICES_MISSING = "DEVICES_MISSING"
    UNKNOWN_DEVICE = "UNKNOWN_DEVICE"
    DEVICE_TWICE = "DEVICE_TWICE"
    ALREADY_OFFERED = "ALREADY_OFFERED"
    NOTHING_OFFERED = "NOTHING_OFFERED"
    NOT_YOUR_CASE = "NOT_YOUR_CASE"
    ALREADY_ANSWERED = "ALREADY_ANSWERED"
    WITHDRAWN = "WITHDRAWN"


class CaseRefused(Refused):
    """A refusal by a rule of cases; `reason` is one of Reason."""


def refusal(reason: Reason, rule: str, field: str | None, way_on: str) -> CaseRefused:
    """The refusal by a rule, with the field that it is about and the way on."""
    return CaseRefused(reason, rule=rule, field=field, way_on=way_on)
