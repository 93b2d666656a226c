"""The rules of balances: every change is a move, and no balance falls below zero (INV-4)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kvitt_contracts.inventory import (
    BalanceEvent,
    LaterMoveKind,
    MoveKind,
    SafetyLevelSet,
    StockMoved,
    StockMovedV2,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, StoreId, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The quantities of an article in a store: available, reserved for orders, and on order.

    Below `safety_level` a refill is proposed; 0: never (INV-9).
    """

    article_number: ArticleNumber
    store: StoreId
    available: int = 0
    reserved: int = 0
    on_order: int = 0
    safety_level: int = 0


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
    kind: MoveKind | LaterMoveKind,
    *,
    on: date,
    available: int = 0,
    reserved: int = 0,
    on_order: int = 0,
) -> StockMoved | StockMovedV2:
    """Move a balance by these changes, with sign. A kind that the first version of the event cannot
    name is said by the second.

    Raises BalanceTooLow: something would fall below zero. Source: INV-4.
    """
    moved = _moved(balance, kind, available=available, reserved=reserved, on_order=on_order, on=on)
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


def _moved(
    balance: Balance,
    kind: MoveKind | LaterMoveKind,
    *,
    available: int,
    reserved: int,
    on_order: int,
    on: date,
) -> StockMoved | StockMovedV2:
    number, store = balance.article_number, balance.store
    if isinstance(kind, MoveKind):
        return StockMoved(
            article_number=number,
            store=store,
            kind=kind,
            available=available,
            reserved=reserved,
            on_order=on_order,
            moved_on=on,
        )
    return StockMovedV2(
        article_number=number,
        store=store,
        kind=Word(kind),
        available=available,
        reserved=reserved,
        on_order=on_order,
        moved_on=on,
    )


def evolve(balance: Balance | None, event: BalanceEvent) -> Balance:
    """The state after a move, or with another safety level. A balance begins at nothing."""
    known = balance or Balance(article_number=event.article_number, store=event.store)
    if isinstance(event, SafetyLevelSet):
        return replace(known, safety_level=event.level)
    return replace(
        known,
        available=known.available + event.available,
        reserved=known.reserved + event.reserved,
        on_order=known.on_order + event.on_order,
    )
