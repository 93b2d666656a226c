"""Reports of work orders and applications (ACT-1 to ACT-5)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    WorkOrderApplicationDecided,
    WorkOrderFinished,
    WorkOrderPlanned,
    WorkOrderRegistered,
    WorkOrderStarted,
    WorkOrderVoided,
)
from kvitt_contracts.regions import WorkOrderReported
from kvitt_contracts.types import Reference, Word

from notifications.feed.models import ReportRow
from notifications.feed.writes import report, say_again, when
from notifications.register.naming import as_the_region_names, person_of

messages = Handlers()

FINISHED = Word("finished")


def _report_of(
    event: WorkOrderRegistered
    | WorkOrderPlanned
    | WorkOrderStarted
    | WorkOrderFinished
    | WorkOrderVoided
    | WorkOrderApplicationDecided,
    _: Transaction,
) -> Iterable[RowKey]:
    return [(ReportRow, event.work_order_id)]


@messages.on(
    WorkOrderRegistered, loads=_report_of, reads=lambda event, _: person_of(event.recipient)
)
async def on_work_order_registered(event: WorkOrderRegistered, tx: Transaction) -> None:
    """Work is wanted: it is assigned."""
    reported = WorkOrderReported(
        status=Word("assigned"),
        occurred_at=when(tx),
        business_day=event.registered_on,
        work_order=Reference(event.reference or str(event.work_order_id)),
        work_order_number=event.work_order_number,
        kind=event.kind,
        recipient=await as_the_region_names(event.recipient, tx),
        service_point=event.service_point,
        requester=event.requester,
        payer_id=event.payer_id,
        device_id=event.device_id,
        service_article=event.service_article,
    )
    await report(tx, event.work_order_id, reported)


@messages.on(WorkOrderPlanned, loads=_report_of)
async def on_work_order_planned(event: WorkOrderPlanned, tx: Transaction) -> None:
    """It is expected to be done on a day."""
    planned = {"planned_on": event.planned_on, "technician": event.technician}
    status = Word("planned")
    await say_again(tx, WorkOrderReported, event.work_order_id, status=status, **planned)


@messages.on(WorkOrderStarted, loads=_report_of)
async def on_work_order_started(event: WorkOrderStarted, tx: Transaction) -> None:
    """A technician has begun."""
    begun = {"status": Word("started"), "technician": event.technician}
    await say_again(tx, WorkOrderReported, event.work_order_id, **begun)


@messages.on(WorkOrderFinished, loads=_report_of)
async def on_work_order_finished(event: WorkOrderFinished, tx: Transaction) -> None:
    """The work is over."""
    done = {"outcome": event.outcome, "quantity": event.quantity}
    finished = {"status": FINISHED, "business_day": event.finished_on}
    await say_again(tx, WorkOrderReported, event.work_order_id, **finished, **done)


@messages.on(WorkOrderApplicationDecided, loads=_report_of)
async def on_application_decided(event: WorkOrderApplicationDecided, tx: Transaction) -> None:
    """An application is decided, which finishes it (ACT-5)."""
    decided = {"outcome": event.outcome, "article_number": event.article_number}
    await say_again(tx, WorkOrderReported, event.work_order_id, status=FINISHED, **decided)


@messages.on(WorkOrderVoided, loads=_report_of)
async def on_work_order_voided(event: WorkOrderVoided, tx: Transaction) -> None:
    """Nothing is done."""
    voided = {"status": Word("voided"), "reason": event.reason}
    await say_again(tx, WorkOrderReported, event.work_order_id, **voided)
