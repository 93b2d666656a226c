"""What a month's print file has, and its documents piece by piece. No writes."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from kvitt_chassis.http import RegionReader
from sqlalchemy import and_, select

from billing.models import DocumentRow, InvoiceRow
from billing.print_files.domain import Paper, Whose
from billing.queries import INVOICES_REACH

DOCUMENTS_AT_ONCE = 20
"""So many documents' bytes are in memory."""

_KINDS = {Whose.UNITS: "unit/", Whose.PATIENTS: "patient/"}


async def papers(
    reader: RegionReader, *, month: str, whose: Whose, after: str, limit: int
) -> list[Paper]:
    """The documents of a month whose payers took no electronic invoice when they were issued, in
    the order of their numbers, `after` one: within the caller's reach.
    """
    columns: Any = (
        InvoiceRow.id,
        InvoiceRow.number,
        InvoiceRow.payer,
        InvoiceRow.is_credit,
        InvoiceRow.issued_on,
        InvoiceRow.due_on,
        InvoiceRow.gross_ore,
        DocumentRow.pdf.is_not(None).label("is_made"),
    )
    found = await reader.all(
        select(*columns)
        .join(
            DocumentRow,
            and_(DocumentRow.region == InvoiceRow.region, DocumentRow.invoice_id == InvoiceRow.id),
        )
        .where(
            InvoiceRow.region == reader.region,
            InvoiceRow.month == month,
            InvoiceRow.number > after,
            InvoiceRow.payer_key.startswith(_KINDS[whose]),
            DocumentRow.parties.is_(None),
            INVOICES_REACH.within(reader.grant),
        )
        .order_by(InvoiceRow.number)
        .limit(limit)
    )
    return [Paper(**row._mapping) for row in found]


async def made(reader: RegionReader, those: Sequence[Paper]) -> AsyncIterator[tuple[Paper, bytes]]:
    """Each of these with its bytes, in their order."""
    for n in range(0, len(those), DOCUMENTS_AT_ONCE):
        part = those[n : n + DOCUMENTS_AT_ONCE]
        found = await reader.all(
            select(DocumentRow.invoice_id, DocumentRow.pdf).where(
                DocumentRow.region == reader.region,
                DocumentRow.invoice_id.in_([one.id for one in part]),
            )
        )
        pdfs = dict(map(tuple, found))
        for one in part:
            yield one, pdfs[one.id]
