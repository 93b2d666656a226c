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
    """The quantities of an article in a store: available, reserved for orders, on order, and what
    the device service makes fit again, which is not available yet (INV-13).

    Below `safety_level` a refill is proposed; 0: never (INV-9).
    """

    article_number: ArticleNumber
    store: StoreId
    available: int = 0
    reserved: int = 0
    on_order: int = 0
    in_reconditioning: int = 0
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
    in_reconditioning: int = 0,
) -> StockMoved | StockMovedV2:
    """Move a balance by these changes, with sign. What the first version of the event cannot say is
    said by the second.

    Raises BalanceTooLow: something would fall below zero. Source: INV-4.
    """
    moved: StockMoved | StockMovedV2
    if isinstance(kind, MoveKind) and not in_reconditioning:
        moved = StockMoved(
            article_number=balance.article_number,
            store=balance.store,
            kind=kind,
            available=available,
            reserved=reserved,
            on_order=on_order,
            moved_on=on,
        )
    else:
        moved = StockMovedV2(
            article_number=balance.article_number,
            store=balance.store,
            kind=Word(kind),
            available=available,
            reserved=reserved,
            on_order=on_order,
            in_reconditioning=in_reconditioning,
            moved_on=on,
        )
    after = evolve(balance, moved)
    if min(after.available, after.reserved, after.on_order, after.in_reconditioning) < 0:
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
    """The state after a move, or with another safety level. A balance begins at nothing."""
    known = balance or Balance(article_number=event.article_number, store=event.store)
    if isinstance(event, SafetyLevelSet):
        return replace(known, safety_level=event.level)
    reconditioned = event.in_reconditioning if isinstance(event, StockMovedV2) else 0
    return replace(
        known,
        available=known.available + event.available,
        reserved=known.reserved + event.reserved,
        on_order=known.on_order + event.on_order,
        in_reconditioning=known.in_reconditioning + reconditioned,
    )
