"""What explains a line, looked up in billing's tables."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_contracts.billing import InvoiceLineV2
from kvitt_contracts.types import DeviceId, InvoiceId
from sqlalchemy import and_, select

from billing.explaining.domain import Issued
from billing.models import InvoiceRow, RentRow


async def rents_of_device(
    reader: RegionReader, device_id: DeviceId
) -> Sequence[tuple[RentRow, str]]:
    """All rent of a device that stands on a document, each with the document's number."""
    query = select(RentRow, InvoiceRow.number).join(
        InvoiceRow, and_(InvoiceRow.region == RentRow.region, InvoiceRow.id == RentRow.invoice_id)
    )
    found = await reader.all(query.where(RentRow.device_id == device_id))
    return [(one[0], one[1]) for one in found]


async def lines_of_invoices(
    reader: RegionReader, invoices: Collection[UUID]
) -> Mapping[UUID, tuple[InvoiceLineV2, ...]]:
    """The lines of these documents, by the document's id."""
    if not invoices:
        return {}
    query = select(InvoiceRow.id, InvoiceRow.lines).where(InvoiceRow.id.in_(invoices))
    return {one[0]: one[1] for one in await reader.all(query)}


def issued(row: RentRow, number: str) -> Issued:
    """Returns rent that stands on a document as the rules see it."""
    assert row.invoice_id is not None
    return Issued(span=row.span(), invoice_id=InvoiceId(row.invoice_id), number=number)
