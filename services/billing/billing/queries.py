"""Billing's look-ups in its tables, beyond one row by its key. No rules, and no writes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, Charging, DeviceId
from sqlalchemy import func, literal, select, union

from billing.models import ArticleRow, ChargeRow, CounterRow, DeviceRow, InvoiceRow, RentRow
from billing.rents.domain import PricePoint, RentSpan

CUSTODY_CHANGES = "custody_changes"


async def custody_changes_applied(tx: Transaction) -> int:
    """How many custody changes of the region are applied."""
    query = select(CounterRow.value).where(
        CounterRow.region == tx.region, CounterRow.name == CUSTODY_CHANGES
    )
    return (await tx.session.scalar(query)) or 0


async def unsettled_devices(tx: Transaction, *, through: date, limit: int) -> Sequence[DeviceRow]:
    """Devices with days up to `through` that no run has settled, locked."""
    tx.will_lock(DeviceRow)
    query = (
        select(DeviceRow)
        .where(DeviceRow.region == tx.region, DeviceRow.unsettled_from <= through)
        .order_by(DeviceRow.device_id)
        .limit(limit)
        .with_for_update(key_share=True)
    )
    return (await tx.session.scalars(query)).all()


async def settled_spans(
    tx: Transaction, device_ids: Sequence[DeviceId], *, from_day: date, to_day: date
) -> Mapping[DeviceId, list[RentSpan]]:
    """What runs have settled of these devices' days between two days, by device."""
    query = select(RentRow).where(
        RentRow.region == tx.region,
        RentRow.device_id.in_(device_ids),
        RentRow.to_day >= from_day,
        RentRow.from_day <= to_day,
    )
    spans: dict[DeviceId, list[RentSpan]] = defaultdict(list)
    for row in (await tx.session.scalars(query)).all():
        spans[row.device_id].append(row.span())
    return spans


async def monthly_prices_of(
    tx: Transaction, numbers: Iterable[ArticleNumber]
) -> Mapping[ArticleNumber, tuple[PricePoint, ...]]:
    """What rented articles cost a month. What is sold has none: it was paid at delivery (BIL-2)."""
    query = select(ArticleRow).where(
        ArticleRow.region == tx.region,
        ArticleRow.article_number.in_(sorted(set(numbers))),
        ArticleRow.charging == Charging.RENT,
    )
    return {row.article_number: row.prices for row in (await tx.session.scalars(query)).all()}


async def payers_to_invoice(tx: Transaction, *, through: date, limit: int) -> Sequence[str]:
    """Returns the keys of payers with settled rent or charges up to `through` that are not invoiced
    yet, at most `limit`.
    """
    rents = select((literal("unit/") + RentRow.payer_id).label("payer_key")).where(
        RentRow.region == tx.region, RentRow.invoice_id.is_(None)
    )
    charges = select(ChargeRow.payer_key).where(
        ChargeRow.region == tx.region,
        ChargeRow.invoice_id.is_(None),
        ChargeRow.charged_on <= through,
    )
    either = union(rents, charges).subquery()
    query = select(either.c.payer_key).order_by(either.c.payer_key).limit(limit)
    return (await tx.session.scalars(query)).all()


async def rents_to_invoice(tx: Transaction, payer_key: str) -> Sequence[RentRow]:
    """Returns a unit's settled rent that is not invoiced yet, in the order of the specification."""
    query = (
        select(RentRow)
        .where(
            RentRow.region == tx.region,
            literal("unit/") + RentRow.payer_id == payer_key,
            RentRow.invoice_id.is_(None),
        )
        .order_by(RentRow.article_number, RentRow.device_id, RentRow.from_day)
    )
    return (await tx.session.scalars(query)).all()


async def charges_to_invoice(
    tx: Transaction, payer_key: str, *, through: date
) -> Sequence[ChargeRow]:
    """Returns a payer's charges up to a day that are not invoiced yet, oldest first."""
    query = (
        select(ChargeRow)
        .where(
            ChargeRow.region == tx.region,
            ChargeRow.payer_key == payer_key,
            ChargeRow.invoice_id.is_(None),
            ChargeRow.charged_on <= through,
        )
        .order_by(ChargeRow.charged_on, ChargeRow.id)
    )
    return (await tx.session.scalars(query)).all()


async def count_invoices(tx: Transaction, *, month: str) -> int:
    """How many documents of a month the region has."""
    query = select(func.count()).where(InvoiceRow.region == tx.region, InvoiceRow.month == month)
    return (await tx.session.scalar(query)) or 0
