"""Topic `inventory.stock-moves` (key: the balance of an article in a store)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import ArticleNumber, StoreId, UserId, Word


class MoveKind(StrEnum):
    """Why a balance moved (INV-4)."""

    RECEIVED = "received"
    STATED = "stated"
    RESERVED = "reserved"
    RELEASED = "released"
    DISPATCHED = "dispatched"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    ORDERED = "ordered"


class LaterMoveKind(StrEnum):
    """Why a balance moved, where only the second version of the event can say it (INV-7, INV-8,
    INV-13).
    """

    SCRAPPED = "scrapped"
    SENT_BACK = "sent_back"
    RECONDITIONED = "reconditioned"


class StockMoved(Event, type="inventory.stock-move.recorded.v1"):
    """One move of the ledger: `available`, `reserved` and `on_order` are the changes, with sign
    (INV-4). `on_order` is what orders wait for.
    """

    article_number: ArticleNumber
    store: StoreId
    kind: MoveKind
    available: int
    reserved: int
    on_order: int = 0
    moved_on: date


class StockMovedV2(Event, type="inventory.stock-move.recorded.v2"):
    """One move of the ledger, with every place that goods can be in (INV-4, INV-13).

    The numbers are the changes, with sign. `on_order` is what orders wait for; `incoming` what is
    purchased and not received; `in_transit` what is on its way between stores; `in_reconditioning`
    what is not available yet. A kind that a reader does not know still moves by its numbers.
    """

    article_number: ArticleNumber
    store: StoreId
    kind: Word
    available: int
    reserved: int
    on_order: int = 0
    in_transit: int = 0
    in_reconditioning: int = 0
    incoming: int = 0
    moved_on: date


class SafetyLevelSet(Event, type="inventory.balance.safety-level-set.v1"):
    """Below `level`, what is incoming included, a refill is proposed; 0: never (INV-9)."""

    store: StoreId
    article_number: ArticleNumber
    level: Annotated[int, Field(ge=0, le=100_000)]
    by: UserId | None = None


BalanceEvent = StockMoved | StockMovedV2 | SafetyLevelSet
"""Every event of a balance."""
