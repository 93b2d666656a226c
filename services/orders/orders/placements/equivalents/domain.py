"""What may be taken instead of the article that was asked for first (ORD-6). No clock, no database,
no log.
"""

from collections.abc import Mapping

from kvitt_contracts.orders import LineToOrder
from kvitt_contracts.types import ArticleNumber

from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused, Reason


# decision 0441: what was asked for first is kept on the line
def must_be_equivalent(
    line: LineToOrder, number: int, articles: Mapping[ArticleNumber, Article]
) -> None:
    """Check that what a line takes instead of the article asked for first is an older one of its
    replacement group. Whether there is any of it is inventory's to say.

    Raises OrderRefused (NOT_AN_EQUIVALENT, ORD-6) naming the line.
    """
    if line.instead_of is None:
        return
    taken, asked = articles[line.article_number], articles[line.instead_of]
    is_another = taken.article_number != asked.article_number
    is_in_group = taken.replacement_group == asked.replacement_group is not None
    if is_another and is_in_group and not taken.is_purchased:
        return
    raise OrderRefused(
        Reason.NOT_AN_EQUIVALENT,
        rule="ORD-6",
        field=f"lines.{number}.instead_of",
        way_on="Artikeln är ingen äldre motsvarighet till den som först söktes. Välj bland"
        " förslagen, eller beställ artikeln utan att nämna en annan.",
    )
