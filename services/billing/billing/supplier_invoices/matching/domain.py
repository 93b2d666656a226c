"""The rules of the three-way match: what was purchased, received and invoiced (BIL-6). Pure.
Quantities are units, amounts öre without VAT.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain, combinations
from typing import Final

from kvitt_contracts.billing import ClearedLine, SupplierInvoiceLine
from kvitt_contracts.types import ArticleNumber, Money, OrderLineId, SupplierInvoiceId

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


@dataclass(slots=True)
class _Trial:
    """Documents as if they were cleared: the lines after it, what each takes, and what speaks
    against it. `over_ore`: by how much they cost more than what was received at its price.
    """

    lines: dict[OrderLineId, Purchased]
    takes: dict[SupplierInvoiceId, tuple[ClearedLine, ...]] = field(default_factory=dict)
    against: set[Hold] = field(default_factory=set)
    over_ore: int = 0
    unknown_ore: int = 0

    def of(self, article: ArticleNumber) -> list[Purchased]:
        return [line for line in self.lines.values() if line.article_number == article]


# decision 0419: what clears is the same, whatever comes first
def judge(
    lines: Sequence[Purchased],
    waiting: Sequence[Document],
    *,
    paid: Collection[SupplierInvoiceId] = (),
) -> Verdict:
    """Clear what purchase order, receipt and invoice agree on, hold the others with their reasons.

    `waiting` in the order in which they came: an invoice is tried by itself, then with the credit
    notes that take back from it, at last all together. A credit note that names its invoice waits
    for that: until it is `paid`, or to be cleared with it. Never is more cleared than was received.
    """
    rest, now = list(waiting), tuple(lines)
    cleared: dict[SupplierInvoiceId, tuple[ClearedLine, ...]] = {}
    while (found := _first_to_clear(now, rest, {*paid, *cleared})) is not None:
        cleared |= found.takes
        now = tuple(found.lines.values())
        rest = [one for one in rest if one.id not in found.takes]
    held = {one.id: _reasons(now, one, {*paid, *cleared}) for one in rest}
    return Verdict(cleared=cleared, held=held, lines=now)


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


def _first_to_clear(
    lines: Sequence[Purchased], rest: Sequence[Document], paid: Collection[SupplierInvoiceId]
) -> _Trial | None:
    for group in _groups(rest):
        if _are_at_hand(group, paid):
            trial = _try(lines, group)
            if not trial.against:
                return trial
    return None


def _are_at_hand(group: Sequence[Document], paid: Collection[SupplierInvoiceId]) -> bool:
    """True where each credit note's invoice is in the group, or paid."""
    there = {None, *paid, *(one.id for one in group)}
    return all(one.credits in there for one in group)


def _groups(rest: Sequence[Document]) -> Iterator[tuple[Document, ...]]:
    """What may be cleared in one: the smallest first."""
    yield from ((one,) for one in rest)
    credits = [one for one in rest if one.is_credit][:MOST_CREDITS]
    for invoice in (one for one in rest if not one.is_credit):
        mine = [one for one in credits if one.credits in (None, invoice.id)]
        sizes = range(1, len(mine) + 1)
        for chosen in chain.from_iterable(combinations(mine, size) for size in sizes):
            yield (invoice, *chosen)
    if len(rest) > 1:
        yield tuple(rest)


def _try(lines: Sequence[Purchased], group: Sequence[Document]) -> _Trial:
    trial = _Trial({line.line_id: line for line in lines})
    has_credit = any(one.is_credit for one in group)
    for document in sorted(group, key=lambda one: one.is_credit):
        takes: list[ClearedLine] = []
        for wanted in document.lines:
            if wanted.article_number is None or not trial.of(wanted.article_number):
                ore = wanted.quantity * wanted.price.net_ore
                trial.unknown_ore += abs(ore)
                trial.over_ore += -ore if document.is_credit else ore
            elif document.is_credit:
                takes += _give_back(trial, wanted)
            else:
                takes += _take(trial, wanted, may_exceed=has_credit)
        trial.takes[document.id] = tuple(takes)
    for before in lines:
        after = trial.lines[before.line_id]
        if after.to_clear < min(before.to_clear, 0):
            trial.against.add(Hold.NOT_RECEIVED)
        if after.deviates and not has_credit and after.cleared > before.cleared:
            trial.against.add(Hold.WRONG_DELIVERY)
    if abs(trial.over_ore) > min(one.tolerance_ore for one in group):
        trial.against.add(Hold.LINE_NOT_ORDERED if trial.unknown_ore else Hold.PRICE_DIFFERS)
    return trial


def _take(trial: _Trial, wanted: SupplierInvoiceLine, *, may_exceed: bool) -> list[ClearedLine]:
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
            trial.lines[line.line_id] = replace(line, cleared=line.cleared + quantity)
            _compare_price(trial, line, quantity, wanted)
            left -= quantity
    if left:
        trial.against.add(_why_not(lines, wanted.quantity))
    return takes


def _give_back(trial: _Trial, wanted: SupplierInvoiceLine) -> list[ClearedLine]:
    """What a credit note's line gives back of what was paid: first where too much was taken."""
    takes, left = [], wanted.quantity
    lines = sorted(trial.of(_article(wanted)), key=lambda one: one.to_clear)
    for line in lines:
        quantity = min(left, line.paid)
        if quantity:
            takes.append(_part(line, quantity, wanted))
            of_cleared = min(quantity, line.cleared)
            trial.lines[line.line_id] = replace(
                line,
                cleared=line.cleared - of_cleared,
                released=line.released - (quantity - of_cleared),
            )
            _compare_price(trial, line, -quantity, wanted)
            left -= quantity
    if left:
        trial.against.add(Hold.NOTHING_TO_CREDIT)
    return takes


def _compare_price(
    trial: _Trial, line: Purchased, quantity: int, wanted: SupplierInvoiceLine
) -> None:
    agreed = line.price or wanted.price
    trial.over_ore += quantity * (wanted.price.net_ore - agreed.net_ore)
    if agreed.vat_percent != wanted.price.vat_percent:
        trial.against.add(Hold.VAT_DIFFERS)


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


def _reasons(
    lines: Sequence[Purchased], document: Document, paid: Collection[SupplierInvoiceId]
) -> tuple[Hold, ...]:
    found = _try(lines, (document,)).against
    if not _are_at_hand((document,), paid):
        found.add(Hold.NOTHING_TO_CREDIT)
    return tuple(one for one in Hold if one in found)


def _article(wanted: SupplierInvoiceLine) -> ArticleNumber:
    if wanted.article_number is None:
        raise ValueError("the line is of no article")
    return wanted.article_number


def _part(line: Purchased, quantity: int, wanted: SupplierInvoiceLine) -> ClearedLine:
    return ClearedLine(line_id=line.line_id, quantity=quantity, price=wanted.price)
