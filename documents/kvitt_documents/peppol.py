"""What stands on an electronic invoice or credit note: Peppol BIS Billing 3 in UBL 2.1, of data
alone. Knows no service and no message; writes, and reads nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

_CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_INVOICE, _CREDIT_NOTE = "380", "381"
_CREDIT_TRANSFER = "30"
_ONE = "C62"
_ORGANISATION = "0007"
_EXEMPT_CODE = "VATEX-EU-132-1B"
_EXEMPT = "Undantag från skatteplikt: vård, 10 kap. mervärdesskattelagen (2023:200)"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who issues or who pays, with the electronic address (`scheme`, `endpoint`). The organisation
    number has its hyphen; what is not said is left out.
    """

    name: str
    scheme: str
    endpoint: str
    organisation_number: str | None = None
    vat_number: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An invoice that a credit note takes back from."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line. `net_ore`: without VAT, never negative; days are Stockholm's, the last one
    included; `corrects`: the number of the invoice that a credit takes back from.
    """

    name: str
    article_number: str | None = None
    device_number: str | None = None
    from_day: date | None = None
    to_day: date | None = None
    quantity: int = 1
    net_ore: int
    vat_percent: int
    corrects: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VatSum:
    """The VAT of the lines at one rate, in öre."""

    vat_percent: int
    net_ore: int
    vat_ore: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice, or with `is_credit` a credit note, in Swedish kronor (BIL-9). All amounts are in
    öre and none is negative: what a credit note gives back stands on it as a positive amount.

    `buyer_reference`: by which the payer knows whose it is; `first_day` to `last_day`: the days
    that it is for; an invoice is paid to the `bankgiro` at the latest on `due_on` with `ocr`.
    """

    number: str
    issued_on: date
    is_credit: bool
    seller: Party
    buyer: Party
    buyer_reference: str
    first_day: date
    last_day: date
    lines: Sequence[BillLine]
    vat: Sequence[VatSum]
    bankgiro: str
    due_on: date | None = None
    ocr: str | None = None
    corrects: Sequence[Corrected] = ()

    @property
    def net_ore(self) -> int:
        """What the lines come to, without VAT."""
        return sum(line.net_ore for line in self.lines)

    @property
    def vat_ore(self) -> int:
        """The VAT of all rates."""
        return sum(part.vat_ore for part in self.vat)


def write(bill: Bill) -> bytes:
    """The bill as UBL: the same bytes for the same data, anywhere. Each text stands in it as it is,
    but for characters that XML cannot have.

    Raises ValueError for an amount below 0, a quantity below 1, or no line.
    """
    _check(bill)
    kind = "CreditNote" if bill.is_credit else "Invoice"
    root = ET.Element(
        kind,
        {
            "xmlns": f"{_UBL}:{kind}-2",
            "xmlns:cac": f"{_UBL}:CommonAggregateComponents-2",
            "xmlns:cbc": f"{_UBL}:CommonBasicComponents-2",
        },
    )
    _head(root, bill)
    _party(root, "cac:AccountingSupplierParty", bill.seller)
    _party(root, "cac:AccountingCustomerParty", bill.buyer)
    if not bill.is_credit:
        _payment(root, bill)
    _sums(root, bill)
    for number, line in enumerate(bill.lines, start=1):
        _line(root, number, line, is_credit=bill.is_credit)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _check(bill: Bill) -> None:
    if not bill.lines:
        raise ValueError("a bill needs a line")
    if any(line.net_ore < 0 or line.quantity < 1 for line in bill.lines):
        raise ValueError("no line of a bill is negative: a credit has a note of its own")


def _head(root: ET.Element, bill: Bill) -> None:
    _say(root, "cbc:CustomizationID", _CUSTOMIZATION)
    _say(root, "cbc:ProfileID", _PROFILE)
    _say(root, "cbc:ID", bill.number)
    _say(root, "cbc:IssueDate", bill.issued_on.isoformat())
    if bill.is_credit:
        _say(root, "cbc:CreditNoteTypeCode", _CREDIT_NOTE)
    else:
        _say(root, "cbc:DueDate", bill.due_on.isoformat() if bill.due_on else "")
        _say(root, "cbc:InvoiceTypeCode", _INVOICE)
    _say(root, "cbc:DocumentCurrencyCode", "SEK")
    _say(root, "cbc:BuyerReference", bill.buyer_reference)
    # a line's days must lie within the document's: late facts are of earlier months
    days = [(one.from_day, one.to_day) for one in bill.lines if one.from_day and one.to_day]
    first = min([bill.first_day, *(day for day, _ in days)])
    last = max([bill.last_day, *(day for _, day in days)])
    _period(root, first, last)
    for one in bill.corrects:
        document = _within(_within(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
        _say(document, "cbc:ID", one.number)
        _say(document, "cbc:IssueDate", one.issued_on.isoformat())


def _period(parent: ET.Element, first: date, last: date) -> None:
    period = _within(parent, "cac:InvoicePeriod")
    _say(period, "cbc:StartDate", first.isoformat())
    _say(period, "cbc:EndDate", last.isoformat())


def _party(root: ET.Element, role: str, who: Party) -> None:
    party = _within(_within(root, role), "cac:Party")
    _say(party, "cbc:EndpointID", who.endpoint, schemeID=who.scheme)
    _say(_within(party, "cac:PartyName"), "cbc:Name", who.name)
    address = _within(party, "cac:PostalAddress")
    _say(address, "cbc:StreetName", who.street)
    _say(address, "cbc:CityName", who.city)
    _say(address, "cbc:PostalZone", who.postal_code)
    _say(_within(address, "cac:Country"), "cbc:IdentificationCode", "SE")
    if who.vat_number:
        tax = _within(party, "cac:PartyTaxScheme")
        _say(tax, "cbc:CompanyID", who.vat_number)
        _say(_within(tax, "cac:TaxScheme"), "cbc:ID", "VAT")
    entity = _within(party, "cac:PartyLegalEntity")
    _say(entity, "cbc:RegistrationName", who.name)
    if who.organisation_number:
        digits = who.organisation_number.replace("-", "")
        _say(entity, "cbc:CompanyID", digits, schemeID=_ORGANISATION)


def _payment(root: ET.Element, bill: Bill) -> None:
    means = _within(root, "cac:PaymentMeans")
    _say(means, "cbc:PaymentMeansCode", _CREDIT_TRANSFER)
    _say(means, "cbc:PaymentID", bill.ocr)
    account = _within(means, "cac:PayeeFinancialAccount")
    _say(account, "cbc:ID", bill.bankgiro.replace("-", ""))
    _say(account, "cbc:Name", bill.seller.name)
    _say(_within(account, "cac:FinancialInstitutionBranch"), "cbc:ID", "SE:BANKGIRO")


def _sums(root: ET.Element, bill: Bill) -> None:
    tax = _within(root, "cac:TaxTotal")
    _amount(tax, "cbc:TaxAmount", bill.vat_ore)
    for part in bill.vat:
        subtotal = _within(tax, "cac:TaxSubtotal")
        _amount(subtotal, "cbc:TaxableAmount", part.net_ore)
        _amount(subtotal, "cbc:TaxAmount", part.vat_ore)
        _category(subtotal, "cac:TaxCategory", part.vat_percent, says_why=True)
    total = _within(root, "cac:LegalMonetaryTotal")
    gross_ore = bill.net_ore + bill.vat_ore
    _amount(total, "cbc:LineExtensionAmount", bill.net_ore)
    _amount(total, "cbc:TaxExclusiveAmount", bill.net_ore)
    _amount(total, "cbc:TaxInclusiveAmount", gross_ore)
    _amount(total, "cbc:PayableAmount", gross_ore)


# decision 0402: what bears no VAT is exempt, and says why
def _category(parent: ET.Element, name: str, percent: int, *, says_why: bool = False) -> None:
    category = _within(parent, name)
    _say(category, "cbc:ID", "S" if percent else "E")
    _say(category, "cbc:Percent", str(percent))
    if says_why and not percent:
        _say(category, "cbc:TaxExemptionReasonCode", _EXEMPT_CODE)
        _say(category, "cbc:TaxExemptionReason", _EXEMPT)
    _say(_within(category, "cac:TaxScheme"), "cbc:ID", "VAT")


def _line(root: ET.Element, number: int, line: BillLine, *, is_credit: bool) -> None:
    element = _within(root, "cac:CreditNoteLine" if is_credit else "cac:InvoiceLine")
    _say(element, "cbc:ID", str(number))
    _say(element, "cbc:Note", f"Krediterar {line.corrects}" if line.corrects else "")
    quantity = "cbc:CreditedQuantity" if is_credit else "cbc:InvoicedQuantity"
    _say(element, quantity, str(line.quantity), unitCode=_ONE)
    _amount(element, "cbc:LineExtensionAmount", line.net_ore)
    if line.from_day and line.to_day:
        _period(element, line.from_day, line.to_day)
    item = _within(element, "cac:Item")
    _say(item, "cbc:Name", line.name)
    if line.article_number:
        _say(_within(item, "cac:SellersItemIdentification"), "cbc:ID", line.article_number)
    _category(item, "cac:ClassifiedTaxCategory", line.vat_percent)
    if line.device_number:
        device = _within(item, "cac:AdditionalItemProperty")
        _say(device, "cbc:Name", "Individnummer")
        _say(device, "cbc:Value", line.device_number)
    price = _within(element, "cac:Price")
    # decision 0402: a price of so many, where the price of one is no whole number of öre
    is_whole = line.net_ore % line.quantity == 0
    _amount(price, "cbc:PriceAmount", line.net_ore // line.quantity if is_whole else line.net_ore)
    if not is_whole:
        _say(price, "cbc:BaseQuantity", str(line.quantity), unitCode=_ONE)


def _amount(parent: ET.Element, name: str, ore: int) -> None:
    _say(parent, name, f"{ore // 100}.{ore % 100:02}", currencyID="SEK")


def _within(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, name)


def _say(parent: ET.Element, name: str, text: str | None, **attributes: str) -> None:
    """What is said stands in an element; where nothing is, there is none: it may not be empty."""
    shown = " ".join(_NOT_XML.sub(_REPLACEMENT, text or "").split())
    if shown:
        ET.SubElement(parent, name, attributes).text = shown
