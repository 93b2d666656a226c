"""Look-ups in the ledger: a month's sums by account, its entries piece by piece. No writes."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_chassis.operating.checks import Snapshot
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import LedgerLine
from kvitt_contracts.types import Word
from sqlalchemy import ColumnElement, and_, func, or_, select, text

from billing.ledger.models import LedgerEntryRow
from billing.ledger.views import AccountBalance
from billing.models import Base, InvoiceRow

ENTRIES_AT_ONCE = 1_000
"""So many entries of a month are in memory."""


async def sums_by_account(tx: Transaction, *, first: date, last: date) -> list[AccountBalance]:
    """What was entered from `first` to `last`, both included, on each account on which anything was
    entered by then, in the order of the accounts; and what it had before.
    """
    days = {"region": tx.region, "first": first, "last": last}
    found = (await tx.session.execute(_SUMS, days)).mappings()
    return [AccountBalance.model_validate(dict(row)) for row in found]


class Entered(NamedTuple):
    """An entry, and the number of the document that it is of."""

    entered_on: date
    source: Word
    source_id: UUID
    number: str | None
    lines: tuple[LedgerLine, ...]
    id: UUID


async def entries_of(reader: RegionReader, *, first: date, last: date) -> AsyncIterator[Entered]:
    """Every entry from `first` to `last`, both included, in their order."""
    # the model stands above the ledger; its table is the same
    suppliers = Base.metadata.tables["supplier_invoices"]
    columns: Any = (
        LedgerEntryRow.entered_on,
        LedgerEntryRow.source,
        LedgerEntryRow.source_id,
        func.coalesce(InvoiceRow.number, suppliers.c.number),
        LedgerEntryRow.lines,
        LedgerEntryRow.id,
    )
    of_document = and_(
        InvoiceRow.region == LedgerEntryRow.region, InvoiceRow.id == LedgerEntryRow.source_id
    )
    of_supplier = and_(
        suppliers.c.region == LedgerEntryRow.region,
        suppliers.c.id == LedgerEntryRow.source_id,
    )
    query = (
        select(*columns)
        .select_from(LedgerEntryRow)
        .outerjoin(InvoiceRow, of_document)
        .outerjoin(suppliers, of_supplier)
        .where(LedgerEntryRow.region == reader.region, LedgerEntryRow.entered_on <= last)
        .order_by(LedgerEntryRow.entered_on, LedgerEntryRow.id)
        .limit(ENTRIES_AT_ONCE)
    )
    after: ColumnElement[bool] = LedgerEntryRow.entered_on >= first
    while rows := await reader.all(query.where(after)):
        for row in rows:
            yield Entered(*row)
        day, key = Entered(*rows[-1]).entered_on, Entered(*rows[-1]).id
        after = or_(
            LedgerEntryRow.entered_on > day,
            and_(LedgerEntryRow.entered_on == day, LedgerEntryRow.id > key),
        )


async def unbalanced(snapshot: Snapshot) -> list[tuple[str, UUID]]:
    """The entries of which debit and credit differ: their region and id."""
    return [(row.region, row.id) for row in await snapshot.session.execute(_UNBALANCED)]


async def entered_otherwise(snapshot: Snapshot) -> list[tuple[str, UUID]]:
    """The charges that are entered with another amount than they have, or are on a document that is
    entered and are not entered themselves: their region and id.
    """
    return [(row.region, row.id) for row in await snapshot.session.execute(_ENTERED_OTHERWISE)]


async def suppliers_entered_otherwise(snapshot: Snapshot) -> list[tuple[str, UUID]]:
    """The suppliers' invoices that are entered with another sum than they have, or may not be paid:
    their region and id.
    """
    found = await snapshot.session.execute(_SUPPLIERS_ENTERED_OTHERWISE)
    return [(row.region, row.id) for row in found]


_SUMS = text(
    """
    SELECT line.account,
           coalesce(sum(line.debit_ore - line.credit_ore) FILTER (WHERE entered_on < :first), 0)
               ::bigint AS incoming_ore,
           coalesce(sum(line.debit_ore) FILTER (WHERE entered_on >= :first), 0)::bigint
               AS debit_ore,
           coalesce(sum(line.credit_ore) FILTER (WHERE entered_on >= :first), 0)::bigint
               AS credit_ore
    FROM ledger_entries,
         jsonb_to_recordset(lines) AS line(account text, debit_ore bigint, credit_ore bigint)
    WHERE region = :region AND entered_on <= :last
    GROUP BY line.account ORDER BY line.account
    """
)
_UNBALANCED = text(
    """
    SELECT region, id FROM ledger_entries
    WHERE 0 <> (
        SELECT sum(line.debit_ore - line.credit_ore)
        FROM jsonb_to_recordset(lines) AS line(debit_ore bigint, credit_ore bigint))
    ORDER BY region, id
    """
)
_ENTERED_OTHERWISE = text(
    """
    SELECT charges.region, charges.id
    FROM charges
    LEFT JOIN ledger_entries AS own ON own.region = charges.region
        AND own.source_id = charges.id AND own.source = 'charge'
    LEFT JOIN ledger_entries AS document ON document.region = charges.region
        AND document.source_id = charges.invoice_id AND document.source = 'invoice'
    WHERE (charges.amount->>'net_ore')::bigint <> 0
      AND CASE WHEN own.id IS NULL THEN document.id IS NOT NULL
          ELSE abs((charges.amount->>'net_ore')::bigint) <> (
              SELECT sum(line.debit_ore)
              FROM jsonb_to_recordset(own.lines) AS line(debit_ore bigint)) END
    ORDER BY charges.region, charges.id
    """
)
_SUPPLIERS_ENTERED_OTHERWISE = text(
    """
    SELECT invoices.region, invoices.id
    FROM supplier_invoices AS invoices
    JOIN ledger_entries AS own ON own.region = invoices.region
        AND own.source_id = invoices.id AND own.source = 'supplier_invoice'
    WHERE invoices.status NOT IN ('cleared', 'released')
       OR invoices.net_ore + invoices.vat_ore <> (
           SELECT sum(line.debit_ore)
           FROM jsonb_to_recordset(own.lines) AS line(debit_ore bigint))
    ORDER BY invoices.region, invoices.id
    """
)
