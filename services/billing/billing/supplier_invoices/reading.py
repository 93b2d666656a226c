"""What a supplier's electronic invoice says, in the region's words: whose it is, which articles.
Refusals in Swedish; reads alone.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

from kvitt_chassis.http import RegionReader
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    OrderNumber,
    OrganisationNumber,
    SupplierArticleNumber,
    SupplierId,
    SupplierInvoiceNumber,
    looks_like_personal_number,
)
from kvitt_documents.peppol_reading import ReadBill, ReadLine, UblRefused, read
from pydantic import ValidationError

from billing.supplier_invoices import queries

WAYS: Final[Mapping[str, str]] = {
    "TOO_LARGE": "Filen är för stor. Be leverantören skicka fakturan utan bilagor.",
    "NOT_XML": "Filen går inte att läsa som XML. Skicka fakturan som den kom, i sin helhet.",
    "UNSAFE_XML": "Filen har en DOCTYPE, som inte får finnas i en e-faktura. Be leverantören om en"
    " ny.",
    "NOT_UBL": "Filen är ingen faktura eller kreditfaktura i UBL 2.1 (Peppol BIS Billing 3).",
    "MISSING_FIELD": "Elementet saknas. Be leverantören om en rätt faktura, eller registrera den"
    " för hand.",
    "INVALID_FIELD": "Elementets värde går inte att använda. Be leverantören om en rätt faktura,"
    " eller registrera den för hand.",
    "OTHER_CURRENCY": "Fakturan är inte i svenska kronor. Be leverantören om en i SEK.",
    "NEGATIVE_PRICE": "Be leverantören om en kreditfaktura för det som dras av: inget är negativt.",
    "PRICE_NOT_WHOLE": "Radens belopp är inte ett helt antal öre för en. Registrera fakturan för"
    " hand.",
    "TOO_MANY_LINES": "Fakturan har för många rader. Be leverantören dela den.",
    "PREPAID": "En del av fakturan är redan betald. Be leverantören om en på det som återstår.",
    "SUMS_DIFFER": "Beloppet stämmer inte med raderna. Be leverantören om en rätt faktura.",
}
"""What can be done about a document that is not taken, by the reason."""


async def understood(
    pieces: AsyncIterator[bytes], supplier_id: SupplierId | None, reader: RegionReader
) -> dict[str, Any]:
    """What is to be taken in, by the names of `ReceiveSupplierInvoice`. `supplier_id`: who sent it,
    where its number does not say so: a sole trader's is a personal number, and is not kept.

    Raises Refused (BIL-6): what `UblRefused` says, NOT_OURS, UNKNOWN_SUPPLIER, SUPPLIER_NOT_NAMED,
    SUPPLIER_DIFFERS.
    """
    try:
        bill = await read(pieces)
    except UblRefused as error:
        raise _refused(error.reason, error.field, WAYS[error.reason]) from None
    await _must_be_ours(bill, reader)
    supplier = await _supplier(bill, supplier_id, reader)
    try:
        number = SupplierInvoiceNumber(bill.number)
        credits = SupplierInvoiceNumber(bill.credits) if bill.credits else None
    except ValueError:
        raise _refused("INVALID_FIELD", "cbc:ID", WAYS["INVALID_FIELD"]) from None
    order = _code(OrderNumber, bill.order)
    # free text of the supplier's: what may be a personal number is as if it were not given
    may_name_device = bill.order is not None and not looks_like_personal_number(bill.order)
    articles = await _articles(bill.lines, supplier, reader)
    return {
        "supplier_id": supplier,
        "number": number,
        "purchase_order_number": order,
        "device_number": _code(DeviceNumber, bill.order) if may_name_device and not order else None,
        "is_credit": bill.is_credit,
        "credits": credits if bill.is_credit else None,
        "net_ore": bill.net_ore,
        "vat_ore": bill.vat_ore,
        "due_on": bill.due_on,
        "lines": [
            {
                "article_number": articles.get(line),
                "quantity": line.quantity,
                "price": {"net_ore": line.price_ore, "vat_percent": line.vat_percent},
            }
            for line in bill.lines
        ],
    }


async def _must_be_ours(bill: ReadBill, reader: RegionReader) -> None:
    seller = reader.policy_at(await reader.now()).invoice.seller
    ours = seller.organisation_number.replace("-", "") if seller else None
    if ours and bill.buyer_number and bill.buyer_number != ours:
        raise _refused(
            "NOT_OURS",
            "cac:AccountingCustomerParty",
            "Fakturan är ställd till någon annan. Lämna tillbaka den till leverantören.",
        )


async def _supplier(
    bill: ReadBill, supplier_id: SupplierId | None, reader: RegionReader
) -> SupplierId:
    digits = bill.seller_number
    number = _code(OrganisationNumber, f"{digits[:6]}-{digits[6:]}" if digits else None)
    if supplier_id is not None:
        known = await queries.supplier(reader, supplier_id)
        if known is None:
            raise _unknown("supplier_id")
        if number and known.organisation_number not in (None, number):
            raise _refused(
                "SUPPLIER_DIFFERS",
                "supplier_id",
                "Fakturan är från en annan leverantör än den som anges.",
            )
        return supplier_id
    if number is None:
        raise _refused(
            "SUPPLIER_NOT_NAMED",
            "supplier_id",
            "Fakturan har inget organisationsnummer som kan användas, till exempel för att"
            " leverantören är en enskild firma. Ange leverantörens kod.",
        )
    found = await queries.suppliers_numbered(reader, number)
    if len(found) > 1:
        raise _refused(
            "SUPPLIER_NOT_NAMED",
            "supplier_id",
            "Flera leverantörer har organisationsnumret. Ange leverantörens kod.",
        )
    if not found:
        raise _unknown("cac:AccountingSupplierParty")
    return found[0].supplier_id


async def _articles(
    lines: Iterable[ReadLine], supplier: SupplierId, reader: RegionReader
) -> dict[ReadLine, ArticleNumber]:
    """The region's article of each line: by its own number, else by the supplier's."""
    sellers = {
        line.sellers
        for line in lines
        if line.sellers and _code(SupplierArticleNumber, line.sellers)
    }
    by_sellers = await queries.articles_of_supplier(reader, supplier, sellers)
    found: dict[ReadLine, ArticleNumber] = {}
    for line in lines:
        number = _code(ArticleNumber, line.buyers) or by_sellers.get(line.sellers or "")
        if number is not None:
            found[line] = number
    return found


def _code(kind: Any, text: str | None) -> Any:
    """A code, or None where the text is none: it is then as if it were not given."""
    try:
        return None if text is None else kind(text)
    except ValueError:
        return None


def unusable(error: ValidationError) -> Refused:
    """The refusal of what a document says and nobody may say, by the command's field."""
    field = ".".join(str(one) for one in error.errors()[0]["loc"])
    return _refused("INVALID_FIELD", field, WAYS["INVALID_FIELD"])


def _unknown(field: str) -> Refused:
    return _refused(
        "UNKNOWN_SUPPLIER",
        field,
        "Leverantören finns inte i registret. Lägg till den med organisationsnummer, eller ange"
        " leverantörens kod.",
    )


def _refused(reason: str, field: str, way_on: str) -> Refused:
    return Refused(reason, rule="BIL-6", field=field, way_on=way_on)
