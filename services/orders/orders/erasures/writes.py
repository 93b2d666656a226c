"""What is done at an erasure: texts are deleted, then the key with everything that it opens."""

from collections.abc import Sequence
from typing import Any, Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import Delivery
from kvitt_contracts.types import PersonRef
from sqlalchemy import ColumnElement, Delete, Update, case, delete, null, select, update

from orders.attachments.models import AttachmentRow
from orders.attachments.writes import ORPHANED
from orders.blocks.models import BlockOpeningRow
from orders.cases.models import CaseRow
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.erasures.queries import (
    is_asked_of,
    is_attached_to,
    orders_of,
    pickups_of,
    purchases_of,
    works_of,
)
from orders.fault_reports.models import FaultReportRow
from orders.order_drafts.models import OrderDraftRow
from orders.people.corrections import PersonCorrectionRow
from orders.people.keys.models import PersonKeyRow
from orders.people.keys.opening import all_opened
from orders.people.keys.sealing import ERASED, SealedForPerson
from orders.people.models import PersonDetailsRow, PersonIdRow
from orders.people.terms.writes import forget_terms
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow

_AT_ONCE: Final = {"synchronize_session": False}


async def forget_texts(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Delete what was written of what a person had, and let their files be deleted: where a text
    was, it says that it is erased. Rows are locked in the service's order.
    """
    orders, pickups, works = orders_of(refs, tx), pickups_of(refs, tx), works_of(refs, tx)
    placed, details = OrderDetailsRow, PurchaseOrderDetailsRow
    tx.will_lock(OrderRow)
    for row in await _forget_words(placed, placed.order_id.in_(orders), tx):
        if not row.comments:
            await tx.session.delete(row)
    await _detach_files(refs, tx)
    tx.will_lock(PurchaseOrderRow)  # under whose lock what its supplier is told is written
    await _forget_words(details, details.purchase_order_id.in_(purchases_of(refs, tx)), tx)
    tx.will_lock(FaultReportRow)
    await _at_once(
        update(FaultReportRow).values(_gone(FaultReportRow)),
        FaultReportRow.recipient_person.in_(refs),
        tx,
    )
    tx.will_lock(CaseRow)
    await _at_once(update(CaseRow).values(_gone(CaseRow)), is_asked_of(refs, tx), tx)
    tx.will_lock(PickupRow)  # under whose lock where it goes is written
    await _at_once(delete(PickupDetailsRow), PickupDetailsRow.pickup_id.in_(pickups), tx)
    tx.will_lock(WorkOrderRow)
    await _at_once(
        update(WorkOrderRow).values(_gone(WorkOrderRow)),
        WorkOrderRow.recipient_person.in_(refs),
        tx,
    )
    await _at_once(
        update(WorkOrderDetailsRow).values(_gone(WorkOrderDetailsRow)),
        WorkOrderDetailsRow.work_order_id.in_(works),
        tx,
    )
    await _at_once(
        update(WorkOrderNoteRow).values(_gone(WorkOrderNoteRow)),
        WorkOrderNoteRow.work_order_id.in_(works),
        tx,
    )
    tx.will_lock(ApplicationDraftRow)
    await _at_once(
        delete(ApplicationDraftRow),
        ApplicationDraftRow.recipient_person.in_(refs),
        tx,
    )
    tx.will_lock(BlockOpeningRow)
    await _at_once(
        update(BlockOpeningRow).values(_gone(BlockOpeningRow)),
        BlockOpeningRow.person.in_(refs),
        tx,
    )


async def _at_once(
    statement: Update | Delete, is_theirs: ColumnElement[bool], tx: Transaction
) -> None:
    """Execute a statement on the rows that are theirs; who calls has declared what it locks."""
    await tx.session.execute(
        statement.where(statement.table.c.region == tx.region, is_theirs),
        execution_options=_AT_ONCE,
    )


def _gone(row_type: type[SealedForPerson]) -> dict[Any, Any]:
    """What columns become: a text says that it is erased, what is no text is nothing."""
    values = {}
    for name in row_type.sealed:
        sealed = getattr(row_type, name)
        stored = getattr(row_type, sealed.stored)
        is_there = stored.is_not(None)
        values[stored] = case((is_there, ERASED)) if sealed.is_text else null()
    return values


async def _forget_words(
    row_type: Any, is_theirs: ColumnElement[bool], tx: Transaction
) -> Sequence[Any]:
    """Each comment of a line says that it is erased; an order goes nowhere. Answers the rows."""
    query = select(row_type).where(row_type.region == tx.region, is_theirs)
    rows: Sequence[Any] = (await tx.session.scalars(query)).all()
    for row in await all_opened(rows, tx):
        words = {str(number): ERASED for number in row.comments}
        setattr(row, row_type.comments.stored, words)
        if isinstance(row, OrderDetailsRow):
            setattr(row, OrderDetailsRow.delivery.stored, Delivery().model_dump(mode="json"))
    return rows


async def destroy_keys(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Delete a person's keys, what they open, and by what the person is found. Whoever the region
    states under the same id is somebody new.
    """
    tx.will_lock(PersonDetailsRow)
    for ref in refs:
        await forget_terms(ref, tx)
    gone: tuple[Any, ...] = (PersonDetailsRow, PersonCorrectionRow, PersonKeyRow, PersonIdRow)
    for row_type in gone:
        await _at_once(delete(row_type), row_type.person.in_(refs), tx)


async def _detach_files(refs: Sequence[PersonRef], tx: Transaction) -> None:
    """Their files are put to nothing, so each is deleted by its timer; drafts go with them."""
    tx.will_lock(OrderDraftRow)
    theirs = select(AttachmentRow.attachment_id).where(
        AttachmentRow.region == tx.region, is_attached_to(refs, tx)
    )
    ids = (await tx.session.scalars(theirs)).all()
    await _at_once(delete(OrderDraftRow), OrderDraftRow.recipient_person.in_(refs), tx)
    for row in await tx.find_all(AttachmentRow, ids):
        setattr(row, AttachmentRow.name.stored, ERASED)
        row.order_id = row.work_order_id = row.draft_id = None
        tx.schedule(ORPHANED, key=row.attachment_id, due=tx.now)
