"""The rules of work orders once they are registered: planned, started, finished, voided (ACT-3,
ACT-4). A state in, events or a refusal out. No clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    WorkOrderApplicationDecided,
    WorkOrderEvent,
    WorkOrderFinished,
    WorkOrderNoted,
    WorkOrderPlanned,
    WorkOrderRegistered,
    WorkOrderReminderDue,
    WorkOrderRenumbered,
    WorkOrderStarted,
    WorkOrderVoided,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
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

from orders.units.domain import User
from orders.waits.domain import LISTED, TELLS_CUSTOMER_SERVICE, Owner, Wait
from orders.work_orders.reasons import Reason, refusal


class Kind(StrEnum):
    """What is to be done (ACT-1)."""

    TIED_TO_ORDER = "tied_to_order"
    ADJUSTMENT = "adjustment"
    REPAIR = "repair"
    SPECIAL_ADAPTATION = "special_adaptation"
    WARRANTY_REPAIR = "warranty_repair"
    INSTALLATION = "installation"
    DISMANTLING = "dismantling"
    INSTALLED_REPAIR = "installed_repair"
    MAINTENANCE = "maintenance"
    APPLICATION = "application"


class Status(StrEnum):
    """Where a work order is (ACT-3)."""

    ASSIGNED = "assigned"
    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"
    VOIDED = "voided"


OPEN: Final = (Status.ASSIGNED, Status.PLANNED, Status.STARTED)
"""What is not over yet."""


class Outcome(StrEnum):
    """What came of the work (ACT-4)."""

    DONE = "done"
    REPAIRED = "repaired"
    REPLACED = "replaced"
    NOT_WARRANTY = "not_warranty"


_MENDED: Final = (Outcome.REPAIRED, Outcome.REPLACED)
_OUTCOMES: Final[Mapping[Kind, tuple[Outcome, ...]]] = {
    Kind.WARRANTY_REPAIR: (*_MENDED, Outcome.NOT_WARRANTY),
    Kind.INSTALLATION: (Outcome.DONE, *_MENDED, Outcome.NOT_WARRANTY),
    Kind.REPAIR: (Outcome.DONE, *_MENDED),
    Kind.INSTALLED_REPAIR: (Outcome.DONE, *_MENDED),
}
"""How work of a kind ends; other work is done. An installation's warranty is an installation."""

FINISH_WITHIN: Final = timedelta(days=30)
DECIDE_WITHIN: Final = timedelta(days=14)
RENUMBER_WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """A work order. `awaits_number`: the device was replaced, and has not got its new number;
    `is_renumbered`: it has, whether the work was over by then or not.
    """

    id: WorkOrderId
    work_order_number: OrderNumber
    reference: Reference | None
    kind: Kind
    status: Status
    recipient: Recipient
    service_point: ServicePointId
    customer_id: CustomerId
    requester: UserId
    device_id: DeviceId | None
    order_id: OrderId | None
    line_id: OrderLineId | None
    service_article: ArticleNumber | None
    payer_id: PayerId
    has_description: bool
    has_attachments: bool
    is_attested: bool
    is_type_missing: bool
    registered_on: date
    policy: PolicyVersion
    by: UserId
    planned_on: date | None = None
    technician: UserId | None = None
    outcome: Word | None = None
    has_action: bool = False
    quantity: Quantity | None = None
    finished_on: date | None = None
    article_number: ArticleNumber | None = None
    voided_for: ReasonCode | None = None
    awaits_number: bool = False
    is_renumbered: bool = False
    is_late: bool = False


def outcomes_of(kind: Kind) -> tuple[Outcome, ...]:
    """How work of a kind can end (ACT-4)."""
    return _OUTCOMES.get(kind, (Outcome.DONE,))


def plan(work: WorkOrder, *, on: date, technician: User | None) -> tuple[WorkOrderPlanned, ...]:
    """Say on which day it is expected to be done, and by whom (ACT-3). No event where that was said
    already.

    Raises WorkOrderRefused (ACT-3): it has begun or is over, is an application, or `technician` is
    none of the device service's.
    """
    _must_be_work(work, "ACT-3")
    if work.status is Status.STARTED:
        way_on = "Arbetet har börjat. Skriv en anteckning, eller avsluta det."
        raise refusal(Reason.STARTED, "ACT-3", None, way_on)
    if technician is not None:
        _must_be_technician(technician, "technician")
    who = technician.user_id if technician else None
    if (work.planned_on, work.technician) == (on, who):
        return ()
    return (WorkOrderPlanned(work_order_id=work.id, planned_on=on, technician=who),)


def start(work: WorkOrder, *, technician: User) -> tuple[WorkOrderStarted, ...]:
    """A technician begins (ACT-3). No event where they have.

    Raises WorkOrderRefused (ACT-3): it is over, is an application, or they are no technician.
    """
    _must_be_work(work, "ACT-3")
    _must_be_technician(technician, "technician")
    if work.status is Status.STARTED and work.technician == technician.user_id:
        return ()
    return (WorkOrderStarted(work_order_id=work.id, technician=technician.user_id),)


def note(work: WorkOrder, *, technician: User) -> tuple[WorkOrderNoted, ...]:
    """A technician has written something, which whoever reads the work order sees (ACT-3).

    Raises WorkOrderRefused (ACT-3): it was voided, or they are no technician.
    """
    _must_be_technician(technician, None)
    if work.status is Status.VOIDED:
        raise refusal(Reason.ENDED, "ACT-3", None, "Arbetsordern är makulerad.")
    return (WorkOrderNoted(work_order_id=work.id, has_note=True, technician=technician.user_id),)


def finish(
    work: WorkOrder,
    *,
    outcome: Word,
    has_action: bool,
    quantity: Quantity,
    on: date,
    by: User,
) -> tuple[WorkOrderFinished, ...]:
    """End it with what came of it (ACT-3, ACT-4). No event where it ended so already.

    A technician ends work; a warranty repair, which the supplier does, whoever works at its service
    point does too. Raises WorkOrderRefused: `by` may not (ACT-3), it is over or an application, or
    its kind does not end so (ACT-4).
    """
    if work.kind is Kind.APPLICATION:
        way_on = "En ansökan avslutas med ett beslut (:decide)."
        raise refusal(Reason.IS_AN_APPLICATION, "ACT-3", None, way_on)
    is_theirs = work.kind is Kind.WARRANTY_REPAIR and works_with(work, by)
    if not (is_theirs or by.may_for_all("orders.work-order.finish")):
        way_on = "En tekniker avslutar arbetet. En garantireparation avslutas av tjänstestället."
        raise refusal(Reason.NOT_A_TECHNICIAN, "ACT-3", None, way_on)
    allowed = outcomes_of(work.kind)
    if outcome not in {Word(one) for one in allowed}:
        way_on = f"Så slutar inte det slaget. Ange ett av: {', '.join(allowed)}."
        raise refusal(Reason.OUTCOME_NOT_OF_KIND, "ACT-4", "outcome", way_on)
    ended = (work.outcome, work.finished_on, work.quantity, work.has_action)
    if work.status is Status.FINISHED and ended == (outcome, on, quantity, has_action):
        return ()
    _must_be_open(work, "ACT-3")
    return (
        WorkOrderFinished(
            work_order_id=work.id,
            outcome=outcome,
            has_action=has_action,
            quantity=quantity,
            finished_on=on,
            requester=work.requester,
            by=by.user_id,
        ),
    )


def void(work: WorkOrder, *, reason: ReasonCode, by: User) -> tuple[WorkOrderVoided, ...]:
    """Let nothing be done; the record stays (ACT-3). No event where it is voided already.

    Raises WorkOrderRefused: `by` is neither of its unit nor asked for it (REF-3); work has begun,
    which a technician alone voids then, or it is over (ACT-3).
    """
    is_staff = by.may_for_all("orders.work-order.void")
    if not (is_staff or works_with(work, by)):
        way_on = "Bara arbetsorderns tjänsteställe, beställaren eller kundservice makulerar."
        raise refusal(Reason.NOT_YOUR_WORK_ORDER, "REF-3", "by", way_on)
    if work.status is Status.VOIDED:
        return ()
    _must_be_open(work, "ACT-3")
    if work.status is Status.STARTED and not is_staff:
        way_on = "Arbetet har börjat. Kontakta hjälpmedelsservice."
        raise refusal(Reason.STARTED, "ACT-3", None, way_on)
    return (WorkOrderVoided(work_order_id=work.id, reason=reason, by=by.user_id),)


def renumber(work: WorkOrder) -> tuple[WorkOrderRenumbered, ...]:
    """The device has got the number of what came instead (ACT-4), also before the work is said to
    be over. No event where nothing waits for one, nor will.
    """
    if work.is_renumbered or not (work.awaits_number or work.status in OPEN):
        return ()
    return (WorkOrderRenumbered(work_order_id=work.id),)


def remind(work: WorkOrder) -> tuple[WorkOrderReminderDue, ...]:
    """The last day of what it waits for has passed: that is told once, and nothing changes."""
    waits = waits_for(work)
    if waits is None or work.is_late:
        return ()
    return (
        WorkOrderReminderDue(
            work_order_id=work.id,
            service_point=work.service_point,
            waits_for=_AWAITED_LATE[waits.awaits],
        ),
    )


_FINISH, _DECISION, _RENUMBERING = Word("finish"), Word("decision"), Word("renumbering")
_AWAITED: Final = {
    Status.ASSIGNED: Word("plan"),
    Status.PLANNED: Word("start"),
    Status.STARTED: _FINISH,
}
_AWAITED_LATE: Final = {
    **dict.fromkeys(_AWAITED.values(), _FINISH),
    _DECISION: _DECISION,
    _RENUMBERING: _RENUMBERING,
}


def waits_for(work: WorkOrder) -> Wait | None:
    """What a work order waits for (REF-20); None once nothing more is to come."""
    then = LISTED if work.is_late else TELLS_CUSTOMER_SERVICE
    here = partial(Wait, on=Owner.SERVICE_POINT, service_point=work.service_point, then=then)
    if work.awaits_number and work.finished_on is not None:
        until = work.finished_on + RENUMBER_WITHIN
        return here(awaits=_RENUMBERING, until=until)
    if work.status not in OPEN:
        return None
    if work.kind is Kind.APPLICATION:
        until = work.registered_on + DECIDE_WITHIN
        return Wait(awaits=_DECISION, on=Owner.ASSORTMENT_MANAGER, until=until, then=then)
    until = work.registered_on + FINISH_WITHIN
    if work.kind is Kind.WARRANTY_REPAIR:  # the supplier has it, and the unit ends it
        return here(awaits=_FINISH, until=until)
    return Wait(awaits=_AWAITED[work.status], on=Owner.TECHNICIANS, until=until, then=then)


def works_with(work: WorkOrder, user: User) -> bool:
    """True for who asked for it, and for whoever works at its service point."""
    return user.user_id in {work.requester, work.by} or user.works_at(
        CustomerId(work.service_point)
    )


def must_be_printable(work: WorkOrder) -> None:
    """Check that a work order has a slip that goes along to the supplier (ACT-2).

    Raises WorkOrderRefused (ACT-2): an application has none, nor has what is voided.
    """
    if work.kind is Kind.APPLICATION:
        way_on = "En ansökan har ingen följesedel: inget hjälpmedel skickas med den."
        raise refusal(Reason.IS_AN_APPLICATION, "ACT-2", None, way_on)
    if work.status is Status.VOIDED:
        way_on = "Arbetsordern är makulerad. Registrera en ny om något ska göras."
        raise refusal(Reason.ENDED, "ACT-2", None, way_on)


def evolve(work: WorkOrder | None, event: WorkOrderEvent) -> WorkOrder:
    """Returns the state after an event; every event of a work order is handled.

    Raises ValueError for any event before the work order is registered.
    """
    if isinstance(event, WorkOrderRegistered):
        values = same_fields(event, WorkOrder)
        named = {"id": event.work_order_id, "status": Status.ASSIGNED, "kind": Kind(event.kind)}
        return WorkOrder(**values | named)
    if work is None:
        raise ValueError(f"{event.wire_type} before the work order is registered")
    match event:
        case WorkOrderPlanned():
            planned = replace(work, status=Status.PLANNED, planned_on=event.planned_on)
            return replace(planned, technician=event.technician)
        case WorkOrderStarted():
            return replace(work, status=Status.STARTED, technician=event.technician)
        case WorkOrderNoted():
            return work
        case WorkOrderFinished():
            is_replaced = event.outcome == Word(Outcome.REPLACED)
            return replace(
                work,
                status=Status.FINISHED,
                outcome=event.outcome,
                has_action=event.has_action,
                quantity=event.quantity,
                finished_on=event.finished_on,
                awaits_number=is_replaced and not work.is_renumbered,
                is_late=False,
            )
        case WorkOrderVoided():
            return replace(work, status=Status.VOIDED, voided_for=event.reason, is_late=False)
        case WorkOrderApplicationDecided():
            decided = replace(work, status=Status.FINISHED, outcome=event.outcome, is_late=False)
            return replace(decided, article_number=event.article_number)
        case WorkOrderRenumbered():
            is_late = work.is_late and work.status in OPEN  # the work itself may be
            return replace(work, awaits_number=False, is_renumbered=True, is_late=is_late)
        case WorkOrderReminderDue():
            return replace(work, is_late=True)


def _must_be_work(work: WorkOrder, rule: str) -> None:
    if work.kind is Kind.APPLICATION:
        way_on = "En ansökan planeras och påbörjas inte: den beslutas (:decide)."
        raise refusal(Reason.IS_AN_APPLICATION, rule, None, way_on)
    _must_be_open(work, rule)


def _must_be_open(work: WorkOrder, rule: str) -> None:
    if work.status not in OPEN:
        way_on = "Arbetsordern är avslutad eller makulerad. Gör en ny vid behov."
        raise refusal(Reason.ENDED, rule, None, way_on)


def _must_be_technician(user: User, field: str | None) -> None:
    if not user.may_for_all("orders.work-order.start"):
        way_on = "Ange en tekniker i hjälpmedelsverksamheten."
        raise refusal(Reason.NOT_A_TECHNICIAN, "ACT-3", field, way_on)
