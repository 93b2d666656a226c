"""What people wrote of what concerns a person, in orders, opened: for the person (REF-24)."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from kvitt_chassis.row_keys import key_column
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_jsonable_python
from sqlalchemy import ColumnElement, select

from orders.attachments.models import AttachmentRow
from orders.cases.models import CaseRow
from orders.customer_orders.models import OrderDetailsRow
from orders.erasures.queries import (
    MOST,
    is_asked_of,
    is_attached_to,
    orders_of,
    pickups_of,
    purchases_of,
    works_of,
)
from orders.fault_reports.models import FaultReportRow
from orders.order_drafts.models import OrderDraftRow
from orders.people.keys.opening import all_opened
from orders.pickups.models import PickupDetailsRow
from orders.purchase_orders.models import PurchaseOrderDetailsRow
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow

_NOT_TOLD: Final = ("file_key",)


class WrittenView(BaseModel):
    """Något som skrevs fritt, eller vad en fil heter."""

    model_config = ConfigDict(frozen=True)

    of: Annotated[str, Field(description="Vad det hör till")]
    id: Annotated[str, Field(description="Dess id")]
    field: Annotated[str, Field(description="Uppgiften")]
    written: Annotated[Any, Field(description="Det som skrevs")]


async def written_of(refs: Sequence[PersonRef], tx: Transaction) -> tuple[WrittenView, ...]:
    """All that was written of a person's, a thousand of each kind at most."""
    told: list[WrittenView] = []
    for row_type, is_theirs in _theirs(refs, tx).items():
        query = select(row_type).where(row_type.region == tx.region, is_theirs).limit(MOST)
        for row in await all_opened((await tx.session.scalars(query)).all(), tx):
            told += _told(row)
    return tuple(told)


def _theirs(refs: Sequence[PersonRef], tx: Transaction) -> dict[type[Any], ColumnElement[bool]]:
    works = works_of(refs, tx)
    return {
        OrderDetailsRow: OrderDetailsRow.order_id.in_(orders_of(refs, tx)),
        OrderDraftRow: OrderDraftRow.recipient_person.in_(refs),
        AttachmentRow: is_attached_to(refs, tx),
        PurchaseOrderDetailsRow: PurchaseOrderDetailsRow.purchase_order_id.in_(
            purchases_of(refs, tx)
        ),
        PickupDetailsRow: PickupDetailsRow.pickup_id.in_(pickups_of(refs, tx)),
        FaultReportRow: FaultReportRow.recipient_person.in_(refs),
        CaseRow: is_asked_of(refs, tx),
        WorkOrderRow: WorkOrderRow.recipient_person.in_(refs),
        WorkOrderDetailsRow: WorkOrderDetailsRow.work_order_id.in_(works),
        WorkOrderNoteRow: WorkOrderNoteRow.work_order_id.in_(works),
        ApplicationDraftRow: ApplicationDraftRow.recipient_person.in_(refs),
    }


def _told(row: Any) -> list[WrittenView]:
    values = {name: getattr(row, name) for name in row.sealed if name not in _NOT_TOLD}
    key = str(getattr(row, key_column(type(row)).key))
    return [
        WrittenView(of=row.__tablename__, id=key, field=name, written=to_jsonable_python(value))
        for name, value in values.items()
        if value not in (None, {})
    ]
