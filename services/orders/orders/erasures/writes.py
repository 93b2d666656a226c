"""What is done at an erasure: texts are deleted, then the key with everything that it opens."""

from collections.abc import Sequence
from typing import Any, Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import delete, or_, select, update

from orders.attachments.models import AttachmentRow
from orders.attachments.writes import ORPHANED
from orders.blocks.models import BlockOpeningRow
from orders.cases.models import CaseRow
from orders.customer_orders.models import OrderDetailsRow
from orders.erasures.queries import (
    devices_of,
    is_attached_to,
    orders_of,
    pickups_of,
    purchases_of,
    transfers_of,
    works_of,
)
from orders.fault_reports.models import FaultReportRow
from orders.order_drafts.models import OrderDraftRow
from orders.people.corrections import PersonCorrectionRow
from orders.people.keys.models import PersonKeyRow
from orders.people.models import PersonDetailsRow, PersonIdRow
from orders.people.terms.writes import forget_terms
from orders.pickups.models import PickupDetailsRow
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow

_AT_ONCE: Final = {"synchronize_session": False}

ERASED_NAME = "raderad"
"""What an attachment of an erased person is called until its file is deleted."""


async def forget_texts(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Delete what was written of what a person had, and let their files be deleted. Rows are locked
    in the service's order.
    """
    orders, pickups, works = orders_of(refs, tx), pickups_of(refs, tx), works_of(refs, tx)
    await _detach_files(refs, tx)
    tx.will_lock(PurchaseOrderRow)  # under whose lock what its supplier is told is written
    bought, details = purchases_of(refs, tx), PurchaseOrderDetailsRow
    await tx.session.execute(
        update(details)
        .where(details.region == tx.region, details.purchase_order_id.in_(bought))
        .values(comments={}),
        execution_options=_AT_ONCE,
    )
    tx.will_lock(FaultReportRow)
    fault, case, work = FaultReportRow, CaseRow, WorkOrderRow
    await tx.session.execute(
        update(fault)
        .where(fault.region == tx.region, fault.recipient_person.in_(refs))
        .values(text=None, responsible_text=None, technician_text=None),
        execution_options=_AT_ONCE,
    )
    tx.will_lock(CaseRow)
    things = (refs, orders, pickups, works, transfers_of(refs, tx), devices_of(refs, tx))
    about = or_(*(case.about_id.in_(one) for one in things))
    await tx.session.execute(
        update(case).where(case.region == tx.region, about).values(text=None, answer=None),
        execution_options=_AT_ONCE,
    )
    tx.will_lock(WorkOrderRow)
    await tx.session.execute(
        update(work)
        .where(work.region == tx.region, work.recipient_person.in_(refs))
        .values(action=None, decision_reason=None),
        execution_options=_AT_ONCE,
    )
    tx.will_lock(ApplicationDraftRow)
    tx.will_lock(BlockOpeningRow)
    opening = BlockOpeningRow
    await tx.session.execute(
        update(opening)
        .where(opening.region == tx.region, opening.person.in_(refs))
        .values({"reason_stored": None}),
        execution_options=_AT_ONCE,
    )
    gone: dict[type[Any], Any] = {
        OrderDetailsRow: OrderDetailsRow.order_id.in_(orders),
        PickupDetailsRow: PickupDetailsRow.pickup_id.in_(pickups),
        WorkOrderDetailsRow: WorkOrderDetailsRow.work_order_id.in_(works),
        WorkOrderNoteRow: WorkOrderNoteRow.work_order_id.in_(works),
        ApplicationDraftRow: ApplicationDraftRow.recipient_person.in_(refs),
    }
    for row_type, is_theirs in gone.items():
        await tx.session.execute(
            delete(row_type).where(row_type.region == tx.region, is_theirs),
            execution_options=_AT_ONCE,
        )


async def destroy_keys(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Delete a person's keys, what they open, and by what the person is found. Whoever the region
    states under the same id is somebody new.
    """
    tx.will_lock(PersonDetailsRow)
    for ref in refs:
        await forget_terms(ref, tx)
    gone: dict[type[Any], Any] = {
        PersonDetailsRow: PersonDetailsRow.person.in_(refs),
        PersonCorrectionRow: PersonCorrectionRow.person.in_(refs),
        PersonKeyRow: PersonKeyRow.person.in_(refs),
        PersonIdRow: PersonIdRow.person.in_(refs),
    }
    for row_type, is_theirs in gone.items():
        await tx.session.execute(
            delete(row_type).where(row_type.region == tx.region, is_theirs),
            execution_options=_AT_ONCE,
        )


async def _detach_files(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Their files are put to nothing, so each is deleted by its timer; drafts go with them."""
    tx.will_lock(OrderDraftRow)
    theirs = select(AttachmentRow.attachment_id).where(
        AttachmentRow.region == tx.region, is_attached_to(refs, tx)
    )
    ids = (await tx.session.scalars(theirs)).all()
    of_the_person = OrderDraftRow.recipient_person.in_(refs)
    await tx.session.execute(
        delete(OrderDraftRow).where(OrderDraftRow.region == tx.region, of_the_person),
        execution_options=_AT_ONCE,
    )
    for row in await tx.find_all(AttachmentRow, ids):
        row.name = ERASED_NAME
        row.order_id = row.work_order_id = row.draft_id = None
        tx.schedule(ORPHANED, key=row.attachment_id, due=tx.now)
