"""Work orders as orders emits them."""

from datetime import date
from typing import Any

from kvitt_contracts.orders import (
    WorkOrderApplicationDecided,
    WorkOrderFinished,
    WorkOrderRegistered,
    WorkOrderReminderDue,
)

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    PAYER,
    POLICY,
    SENDER,
    SENDING,
    SERVICE,
    a_patient,
    device_id,
    work_order_id,
)


def a_work_order_registered(
    kind: str = "maintenance",
    device: str | None = "170098",
    *,
    work_order: str = "A-1",
    **changes: Any,
) -> WorkOrderRegistered:
    """SENDER has work done on a patient's device."""
    values = {
        "work_order_id": work_order_id(work_order),
        "work_order_number": "26100001",
        "reference": work_order,
        "kind": kind,
        "recipient": a_patient(),
        "service_point": SENDING,
        "customer_id": SENDING,
        "requester": SENDER,
        "device_id": device_id(device) if device else None,
        "payer_id": PAYER,
        "has_description": True,
        "has_attachments": False,
        "is_attested": kind == "application",
        "is_type_missing": False,
        "registered_on": DAY,
        "policy": POLICY,
        "by": SENDER,
    }
    return build(WorkOrderRegistered, values, changes)


def a_work_order_finished(
    outcome: str = "done", *, work_order: str = "A-1", on: str | date = DAY, **changes: Any
) -> WorkOrderFinished:
    """The technician is ready."""
    values = {
        "work_order_id": work_order_id(work_order),
        "outcome": outcome,
        "has_action": False,
        "quantity": 1,
        "finished_on": on,
        "requester": SENDER,
        "by": SERVICE,
    }
    return build(WorkOrderFinished, values, changes)


def an_application_decided(
    outcome: str = "approved", *, work_order: str = "A-1", **changes: Any
) -> WorkOrderApplicationDecided:
    """The assortment manager has decided on an application."""
    values = {
        "work_order_id": work_order_id(work_order),
        "outcome": outcome,
        "has_reason": outcome != "approved",
        "requester": SENDER,
        "by": SERVICE,
    }
    return build(WorkOrderApplicationDecided, values, changes)


def a_work_order_reminder(
    waits_for: str = "finish", *, work_order: str = "A-1"
) -> WorkOrderReminderDue:
    """Something was not done in time."""
    values = {
        "work_order_id": work_order_id(work_order),
        "service_point": SENDING,
        "waits_for": waits_for,
    }
    return build(WorkOrderReminderDue, values, {})
