"""What is done at an erasure: texts are deleted, then the key with everything that it opens."""

from collections.abc import Sequence
from typing import Any

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import delete, or_, select, update

from orders.attachments.models import AttachmentRow
from orders.attachments.writes import ORPHANED
from orders.cases.models import CaseRow
from orders.customer_orders.models import OrderDetailsRow
from orders.erasures.queries import is_attached_to, orders_of, pickups_of, works_of
from orders.fault_reports.models import FaultReportRow
from orders.order_drafts.models import OrderDraftRow
from orders.people.corrections import PersonCorrectionRow
from orders.people.keys.models import PersonKeyRow
from orders.people.models import PersonDetailsRow, PersonIdRow
from orders.people.terms.writes import forget_terms
from orders.pickups.models import PickupDetailsRow
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow

ERASED_NAME = "raderad"
"""What an attachment of an erased person is called until its file is deleted."""


async def forget_texts(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Delete what was written of what a person had, and let their files be deleted. Rows are locked
    in the service's order.
    """
    orders, pickups, works = orders_of(refs, tx), pickups_of(refs, tx), works_of(refs, tx)
    await _detach_files(refs, tx)
    tx.will_lock(FaultReportRow)
    await _blank(
        FaultReportRow,
        ("text", "responsible_text", "technician_text"),
        FaultReportRow.recipient_person.in_(refs),
        tx,
    )
    tx.will_lock(CaseRow)
    about = or_(*(CaseRow.about_id.in_(one) for one in (orders, pickups, works)))
    await _blank(CaseRow, ("text", "answer"), about, tx)
    tx.will_lock(WorkOrderRow)
    theirs = WorkOrderRow.recipient_person.in_(refs)
    await _blank(WorkOrderRow, ("action", "decision_reason"), theirs, tx)
    tx.will_lock(ApplicationDraftRow)
    for row_type, criterion in (
        (OrderDetailsRow, OrderDetailsRow.order_id.in_(orders)),
        (PickupDetailsRow, PickupDetailsRow.pickup_id.in_(pickups)),
        (WorkOrderDetailsRow, WorkOrderDetailsRow.work_order_id.in_(works)),
        (WorkOrderNoteRow, WorkOrderNoteRow.work_order_id.in_(works)),
        (ApplicationDraftRow, ApplicationDraftRow.recipient_person.in_(refs)),
    ):
        await _delete(row_type, criterion, tx)


async def destroy_keys(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Delete a person's keys, what they open, and by what the person is found. Whoever the region
    states under the same id is somebody new.
    """
    tx.will_lock(PersonDetailsRow)
    for ref in refs:
        await forget_terms(ref, tx)
    await _delete(PersonDetailsRow, PersonDetailsRow.person.in_(refs), tx)
    await _delete(PersonCorrectionRow, PersonCorrectionRow.person.in_(refs), tx)
    await _delete(PersonKeyRow, PersonKeyRow.person.in_(refs), tx)
    await _delete(PersonIdRow, PersonIdRow.person.in_(refs), tx)


async def _detach_files(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Their files are put to nothing, so each is deleted by its timer; drafts go with them."""
    tx.will_lock(OrderDraftRow)
    theirs = select(AttachmentRow.attachment_id).where(
        AttachmentRow.region == tx.region, is_attached_to(refs, tx)
    )
    ids = (await tx.session.scalars(theirs)).all()
    await _delete(OrderDraftRow, OrderDraftRow.recipient_person.in_(refs), tx)
    for row in await tx.find_all(AttachmentRow, ids):
        row.name = ERASED_NAME
        row.order_id = row.work_order_id = row.draft_id = None
        tx.schedule(ORPHANED, key=row.attachment_id, due=tx.now)


async def _delete(row_type: type[Any], criterion: Any, tx: Transaction) -> None:
    await tx.session.execute(
        delete(row_type)
        .where(row_type.region == tx.region, criterion)
        .execution_options(synchronize_session=False)
    )


async def _blank(
    row_type: type[Any], columns: Sequence[str], criterion: Any, tx: Transaction
) -> None:
    await tx.session.execute(
        update(row_type)
        .where(row_type.region == tx.region, criterion)
        .values(dict.fromkeys(columns))
        .execution_options(synchronize_session=False)
    )
