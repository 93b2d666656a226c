"""The documents of what is issued, as PDF and as electronic invoice: the names on them are stored
with the invoice, their bytes are made once, after the commit, and never again.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import ChargeKind, InvoiceIssuedV2, InvoiceLineV2
from kvitt_contracts.policy_parts import Seller
from kvitt_contracts.types import Address, ArticleNumber, Payer, Word
from kvitt_documents import invoices, peppol
from kvitt_documents.amounts import kronor, percent
from kvitt_documents.rendering import print_document

from billing.domain import Invoice
from billing.electronic import domain as electronic
from billing.electronic.domain import Buyer, Parties
from billing.models import ArticleRow, DocumentRow, Fact, InvoiceRow, PayerRow
from billing.services import domain as services

PRINT_DOCUMENT = Timer(
    "print_document", DocumentRow, reads=lambda key, _: [(InvoiceRow, key)], slow=True
)
WRITE_ELECTRONIC = Timer(
    "write_electronic_invoice", DocumentRow, reads=lambda key, _: [(InvoiceRow, key)]
)

_KINDS: dict[str, str] = {
    ChargeKind.RENT: "Hyra",
    ChargeKind.SALE: "Köp",
    ChargeKind.FEE: "Egenavgift",
    "home_region": "Hjälpmedel till patient från annan region",
    services.SERVICE: "Tjänst",
    services.URGENT_PICKUP: "Akut hämtning",
    services.REGION_SALE: "Försäljning till annan region",
    services.LOST_DEVICE: "Förlorat hjälpmedel",
    services.DAMAGED_DEVICE: "Skada på hjälpmedel",
    services.STOLEN_DEVICE: "Stulet hjälpmedel",
    services.MISSING_DEVICE: "Förkommet hjälpmedel",
    services.POSTAGE: "Portoersättning",
}

timers = Handlers()


async def parties_of(payer: Payer, tx: Transaction) -> Parties | None:
    """Who an electronic invoice to a payer would name, as of now; None where it gets none."""
    if payer.kind != "unit":
        return None
    row = await tx.look_up(PayerRow, payer.payer_id)
    return electronic.parties_of(row.buyer() if row else None, seller=tx.policy.invoice.seller)


# decision 0251: what it shows is kept when it is issued, its bytes when they are made
async def store(issued: InvoiceIssuedV2, parties: Parties | None, tx: Transaction) -> None:
    """Store what the document of an invoice shows beyond the invoice itself: names as they are on
    this day, the parties of the electronic one, and the template; have its bytes made (BIL-9).
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
            parties=parties,
            facts=_facts(tx.policy.invoice.seller, paying, is_credit=issued.is_credit),
        )
    )
    tx.schedule(PRINT_DOCUMENT, key=issued.invoice_id, due=tx.now)
    if parties is not None:
        tx.schedule(WRITE_ELECTRONIC, key=issued.invoice_id, due=tx.now)


# decision 0467: every document says how it is paid, and to whom
def _facts(seller: Seller | None, paying: PayerRow | None, *, is_credit: bool) -> tuple[Fact, ...]:
    """What a document says of who issued it, who pays and to which account, as of now."""
    found: list[tuple[str, str | None]] = []
    if seller is not None and not is_credit:
        found.append(("Bankgiro", seller.bankgiro))
    if paying is not None:
        found += [
            ("Er referens", paying.reference),
            ("Er adress", _said(paying.address) if paying.address else None),
        ]
    if seller is not None:
        found += [
            ("Utställare", seller.name),
            ("Adress", _said(seller.address)),
            ("Organisationsnummer", str(seller.organisation_number)),
            ("Momsregistreringsnummer", seller.vat_number),
        ]
    return tuple((name, value) for name, value in found if value is not None)


def _said(address: Address) -> str:
    code = address.postal_code
    return f"{address.street}, {code[:3]} {code[3:]} {address.city}"


def kind_said(kind: Word) -> str:
    """What a line's kind is called on a document; the kind itself where it has no name yet."""
    return _KINDS.get(kind, str(kind))


def amount_said(ore: int) -> str:
    """An amount in öre as a document writes it."""
    return kronor(ore)


def rate_said(rate: int) -> str:
    """A rate in per cent as a document writes it."""
    return percent(rate)


def _articles(issued: InvoiceIssuedV2) -> set[ArticleNumber]:
    named = {line.article_number for line in issued.lines}
    return {number for number in named if number is not None}


@timers.timer(PRINT_DOCUMENT)
async def make_document(row: DocumentRow, due: datetime, tx: Transaction) -> None:
    """Make the bytes of a document, and store them; those that are there stay (BIL-9)."""
    if row.pdf is None:
        invoice, corrected = await _issued(row, tx)
        row.pdf = await print_document(_document(invoice, row, corrected))


@timers.timer(WRITE_ELECTRONIC)
async def make_electronic_invoice(row: DocumentRow, due: datetime, tx: Transaction) -> None:
    """Make the bytes of an electronic invoice as those of its document are, and whatever has become
    of these (BIL-9).
    """
    if row.ubl is None and row.parties is not None:
        invoice, corrected = await _issued(row, tx)
        row.ubl = peppol.write(_bill(invoice, row, row.parties, corrected))


async def _issued(row: DocumentRow, tx: Transaction) -> tuple[Invoice, Mapping[UUID, InvoiceRow]]:
    """What was issued, and the invoices that it corrects."""
    invoice = (await tx.get(InvoiceRow, row.invoice_id)).state()
    named = {line.corrects for line in invoice.lines if line.corrects is not None}
    return invoice, {one.id: one for one in await tx.look_up_all(InvoiceRow, named)}


def _document(
    invoice: Invoice, stored: DocumentRow, corrected: Mapping[UUID, InvoiceRow]
) -> invoices.InvoiceDocument:
    name = "Kreditnota" if invoice.is_credit else "Faktura"
    return invoices.InvoiceDocument(
        template=stored.template,
        title=f"{name} {invoice.number}",
        issued_on=invoice.issued_on,
        month=invoice.month,
        payer=_payer(invoice, stored),
        due_on=None if invoice.is_credit else invoice.due_on,
        ocr=None if invoice.is_credit else invoice.ocr,
        corrects=tuple(sorted(one.number for one in corrected.values())),
        facts=stored.facts,
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
        kind=kind_said(line.kind),
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


# -- the electronic one --------------------------------------------------------------------------


def _bill(
    invoice: Invoice,
    stored: DocumentRow,
    parties: Parties,
    corrected: Mapping[UUID, InvoiceRow],
) -> peppol.Bill:
    sign = -1 if invoice.is_credit else 1
    numbers = sorted(corrected.values(), key=lambda one: one.number)
    return peppol.Bill(
        number=invoice.number,
        issued_on=invoice.issued_on,
        is_credit=invoice.is_credit,
        seller=_party(parties.seller),
        buyer=_party(parties.buyer),
        buyer_reference=parties.buyer.reference,
        first_day=date.fromisoformat(f"{invoice.month}-01"),
        last_day=invoice.issued_on - timedelta(days=1),
        lines=[_bill_line(line, stored, corrected, sign=sign) for line in invoice.lines],
        vat=[
            peppol.VatSum(
                vat_percent=part.vat_percent,
                net_ore=sign * part.net_ore,
                vat_ore=sign * part.vat_ore,
            )
            for part in invoice.vat
        ],
        bankgiro=parties.seller.bankgiro,
        due_on=invoice.due_on,
        ocr=invoice.ocr,
        corrects=[peppol.Corrected(number=one.number, issued_on=one.issued_on) for one in numbers],
    )


def _party(one: Seller | Buyer) -> peppol.Party:
    address = one.address
    return peppol.Party(
        name=one.name,
        scheme=one.endpoint.scheme,
        endpoint=one.endpoint.id,
        organisation_number=one.organisation_number,
        vat_number=one.vat_number,
        street=address.street if address else None,
        postal_code=address.postal_code if address else None,
        city=address.city if address else None,
    )


def _bill_line(
    line: InvoiceLineV2,
    stored: DocumentRow,
    corrected: Mapping[UUID, InvoiceRow],
    *,
    sign: int,
) -> peppol.BillLine:
    number = line.article_number
    name = stored.article_names.get(number, "") if number is not None else ""
    taken_from = corrected.get(line.corrects) if line.corrects is not None else None
    return peppol.BillLine(
        name=f"{kind_said(line.kind)} {name}",
        article_number=number,
        device_number=line.device_number,
        from_day=line.from_day,
        to_day=line.to_day,
        quantity=line.quantity,
        net_ore=sign * line.amount.net_ore,
        vat_percent=line.amount.vat_percent,
        corrects=taken_from.number if taken_from is not None else None,
    )
