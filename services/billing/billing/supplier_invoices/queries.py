"""Look-ups of suppliers' invoices, and whose they are. No writes."""

from collections import Counter
from collections.abc import AsyncIterator, Collection

from kvitt_chassis.http import RegionReader, RegionWide, Scope
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    OrderNumber,
    OrganisationNumber,
    SupplierId,
    SupplierInvoiceId,
)
from sqlalchemy import ColumnElement, and_, func, or_, select, union

from billing.models import ArticleRow
from billing.supplier_invoices.domain import PAYABLE, invoice_id
from billing.supplier_invoices.models import (
    PurchaseLineRow,
    PurchaseOrderRow,
    SupplierInvoiceRow,
    SupplierRow,
    TakeoverRow,
)

REACH = Scope(SupplierInvoiceRow.region, service_points=[SupplierInvoiceRow.service_point])
"""A unit reaches the invoices of what it purchased; finance all."""

TAKEOVERS_REACH = Scope(TakeoverRow.region, service_points=[TakeoverRow.service_point])
"""A unit reaches the devices whose patients came to it."""

PAYABLE_REACH = RegionWide(SupplierInvoiceRow.region, because="who pays, pays for all units")

MOST_SUPPLIERS = 10
ROWS_AT_ONCE = 500
"""So many invoices that may be paid are in memory."""


# decision 0456: a credit note that names no purchase is of its invoice's
async def lines_matched(tx: Transaction, row: SupplierInvoiceRow) -> list[PurchaseLineRow]:
    """The lines that an invoice is matched with as they are now, in their order's order: of a
    credit note that names no purchase those of the invoice that it names; none where the purchase
    order is not known.
    """
    number = row.purchase_order_number
    if number is None and row.device_number is None and row.is_credit and row.credits is not None:
        key = invoice_id(row.region, row.supplier_id, row.credits)
        credited = await tx.look_up(SupplierInvoiceRow, key)
        number = credited.purchase_order_number if credited else None
    order = None if number is None else await tx.look_up(PurchaseOrderRow, number)
    ids = order.line_ids if order else ()
    found = {row.line_id: row for row in await tx.look_up_all(PurchaseLineRow, ids)}
    return [found[one] for one in ids if one in found]


async def of_order(tx: Transaction, number: OrderNumber) -> list[SupplierInvoiceId]:
    """The invoices and credit notes that name a purchase order, and the credit notes of these, also
    those that name another.
    """
    return await _with_credits(tx, SupplierInvoiceRow.purchase_order_number == number)


async def of_device(tx: Transaction, number: DeviceNumber) -> list[SupplierInvoiceId]:
    """Those that name a device that was bought over and no purchase order, and their credits."""
    names_device = SupplierInvoiceRow.device_number == number
    return await _with_credits(tx, and_(names_device, _NAMES_NO_ORDER))


async def of_invoice(tx: Transaction, key: SupplierInvoiceId) -> list[SupplierInvoiceId]:
    """An invoice with its credit notes."""
    return await _with_credits(tx, SupplierInvoiceRow.id == key)


async def invoice(tx: Transaction, key: SupplierInvoiceId) -> SupplierInvoiceRow | None:
    """An invoice to read, or None; asked for anew where it was not there when it was read ahead: it
    may have come since.
    """
    known = await tx.look_up(SupplierInvoiceRow, key)
    return known or await tx.session.get(SupplierInvoiceRow, (tx.region, key))


_NAMES_NO_ORDER = SupplierInvoiceRow.purchase_order_number.is_(None)


# decision 0456: a credit note that names no purchase is of its invoice's
async def _with_credits(tx: Transaction, named: ColumnElement[bool]) -> list[SupplierInvoiceId]:
    mine = select(
        SupplierInvoiceRow.id, SupplierInvoiceRow.supplier_id, SupplierInvoiceRow.number
    ).where(SupplierInvoiceRow.region == tx.region, named)
    invoices = mine.subquery()
    credits = select(SupplierInvoiceRow.id).join(
        invoices,
        and_(
            SupplierInvoiceRow.region == tx.region,
            SupplierInvoiceRow.supplier_id == invoices.c.supplier_id,
            func.upper(SupplierInvoiceRow.credits) == func.upper(invoices.c.number),
            SupplierInvoiceRow.is_credit,
        ),
    )
    either = union(select(invoices.c.id), credits)
    return list(await tx.session.scalars(either))


async def supplier(reader: RegionReader, supplier_id: SupplierId) -> SupplierRow | None:
    """A supplier of the register, or None."""
    return await reader.look_up(SupplierRow, supplier_id)


async def suppliers_numbered(reader: RegionReader, number: OrganisationNumber) -> list[SupplierRow]:
    """The suppliers with an organisation number: the active ones, else those that there are."""
    found = await reader.all(
        select(SupplierRow).where(SupplierRow.organisation_number == number).limit(MOST_SUPPLIERS)
    )
    return [one for one in found if one.is_active] or found


async def articles_of_supplier(
    reader: RegionReader, supplier_id: SupplierId, numbers: Collection[str]
) -> dict[str, ArticleNumber]:
    """The region's articles by what a supplier calls them; where it calls several alike, none."""
    rows: list[ArticleRow] = await reader.all(
        select(ArticleRow).where(
            ArticleRow.supplier_id == supplier_id,
            ArticleRow.supplier_article_number.in_(sorted(numbers)),
        )
    )
    named = Counter(row.supplier_article_number for row in rows)
    return {
        str(row.supplier_article_number): row.article_number
        for row in rows
        if named[row.supplier_article_number] == 1
    }


async def payable(reader: RegionReader) -> AsyncIterator[SupplierInvoiceRow]:
    """Every invoice that may be paid, and credit note that is taken back, by due day."""
    query = (
        select(SupplierInvoiceRow)
        .where(SupplierInvoiceRow.region == reader.region, SupplierInvoiceRow.status.in_(PAYABLE))
        .order_by(SupplierInvoiceRow.due_on, SupplierInvoiceRow.id)
        .limit(ROWS_AT_ONCE)
    )
    rows: list[SupplierInvoiceRow] = await reader.all(query)
    while rows:
        for row in rows:
            yield row
        day, key = rows[-1].due_on, rows[-1].id
        later = or_(
            SupplierInvoiceRow.due_on > day,
            and_(SupplierInvoiceRow.due_on == day, SupplierInvoiceRow.id > key),
        )
        rows = await reader.all(query.where(later))
