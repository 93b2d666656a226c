"""The rules of what comes in: which goods can be received or stated (INV-4, INV-5)."""

from collections.abc import Sequence

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceNumber

from inventory.articles.domain import Article


class GoodsRefused(Refused):
    """What a region states of goods cannot be so."""


def check_stated_balance(article: Article) -> None:
    """A balance is stated of unmarked goods alone.

    Raises GoodsRefused: a service (INV-4: never stocked); a marked article, whose devices are
    stated one by one (INV-5).
    """
    _check_stocked(article)
    if article.marked:
        raise GoodsRefused(
            "MARKED_ARTICLE_IS_STATED_BY_DEVICE",
            rule="INV-5",
            field="article_number",
            way_on="Artikeln är individmärkt: skicka en uppgift per individ (DeviceStated).",
        )


def check_received(article: Article, *, quantity: int, numbers: Sequence[DeviceNumber]) -> None:
    """Goods that came in name each device where the article is marked, and none where it is not.

    Raises GoodsRefused: a service (INV-4); too few, too many or doubled device numbers (INV-5).
    """
    _check_stocked(article)
    expected = quantity if article.marked else 0
    if len(numbers) != expected or len(set(numbers)) != len(numbers):
        raise GoodsRefused(
            "DEVICES_DO_NOT_MATCH_QUANTITY",
            rule="INV-5",
            field="devices",
            way_on="Ange ett eget individnummer per märkt exemplar, och inga för omärkta artiklar.",
            expected=expected,
            named=len(numbers),
        )


# decision 0044: what is booked is never changed
def refuse_changed_booking() -> GoodsRefused:
    """The refusal to book a delivery anew with other content: the ledger is never rewritten."""
    return GoodsRefused(
        "ALREADY_BOOKED",
        rule="INV-4",
        way_on="Leveransen är redan bokförd. Skicka skillnaden som en ny leverans med ny referens.",
    )


def _check_stocked(article: Article) -> None:
    if article.is_service:
        raise GoodsRefused(
            "SERVICE_IS_NEVER_STOCKED",
            rule="INV-4",
            field="article_number",
            way_on="Tjänster lagerförs inte: kontrollera artikelnumret.",
        )
