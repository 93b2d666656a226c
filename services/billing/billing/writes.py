"""What billing writes beyond one row by its key: numbers, rent to be settled again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.models import CounterRow, CustodyChangeRow, DeviceRow, SelectionRow
from billing.queries import CUSTODY_CHANGES_COUNTED, CUSTODY_CHANGES_UP_TO


@contextmanager
def written_at_the_end(tx: Transaction) -> Iterator[None]:
    """Within it nothing is written before the transaction ends: for a step in which what one payer
    gets changes nothing of what is read of the next.
    """
    with tx.session.no_autoflush:
        yield


async def note_custody_change(tx: Transaction, number: int | None) -> None:
    """One more custody change of the region is applied, in the transaction that applies it: by its
    number, or counted where it was emitted before there were numbers.
    """
    if number is None:
        await _count_up(tx, CUSTODY_CHANGES_COUNTED)
    else:
        tx.put(CustodyChangeRow(region=tx.region, number=number))


async def settle_custody_changes(tx: Transaction, *, up_to: int, by_count: int) -> None:
    """All custody changes up to a number are applied: from now on they are in the counter alone, as
    are the `by_count` of them that were counted before.
    """
    mine = CustodyChangeRow.region == tx.region
    await tx.session.execute(delete(CustodyChangeRow).where(mine, CustodyChangeRow.number <= up_to))
    tx.will_lock(CounterRow)
    if by_count:
        await tx.session.execute(
            update(CounterRow)
            .where(CounterRow.region == tx.region, CounterRow.name == CUSTODY_CHANGES_COUNTED)
            .values(value=CounterRow.value - by_count)
        )
    counter = insert(CounterRow).values(region=tx.region, name=CUSTODY_CHANGES_UP_TO, value=up_to)
    await tx.session.execute(
        counter.on_conflict_do_update(
            index_elements=["region", "name"],
            set_={"value": func.greatest(CounterRow.value, up_to)},
        )
    )


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


async def remove_selection(tx: Transaction, row: SelectionRow) -> None:
    """A selection is saved no more."""
    tx.will_lock(SelectionRow)
    await tx.session.delete(row)


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
