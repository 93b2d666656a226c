"""What comes back of unmarked goods that a basket loan delivered (ORD-10). Nothing is locked."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReturnedLine
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.types import OrderId, identify

from inventory.articles.queries import get_article
from inventory.baskets.models import BasketDeliveryRow, BasketOrderRow, BasketRow
from inventory.people.models import UserRow
from inventory.registered_returns.domain import Back
from inventory.registered_returns.queries import has_part_in_delivery
from inventory.reservations.domain import Line
from inventory.reservations.models import ReservationRow


async def basket_line(named: ReturnedLine, by: UserRow | None, tx: Transaction) -> Back | None:
    """The line of a basket that somebody names by its reference or its number, if it was delivered
    and is theirs to give back (REF-18). `by`: None for the region itself, which has them all.
    """
    order = await tx.look_up(BasketOrderRow, identify(tx.region, "basket-loan", named.order))
    order = order or await tx.search(BasketOrderRow, BasketOrderRow.order_number, str(named.order))
    lines = order.lines if order is not None else ()
    line = next((one for one in lines if one.number == named.line and one.fee_of is None), None)
    delivered = await tx.look_up(BasketDeliveryRow, line.line_id) if line else None
    if order is None or line is None or delivered is None:
        return None
    if by is not None and not await has_part_in_delivery(tx, order, delivered, by):
        return None
    article = await get_article(tx, line.article_number)
    return Back(
        order_id=OrderId(order.order_id),
        placed_on=delivered.delivered_on,
        line=PlacedLine(
            line_id=line.line_id,
            number=line.number,
            article_number=line.article_number,
            article_type=article.type,
            marked=article.marked,
            quantity=line.quantity,
            payer_id=delivered.payer_id,
            device_number=line.device_number,
        ),
        held=None,
        article=article,
        quantity=named.quantity,
        is_of_basket=True,
    )


def held_in(row: ReservationRow | BasketRow, back: Back) -> Line | None:
    """What a line has had delivered and returned."""
    if isinstance(row, ReservationRow):
        return next((one for one in row.lines if one.line_id == back.line.line_id), None)
    return next(
        (
            Line(
                line_id=one.line_id,
                article_number=back.line.article_number,
                delivered=one.delivered,
                returned=one.returned,
            )
            for one in row.lines
            if one.line_id == back.line.line_id
        ),
        None,
    )
