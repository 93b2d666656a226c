"""Topic `orders.work-orders`, one aggregate kind: the work order (ACT-1 to ACT-4); an application
for an individual prescription is one too (ACT-5). It claims no device.
"""

from datetime import date

from kvitt_contracts.day_bounds import HappenedOn, PlannedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    DeviceNumber,
    LineNumber,
    NamedRecipient,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    PolicyVersion,
    Quantity,
    ReasonCode,
    Recipient,
    Reference,
    ServicePointId,
    UserId,
    Word,
    WorkOrderId,
)


class WorkOrderRegistered(Event, type="orders.work-order.registered.v1"):
    """Work is wanted on a device or for an order; it is *assigned* (ACT-2, ACT-3).

    `kind`: `tied_to_order`, `adjustment`, `repair`, `special_adaptation`, `warranty_repair`,
    `installation`, `dismantling`, `installed_repair`, `maintenance`, `application`. Description,
    address, phone and what an application says are stored by orders alone. `is_attested`: whoever
    ordered it attested what its kind asks for (ACT-1, ACT-5); `is_type_missing`: an application for
    what the assortment has no type of. After 30 days without an end customer service is notified,
    of an application after 14.
    """

    work_order_id: WorkOrderId
    work_order_number: OrderNumber
    reference: Reference | None = None
    kind: Word
    recipient: Recipient
    service_point: ServicePointId
    customer_id: CustomerId
    requester: UserId
    device_id: DeviceId | None = None
    order_id: OrderId | None = None
    line_id: OrderLineId | None = None
    service_article: ArticleNumber | None = None
    payer_id: PayerId
    has_description: bool
    has_attachments: bool
    is_attested: bool
    is_type_missing: bool
    registered_on: date
    policy: PolicyVersion
    by: UserId


class WorkOrderPlanned(Event, type="orders.work-order.planned.v1"):
    """It is expected to be done on the day, by a technician where one is named (ACT-3)."""

    work_order_id: WorkOrderId
    planned_on: date
    technician: UserId | None = None


class WorkOrderStarted(Event, type="orders.work-order.started.v1"):
    """A technician has begun (ACT-3)."""

    work_order_id: WorkOrderId
    technician: UserId


class WorkOrderNoted(Event, type="orders.work-order.noted.v1"):
    """A technician has written a note, which orders shows (ACT-3)."""

    work_order_id: WorkOrderId
    has_note: bool
    technician: UserId


class WorkOrderFinished(Event, type="orders.work-order.finished.v1"):
    """The work is over: `done`, `repaired`, `replaced`, `not_warranty` (ACT-3, ACT-4).

    The requester is notified. Billing charges the service for `quantity`, and compensates postage
    only where `has_action` (BIL-2, BIL-12). Finished maintenance sets the device's date.
    """

    work_order_id: WorkOrderId
    outcome: Word
    has_action: bool
    quantity: Quantity
    finished_on: date
    requester: UserId
    by: UserId


class WorkOrderVoided(Event, type="orders.work-order.voided.v1"):
    """Nothing is done; the record stays."""

    work_order_id: WorkOrderId
    reason: ReasonCode
    by: UserId


class WorkOrderApplicationDecided(Event, type="orders.work-order.application-decided.v1"):
    """The assortment manager has decided: `approved`, `refused`, `referred` (ACT-5).

    Approved: the recipient may have `article_number` outside the assortment, by an order that names
    the application. Finishes it.
    """

    work_order_id: WorkOrderId
    outcome: Word
    article_number: ArticleNumber | None = None
    has_reason: bool
    requester: UserId
    by: UserId


class WorkOrderRenumbered(Event, type="orders.work-order.renumbered.v1"):
    """What came instead of the device has got its number, which is waited for no more (ACT-4). It
    may have got it before the work is over.
    """

    work_order_id: WorkOrderId


class WorkOrderReminderDue(Event, type="orders.work-order.reminder-due.v1"):
    """Something was not done in time; nothing changes: `waits_for` is `finish` (30 days),
    `decision` (14 days), `renumbering` after a replacement (14 days).
    """

    work_order_id: WorkOrderId
    service_point: ServicePointId
    waits_for: Word


WorkOrderEvent = (
    WorkOrderRegistered
    | WorkOrderPlanned
    | WorkOrderStarted
    | WorkOrderNoted
    | WorkOrderFinished
    | WorkOrderVoided
    | WorkOrderApplicationDecided
    | WorkOrderRenumbered
    | WorkOrderReminderDue
)
"""Every event of a work order."""


# -- commands ------------------------------------------------------------------------------------


class RegisterWorkOrder(Command, type="orders.work-order.register.v1"):
    """Have work done on a delivered device or for an order (ACT-2).

    Subject: the region's own reference, which names the work order. Description, address and phone
    are given over HTTP only; so an application, which is all text, has no such command. The two
    `attests_` fields state what a dismantling and a special adaptation ask for (ACT-1).
    """

    kind: Word
    recipient: NamedRecipient
    service_point: ServicePointId
    requester: UserId
    device_number: DeviceNumber | None = None
    order: Reference | None = None
    line: LineNumber | None = None
    service_article: ArticleNumber | None = None
    payer_id: PayerId | None = None
    attests_cannot_dismantle: bool = False
    attests_outside_instructions: bool = False


class PlanWorkOrder(Command, type="orders.work-order.plan.v1"):
    """Record when it is expected to be done (ACT-3)."""

    planned_on: PlannedOn
    technician: UserId | None = None
    by: UserId


class StartWorkOrder(Command, type="orders.work-order.start.v1"):
    """A technician begins (ACT-3)."""

    technician: UserId


class FinishWorkOrder(Command, type="orders.work-order.finish.v1"):
    """End it with what came of it; the action's text is given over HTTP only (ACT-3, ACT-4)."""

    outcome: Word
    quantity: Quantity = 1
    finished_on: HappenedOn
    by: UserId


class VoidWorkOrder(Command, type="orders.work-order.void.v1"):
    """Let nothing be done."""

    reason: ReasonCode
    by: UserId


class DecideApplication(Command, type="orders.work-order.decide-application.v1"):
    """The assortment manager decides; the reason's text is given over HTTP only (ACT-5)."""

    outcome: Word
    article_number: ArticleNumber | None = None
    by: UserId
