"""Reads an electronic invoice or credit note: Peppol BIS Billing 3 in UBL 2.1, as it comes from
anybody. No entity is resolved, nothing is fetched; knows no service and no message.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from lxml import etree

MAX_BYTES: Final = 10_000_000
"""So much is read of a document, with what is attached in it."""
MAX_LINES: Final = 1_000

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd"
_NAMES: Final = {
    "cac": f"{_UBL}:CommonAggregateComponents-2",
    "cbc": f"{_UBL}:CommonBasicComponents-2",
}
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,11}(\.[0-9]{1,10})?")
_SLACK: Final = Decimal("0.02")  # PEPPOL-EN16931-R120: of a line's own product
_ORGANISATIONS: Final = frozenset({"0007"})  # Swedish organisation numbers
_BARE: Final = frozenset({*_ORGANISATIONS, None})
_CURRENCY: Final = "SEK"
_RATES: Final = {Decimal(rate): rate for rate in (0, 6, 12, 25)}


class UblRefused(Exception):
    """A document that is not taken: a code, and the element at fault (`cac:Price/cbc:PriceAmount`).
    Repeats nothing of what stands in it.
    """

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(f"{reason} {field}")
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A line: `price_ore` of one unit without VAT, with its part of every discount taken off. One
    whose units do not come to the same is two. `buyers` and `sellers` are what each calls the
    article; neither for a charge on the whole.
    """

    buyers: str | None = None
    sellers: str | None = None
    quantity: int
    price_ore: int
    vat_percent: int

    @property
    def net_ore(self) -> int:
        """What it comes to, without VAT."""
        return self.quantity * self.price_ore


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBill:
    """An invoice or credit note whose sums add up, in öre. Numbers of organisations are digits, as
    they were given; that of a sole trader is a personal number.
    """

    number: str
    is_credit: bool
    issued_on: date
    due_on: date
    seller_number: str | None
    buyer_number: str | None
    order: str | None
    credits: str | None
    net_ore: int
    vat_ore: int
    lines: Sequence[ReadLine]


# decision 0421: no entity, no DTD, no network
async def read(pieces: AsyncIterator[bytes], *, limit: int = MAX_BYTES) -> ReadBill:
    """What a document says that comes piece by piece.

    Raises UblRefused: TOO_LARGE, NOT_XML, UNSAFE_XML (it has a DOCTYPE), NOT_UBL, MISSING_FIELD,
    INVALID_FIELD, OTHER_CURRENCY, NEGATIVE_PRICE, PRICE_NOT_WHOLE, TOO_MANY_LINES, SUMS_DIFFER,
    PREPAID.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    size = 0
    try:
        async for piece in pieces:
            size += len(piece)
            if size > limit:
                raise UblRefused("TOO_LARGE", "/")
            parser.feed(piece)
        root = parser.close()
    except etree.XMLSyntaxError:
        raise UblRefused("NOT_XML", "/") from None
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise UblRefused("UNSAFE_XML", "/")
    return _Document(root).bill()


class _Element:
    """An element, and how it is called in an answer."""

    def __init__(self, element: Any, path: str) -> None:
        self.element = element
        self.path = path

    def all(self, path: str) -> Iterator["_Element"]:
        for n, one in enumerate(self.element.findall(path, _NAMES), start=1):
            yield _Element(one, f"{self._within(path)}[{n}]")

    def has(self, path: str) -> bool:
        return self.element.find(path, _NAMES) is not None

    def text(self, path: str) -> str | None:
        found = self.element.find(path, _NAMES)
        text = "" if found is None else (found.text or "").strip()
        return text or None

    def needed(self, path: str) -> str:
        text = self.text(path)
        if text is None:
            raise UblRefused("MISSING_FIELD", self._within(path))
        return text

    def decimal(self, path: str) -> Decimal:
        """A number as XML Schema writes a decimal: without exponent, separators or other digits."""
        text = self.needed(path)
        if not _DECIMAL.fullmatch(text):
            raise self.invalid(path)
        return Decimal(text)

    def ore(self, path: str) -> int:
        """An amount in kronor, as öre."""
        number = self.decimal(path)
        found = self.element.find(path, _NAMES)
        if found.get("currencyID", _CURRENCY) != _CURRENCY:
            raise UblRefused("OTHER_CURRENCY", self._within(path))
        if number * 100 % 1:
            raise self.invalid(path)
        return int(number * 100)

    def day(self, path: str) -> date:
        try:
            return date.fromisoformat(self.needed(path)[:10])
        except ValueError:
            raise self.invalid(path) from None

    def rate(self, path: str) -> int:
        """The VAT of a category in percent."""
        percent = Decimal(0)
        if self.text(f"{path}/cbc:Percent") is not None:
            percent = self.decimal(f"{path}/cbc:Percent")
        if (self.needed(f"{path}/cbc:ID") == "S" and not percent) or percent not in _RATES:
            raise self.invalid(f"{path}/cbc:Percent")
        return _RATES[percent]

    def invalid(self, path: str) -> UblRefused:
        return UblRefused("INVALID_FIELD", self._within(path))

    def differs(self, path: str) -> UblRefused:
        return UblRefused("SUMS_DIFFER", self._within(path))

    def _within(self, path: str) -> str:
        return f"{self.path}/{path}" if self.path else path


class _Document(_Element):
    """The whole document."""

    def __init__(self, root: Any) -> None:
        super().__init__(root, "")
        self.kind = etree.QName(root).localname
        mine = f"{{{_UBL}:{self.kind}-2}}{self.kind}"
        if self.kind not in ("Invoice", "CreditNote") or root.tag != mine:
            raise UblRefused("NOT_UBL", "/")
        self.is_credit = self.kind == "CreditNote"

    def bill(self) -> ReadBill:
        if self.needed("cbc:DocumentCurrencyCode") != _CURRENCY:
            raise UblRefused("OTHER_CURRENCY", "cbc:DocumentCurrencyCode")
        issued_on = self.day("cbc:IssueDate")
        lines, charges = self._lines(), self._on_whole("true")
        discounts = self._on_whole("false")
        _must_be_few(len(lines) + len(charges))
        net_ore, vat_ore = self._sums(lines, charges, discounts)
        lines = discounted([*lines, *charges], discounts)
        _must_be_few(len(lines))
        return ReadBill(
            number=self.needed("cbc:ID"),
            is_credit=self.is_credit,
            issued_on=issued_on,
            due_on=issued_on if self.is_credit else self.day("cbc:DueDate"),
            seller_number=self._organisation("cac:AccountingSupplierParty"),
            buyer_number=self._organisation("cac:AccountingCustomerParty"),
            order=self.text("cac:OrderReference/cbc:ID"),
            credits=self.text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
            net_ore=net_ore,
            vat_ore=vat_ore,
            lines=lines,
        )

    def _organisation(self, role: str) -> str | None:
        """The digits of a party's organisation number, by whatever says it."""
        party = f"{role}/cac:Party"
        number = self._numbered(f"{party}/cac:PartyLegalEntity/cbc:CompanyID", _BARE)
        vat = self.text(f"{party}/cac:PartyTaxScheme/cbc:CompanyID") or ""
        if number is None and vat.startswith("SE") and len(vat) == 14:
            number = vat[2:-2]
        number = number or self._numbered(f"{party}/cbc:EndpointID", _ORGANISATIONS)
        digits = "".join(one for one in number or "" if one in "0123456789")
        return digits[-10:] or None

    def _numbered(self, path: str, schemes: Collection[str | None]) -> str | None:
        """What a number says, where it is of one of these schemes: a GLN is none of an
        organisation.
        """
        found = self.element.find(path, _NAMES)
        if found is None or found.get("schemeID") not in schemes:
            return None
        return self.text(path)

    def _lines(self) -> list[ReadLine]:
        found = list(self.all(f"cac:{self.kind}Line"))
        if not found:
            raise UblRefused("MISSING_FIELD", f"cac:{self.kind}Line")
        if len(found) > MAX_LINES:
            raise UblRefused("TOO_MANY_LINES", f"cac:{self.kind}Line")
        return [_line(one, is_credit=self.is_credit) for one in found]

    def _on_whole(self, is_charge: str) -> list[ReadLine]:
        """What is charged on the whole, or taken off it, as lines of no article."""
        return [
            ReadLine(quantity=1, price_ore=ore, vat_percent=one.rate("cac:TaxCategory"))
            for one in self.all("cac:AllowanceCharge")
            if one.needed("cbc:ChargeIndicator") == is_charge and (ore := _amount(one))
        ]

    def _sums(
        self,
        lines: Sequence[ReadLine],
        charges: Sequence[ReadLine],
        discounts: Sequence[ReadLine],
    ) -> tuple[int, int]:
        """Net and VAT, which come to the same as lines, rates and totals (EN 16931)."""
        nets: Counter[int] = Counter()
        for line in (*lines, *charges):
            nets[line.vat_percent] += line.net_ore
        for one in discounts:
            nets[one.vat_percent] -= one.net_ore
        if any(ore < 0 for ore in nets.values()):
            raise UblRefused("NEGATIVE_PRICE", "cac:AllowanceCharge")
        net_ore = sum(nets.values())
        total = "cac:LegalMonetaryTotal"
        if self.ore(f"{total}/cbc:LineExtensionAmount") != sum(one.net_ore for one in lines):
            raise self.differs(f"{total}/cbc:LineExtensionAmount")
        for kind, parts in (("Charge", charges), ("Allowance", discounts)):
            path = f"{total}/cbc:{kind}TotalAmount"
            if self._optional(path) != sum(one.net_ore for one in parts):
                raise self.differs(path)
        if self.ore(f"{total}/cbc:TaxExclusiveAmount") != net_ore:
            raise self.differs(f"{total}/cbc:TaxExclusiveAmount")
        vat_ore = self._vat(nets)
        inclusive = self.ore(f"{total}/cbc:TaxInclusiveAmount")
        if inclusive != net_ore + vat_ore:
            raise self.differs(f"{total}/cbc:TaxInclusiveAmount")
        if self._optional(f"{total}/cbc:PrepaidAmount"):  # what is paid already is not paid again
            raise UblRefused("PREPAID", f"{total}/cbc:PrepaidAmount")
        rounding = self._optional(f"{total}/cbc:PayableRoundingAmount")
        if self.ore(f"{total}/cbc:PayableAmount") != inclusive + rounding:
            raise self.differs(f"{total}/cbc:PayableAmount")
        return net_ore, vat_ore

    def _vat(self, nets: Mapping[int, int]) -> int:
        rest, vat_ore = dict(nets), 0
        for one in self.all("cac:TaxTotal/cac:TaxSubtotal"):
            rate = one.rate("cac:TaxCategory")
            taxable, tax = one.ore("cbc:TaxableAmount"), one.ore("cbc:TaxAmount")
            vat_ore += tax
            if rest.pop(rate, None) != taxable and rate:  # several categories bear none
                raise one.differs("cbc:TaxableAmount")
            exact = Decimal(taxable) * rate / 100
            if tax != int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)):
                raise one.differs("cbc:TaxAmount")
        if any(rate and ore for rate, ore in rest.items()):
            raise self.differs("cac:TaxTotal")
        if self.ore("cac:TaxTotal/cbc:TaxAmount") != vat_ore:
            raise self.differs("cac:TaxTotal/cbc:TaxAmount")
        return vat_ore

    def _optional(self, path: str) -> int:
        return self.ore(path) if self.has(path) else 0


def _must_be_few(lines: int) -> None:
    if lines > MAX_LINES:
        raise UblRefused("TOO_MANY_LINES", "cac:AllowanceCharge")


def _line(one: _Element, *, is_credit: bool) -> ReadLine:
    counted = "cbc:CreditedQuantity" if is_credit else "cbc:InvoicedQuantity"
    quantity, price = one.decimal(counted), one.decimal("cac:Price/cbc:PriceAmount")
    net_ore = one.ore("cbc:LineExtensionAmount")
    if price < 0 or quantity < 0 or net_ore < 0:
        raise UblRefused("NEGATIVE_PRICE", f"{one.path}/cac:Price/cbc:PriceAmount")
    if quantity % 1 or not 1 <= quantity <= 10_000:
        raise one.invalid(counted)
    base = Decimal(1)
    if one.has("cac:Price/cbc:BaseQuantity"):
        base = one.decimal("cac:Price/cbc:BaseQuantity")
    if base <= 0:
        raise one.invalid("cac:Price/cbc:BaseQuantity")
    changed = sum(_charged(each) for each in one.all("cac:AllowanceCharge"))
    if abs(quantity * price / base + Decimal(changed) / 100 - Decimal(net_ore) / 100) > _SLACK:
        raise one.differs("cbc:LineExtensionAmount")
    if net_ore % int(quantity):
        raise UblRefused("PRICE_NOT_WHOLE", f"{one.path}/cac:Price/cbc:PriceAmount")
    return ReadLine(
        buyers=one.text("cac:Item/cac:BuyersItemIdentification/cbc:ID"),
        sellers=one.text("cac:Item/cac:SellersItemIdentification/cbc:ID"),
        quantity=int(quantity),
        price_ore=net_ore // int(quantity),
        vat_percent=one.rate("cac:Item/cac:ClassifiedTaxCategory"),
    )


def _charged(one: _Element) -> int:
    ore = _amount(one)
    return ore if one.needed("cbc:ChargeIndicator") == "true" else -ore


def _amount(one: _Element) -> int:
    """What is charged or taken off, which is its share of its base where both are told."""
    ore = one.ore("cbc:Amount")
    if ore < 0:
        raise UblRefused("NEGATIVE_PRICE", f"{one.path}/cbc:Amount")
    if one.has("cbc:MultiplierFactorNumeric") and one.has("cbc:BaseAmount"):
        share = one.decimal("cbc:MultiplierFactorNumeric") * one.ore("cbc:BaseAmount") / 100
        if abs(share - ore) > _SLACK * 100:
            raise one.differs("cbc:Amount")
    return ore


# decision 0457: what is taken off the whole is shared out on its lines
def discounted(lines: Sequence[ReadLine], discounts: Sequence[ReadLine]) -> list[ReadLine]:
    """The lines with what is taken off the whole: those of its rate each take a part by what they
    come to, to the öre.
    """
    off = Counter[int]()
    for one in discounts:
        off[one.vat_percent] += one.net_ore
    whole, before = Counter[int](), Counter[int]()
    for line in lines:
        whole[line.vat_percent] += line.net_ore
    found: list[ReadLine] = []
    for line in lines:
        rate = line.vat_percent
        after = before[rate] + line.net_ore
        taken = 0
        if off[rate]:
            taken = off[rate] * after // whole[rate] - off[rate] * before[rate] // whole[rate]
        before[rate] = after
        found += _at(line, line.net_ore - taken) if taken else [line]
    return found


def _at(line: ReadLine, net_ore: int) -> Iterator[ReadLine]:
    """The line at another sum: as many units an öre dearer as it takes."""
    price_ore, dearer = divmod(net_ore, line.quantity)
    for quantity, ore in ((line.quantity - dearer, price_ore), (dearer, price_ore + 1)):
        if quantity:
            yield replace(line, quantity=quantity, price_ore=ore)
