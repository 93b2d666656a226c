"""Topic `inventory.stock-moves` (key: the balance of an article in a store)."""

from datetime import date
from enum import StrEnum

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import ArticleNumber, StoreId


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


BalanceEvent = StockMoved
"""Every event of a balance."""
