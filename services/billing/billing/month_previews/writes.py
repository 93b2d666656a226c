"""What previews write beyond one row by its key: begin anew, take the charges of a month."""

from uuid import UUID

from kvitt_chassis.transaction import Transaction
from sqlalchemy import ColumnElement, delete, select, update

from billing.models import ChargeRow, InvoiceRunRow
from billing.month_previews import queries
from billing.month_previews.models import FindingRow, MonthPreviewRow, PayerPreviewRow


async def clear(tx: Transaction, month: str) -> None:
    """Forget what was added up of a month, and what stood out."""
    tx.will_lock(MonthPreviewRow)  # whoever has it locked writes its payers and findings
    for row_type in (PayerPreviewRow, FindingRow):
        mine = (row_type.region == tx.region) & (row_type.month == month)
        await tx.session.execute(delete(row_type).where(mine))


async def take_charges(tx: Transaction, run: InvoiceRunRow, *, limit: int) -> int:
    """Let a run have the charges of its days that it has not, and those that it takes back, at most
    `limit` of each; what it had and has ended it has no more. Returns how many these are.
    """
    await _take(tx, queries.ended(run), {"run_id": None})
    owed = queries.not_taken(run)
    taken = await _take(tx, owed, {"run_id": run.id}, limit=limit)
    return taken + await _take(
        tx, queries.not_taken_back(run), {"credit_run_id": run.id}, limit=limit
    )


async def _take(
    tx: Transaction,
    which: ColumnElement[bool],
    values: dict[str, UUID | None],
    *,
    limit: int | None = None,
) -> int:
    tx.will_lock(ChargeRow)
    to_take = (
        select(ChargeRow.id)
        .where(ChargeRow.region == tx.region, which)
        .order_by(ChargeRow.id)
        .limit(limit)
        .with_for_update(key_share=True)
        .cte("to_take")
    )
    taken = await tx.session.execute(
        update(ChargeRow)
        .where(ChargeRow.region == tx.region, ChargeRow.id == to_take.c.id)
        .values(values)
        .returning(ChargeRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(taken.all())
