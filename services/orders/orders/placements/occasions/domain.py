"""How training is ordered: hours, and a line for each occasion (ORD-11). No clock, no database, no
log.
"""

from typing import Final

from kvitt_contracts.orders import LineToOrder

from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused, Reason

_HOURS_OF_A_DAY: Final = 24


# decision 0455: what is counted in hours is training
def must_be_one_occasion(line: LineToOrder, number: int, article: Article) -> None:
    """Check that a line of what is ordered by the hour says its hours, and no more of them than one
    occasion can have.

    Raises OrderRefused (HOURS_MISSING, SEVERAL_OCCASIONS, ORD-11) naming the line.
    """
    if article.is_hourly and "quantity" not in line.model_fields_set:
        raise OrderRefused(
            Reason.HOURS_MISSING,
            rule="ORD-11",
            field=f"lines.{number}.quantity",
            way_on="Ange hur många timmar tillfället har: utbildning beställs i timmar.",
        )
    if article.is_hourly and line.quantity > _HOURS_OF_A_DAY:
        raise OrderRefused(
            Reason.SEVERAL_OCCASIONS,
            rule="ORD-11",
            field=f"lines.{number}.quantity",
            way_on=f"Ett tillfälle har högst {_HOURS_OF_A_DAY} timmar. Gör en rad för varje"
            " tillfälle, med dess timmar.",
        )
