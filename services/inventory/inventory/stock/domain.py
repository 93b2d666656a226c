"""The rules of balances: every change is a move, and no balance falls below zero (INV-4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kvitt_contracts.inventory import MoveKind, StockMoved
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, DeviceNumber, StoreId

from inventory.articles.domain import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a store has of an article: free to take, set aside for orders, and waited for."""

    article_number: ArticleNumber
    store: StoreId
    available: int = 0
    reserved: int = 0
    on_order: int = 0


class Colour(StrEnum):
    """The status of a balance at a glance (INV-4)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def colour(*, available: int, on_order: int) -> Colour:
    """Green: there is some to take. Yellow: none, but it is on order. Red: none."""
    if available > 0:
        return Colour.GREEN
    return Colour.YELLOW if on_order > 0 else Colour.RED


class BalanceTooLow(Refused):
    """A move would take more than there is."""


def move(
    balance: Balance,
    kind: MoveKind,
    *,
    on: date,
    available: int = 0,
    reserved: int = 0,
    on_order: int = 0,
) -> StockMoved:
    """Move a balance by these changes, with sign.

    Raises BalanceTooLow: something would fall below zero. Source: INV-4.
    """
    moved = StockMoved(
        article_number=balance.article_number,
        store=balance.store,
        kind=kind,
        available=available,
        reserved=reserved,
        on_order=on_order,
        moved_on=on,
    )
    after = evolve(balance, moved)
    if min(after.available, after.reserved, after.on_order) < 0:
        raise BalanceTooLow(
            "BALANCE_TOO_LOW",
            rule="INV-4",
            field="quantity",
            way_on="Kontrollera antalet mot lagrets saldo; saldot kan inte bli negativt.",
            available=balance.available,
            reserved=balance.reserved,
        )
    return moved


class GoodsRefused(Refused):
    """What was said of goods cannot be so."""


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


def evolve(balance: Balance | None, event: StockMoved) -> Balance:
    """The state after a move. A balance begins at nothing."""
    known = balance or Balance(article_number=event.article_number, store=event.store)
    return replace(
        known,
        available=known.available + event.available,
        reserved=known.reserved + event.reserved,
        on_order=known.on_order + event.on_order,
    )


def _check_stocked(article: Article) -> None:
    if article.is_service:
        raise GoodsRefused(
            "SERVICE_IS_NEVER_STOCKED",
            rule="INV-4",
            field="article_number",
            way_on="Tjänster lagerförs inte: kontrollera artikelnumret.",
        )
