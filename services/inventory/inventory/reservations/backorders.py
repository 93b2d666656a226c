"""Who gets goods that became free: the oldest order that waits for them."""

from collections.abc import Collection, Iterable, Mapping

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import MoveKind
from kvitt_contracts.types import ArticleNumber, OrderId, StoreId

from inventory.reservations import domain
from inventory.reservations.models import BackorderRow, PlacedOrderRow, ReservationRow
from inventory.reservations.queries import waiting_lines
from inventory.stock.writes import lock_balances, move_stock


# decision 0043: goods that become free go to who has waited longest
async def serve_backorders(tx: Transaction, store: StoreId, number: ArticleNumber) -> None:
    """Set free goods aside for the orders that wait for them, the oldest first (ORD-4).

    That is decided today, however long ago they came: so the ledger says, and so they are planned.
    """
    free = (await lock_balances(tx, store, [number]))[number]
    if not free.available or not free.on_order:
        return
    served = await _served(tx, store, number, free=free.available)
    await tx.lock_all(ReservationRow, [waiting.order_id for waiting, _ in served])
    for waiting, quantity in served:
        await _serve(tx, waiting, quantity)


async def serve_all_backorders(
    tx: Transaction, store: StoreId, numbers: Collection[ArticleNumber]
) -> None:
    """Set aside what is free of several articles, whose balances are locked (see
    `serve_backorders`).
    """
    await lock_waiting(tx, {(store, number): 0 for number in numbers})  # 0: free already
    for number in numbers:
        await serve_backorders(tx, store, number)


async def lock_waiting(
    tx: Transaction,
    freed: Mapping[tuple[StoreId, ArticleNumber], int],
    *,
    beside: Iterable[OrderId] = (),
) -> None:
    """Lock the reservations that goods which are about to be freed will go to, and those `beside`.

    For who frees several articles, before the first is served: the reservations of all of them are
    locked in the order of their ids, and not in the order in which they wait for each article. The
    articles' balances are locked.
    """
    orders = list(beside)
    for (store, number), quantity in freed.items():
        balance = (await lock_balances(tx, store, [number]))[number]
        served = await _served(tx, store, number, free=balance.available + quantity)
        orders += [waiting.order_id for waiting, _ in served]
    await tx.lock_all(ReservationRow, orders)


async def note_missing(
    tx: Transaction,
    order: PlacedOrderRow,
    before: Iterable[domain.Line],
    after: Iterable[domain.Line],
) -> None:
    """Make the queue of waiting lines equal to what is missing in the reservation."""
    had = {line.line_id: line.missing for line in before}
    numbers = {line.line_id: line.number for line in order.lines}
    for line in after:
        if line.missing == had.get(line.line_id, 0):
            continue
        # the lines of a new order have no row yet
        row = await tx.look_up(BackorderRow, line.line_id) if line.line_id in had else None
        if row is not None:
            row.missing = line.missing
            continue
        tx.put(
            BackorderRow(
                region=tx.region,
                line_id=line.line_id,
                order_id=order.order_id,
                store=order.store,
                article_number=line.article_number,
                line_number=numbers[line.line_id],
                placed_at=tx.message.time if tx.message else tx.now,
                order_number=order.order_number,
                missing=line.missing,
            )
        )


async def _served(
    tx: Transaction, store: StoreId, number: ArticleNumber, *, free: int
) -> list[tuple[BackorderRow, int]]:
    """Who gets how much of free goods, the oldest first. Nothing is locked."""
    lines = await waiting_lines(tx, store, number)
    quantities = domain.shares(free, [line.missing for line in lines])
    return [(line, got) for line, got in zip(lines, quantities, strict=True) if got]


async def _serve(tx: Transaction, waiting: BackorderRow, quantity: int) -> None:
    row = await tx.lock(ReservationRow, waiting.order_id)
    order = await tx.get(PlacedOrderRow, waiting.order_id)
    before = row.lines
    tx.record(
        row,
        domain.serve(
            OrderId(row.id),
            row.state(),
            line_id=waiting.line_id,
            quantity=quantity,
            today=tx.today,
        ),
    )
    await note_missing(tx, order, before, row.lines)
    await move_stock(
        tx,
        waiting.store,
        waiting.article_number,
        MoveKind.RESERVED,
        on=tx.today,
        available=-quantity,
        reserved=quantity,
        on_order=-quantity,
        cause_id=row.id,
    )
