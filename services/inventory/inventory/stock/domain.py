"""The rules of balances: every change is a move, and no balance falls below zero (INV-4)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kvitt_contracts.inventory import BalanceEvent, MoveKind, StockMoved
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, StoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The quantities of an article in a store: available, reserved for orders, and on order."""

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
    """The refusal of a move that would take more than there is (INV-4)."""


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


def evolve(balance: Balance | None, event: BalanceEvent) -> Balance:
    """The state after a move. A balance begins at nothing."""
    known = balance or Balance(article_number=event.article_number, store=event.store)
    return replace(
        known,
        available=known.available + event.available,
        reserved=known.reserved + event.reserved,
        on_order=known.on_order + event.on_order,
    )
