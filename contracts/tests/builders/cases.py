"""Cases as orders emits them."""

from typing import Any

from kvitt_contracts.orders import CaseAnswered, CaseAsked, CaseReminderDue, CaseWithdrawn

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import RECEIVING, SENDER, SERVICE, case_id, pickup_id


def a_case_asked(case: str = "C-1", **changes: Any) -> CaseAsked:
    """A user wants a pickup to be urgent."""
    values = {
        "case_id": case_id(case),
        "kind": "urgent",
        "about": {"kind": "pickup", "id": pickup_id()},
        "service_point": RECEIVING,
        "has_text": True,
        "by": SENDER,
    }
    return build(CaseAsked, values, changes)


def a_case_reminder_due(case: str = "C-1", **changes: Any) -> CaseReminderDue:
    """Nobody has answered in time."""
    return build(CaseReminderDue, {"case_id": case_id(case), "kind": "urgent"}, changes)


def a_case_answered(case: str = "C-1", **changes: Any) -> CaseAnswered:
    """Customer service has done what was asked."""
    values = {
        "case_id": case_id(case),
        "outcome": "done",
        "has_text": True,
        "asked_by": SENDER,
        "by": SERVICE,
    }
    return build(CaseAnswered, values, changes)


def a_case_withdrawn(case: str = "C-1", **changes: Any) -> CaseWithdrawn:
    """The asker needs no answer any more."""
    return build(CaseWithdrawn, {"case_id": case_id(case), "by": SENDER}, changes)
