"""Look-ups for previews: what they are made of, and what stands out. No rules, and no writes."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, DeviceId
from sqlalchemy import ColumnElement, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from billing import queries
from billing.domain import ChargeStatus
from billing.models import (
    ArticleRow,
    ChargeRow,
    DeviceRow,
    InvoiceRow,
    InvoiceRunRow,
    SetAsideRow,
)
from billing.month_previews.domain import Totals
from billing.month_previews.models import FindingRow, PayerPreviewRow
from billing.rents.domain import ChangePoint, PricePoint

PAYERS_REACH = queries.reach_by_payer(PayerPreviewRow.region, PayerPreviewRow.payer_key)
FINDINGS_REACH = queries.reach_by_payer(FindingRow.region, FindingRow.subject)

MOST = 1_000
"""So many findings of a kind are kept: nobody reads more."""


async def payers_to_preview(tx: Transaction, run: InvoiceRunRow, *, limit: int) -> Sequence[str]:
    """The payers of a run, in their order, whose documents are not added up yet."""
    last = select(func.max(PayerPreviewRow.payer_key)).where(
        PayerPreviewRow.region == tx.region,
        PayerPreviewRow.month == run.month,
        PayerPreviewRow.is_done,
    )
    after = (await tx.session.scalar(last)) or ""
    return await queries.payers_to_invoice(tx, run, limit=limit, after=after)


def not_taken(run: InvoiceRunRow) -> ColumnElement[bool]:
    """Charges that are owed for a run's days and that it has not taken."""
    return and_(queries.owed_through(run.through), ChargeRow.run_id.is_distinct_from(run.id))


def not_taken_back(run: InvoiceRunRow) -> ColumnElement[bool]:
    """Charges to be credited that a run has not taken."""
    return and_(queries.TO_CREDIT, ChargeRow.credit_run_id.is_distinct_from(run.id))


def ended(run: InvoiceRunRow) -> ColumnElement[bool]:
    """Charges that a run has taken to invoice them, and that are not owed any more."""
    return and_(
        ChargeRow.run_id == run.id,
        ChargeRow.invoice_id.is_(None),
        ChargeRow.status == ChargeStatus.CANCELLED,
    )


async def has_changed(tx: Transaction, run: InvoiceRunRow) -> bool:
    """True where something of a run's days has come since its preview was made: a device has to be
    settled again, or a charge is not taken, or is and has ended.
    """
    if await queries.devices_to_settle(tx, run, limit=1):
        return True
    charged = select(ChargeRow.id).where(
        ChargeRow.region == tx.region, or_(not_taken(run), not_taken_back(run), ended(run))
    )
    return (await tx.session.scalar(charged.limit(1))) is not None


async def payer_preview(tx: Transaction, month: str, payer_key: str) -> PayerPreviewRow | None:
    """What a payer's documents of a month are previewed to be, or None."""
    query = select(PayerPreviewRow).where(
        PayerPreviewRow.region == tx.region,
        PayerPreviewRow.month == month,
        PayerPreviewRow.payer_key == payer_key,
    )
    return (await tx.session.scalars(query)).first()


async def payers_unfinished(
    tx: Transaction, month: str, *, limit: int
) -> Sequence[PayerPreviewRow]:
    """Payers of a month whose documents are not added up yet."""
    query = select(PayerPreviewRow).where(
        PayerPreviewRow.region == tx.region,
        PayerPreviewRow.month == month,
        PayerPreviewRow.is_done.is_(False),
    )
    found = await tx.session.scalars(query.order_by(PayerPreviewRow.payer_key).limit(limit))
    return found.all()


async def net_of(tx: Transaction, payer_key: str, month: str) -> int | None:
    """What a payer's documents of a month come to in öre without VAT; None where it has none."""
    query = select(func.sum(InvoiceRow.net_ore)).where(
        InvoiceRow.region == tx.region,
        InvoiceRow.payer_key == payer_key,
        InvoiceRow.month == month,
    )
    found = await tx.session.scalar(query)
    return None if found is None else int(found)


async def net_of_month(tx: Transaction, month: str) -> int | None:
    """What all documents of a month come to in öre without VAT; None where there are none."""
    query = select(func.sum(InvoiceRow.net_ore)).where(
        InvoiceRow.region == tx.region, InvoiceRow.month == month
    )
    found = await tx.session.scalar(query)
    return None if found is None else int(found)


async def has_documents(tx: Transaction, month: str) -> bool:
    """True where the region has documents of a month."""
    query = select(InvoiceRow.id).where(InvoiceRow.region == tx.region, InvoiceRow.month == month)
    return (await tx.session.scalar(query.limit(1))) is not None


async def units_gone(tx: Transaction, month: str, *, last: str) -> Mapping[str, int]:
    """Units with documents of the month `last` and none of this one: what they paid then."""
    previewed = select(PayerPreviewRow.payer_key).where(
        PayerPreviewRow.region == tx.region,
        PayerPreviewRow.month == month,
        PayerPreviewRow.is_done,
    )
    query = (
        select(InvoiceRow.payer_key, func.sum(InvoiceRow.net_ore))
        .where(
            InvoiceRow.region == tx.region,
            InvoiceRow.month == last,
            InvoiceRow.payer_key.startswith("unit/"),
            InvoiceRow.payer_key.not_in(previewed),
        )
        .group_by(InvoiceRow.payer_key)
        .order_by(InvoiceRow.payer_key)
        .limit(MOST)
    )
    return {payer_key: int(net) for payer_key, net in await tx.session.execute(query)}


async def articles_on_loan(
    tx: Transaction,
) -> Mapping[ArticleNumber, tuple[PricePoint, ...]]:
    """The prices of each article that has been on loan; none of one that is not listed."""
    seen = (
        select(DeviceRow.article_number)
        .where(DeviceRow.region == tx.region, func.jsonb_array_length(DeviceRow.points) > 0)
        .distinct()
        .subquery()
    )
    query = select(seen.c.article_number, ArticleRow.prices).outerjoin(
        ArticleRow,
        (ArticleRow.region == tx.region) & (ArticleRow.article_number == seen.c.article_number),
    )
    return {number: prices or () for number, prices in await tx.session.execute(query)}


async def points_of(
    tx: Transaction, article_number: ArticleNumber
) -> Sequence[tuple[ChangePoint, ...]]:
    """The change points of an article's devices."""
    query = select(DeviceRow.points).where(
        DeviceRow.region == tx.region, DeviceRow.article_number == article_number
    )
    return (await tx.session.scalars(query.order_by(DeviceRow.device_id).limit(MOST))).all()


async def articles_charged_nothing(tx: Transaction, *, through: date) -> Sequence[ArticleNumber]:
    """The articles of which something not invoiced yet, up to a day, is charged with 0 öre."""
    query = (
        select(ChargeRow.article_number)
        .where(
            ChargeRow.region == tx.region,
            queries.owed_through(through),
            ChargeRow.article_number.is_not(None),
            cast(ChargeRow.amount, JSONB)["net_ore"].astext == "0",
        )
        .distinct()
        .limit(MOST)
    )
    return [one for one in await tx.session.scalars(query) if one is not None]


async def set_aside_by(tx: Transaction, run_id: UUID) -> Sequence[str]:
    """What a run has set aside: `device/<id>`, `unit/<payer>`, `patient/<ref>`."""
    query = select(SetAsideRow.subject).where(
        SetAsideRow.region == tx.region, SetAsideRow.run_id == run_id
    )
    return (await tx.session.scalars(query.order_by(SetAsideRow.subject).limit(MOST))).all()


async def totals_of(tx: Transaction, month: str) -> tuple[Totals, Mapping[str, str]]:
    """What all documents of a month's preview come to, and each payer's digest."""
    query = select(
        PayerPreviewRow.payer_key,
        PayerPreviewRow.digest,
        PayerPreviewRow.documents,
        PayerPreviewRow.net_ore,
        PayerPreviewRow.vat_ore,
        PayerPreviewRow.gross_ore,
    ).where(
        PayerPreviewRow.region == tx.region,
        PayerPreviewRow.month == month,
        PayerPreviewRow.is_done,
    )
    rows = (await tx.session.execute(query)).all()
    totals = Totals(
        documents=sum(row.documents for row in rows),
        net_ore=sum(row.net_ore for row in rows),
        vat_ore=sum(row.vat_ore for row in rows),
        gross_ore=sum(row.gross_ore for row in rows),
    )
    return totals, {row.payer_key: row.digest for row in rows}


async def count_findings(tx: Transaction, month: str) -> int:
    """How much stands out of a month's preview."""
    query = select(func.count()).where(FindingRow.region == tx.region, FindingRow.month == month)
    return (await tx.session.scalar(query)) or 0


async def count_payers(tx: Transaction, month: str) -> int:
    """How many payers a month's preview has."""
    query = select(func.count()).where(
        PayerPreviewRow.region == tx.region,
        PayerPreviewRow.month == month,
        PayerPreviewRow.is_done,
    )
    return (await tx.session.scalar(query)) or 0


async def count_payers_invoiced(tx: Transaction, month: str) -> int:
    """How many payers have documents of a month."""
    query = select(func.count(InvoiceRow.payer_key.distinct())).where(
        InvoiceRow.region == tx.region, InvoiceRow.month == month
    )
    return (await tx.session.scalar(query)) or 0


async def devices_to_foresee(
    tx: Transaction, *, through: date, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Devices with days up to one that no run has settled, later in the order than `after`. Their
    ids alone: a row that cannot be read hides no other.
    """
    query = select(DeviceRow.device_id).where(
        DeviceRow.region == tx.region, queries.settles(through)
    )
    if after is not None:
        query = query.where(DeviceRow.device_id > DeviceId(after))
    return (await tx.session.scalars(query.order_by(DeviceRow.device_id).limit(limit))).all()


async def charges_to_foresee(
    tx: Transaction, *, through: date, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Charges up to a day that no run has invoiced or taken, and those that none has taken back,
    later in the order than `after`: their ids.
    """
    owed = and_(queries.owed_through(through), ChargeRow.run_id.is_(None))
    taken_back = and_(queries.TO_CREDIT, ChargeRow.credit_run_id.is_(None))
    query = select(ChargeRow.id).where(ChargeRow.region == tx.region, or_(owed, taken_back))
    if after is not None:
        query = query.where(ChargeRow.id > after)
    return (await tx.session.scalars(query.order_by(ChargeRow.id).limit(limit))).all()


async def read_devices(tx: Transaction, ids: Sequence[UUID]) -> Sequence[DeviceRow]:
    """Devices by their ids, in the order of these, to read."""
    mine = DeviceRow.region == tx.region
    query = select(DeviceRow).where(mine, DeviceRow.device_id.in_(ids))
    return (await tx.session.scalars(query.order_by(DeviceRow.device_id))).all()


async def read_charges(tx: Transaction, ids: Sequence[UUID]) -> Sequence[ChargeRow]:
    """Charges by their ids, in the order of these, to read."""
    query = select(ChargeRow).where(ChargeRow.region == tx.region, ChargeRow.id.in_(ids))
    return (await tx.session.scalars(query.order_by(ChargeRow.id))).all()
