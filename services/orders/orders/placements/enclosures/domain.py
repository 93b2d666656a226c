"""Which orders need an attachment (ORD-24). No clock, no database, no log."""

from collections.abc import Mapping, Sequence

from kvitt_contracts.orders import LineToOrder
from kvitt_contracts.types import ArticleNumber

from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused, Reason


# decision 0451: one attachment of the order is enough, and none comes over Kafka
def must_have_enclosed(
    lines: Sequence[LineToOrder],
    articles: Mapping[ArticleNumber, Article],
    *,
    is_enclosed: bool,
    is_message: bool,
) -> None:
    """Check that an order has an attachment where the article of a line demands one. `is_message`:
    it came over Kafka, where no attachment travels.

    Raises OrderRefused (ORD-24) naming the line: ATTACHMENT_MISSING, ATTACHMENT_OVER_HTTP_ONLY.
    """
    if is_enclosed:
        return
    for number, line in enumerate(lines):
        if not articles[line.article_number].is_attachment_needed:
            continue
        field = f"lines.{number}.article_number"
        if is_message:
            raise OrderRefused(
                Reason.ATTACHMENT_OVER_HTTP_ONLY,
                rule="ORD-24",
                field=field,
                way_on="Artikeln kräver en bilaga, som inte tas emot här. Beställ den i portalen,"
                " eller skicka filen med POST /attachments och ordern med POST /orders.",
            )
        raise OrderRefused(
            Reason.ATTACHMENT_MISSING,
            rule="ORD-24",
            field=field,
            way_on="Artikeln kräver en bilaga. Bifoga underlaget till ordern, och skicka den igen.",
        )
