"""The rules of the three-way match: what was purchased, received and invoiced (BIL-6). Pure.
Quantities are units, amounts öre without VAT.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from heapq import heappop, heappush
from itertools import combinations
from typing import Final

from kvitt_contracts.billing import ClearedLine, SupplierInvoiceLine
from kvitt_contracts.types import (
    ArticleNumber,
    Money,
    OrderLineId,
    SupplierInvoiceId,
    VatPercent,
)

MOST_CREDITS: Final = 6
"""With so many waiting credit notes at most an invoice is tried together."""


class Hold(StrEnum):
    """Why an invoice is held: what a person can act on (BIL-6)."""

    PURCHASE_ORDER_MISSING = "PURCHASE_ORDER_MISSING"
    PURCHASE_ORDER_UNKNOWN = "PURCHASE_ORDER_UNKNOWN"
    DEVICE_NOT_BOUGHT = "DEVICE_NOT_BOUGHT"
    SUPPLIER_DIFFERS = "SUPPLIER_DIFFERS"
    SUPPLIER_INACTIVE = "SUPPLIER_INACTIVE"
    LINE_NOT_ORDERED = "LINE_NOT_ORDERED"
    LINE_VOIDED = "LINE_VOIDED"
    MORE_THAN_ORDERED = "MORE_THAN_ORDERED"
    ALREADY_INVOICED = "ALREADY_INVOICED"
    NOT_RECEIVED = "NOT_RECEIVED"
    WRONG_DELIVERY = "WRONG_DELIVERY"
    PRICE_DIFFERS = "PRICE_DIFFERS"
    VAT_DIFFERS = "VAT_DIFFERS"
    NOTHING_TO_CREDIT = "NOTHING_TO_CREDIT"
    MORE_THAN_INVOICED = "MORE_THAN_INVOICED"
    CREDITS_OTHER_PURCHASE = "CREDITS_OTHER_PURCHASE"
    INVOICE_REJECTED = "INVOICE_REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """The invoice that a credit note names: rejected, of the purchase that is matched, or not."""

    is_rejected: bool
    is_of_purchase: bool


# decision 0442: what can never be matched says so, and finance ends it
def hindrance(*, is_of_purchase: bool, credited: Credited | None) -> Hold | None:
    """Why a document can never be matched with a purchase: it is of another, or credits an invoice
    that is, or one that is rejected; None where nothing is in its way (BIL-6p).
    """
    if not is_of_purchase:
        return Hold.CREDITS_OTHER_PURCHASE
    if credited is None:
        return None
    if credited.is_rejected:
        return Hold.INVOICE_REJECTED
    return None if credited.is_of_purchase else Hold.CREDITS_OTHER_PURCHASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchased:
    """A line of a purchase order as it is now: `quantity` 0 is voided; `price` of one unit, the
    receipt's where it has come. `cleared` is matched and paid, `released` paid by finance as it
    was; `deviates`: a wrong delivery was reported and is not settled.
    """

    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: int
    price: Money | None = None
    received: int = 0
    cleared: int = 0
    released: int = 0
    deviates: bool = False

    @property
    def to_clear(self) -> int:
        """How many are received and not paid for."""
        return self.received - self.cleared - self.released

    @property
    def paid(self) -> int:
        """How many are paid for."""
        return self.cleared + self.released


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An invoice or credit note that waits. `tolerance_ore` is its policy's; `credits` the id of
    the invoice that a credit note names.
    """

    id: SupplierInvoiceId
    is_credit: bool
    lines: Sequence[SupplierInvoiceLine]
    tolerance_ore: int = 0
    credits: SupplierInvoiceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of the documents that waited: `cleared` with what each takes of which line, or
    `held` for which reasons; and the purchase order's lines after it.
    """

    cleared: Mapping[SupplierInvoiceId, tuple[ClearedLine, ...]]
    held: Mapping[SupplierInvoiceId, tuple[Hold, ...]]
    lines: Sequence[Purchased]


@dataclass(frozen=True, slots=True)
class _Known:
    """A purchase order's lines as they are now, and which are of an article."""

    lines: dict[OrderLineId, Purchased]
    of_article: Mapping[ArticleNumber, Sequence[OrderLineId]]


@dataclass(slots=True)
class _Trial:
    """Documents as if they were cleared: the lines that change, what each takes, and what speaks
    against it. `over_ore`: by how much each costs more than what was received at its price;
    `given_back`: the articles that a credit note gives back.
    """

    known: _Known
    changed: dict[OrderLineId, Purchased] = field(default_factory=dict)
    takes: dict[SupplierInvoiceId, tuple[ClearedLine, ...]] = field(default_factory=dict)
    against: set[Hold] = field(default_factory=set)
    over_ore: Counter[SupplierInvoiceId] = field(default_factory=Counter)
    given_back: set[ArticleNumber] = field(default_factory=set)
    has_unknown: bool = False

    def of(self, article: ArticleNumber) -> list[Purchased]:
        of_article = self.known.of_article.get(article, ())
        return [self.changed.get(one) or self.known.lines[one] for one in of_article]


# decision 0419: what clears is the same, whatever comes first
def judge(
    lines: Sequence[Purchased],
    waiting: Sequence[Document],
    *,
    paid: Collection[Document] = (),
) -> Verdict:
    """Clear what purchase order, receipt and invoice agree on, hold the others with their reasons.

    `waiting` in the order in which they came: an invoice is tried by itself, then with the credit
    notes that take back from it, at last all together. A credit note that names its invoice waits
    for that: until it is `paid`, or to be cleared with it; it takes back no more than is left of
    it. Never is more cleared than was received.
    """
    left = _Waiting(lines, waiting, paid)
    while (found := left.first_to_clear()) is not None:
        left.clear(found)
    held = {one.id: left.reasons(one) for one in left.rest.values()}
    return Verdict(cleared=left.cleared, held=held, lines=tuple(left.known.lines.values()))


def judge_credits(waiting: Sequence[Document], *, paid: Collection[Document]) -> Verdict:
    """Clear the credit notes, in the order in which they came, of an invoice that names no purchase
    and is `paid` as it is: each takes back no more than is left of it.
    """
    left = _Left(paid)
    cleared: dict[SupplierInvoiceId, tuple[ClearedLine, ...]] = {}
    held: dict[SupplierInvoiceId, tuple[Hold, ...]] = {}
    for one in waiting:
        against = left.against((one,))
        if against is None:
            left.take([one])
            cleared[one.id] = ()
        else:
            held[one.id] = (against,)
    return Verdict(cleared=cleared, held=held, lines=())


class _Left:
    """What is left of each invoice that is paid at each rate of VAT, in öre without it, with what
    its credit notes have taken back.
    """

    def __init__(self, paid: Collection[Document]) -> None:
        self._paid: set[SupplierInvoiceId] = set()
        self._ore: Counter[tuple[SupplierInvoiceId, VatPercent]] = Counter()
        self.take(paid)

    def take(self, documents: Collection[Document]) -> None:
        """These are paid, or taken back."""
        self._paid |= {one.id for one in documents}
        self._ore.update(_changes(documents))

    def against(self, group: Collection[Document]) -> Hold | None:
        """What speaks against the credit notes of a group: that the invoice which one names is
        neither in it nor paid, or that they take back more than is left.
        """
        there = self._paid | {one.id for one in group}
        named = {one.credits for one in group if one.credits is not None}
        if not named <= there:
            return Hold.NOTHING_TO_CREDIT
        changes = _changes(group)
        if any(self._ore[key] + ore < 0 for key, ore in changes.items() if key[0] in named):
            return Hold.MORE_THAN_INVOICED
        return None


def _changes(
    documents: Iterable[Document],
) -> Counter[tuple[SupplierInvoiceId, VatPercent]]:
    """By how much each changes what is left of which invoice, at which rate of VAT."""
    found: Counter[tuple[SupplierInvoiceId, VatPercent]] = Counter()
    for one in documents:
        key = one.credits if one.is_credit else one.id
        if key is None:
            continue
        sign = -1 if one.is_credit else 1
        for line in one.lines:
            found[key, line.price.vat_percent] += sign * line.quantity * line.price.net_ore
    return found


def taken_by_release(
    lines: Sequence[Purchased], document: Document
) -> tuple[tuple[ClearedLine, ...], Sequence[Purchased]]:
    """What an invoice takes that finance pays as it is: of what is received first, then of what is
    ordered, so that nobody is paid for the same again. A credit note takes nothing.
    """
    if document.is_credit:
        return (), lines
    now = {line.line_id: line for line in lines}
    takes: list[ClearedLine] = []
    for wanted in document.lines:
        left = wanted.quantity
        of_article = [
            key for key, one in now.items() if one.article_number == wanted.article_number
        ]
        for key, is_received in ((key, first) for first in (True, False) for key in of_article):
            line = now[key]
            room = line.to_clear if is_received else line.quantity - line.paid
            quantity = min(left, max(room, 0))
            if quantity:
                takes.append(_part(line, quantity, wanted))
                now[key] = replace(line, released=line.released + quantity)
                left -= quantity
    return tuple(takes), tuple(now.values())


class _Waiting:
    """What waits for a purchase order. What was tried is tried again only where something that it
    depends on has been cleared: a thousand that wait are judged in a fraction of a second.
    """

    def __init__(
        self,
        lines: Sequence[Purchased],
        waiting: Sequence[Document],
        paid: Collection[Document],
    ) -> None:
        self.known = _Known({line.line_id: line for line in lines}, _by_article(lines))
        self.rest = {one.id: one for one in waiting}
        self.left = _Left(paid)
        self.cleared: dict[SupplierInvoiceId, tuple[ClearedLine, ...]] = {}
        self._places = {one.id: (n, one.id) for n, one in enumerate(waiting)}
        self._of: dict[ArticleNumber, list[Document]] = {}
        for one in waiting:
            for article in _articles(one):
                self._of.setdefault(article, []).append(one)
        self._credits = [one for one in waiting if one.is_credit]
        self._alone = sorted(self._places.values())
        self._with_credits = list(self._alone) if self._credits else []

    def first_to_clear(self) -> _Trial | None:
        """The smallest group that clears, the first that came of those; or None."""
        for to_try, groups in ((self._alone, self._itself), (self._with_credits, self._mended)):
            while to_try:
                document = self.rest.get(to_try[0][1])
                for group in groups(document) if document else ():
                    if (found := self._tried(group)) is not None:
                        return found
                heappop(to_try)
        if len(self.rest) > 1 and self._credits:  # without any, each was tried by itself
            return self._tried(tuple(self.rest.values()))
        return None

    def clear(self, found: _Trial) -> None:
        """Clear a group, and try again what depends on it."""
        self.known.lines.update(found.changed)
        self.cleared |= found.takes
        gone = [self.rest.pop(one) for one in found.takes]
        self.left.take(gone)
        self._credits = [one for one in self._credits if one.id in self.rest]
        has_credit = any(one.is_credit for one in gone)
        near: dict[SupplierInvoiceId, Document] = {
            one.id: one for one in self._credits if one.credits in found.takes
        }
        for article in {article for one in gone for article in _articles(one)}:
            # what is invoiced leaves less of an article: where it is of one line, no other fits now
            is_less = not has_credit and len(self.known.of_article.get(article, ())) < 2
            near |= {
                one.id: one
                for one in (self._credits if is_less else self._of[article])
                if one.id in self.rest
            }
        for key in near:
            heappush(self._alone, self._places[key])
        if self._credits:
            self._with_credits = sorted(self._places[key] for key in self.rest)

    def reasons(self, document: Document) -> tuple[Hold, ...]:
        """Why a document is held."""
        found = _try(self.known, (document,)).against
        if (missing := self.left.against((document,))) is not None:
            found.add(missing)
        return tuple(one for one in Hold if one in found)

    def _tried(self, group: tuple[Document, ...]) -> _Trial | None:
        if self.left.against(group) is not None:
            return None
        trial = _try(self.known, group)
        return None if trial.against else trial

    def _itself(self, document: Document) -> Iterator[tuple[Document, ...]]:
        yield (document,)

    def _mended(self, invoice: Document) -> Iterator[tuple[Document, ...]]:
        """An invoice with those that may be its credit notes: few of them first."""
        if invoice.is_credit:
            return
        named = [one for one in self._credits if one.credits == invoice.id]
        mine = [*named, *(one for one in self._credits if one.credits is None)][:MOST_CREDITS]
        for size in range(1, len(mine) + 1):
            for chosen in combinations(mine, size):
                yield (invoice, *chosen)


def _by_article(lines: Iterable[Purchased]) -> Mapping[ArticleNumber, Sequence[OrderLineId]]:
    found: dict[ArticleNumber, list[OrderLineId]] = {}
    for line in lines:
        found.setdefault(line.article_number, []).append(line.line_id)
    return found


def _articles(document: Document) -> set[ArticleNumber]:
    return {one.article_number for one in document.lines if one.article_number is not None}


def _try(known: _Known, group: Sequence[Document]) -> _Trial:
    trial = _Trial(known)
    has_credit = any(one.is_credit for one in group)
    for document in sorted(group, key=lambda one: one.is_credit):
        takes: list[ClearedLine] = []
        for wanted in document.lines:
            if wanted.article_number is None or not trial.of(wanted.article_number):
                ore = wanted.quantity * wanted.price.net_ore
                trial.has_unknown = trial.has_unknown or bool(ore)
                trial.over_ore[document.id] += -ore if document.is_credit else ore
            elif document.is_credit:
                takes += _give_back(trial, document, wanted)
            else:
                takes += _take(trial, document, wanted, may_exceed=has_credit)
        trial.takes[document.id] = tuple(takes)
    for after in trial.changed.values():
        before = known.lines[after.line_id]
        if after.to_clear < min(before.to_clear, 0):
            trial.against.add(Hold.NOT_RECEIVED)
        is_paid_more = after.cleared > before.cleared
        if after.deviates and is_paid_more and after.article_number not in trial.given_back:
            trial.against.add(Hold.WRONG_DELIVERY)
    if any(_is_too_much(trial, of) for of in _each_with_its_credits(group)):
        trial.against.add(Hold.LINE_NOT_ORDERED if trial.has_unknown else Hold.PRICE_DIFFERS)
    return trial


def _is_too_much(trial: _Trial, of: Sequence[Document]) -> bool:
    over_ore = sum(trial.over_ore[one.id] for one in of)
    return abs(over_ore) > min(one.tolerance_ore for one in of)


def _each_with_its_credits(group: Sequence[Document]) -> Iterator[Sequence[Document]]:
    """Each invoice of a group with the credit notes that are its own, then each of the others by
    itself: those of one invoice are its own, also where they name none.
    """
    invoices = [one for one in group if not one.is_credit]
    if len(invoices) == 1:
        yield group
        return
    keys = {one.id for one in invoices}
    for invoice in invoices:
        yield [invoice, *(one for one in group if one.is_credit and one.credits == invoice.id)]
    yield from ([one] for one in group if one.is_credit and one.credits not in keys)


def _take(
    trial: _Trial, document: Document, wanted: SupplierInvoiceLine, *, may_exceed: bool
) -> list[ClearedLine]:
    """What an invoice's line takes of what is received; `may_exceed`: a credit note of the group
    may give back what was not.
    """
    takes, left = [], wanted.quantity
    lines = trial.of(_article(wanted))
    for line in lines:
        quantity = min(left, max(line.to_clear, 0))
        if line is lines[-1] and may_exceed:
            quantity = left
        if quantity:
            takes.append(_part(line, quantity, wanted))
            trial.changed[line.line_id] = replace(line, cleared=line.cleared + quantity)
            trial.over_ore[document.id] += quantity * _over_price(trial, line, wanted)
            left -= quantity
    if left:
        trial.against.add(_why_not(lines, wanted.quantity))
    return takes


def _give_back(trial: _Trial, document: Document, wanted: SupplierInvoiceLine) -> list[ClearedLine]:
    """What a credit note's line gives back of what was paid: first where too much was taken."""
    takes, left = [], wanted.quantity
    lines = sorted(trial.of(_article(wanted)), key=lambda one: one.to_clear)
    for line in lines:
        quantity = min(left, line.paid)
        if quantity:
            takes.append(_part(line, quantity, wanted))
            of_cleared = min(quantity, line.cleared)
            trial.changed[line.line_id] = replace(
                line,
                cleared=line.cleared - of_cleared,
                released=line.released - (quantity - of_cleared),
            )
            trial.over_ore[document.id] -= quantity * _over_price(trial, line, wanted)
            trial.given_back.add(line.article_number)
            left -= quantity
    if left:
        trial.against.add(Hold.NOTHING_TO_CREDIT)
    return takes


def _over_price(trial: _Trial, line: Purchased, wanted: SupplierInvoiceLine) -> int:
    """By how many öre one costs more than was agreed; another rate of VAT speaks against it."""
    agreed = line.price or wanted.price
    if agreed.vat_percent != wanted.price.vat_percent:
        trial.against.add(Hold.VAT_DIFFERS)
    return wanted.price.net_ore - agreed.net_ore


def _why_not(lines: Sequence[Purchased], wanted: int) -> Hold:
    """Why an invoice's line is of more than can be cleared."""
    ordered = sum(line.quantity for line in lines)
    if not ordered:
        return Hold.LINE_VOIDED
    if wanted > ordered:
        return Hold.MORE_THAN_ORDERED
    if wanted > ordered - sum(line.paid for line in lines):
        return Hold.ALREADY_INVOICED
    return Hold.NOT_RECEIVED


def _article(wanted: SupplierInvoiceLine) -> ArticleNumber:
    if wanted.article_number is None:
        raise ValueError("the line is of no article")
    return wanted.article_number


def _part(line: Purchased, quantity: int, wanted: SupplierInvoiceLine) -> ClearedLine:
    return ClearedLine(line_id=line.line_id, quantity=quantity, price=wanted.price)
