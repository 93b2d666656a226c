"""The handler of unmarked goods that a region states have come back."""

from collections import Counter
from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReturnedLine
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import ReturnedGoodsStated
from kvitt_contracts.types import ArticleNumber, OrderId, PickupId, ReturnId, StoreId, identify

from inventory.articles.queries import get_article
from inventory.baskets.models import BasketRow
from inventory.reconditionings.writes import is_made_fit_in, open_work, take_in
from inventory.registered_returns.baskets import basket_line, held_in
from inventory.registered_returns.domain import Back, check_line, returned, with_held
from inventory.registered_returns.models import LineBack, ReturnRow
from inventory.reservations.backorders import lock_waiting
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.queries import order_id_numbered
from inventory.returned_goods import domain
from inventory.stock.writes import lock_balances
from inventory.stores.queries import check_store_holds_stock, rows_of_store

messages = Handlers()


def _read(fact: ReturnedGoodsStated, tx: Transaction) -> Iterable[RowKey]:
    yield ReturnRow, _return_id(tx)
    yield from rows_of_store(fact.store, tx)
    yield PlacedOrderRow, identify(tx.region, "order", fact.order)


@messages.on(ReturnedGoodsStated, reads=_read)
async def take_goods_back(fact: ReturnedGoodsStated, tx: Transaction) -> None:
    """INV-7: some of an unmarked line is in the store again, or was scrapped there.

    Told again: nothing. A store or an order that is not known yet: the fact waits. Refused:
    RETURNED_OTHERWISE (PHY-1), UNKNOWN_LINE, MORE_THAN_DELIVERED (INV-7), LINE_IS_MARKED (INV-5),
    CONTRIBUTION_IS_NEVER_RETURNED (INV-16), SERVICE_IS_NEVER_STOCKED,
    PURCHASING_STORE_HAS_NO_BALANCE (INV-4), RETURNED_BEFORE_LOAN (DAY-5),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    known = await tx.look_up(ReturnRow, _return_id(tx))
    if known is not None and _is_known(fact, known):
        return
    if not fact.is_scrapped:
        await check_store_holds_stock(tx, fact.store)
    back = await _line_of(fact, tx)
    number = back.article.article_number
    await lock_balances(tx, fact.store, [number])
    into = Counter({} if fact.is_scrapped else {(fact.store, number): fact.quantity})
    is_made_fit = await is_made_fit_in(tx, fact.store)
    free = Counter[tuple[StoreId, ArticleNumber]]() if is_made_fit else into
    row: ReservationRow | BasketRow
    if back.is_of_basket:
        row = await tx.lock(BasketRow, back.order_id)
        await lock_waiting(tx, free)
    else:
        await lock_waiting(tx, free, beside=[back.order_id])
        row = await tx.lock(ReservationRow, back.order_id)
    _check(fact, with_held(back, held_in(row, back)))
    event = returned(
        back,
        return_id=_return_id(tx),
        store=fact.store,
        on=fact.returned_on,
        is_scrapped=fact.is_scrapped,
    )
    if fact.pickup is not None:
        pickup_id = PickupId(identify(tx.region, "pickup", fact.pickup))
        event = event.model_copy(update={"pickup_id": pickup_id})
    tx.record(row, event)
    for (store, article), quantity in into.items():
        on, return_id = fact.returned_on, _return_id(tx)
        await take_in(
            tx,
            store,
            article,
            quantity=quantity,
            on=on,
            is_made_fit=is_made_fit,
            cause_id=return_id,
        )
        if is_made_fit:
            open_work(tx, store, article, on=on, quantity=quantity, return_id=return_id)
    _note(fact, known, tx)


def _return_id(tx: Transaction) -> ReturnId:
    return ReturnId(identify(tx.region, "return", tx.subject))


def _is_known(fact: ReturnedGoodsStated, known: ReturnRow) -> bool:
    lines = [domain.Said(**dict(line)) for line in known.lines]
    return domain.is_known(fact, store=known.store, returned_on=known.returned_on, lines=lines)


async def _line_of(fact: ReturnedGoodsStated, tx: Transaction) -> Back:
    named = ReturnedLine(order=fact.order, line=fact.line, quantity=fact.quantity)
    lent = await basket_line(named, None, tx)
    if lent is not None:
        return lent
    order_id = identify(tx.region, "order", fact.order)
    order = await tx.look_up(PlacedOrderRow, order_id)
    if order is None:
        order = await tx.get(PlacedOrderRow, await order_id_numbered(tx, fact.order) or order_id)
    line = next((one for one in order.every_line if one.number == fact.line), None)
    if line is None or order.to_store is not None:
        raise domain.refuse_line()
    return Back(
        order_id=OrderId(order.order_id),
        placed_on=order.placed_on,
        line=line,
        held=None,
        article=await get_article(tx, line.article_number),
        quantity=fact.quantity,
    )


def _check(fact: ReturnedGoodsStated, back: Back) -> None:
    """As a line that a user returns is checked. The field is the fact's own."""
    try:
        check_line(back, on=fact.returned_on, is_scrapped=fact.is_scrapped, place=0)
    except Refused as refused:
        refused.field = (refused.field or "").removeprefix("lines.0.") or None
        raise


def _note(fact: ReturnedGoodsStated, known: ReturnRow | None, tx: Transaction) -> None:
    line = LineBack(
        order=fact.order, line=fact.line, quantity=fact.quantity, is_scrapped=fact.is_scrapped
    )
    if known is not None:
        known.lines = (*known.lines, line)
        return
    tx.put(
        ReturnRow(
            region=tx.region,
            return_id=_return_id(tx),
            store=fact.store,
            returned_on=fact.returned_on,
            devices=(),
            lines=(line,),
            by=fact.by,
            registered_at=tx.now,
        )
    )
