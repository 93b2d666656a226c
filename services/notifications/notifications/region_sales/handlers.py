"""Messages about sales to other regions: to be priced, proposed, decided, late (BIL-7)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import (
    RegionSaleApproved,
    RegionSaleLineDropped,
    RegionSaleNotApproved,
    RegionSaleProposed,
    RegionSaleRefused,
    RegionSaleReminderDue,
    RegionSaleRequested,
)
from kvitt_contracts.notifications import ToStaff
from kvitt_contracts.types import SaleId, ServicePointId

from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_region_sale, post
from notifications.region_sales.models import RegionSaleRow
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()

OfSale = RegionSaleRefused | RegionSaleProposed | RegionSaleApproved | RegionSaleNotApproved

_SAYS = {
    RegionSaleRefused: NewKind.REGION_SALE_REFUSED,
    RegionSaleProposed: NewKind.REGION_SALE_PROPOSED,
    RegionSaleApproved: NewKind.REGION_SALE_APPROVED,
    RegionSaleNotApproved: NewKind.REGION_SALE_NOT_APPROVED,
}


@messages.on(RegionSaleRequested)
async def on_region_sale_requested(event: RegionSaleRequested, tx: Transaction) -> None:
    """Tell customer service that a unit wants devices priced (BIL-7)."""
    tx.put(
        RegionSaleRow(region=tx.region, sale_id=event.sale_id, service_point=event.service_point)
    )
    to, about = ToStaff(duty=CUSTOMER_SERVICE), about_region_sale(event.sale_id)
    post(tx, to, NewKind.REGION_SALE_REQUESTED, about)


def _who_answers(event: OfSale | RegionSaleLineDropped, tx: Transaction) -> Iterable[RowKey]:
    yield RegionSaleRow, event.sale_id
    row = tx.fetched(RegionSaleRow, event.sale_id)
    if row is not None:
        yield ResponsiblesRow, row.service_point


@messages.on(
    RegionSaleRefused,
    RegionSaleProposed,
    RegionSaleApproved,
    RegionSaleNotApproved,
    reads=_who_answers,
)
async def on_region_sale_further(event: OfSale, tx: Transaction) -> None:
    """Tell who answers for the patient's unit how far the sale is, and what is to be done
    (BIL-7).
    """
    row = await tx.get(RegionSaleRow, event.sale_id)
    await _tell(row.service_point, _SAYS[type(event)], event.sale_id, tx)


@messages.on(RegionSaleLineDropped)
async def on_region_sale_line_dropped(event: RegionSaleLineDropped, tx: Transaction) -> None:
    """Tell customer service that the rest is to be proposed anew, or is decided (BIL-7)."""
    to, about = ToStaff(duty=CUSTOMER_SERVICE), about_region_sale(event.sale_id)
    post(tx, to, NewKind.REGION_SALE_LINE_DROPPED, about)


@messages.on(RegionSaleReminderDue, reads=lambda event, _: [(ResponsiblesRow, event.service_point)])
async def on_region_sale_reminder_due(event: RegionSaleReminderDue, tx: Transaction) -> None:
    """Remind customer service of an answer that has not come, and the unit of what is to be
    returned (BIL-7).
    """
    if event.waits_for == "answer":
        to, about = ToStaff(duty=CUSTOMER_SERVICE), about_region_sale(event.sale_id)
        post(tx, to, NewKind.REGION_SALE_UNANSWERED, about)
        return
    await _tell(event.service_point, NewKind.REGION_SALE_NOT_RETURNED, event.sale_id, tx)


async def _tell(point: ServicePointId, says: NewKind, sale: SaleId, tx: Transaction) -> None:
    known = await tx.look_up(ResponsiblesRow, point)
    facts = known.facts() if known else None
    for to in whom_to_tell(point, facts, on=tx.today):
        post(tx, to, says, about_region_sale(sale))
