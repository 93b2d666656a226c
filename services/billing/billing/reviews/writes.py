"""What previews write beyond one row by its key: begin anew, take the charges of a month."""

from kvitt_chassis.transaction import Transaction
from sqlalchemy import delete, select, update

from billing.models import ChargeRow, InvoiceRunRow
from billing.reviews.models import FindingRow, MonthPreviewRow, PayerPreviewRow


async def clear(tx: Transaction, month: str) -> None:
    """Forget what was added up of a month, and what stood out."""
    tx.will_lock(MonthPreviewRow)  # whoever has it locked writes its payers and findings
    for row_type in (PayerPreviewRow, FindingRow):
        mine = (row_type.region == tx.region) & (row_type.month == month)
        await tx.session.execute(delete(row_type).where(mine))


async def take_charges(tx: Transaction, run: InvoiceRunRow, *, limit: int) -> int:
    """Let a run have the charges of its days that it has not, at most `limit`. Returns how many
    these are.
    """
    tx.will_lock(ChargeRow)
    to_take = (
        select(ChargeRow.id)
        .where(
            ChargeRow.region == tx.region,
            ChargeRow.invoice_id.is_(None),
            ChargeRow.charged_on <= run.through,
            ChargeRow.run_id.is_distinct_from(run.id),
        )
        .order_by(ChargeRow.id)
        .limit(limit)
        .with_for_update(key_share=True)
        .cte("to_take")
    )
    taken = await tx.session.execute(
        update(ChargeRow)
        .where(ChargeRow.region == tx.region, ChargeRow.id == to_take.c.id)
        .values(run_id=run.id)
        .returning(ChargeRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(taken.all())
