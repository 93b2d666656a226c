"""Values of work orders for tests of the pure rules."""

from dataclasses import replace
from datetime import date
from typing import Any

from kvitt_contracts.orders import WorkOrderEvent, WorkOrderRegistered
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    ArticleType,
    CareUnitId,
    CareUnitRecipient,
    OrderNumber,
    PatientRecipient,
    Recipient,
    Role,
    UserId,
    Word,
)
from orders.units.domain import User
from orders.work_orders.applications.domain import Application
from orders.work_orders.domain import WorkOrder, evolve
from orders.work_orders.registering.domain import Device, Naming, OrderedLine, Wish, register

from contracts.tests.builders.story import device_id, line_id, order_id, work_order_id
from services.orders.tests.builders import PATIENT, TODAY, a_service_point, a_user, an_article

COMPLETE: dict[str, Any] = {
    "supplier": "Hörtech AB",
    "supplier_article_number": "HT-77",
    "supplier_article_name": "Streamer X",
    "is_ce_marked": True,
    "need": "Hör inte läraren.",
    "tried": "Streamer ur sortimentet.",
    "attests_responsibility": True,
}
"""An application that lacks nothing."""
ADULT = PatientRecipient(person=PATIENT)
UNIT = CareUnitRecipient(unit=CareUnitId("30110"))
SERVICE = an_article("39001", type=ArticleType.SERVICE)
TECHNICIAN = a_user("s001kun", roles=(Role.CUSTOMER_SERVICE,), service_points=())
STRANGER = a_user("k300ola", service_points=())


def a_device(holder: Recipient | None = ADULT) -> Device:
    """A device, at the patient unless told."""
    return Device(id=device_id(), holder=holder)


def an_ordered_line(recipient: Recipient = ADULT, *, is_over: bool = False) -> OrderedLine:
    """A line of an order."""
    return OrderedLine(order_id=order_id(), line_id=line_id(), recipient=recipient, is_over=is_over)


def a_wish(kind: str = "maintenance", **changes: Any) -> Wish:
    """What somebody wants done on an adult patient's device, with all that every kind asks for."""
    values: dict[str, Any] = {
        "kind": Word(kind),
        "recipient": ADULT,
        "born_on": date(1950, 5, 1),
        "is_installing": False,
        "device": a_device(),
        "order": None,
        "service": None,
        "payer_id": None,
        "application": None,
        "has_description": True,
        "has_attachments": False,
        "has_place": True,
        "has_address": True,
        "has_phone": True,
        "is_in_words": True,
        "attests_cannot_dismantle": False,
        "attests_outside_instructions": False,
    }
    return Wish(**values | changes)


def an_application_wish(form: dict[str, Any] | None = None, **changes: Any) -> Wish:
    """An application that is complete but for the changes."""
    said = Application.model_validate(COMPLETE | (form or {}))
    without = {"device": None, "has_place": False, "has_description": False}
    return a_wish("application", application=said, **without | changes)


def registered(
    policy: RegionPolicy,
    wish: Wish | None = None,
    *,
    requester: User | None = None,
    by: User | None = None,
    today: date = TODAY,
) -> WorkOrderRegistered:
    """What the rules make of a wish."""
    asks = requester or a_user()
    return register(
        wish or a_wish(),
        naming=Naming(
            work_order_id=work_order_id(),
            work_order_number=OrderNumber("26100001"),
            reference=None,
        ),
        requester=asks,
        by=by or asks,
        place=a_service_point(),
        policy=policy,
        today=today,
    )


def a_work(policy: RegionPolicy, kind: str = "maintenance", **changes: Any) -> WorkOrder:
    """A work order of a kind, just registered."""
    event = registered(policy, a_wish())
    work = evolve(None, event.model_copy(update={"kind": Word(kind)}))
    return replace(work, **changes)


def after(work: WorkOrder, events: tuple[WorkOrderEvent, ...]) -> WorkOrder:
    """The work order after what a rule answered."""
    for event in events:
        work = evolve(work, event)
    return work


def of_service_point(user: str = "b001req") -> User:
    """A requester at the service point."""
    return a_user(user, roles=(Role.REQUESTER,))


def named(user: str) -> UserId:
    """A user's id."""
    return UserId(user)
