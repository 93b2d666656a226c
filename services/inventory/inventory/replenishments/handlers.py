"""The handler of replenishments: the goods are set aside as an order's are (ORD-9)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PlacedLine, ReplenishmentPlaced

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.refills import domain as refills
from inventory.refills.models import RefillRow
from inventory.replenishments.domain import source_of
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.writes import reserve
from inventory.stock.writes import balance_rows
from inventory.stores.models import StoreRow
from inventory.tables import same_columns

messages = Handlers()


def _locked(event: ReplenishmentPlaced, tx: Transaction) -> Iterable[RowKey]:
    numbers = {line.article_number for line in event.lines}
    yield from balance_rows(source_of(event), numbers, tx)
    if event.proposal_id is not None:
        yield RefillRow, event.proposal_id


def _read(event: ReplenishmentPlaced, tx: Transaction) -> Iterable[RowKey]:
    yield ReservationRow, event.order_id
    yield StoreRow, source_of(event)
    yield StoreRow, event.to_store
    for line in event.lines:
        yield ArticleRow, article_id(tx, line.article_number)


@messages.on(ReplenishmentPlaced, loads=_locked, reads=_read)
async def answer_replenishment(event: ReplenishmentPlaced, tx: Transaction) -> None:
    """ORD-9: reserve the goods in the central store.

    Answers StockReserved or StockBackordered, or ReservationDeclined for what nobody purchases
    (ORD-6); the refill proposal that it follows is ordered (INV-9). An article or a store that is
    not known yet: the event waits.
    """
    # Not locked: nobody else answers this order meanwhile, since its messages come in order.
    if await tx.look_up(ReservationRow, event.order_id) is not None:
        return
    source = source_of(event)
    for store in (source, event.to_store):
        await tx.get(StoreRow, store)
    said = same_columns(event, PlacedOrderRow) | {
        "recipient": None,
        "prescriber": event.requester,
        "store": source,
        "lines": tuple(PlacedLine(**line.model_dump(include=_PLACED)) for line in event.lines),
        "direct_lines": (),
    }
    order = PlacedOrderRow(region=tx.region, **said)
    tx.put(order)
    await reserve(tx, order)
    if event.proposal_id is not None:
        refill = await tx.lock(RefillRow, event.proposal_id)
        ordered = refills.order(event.proposal_id, refill.state(), order_id=event.order_id)
        tx.record(refill, *ordered)


_PLACED = set(PlacedLine.model_fields)
