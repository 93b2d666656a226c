"""Order numbers (ORD-2): a counter per region, series, ISO year and week, locked by its row."""

from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import OrderNumber
from sqlalchemy.dialects.postgresql import insert

from orders.numbers.domain import Series, number_in, week_of
from orders.numbers.models import NumberSeriesRow

LAST_OF_WEEK = declare(
    "gauge",
    "orders_number_of_week_last",
    "The running number last given in a week; above 9999 numbers have nine digits (ORD-2).",
    "Above 9999: tell the region, since its own systems may expect eight digits.",
    ("region", "series"),
    silent="no number was given since the process began",
)


async def next_number(series: Series, tx: Transaction) -> OrderNumber:
    """The next free number of this week; a refused order's is rolled back with it.

    Draw it last: its row is the one that every order of a region locks.
    """
    week = week_of(tx.today)
    drawn = tx.fetched(NumberSeriesRow, f"{series}/{week}")
    if drawn is None:
        running = await _draw_first(f"{series}/{week}", tx)
    else:  # its row is locked until the commit: an earlier order of the same batch drew from it
        drawn.last += 1
        running = drawn.last
    gauge = LAST_OF_WEEK.labels("orders", tx.region, series)
    tx.after_commit(lambda: gauge.set(running))
    return number_in(week, running)


async def _draw_first(series_week: str, tx: Transaction) -> int:
    tx.will_lock(NumberSeriesRow)
    await tx.session.flush()  # rows of the vault are locked before the counter, everywhere
    row = NumberSeriesRow
    drawn = await tx.session.scalars(
        insert(row)
        .values(region=tx.region, series_week=series_week, last=1)
        .on_conflict_do_update(
            index_elements=[row.region, row.series_week], set_={"last": row.last + 1}
        )
        .returning(row),
        execution_options={"populate_existing": True},
    )
    counter = drawn.one()
    tx.put(counter)
    return counter.last
