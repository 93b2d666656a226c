"""Work orders as orders emits them."""

from typing import Any

from kvitt_contracts.orders import (
    WorkOrderApplicationDecided,
    WorkOrderFinished,
    WorkOrderPlanned,
    WorkOrderRegistered,
    WorkOrderReminderDue,
    WorkOrderRenumbered,
    WorkOrderStarted,
    WorkOrderVoided,
)

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    FITTING,
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
    work: str = "A-1", device: str = "170098", **changes: Any
) -> WorkOrderRegistered:
    """Preventive maintenance of a patient's device is wanted."""
    values = {
        "work_order_id": work_order_id(work),
        "work_order_number": "26100001",
        "reference": work,
        "kind": "maintenance",
        "recipient": a_patient(),
        "service_point": SENDING,
        "customer_id": SENDING,
        "requester": SENDER,
        "device_id": device_id(device),
        "payer_id": PAYER,
        "has_description": True,
        "has_attachments": False,
        "is_attested": False,
        "is_type_missing": False,
        "registered_on": DAY,
        "policy": POLICY,
        "by": SENDER,
    }
    return build(WorkOrderRegistered, values, changes)


def a_warranty_repair_registered(work: str = "A-1", **changes: Any) -> WorkOrderRegistered:
    """The supplier is to repair a patient's device under its warranty."""
    values = {"kind": "warranty_repair", "service_article": FITTING, **changes}
    return a_work_order_registered(work, **values)


def an_application_registered(work: str = "A-1", **changes: Any) -> WorkOrderRegistered:
    """A prescriber applies for what is outside the assortment, for a patient."""
    said = {"device_id": None, "has_description": False, "is_attested": True}
    return a_work_order_registered(work, kind="application", **said | changes)


def a_work_order_planned(work: str = "A-1", **changes: Any) -> WorkOrderPlanned:
    """It is to be done on a day."""
    values = {"work_order_id": work_order_id(work), "planned_on": "2026-03-09"}
    return build(WorkOrderPlanned, values, changes)


def a_work_order_started(work: str = "A-1") -> WorkOrderStarted:
    """A technician has begun."""
    values = {"work_order_id": work_order_id(work), "technician": SERVICE}
    return build(WorkOrderStarted, values, {})


def a_work_order_finished(work: str = "A-1", **changes: Any) -> WorkOrderFinished:
    """The work is done, with what was done written down."""
    values = {
        "work_order_id": work_order_id(work),
        "outcome": "done",
        "has_action": True,
        "quantity": 1,
        "finished_on": "2026-03-09",
        "requester": SENDER,
        "by": SERVICE,
    }
    return build(WorkOrderFinished, values, changes)


def a_work_order_voided(work: str = "A-1") -> WorkOrderVoided:
    """Nothing is done."""
    values = {"work_order_id": work_order_id(work), "reason": "NOT_NEEDED", "by": SENDER}
    return build(WorkOrderVoided, values, {})


def an_application_decided(work: str = "A-1", **changes: Any) -> WorkOrderApplicationDecided:
    """An application is refused, with a reason."""
    values = {
        "work_order_id": work_order_id(work),
        "outcome": "refused",
        "has_reason": True,
        "requester": SENDER,
        "by": SERVICE,
    }
    return build(WorkOrderApplicationDecided, values, changes)


def a_work_order_renumbered(work: str = "A-1") -> WorkOrderRenumbered:
    """What came instead of the device has got its number."""
    return build(WorkOrderRenumbered, {"work_order_id": work_order_id(work)}, {})


def a_work_order_reminder_due(
    work: str = "A-1", *, waits_for: str = "finish"
) -> WorkOrderReminderDue:
    """Something was not done in time."""
    values = {
        "work_order_id": work_order_id(work),
        "service_point": SENDING,
        "waits_for": waits_for,
    }
    return build(WorkOrderReminderDue, values, {})
