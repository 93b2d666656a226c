"""Cases as orders emits them."""

from typing import Any

from kvitt_contracts.orders import CaseAnswered, CaseAsked, CaseReminderDue

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import SENDER, SENDING, SERVICE, case_id


def a_case_asked(kind: str = "address", *, case: str = "C-1", **changes: Any) -> CaseAsked:
    """SENDER asks something of customer service."""
    values = {
        "case_id": case_id(case),
        "kind": kind,
        "service_point": SENDING,
        "has_text": True,
        "by": SENDER,
    }
    return build(CaseAsked, values, changes)


def a_case_reminder(kind: str = "address", *, case: str = "C-1") -> CaseReminderDue:
    """Nobody has answered in time."""
    return build(CaseReminderDue, {"case_id": case_id(case), "kind": kind}, {})


def a_case_answered(outcome: str = "done", *, case: str = "C-1") -> CaseAnswered:
    """Customer service has answered."""
    values = {
        "case_id": case_id(case),
        "outcome": outcome,
        "has_text": True,
        "asked_by": SENDER,
        "by": SERVICE,
    }
    return build(CaseAnswered, values, {})
