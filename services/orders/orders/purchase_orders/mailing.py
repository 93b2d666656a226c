"""What notifications asks for to mail a purchase order, and what comes of it (NTF-4, ORD-11)."""

import logging
from base64 import b64encode
from collections.abc import Iterable
from typing import Annotated, Final
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.notifications import EmailFailed, EmailSent
from kvitt_contracts.types import OrderNumber
from pydantic import BaseModel, ConfigDict, Field

from orders.purchase_orders import documents, domain
from orders.purchase_orders.models import PurchaseOrderRow
from orders.purchase_orders.writes import await_supplier, remind_when_unsent
from orders.suppliers.models import SupplierRow
from orders.suppliers.queries import supplier_key

router = ApiRouter(tags=["Inköpsordrar"])
messages = Handlers()

Mailed = EmailSent | EmailFailed

PURCHASE_ORDER: Final = "purchase_order"
"""What such a mail is about, and its routine."""

log = logging.getLogger(__name__)


class PurchaseOrderMail(BaseModel):
    """En inköpsorder som den ska skickas: vart, och vad."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "to": "order@nordhjalp.example",
                    "purchase_order_number": "26100001",
                    "document": "JVBERi0xLjc=",
                }
            ]
        },
    )

    to: Annotated[str, Field(description="Leverantörens adress för inköpsordrar")]
    purchase_order_number: OrderNumber
    document: Annotated[str, Field(description="PDF, i base64")]


@router.post("/purchase-orders/{purchase_order_id}:resolve-mail")
async def resolve_mail(
    purchase_order_id: UUID, reader: Reader, tx: ReadTransaction
) -> PurchaseOrderMail:
    """En inköpsorder och adressen som den ska skickas till. Bara för tjänsten som skickar (NTF-4).

    Nekas: UNKNOWN_PURCHASE_ORDER, ALREADY_SENT, IS_OVER (ORD-11), NO_ORDER_ADDRESS (NTF-4).
    """
    row = await tx.get(PurchaseOrderRow, purchase_order_id, rule="ORD-11")
    supplier = await tx.get(SupplierRow, supplier_key(row.supplier_id, tx))
    to = domain.address_to_mail(row.state(), address=supplier.order_email)
    content = await documents.print_purchase_order(row, tx)
    log.info(
        "a purchase order is fetched to be mailed",
        extra={"purchase_order": str(row.id), "by": str(reader.caller.user_id)},
    )
    return PurchaseOrderMail(
        to=to,
        purchase_order_number=row.purchase_order_number,
        document=b64encode(content).decode(),
    )


def _what_is_mailed(event: Mailed, _: Transaction) -> Iterable[RowKey]:
    if event.about.kind == PURCHASE_ORDER:
        yield PurchaseOrderRow, event.about.id


@messages.on(EmailSent, loads=_what_is_mailed)
async def on_email_sent(event: EmailSent, tx: Transaction) -> None:
    """The supplier's mail server has taken a purchase order: it is sent (ORD-11). What else is
    mailed is passed over.
    """
    if event.about.kind == PURCHASE_ORDER:
        row = await tx.lock(PurchaseOrderRow, event.about.id)
        sent_at = tx.message.time if tx.message is not None else tx.now
        tx.record(row, *domain.send_by_kvitt(row.state(), sent_on=stockholm_day(sent_at)))
        await_supplier(row, tx)


@messages.on(EmailFailed, loads=_what_is_mailed)
async def on_email_failed(event: EmailFailed, tx: Transaction) -> None:
    """Kvitt could not send it: whoever made it does, and is reminded when nobody has (ORD-11)."""
    if event.about.kind == PURCHASE_ORDER:
        row = await tx.lock(PurchaseOrderRow, event.about.id)
        remind_when_unsent(row, tx, from_on=tx.today)
