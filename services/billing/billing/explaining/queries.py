"""What explains a line, looked up in billing's tables."""

from collections.abc import Sequence

from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import DeviceId, InvoiceId
from sqlalchemy import select

from billing.models import RentRow


async def rents_on(
    reader: RegionReader, invoice_id: InvoiceId, device_id: DeviceId
) -> Sequence[RentRow]:
    """The rent of a device that stands on a document."""
    query = select(RentRow).where(RentRow.invoice_id == invoice_id, RentRow.device_id == device_id)
    return await reader.all(query)
