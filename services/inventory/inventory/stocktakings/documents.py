"""The list by which a store is counted, as PDF (INV-10)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from kvitt_contracts.types import ArticleNumber, DeviceNumber
from kvitt_documents.counting_lists import CountingLine, CountingList
from kvitt_documents.rendering import MAX_ROWS, print_document

from inventory.articles.models import ArticleRow
from inventory.stocktakings.tallies.domain import check_fits
from inventory.stores.models import StoreRow


async def print_list(
    store: StoreRow,
    articles: Sequence[ArticleRow],
    devices: Sequence[tuple[ArticleNumber, DeviceNumber]],
    *,
    on: date,
) -> bytes:
    """What is to be counted on a Stockholm day: a row for each unmarked article, and for each of
    the marked `devices`.

    Raises StocktakingRefused (TOO_MANY_ROWS, INV-10).
    """
    numbers: dict[ArticleNumber, list[DeviceNumber]] = defaultdict(list)
    for article_number, number in devices:
        numbers[article_number].append(number)
    lines = [
        CountingLine(article_number=one.article_number, name=one.name, device=device)
        for one in articles
        for device in (numbers[one.article_number] if one.marked else [""])
    ]
    check_fits(len(lines), most=MAX_ROWS)
    return await print_document(
        CountingList(store=f"{store.store} {store.name}", issued_on=on, lines=tuple(lines))
    )
