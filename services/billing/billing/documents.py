"""The documents of what is issued: the names on them are stored with the invoice, their bytes are
made once, after the commit, and never again.
"""

from datetime import datetime

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import ChargeKind, InvoiceIssued, InvoiceIssuedV2, InvoiceLineV2
from kvitt_contracts.types import ArticleNumber, Word
from kvitt_documents import invoices
from kvitt_documents.amounts import kronor, percent
from kvitt_documents.rendering import print_document

from billing.domain import Invoice
from billing.models import ArticleRow, DocumentRow, InvoiceRow, PayerRow
from billing.services import domain as services

PRINT_DOCUMENT = Timer(
    "print_document", DocumentRow, reads=lambda key, _: [(InvoiceRow, key)], slow=True
)

_KINDS: dict[str, str] = {
    ChargeKind.RENT: "Hyra",
    ChargeKind.SALE: "Köp",
    ChargeKind.FEE: "Egenavgift",
    services.SERVICE: "Tjänst",
    services.URGENT_PICKUP: "Akut hämtning",
    services.POSTAGE: "Portoersättning",
}

timers = Handlers()


# decision 0251: what it shows is kept when it is issued, its bytes when they are made
async def store(issued: InvoiceIssued | InvoiceIssuedV2, tx: Transaction) -> None:
    """Store what the document of an invoice shows beyond the invoice itself: names as they are on
    this day, and the template; have its bytes made (BIL-9).
    """
    payer = issued.payer
    paying = await tx.look_up(PayerRow, payer.payer_id) if payer.kind == "unit" else None
    articles = await tx.look_up_all(ArticleRow, _articles(issued))
    tx.put(
        DocumentRow(
            region=tx.region,
            invoice_id=issued.invoice_id,
            template=invoices.TEMPLATE,
            payer_name=paying.name if paying else None,
            article_names={row.article_number: row.name for row in articles},
        )
    )
    tx.schedule(PRINT_DOCUMENT, key=issued.invoice_id, due=tx.now)


def kind_said(kind: Word) -> str:
    """What a line's kind is called on a document; the kind itself where it has no name yet."""
    return _KINDS.get(kind, str(kind))


def amount_said(ore: int) -> str:
    """An amount in öre as a document writes it."""
    return kronor(ore)


def rate_said(rate: int) -> str:
    """A rate in per cent as a document writes it."""
    return percent(rate)


def _articles(issued: InvoiceIssued | InvoiceIssuedV2) -> set[ArticleNumber]:
    named = {line.article_number for line in issued.lines}
    return {number for number in named if number is not None}


@timers.timer(PRINT_DOCUMENT)
async def make_document(row: DocumentRow, due: datetime, tx: Transaction) -> None:
    """Make the bytes of a document, and store them; those that are there stay (BIL-9)."""
    if row.pdf is None:
        invoice = await tx.get(InvoiceRow, row.invoice_id)
        row.pdf = await print_document(_document(invoice.state(), row))


def _document(invoice: Invoice, stored: DocumentRow) -> invoices.InvoiceDocument:
    name = "Kreditnota" if invoice.is_credit else "Faktura"
    return invoices.InvoiceDocument(
        template=stored.template,
        title=f"{name} {invoice.number}",
        issued_on=invoice.issued_on,
        month=invoice.month,
        payer=_payer(invoice, stored),
        due_on=None if invoice.is_credit else invoice.due_on,
        ocr=None if invoice.is_credit else invoice.ocr,
        lines=tuple(_line(line, stored) for line in invoice.lines),
        sums=_sums(invoice),
    )


def _payer(invoice: Invoice, stored: DocumentRow) -> str:
    if invoice.payer.kind == "unit":
        return f"{invoice.payer.payer_id} {stored.payer_name or ''}".strip()
    return f"patient, referens {invoice.payer.person}"


def _line(line: InvoiceLineV2, stored: DocumentRow) -> invoices.InvoiceLine:
    number = line.article_number
    name = stored.article_names.get(number, "") if number is not None else ""
    return invoices.InvoiceLine(
        kind=_KINDS[line.kind],
        article=f"{number or ''} {name}".strip(),
        device=line.device_number or "",
        from_day=line.from_day,
        to_day=line.to_day,
        quantity=line.quantity,
        net_ore=line.amount.net_ore,
        vat_percent=line.amount.vat_percent,
    )


def _sums(invoice: Invoice) -> tuple[invoices.Sum, ...]:
    to_pay = "Att få tillbaka" if invoice.is_credit else "Att betala"
    rates = [
        invoices.Sum(
            name=f"Moms {percent(part.vat_percent)} på {kronor(part.net_ore)}", ore=part.vat_ore
        )
        for part in invoice.vat
    ]
    return (
        invoices.Sum(name="Summa utan moms", ore=invoice.net_ore),
        *(rates or [invoices.Sum(name="Moms", ore=invoice.vat_ore)]),
        invoices.Sum(name=to_pay, ore=abs(invoice.gross_ore)),
    )
