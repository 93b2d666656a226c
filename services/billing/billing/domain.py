"""The rules of billing: who owes what for which day, what a run invoices. No clock, no database, no
log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from kvitt_contracts.billing import (
    ChargeKind,
    ChargeRaised,
    InvoiceIssued,
    InvoiceLine,
    InvoiceRunFinished,
    InvoiceRunStarted,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    DeviceId,
    DeviceNumber,
    InvoiceId,
    Money,
    OrderId,
    OrderLineId,
    Payer,
    PayerId,
    RegionCode,
    Value,
)


class PricePoint(Value):
    """From `valid_from` on an article costs `price`: per month for rent, per unit for a sale."""

    valid_from: date
    price: Money


class ChangePoint(Value):
    """From `effective_on` on a device is paid by `payer_id`, or by nobody (in a store)."""

    effective_on: date
    payer_id: PayerId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRent:
    """One day of one device: who pays, and the month's price that the day is a share of."""

    payer_id: PayerId
    monthly: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RentSpan:
    """Days [from_day, to_day], both included, of one device at one price for one payer; `sign` -1
    is a credit.
    """

    payer_id: PayerId
    monthly: Money
    from_day: date
    to_day: date
    sign: int = 1

    @property
    def days(self) -> Iterator[date]:
        """Every day of the span."""
        return _days(self.from_day, self.to_day)

    @property
    def amount(self) -> Money:
        """What the span costs, in öre without VAT; negative for a credit."""
        net = sum(day_share(self.monthly.net_ore, day) for day in self.days)
        return Money(net_ore=self.sign * net, vat_percent=self.monthly.vat_percent)


def day_share(monthly_ore: int, day: date) -> int:
    """A day's share of a month's price in öre, so that the days of a month add up to it exactly
    (BIL-1, BIL-10).

    Day k of a month of n days costs round(p·k/n) − round(p·(k−1)/n), half rounded up.
    """
    length = (_first_of_next_month(day) - timedelta(days=1)).day
    return _rounded(monthly_ore * day.day, length) - _rounded(monthly_ore * (day.day - 1), length)


def price_on(prices: Iterable[PricePoint], day: date) -> Money | None:
    """The price that is valid on a day, or None before the first."""
    valid = [point for point in prices if point.valid_from <= day]
    return max(valid, key=lambda point: point.valid_from).price if valid else None


def payer_on(points: Iterable[ChangePoint], day: date) -> PayerId | None:
    """Who pays for a device on a day: the latest change point decides, so two payers cannot be
    (BIL-1).
    """
    passed = [point for point in points if point.effective_on <= day]
    return max(passed, key=lambda point: point.effective_on).payer_id if passed else None


def owed_rent(
    points: Sequence[ChangePoint], prices: Sequence[PricePoint], *, from_day: date, to_day: date
) -> dict[date, DayRent]:
    """Who owes what for each day from `from_day` to `to_day`. A day without payer or without price
    is left out.
    """
    owed = {}
    for day in _days(from_day, to_day):
        payer_id, monthly = payer_on(points, day), price_on(prices, day)
        if payer_id is not None and monthly is not None:
            owed[day] = DayRent(payer_id=payer_id, monthly=monthly)
    return owed


def rent_to_invoice(
    owed: Mapping[date, DayRent], issued: Iterable[RentSpan], *, from_day: date, to_day: date
) -> list[RentSpan]:
    """Owed minus issued, day by day: what a run has to debit and to credit for one device (BIL-1,
    BIL-9).

    Nothing issued is changed: a day that was issued to another payer or at another price is
    credited whole, then debited anew.
    """
    balance: dict[tuple[date, PayerId, int, int], int] = {}
    for day, rent in owed.items():
        _count(balance, day, rent.payer_id, rent.monthly, 1)
    for span in issued:
        for day in span.days:
            if from_day <= day <= to_day:
                _count(balance, day, span.payer_id, span.monthly, -span.sign)
    return _as_spans(balance)


def credits_and_debits(spans: Iterable[RentSpan]) -> tuple[list[RentSpan], list[RentSpan]]:
    """The credits and the debits among spans: they stand on documents of their own (BIL-9)."""
    listed = list(spans)
    return [s for s in listed if s.sign < 0], [s for s in listed if s.sign > 0]


# -- charges -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is owed for a delivered line: a sale or a patient fee."""

    kind: ChargeKind
    payer: Payer
    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: int
    amount: Money
    charged_on: date


def charge_sale(
    charge_id: ChargeId,
    *,
    payer: Payer,
    order_id: OrderId,
    line_id: OrderLineId,
    article_number: ArticleNumber,
    quantity: int,
    unit_price: Money,
    delivered_on: date,
) -> ChargeRaised:
    """A purchased or consumed article is charged to the line's payer at delivery, at the price
    valid that day (BIL-2).
    """
    return ChargeRaised(
        charge_id=charge_id,
        kind=ChargeKind.SALE,
        payer=payer,
        order_id=order_id,
        line_id=line_id,
        article_number=article_number,
        quantity=quantity,
        amount=_times(unit_price, quantity),
        charged_on=delivered_on,
    )


def charge_fee(
    charge_id: ChargeId,
    *,
    payer: Payer,
    order_id: OrderId,
    line_id: OrderLineId,
    article_number: ArticleNumber,
    quantity: int,
    unit_fee: Money,
    delivered_on: date,
) -> ChargeRaised:
    """The fee pinned to the order line is owed by the patient when the line is received (BIL-3)."""
    return ChargeRaised(
        charge_id=charge_id,
        kind=ChargeKind.FEE,
        payer=payer,
        order_id=order_id,
        line_id=line_id,
        article_number=article_number,
        quantity=quantity,
        amount=_times(unit_fee, quantity),
        charged_on=delivered_on,
    )


def evolve_charge(charge: Charge | None, event: ChargeRaised) -> Charge:
    """The charge after its only event."""
    return Charge(
        kind=event.kind,
        payer=event.payer,
        order_id=event.order_id,
        line_id=event.line_id,
        article_number=event.article_number,
        quantity=event.quantity,
        amount=event.amount,
        charged_on=event.charged_on,
    )


# -- invoices ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An issued document. It never changes (BIL-9)."""

    number: str
    payer: Payer
    month: str
    issued_on: date
    is_credit: bool
    net_ore: int
    vat_ore: int
    gross_ore: int
    lines: tuple[InvoiceLine, ...]


def issue_invoice(
    invoice_id: InvoiceId,
    *,
    number: str,
    payer: Payer,
    month: date,
    lines: Sequence[InvoiceLine],
) -> InvoiceIssued:
    """An invoice for the lines, or a credit note when they are credits; dated the first day after
    the month (BIL-9, BIL-10).

    Raises ValueError when lines of both kinds are mixed, or when there is none.
    """
    if not lines:
        raise ValueError("an invoice needs a line")
    is_credit = lines[0].amount.net_ore < 0
    if any((line.amount.net_ore < 0) is not is_credit for line in lines):
        raise ValueError("credits and debits stand on documents of their own")
    net = sum(line.amount.net_ore for line in lines)
    vat = sum(line.amount.vat_ore for line in lines)
    return InvoiceIssued(
        invoice_id=invoice_id,
        number=number,
        payer=payer,
        month=f"{month:%Y-%m}",
        issued_on=_first_of_next_month(month),
        is_credit=is_credit,
        net_ore=net,
        vat_ore=vat,
        gross_ore=net + vat,
        lines=tuple(lines),
    )


def evolve_invoice(invoice: Invoice | None, event: InvoiceIssued) -> Invoice:
    """The invoice after its only event."""
    return Invoice(
        number=event.number,
        payer=event.payer,
        month=event.month,
        issued_on=event.issued_on,
        is_credit=event.is_credit,
        net_ore=event.net_ore,
        vat_ore=event.vat_ore,
        gross_ore=event.gross_ore,
        lines=event.lines,
    )


# -- the month's run -----------------------------------------------------------------------------


class RunStatus(StrEnum):
    """Where a run stands."""

    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRun:
    """One region's run for one month."""

    month: str
    status: RunStatus
    through: date
    invoices: int = 0


def is_last_of_month(day: date) -> bool:
    """True on the last day of a month: its closing starts the run."""
    return _first_of_next_month(day) == day + timedelta(days=1)


def start_run(day: date) -> InvoiceRunStarted:
    """The run for the month whose last day has closed (BIL-9)."""
    return InvoiceRunStarted(month=f"{day:%Y-%m}", through=day)


def finish_run(run: InvoiceRun, *, invoices: int) -> InvoiceRunFinished:
    """Every payer of the month has its documents."""
    return InvoiceRunFinished(month=run.month, invoices=invoices)


def evolve_run(run: InvoiceRun | None, event: InvoiceRunStarted | InvoiceRunFinished) -> InvoiceRun:
    """The run after an event."""
    match event:
        case InvoiceRunStarted():
            return InvoiceRun(month=event.month, status=RunStatus.STARTED, through=event.through)
        case InvoiceRunFinished():
            if run is None:
                raise ValueError("a run finishes that never started")
            return replace(run, status=RunStatus.FINISHED, invoices=event.invoices)


def rent_line(
    device_id: DeviceId, device_number: DeviceNumber, article_number: ArticleNumber, span: RentSpan
) -> InvoiceLine:
    """The invoice line of a span of days of one device."""
    return InvoiceLine(
        kind=ChargeKind.RENT,
        article_number=article_number,
        amount=span.amount,
        device_id=device_id,
        device_number=device_number,
        from_day=span.from_day,
        to_day=span.to_day,
    )


def charge_line(charge_id: UUID, charge: Charge) -> InvoiceLine:
    """The invoice line of a charge."""
    return InvoiceLine(
        kind=charge.kind,
        article_number=charge.article_number,
        amount=charge.amount,
        charge_id=ChargeId(charge_id),
        quantity=charge.quantity,
    )


def invoice_number(region: RegionCode, *, year: int, running: int) -> str:
    """The number on the document: region, year, six digits: `AC-2026-000001`. Without gaps within a
    region and year.
    """
    return f"{region.upper()}-{year}-{running:06}"


def _times(price: Money, quantity: int) -> Money:
    return Money(net_ore=price.net_ore * quantity, vat_percent=price.vat_percent)


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _count(
    balance: dict[tuple[date, PayerId, int, int], int],
    day: date,
    payer_id: PayerId,
    monthly: Money,
    by: int,
) -> None:
    key = (day, payer_id, monthly.net_ore, int(monthly.vat_percent))
    balance[key] = balance.get(key, 0) + by


def _as_spans(balance: Mapping[tuple[date, PayerId, int, int], int]) -> list[RentSpan]:
    """Consecutive days of the same payer, price and sign become one span."""
    entries = sorted(
        (payer_id, net, vat, 1 if count > 0 else -1, day)
        for (day, payer_id, net, vat), count in balance.items()
        for _ in range(abs(count))
    )
    spans = []
    for (payer_id, net, vat, sign), group in groupby(entries, key=lambda entry: entry[:4]):
        monthly = Money.model_validate({"net_ore": net, "vat_percent": vat})
        spans += [
            RentSpan(payer_id=payer_id, monthly=monthly, from_day=first, to_day=last, sign=sign)
            for first, last in _runs([entry[4] for entry in group])
        ]
    return spans


def _runs(days: list[date]) -> Iterator[tuple[date, date]]:
    first = previous = days[0]
    for day in days[1:]:
        if day != previous + timedelta(days=1):
            yield first, previous
            first = day
        previous = day
    yield first, previous
