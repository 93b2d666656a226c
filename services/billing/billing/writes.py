"""What billing writes beyond one row by its key: running numbers, rent to be settled again."""

from datetime import date

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.models import CounterRow, DeviceRow
from billing.queries import CUSTODY_CHANGES


async def count_custody_change(tx: Transaction) -> None:
    """One more custody change of the region is applied, in the transaction that applies it."""
    await _count_up(tx, CUSTODY_CHANGES)


async def next_invoice_number(tx: Transaction, *, year: int) -> int:
    """The next running number of the region's invoices of a year; its row is locked, so none is
    skipped or used twice.
    """
    return await _count_up(tx, f"invoices-{year}")


async def unsettle_devices_of(
    tx: Transaction, article_number: ArticleNumber, *, from_day: date
) -> None:
    """A new price: mark the rent of the article's devices to be settled again from a day on."""
    tx.will_lock(DeviceRow)
    of_article = (
        select(DeviceRow.device_id)
        .where(
            DeviceRow.region == tx.region,
            DeviceRow.article_number == article_number,
            or_(DeviceRow.unsettled_from > from_day, DeviceRow.unsettled_from.is_(None)),
        )
        .order_by(DeviceRow.device_id)  # as a run locks them
        .with_for_update(key_share=True)
        .cte("of_article")
    )
    await tx.session.execute(
        update(DeviceRow)
        .where(DeviceRow.region == tx.region, DeviceRow.device_id == of_article.c.device_id)
        .values(unsettled_from=from_day)
    )


async def _count_up(tx: Transaction, name: str) -> int:
    tx.will_lock(CounterRow)
    counted = (
        insert(CounterRow)
        .values(region=tx.region, name=name, value=1)
        .on_conflict_do_update(
            index_elements=["region", "name"], set_={"value": CounterRow.value + 1}
        )
        .returning(CounterRow.value)
    )
    value: int = (await tx.session.execute(counted)).scalar_one()
    return value
