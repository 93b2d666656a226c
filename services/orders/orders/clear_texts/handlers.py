"""Seals what an earlier release stored in clear: a timer for each that has a text or a file."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from kvitt_files.store import NoSuchFile

from orders.attachments.models import AttachmentRow
from orders.attachments.store import Kept, files
from orders.cases.models import CaseRow
from orders.cases.queries import concerned_by
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.fault_reports.models import FaultReportRow
from orders.order_drafts.models import OrderDraftRow
from orders.people.keys.opening import moved, writable
from orders.people.keys.sealing import new_key
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow

messages = Handlers()

ORDER: Final = Timer("order_texts_in_clear", OrderRow)
PURCHASE_ORDER: Final = Timer("purchase_order_texts_in_clear", PurchaseOrderRow)
PICKUP: Final = Timer("pickup_texts_in_clear", PickupRow)
WORK_ORDER: Final = Timer("work_order_texts_in_clear", WorkOrderRow)
FAULT_REPORT: Final = Timer("fault_report_texts_in_clear", FaultReportRow)
CASE: Final = Timer("case_texts_in_clear", CaseRow)
ORDER_DRAFT: Final = Timer("order_draft_in_clear", OrderDraftRow)
APPLICATION_DRAFT: Final = Timer("application_draft_in_clear", ApplicationDraftRow)
ATTACHMENT: Final = Timer("attachment_in_clear", AttachmentRow, slow=True)
CLEAR_FILE: Final = Timer("attachment_clear_file_left", AttachmentRow, slow=True)


# decision 0530: as of who a person is, by timers, while it is read as it stands
@messages.timer(ORDER)
async def seal_order(row: OrderRow, due: datetime, tx: Transaction) -> None:
    """Seal where an order goes, and what is said of its lines (REF-22)."""
    await _seal_beside(OrderDetailsRow, row.id, row.recipient_person, tx)


@messages.timer(PURCHASE_ORDER)
async def seal_purchase_order(row: PurchaseOrderRow, due: datetime, tx: Transaction) -> None:
    """Seal what a supplier is told of a purchase order's lines (REF-22)."""
    await _seal_beside(PurchaseOrderDetailsRow, row.id, row.recipient_person, tx)


@messages.timer(PICKUP)
async def seal_pickup(row: PickupRow, due: datetime, tx: Transaction) -> None:
    """Seal where a pickup goes (REF-22)."""
    await _seal_beside(PickupDetailsRow, row.id, row.recipient_person, tx)


@messages.timer(WORK_ORDER)
async def seal_work_order(row: WorkOrderRow, due: datetime, tx: Transaction) -> None:
    """Seal what is written of a work order, technicians' notes included (REF-22)."""
    await writable(row, tx)
    await _seal_beside(WorkOrderDetailsRow, row.id, row.recipient_person, tx)
    for note in await tx.search_all(WorkOrderNoteRow, WorkOrderNoteRow.work_order_id, row.id):
        await _seal(note, row.recipient_person, tx)


@messages.timer(FAULT_REPORT)
async def seal_fault_report(row: FaultReportRow, due: datetime, tx: Transaction) -> None:
    """Seal what is written of a fault (REF-22)."""
    await writable(row, tx)


@messages.timer(CASE)
async def seal_case(row: CaseRow, due: datetime, tx: Transaction) -> None:
    """Seal what was asked and answered, for whom it concerns now (REF-22)."""
    await _seal(row, await concerned_by(row.about, tx), tx)


@messages.timer(ORDER_DRAFT)
async def seal_order_draft(row: OrderDraftRow, due: datetime, tx: Transaction) -> None:
    """Seal what is written of an order (REF-22)."""
    await writable(row, tx)


@messages.timer(APPLICATION_DRAFT)
async def seal_application_draft(row: ApplicationDraftRow, due: datetime, tx: Transaction) -> None:
    """Seal what is written of an application (REF-22)."""
    await writable(row, tx)


@messages.timer(ATTACHMENT)
async def seal_attachment(row: AttachmentRow, due: datetime, tx: Transaction) -> None:
    """Seal what a file is called, and the file: beside the clear one, which goes when the key of
    the other is kept (REF-22). Raises StoreUnavailable: it is tried again.
    """
    if row.is_sealed:
        return
    await _seal(row, await _whose(row, tx), tx)
    await writable(row, tx)
    try:
        clear = await files().get(row.clear_key)
    except NoSuchFile:
        return
    row.file_key = new_key().hex()
    await Kept.of(row).put(clear.pieces)
    tx.schedule(CLEAR_FILE, key=row.attachment_id, due=tx.now)


@messages.timer(CLEAR_FILE)
async def forget_clear_file(row: AttachmentRow, due: datetime, tx: Transaction) -> None:
    """Delete the clear file of what is sealed (REF-22)."""
    if row.is_sealed:
        await files().delete(row.clear_key)


async def _seal_beside(
    row_type: type[Any], key: UUID, person: PersonRef | None, tx: Transaction
) -> None:
    row = await tx.find(row_type, key)
    if row is not None:
        await _seal(row, person, tx)


async def _seal(row: Any, person: PersonRef | None, tx: Transaction) -> None:
    if not row.has_sealed():
        await moved(row, person, tx)


async def _whose(row: AttachmentRow, tx: Transaction) -> PersonRef | None:
    things = (
        (OrderRow, row.order_id),
        (WorkOrderRow, row.work_order_id),
        (OrderDraftRow, row.draft_id),
    )
    for row_type, key in things:
        thing: Any = await tx.look_up(row_type, key) if key is not None else None
        if thing is not None:
            person: PersonRef | None = thing.recipient_person
            return person
    return None
