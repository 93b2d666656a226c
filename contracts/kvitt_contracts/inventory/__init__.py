"""What inventory says: everything physical. One module for each kind of aggregate."""

from kvitt_contracts.inventory.articles import ArticleEvent, ArticleListed, ArticlePriced
from kvitt_contracts.inventory.days import DayClosed, DayEvent
from kvitt_contracts.inventory.devices import (
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceEvent,
    DeviceRegistered,
    DeviceStatedOnLoan,
)
from kvitt_contracts.inventory.holds import (
    HoldBroken,
    HoldEvent,
    HoldGranted,
    HoldRefused,
    HoldReleased,
    RefusedDevice,
)
from kvitt_contracts.inventory.reservations import (
    AllocatedLine,
    LineDelivered,
    OrderGoodsDispatched,
    OrderPickingStarted,
    ReleaseRefused,
    ReservationDeclined,
    ReservationEvent,
    ReservationReleased,
    SentLine,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.inventory.stock import BalanceEvent, MoveKind, StockMoved

__all__ = [
    "AllocatedLine",
    "ArticleEvent",
    "ArticleListed",
    "ArticlePriced",
    "BalanceEvent",
    "Custody",
    "CustodyCause",
    "CustodyChanged",
    "DayClosed",
    "DayEvent",
    "DeviceEvent",
    "DeviceRegistered",
    "DeviceStatedOnLoan",
    "HoldBroken",
    "HoldEvent",
    "HoldGranted",
    "HoldRefused",
    "HoldReleased",
    "LineDelivered",
    "MoveKind",
    "OrderGoodsDispatched",
    "OrderPickingStarted",
    "RefusedDevice",
    "ReleaseRefused",
    "ReservationDeclined",
    "ReservationEvent",
    "ReservationReleased",
    "SentLine",
    "StockBackordered",
    "StockMoved",
    "StockReserved",
]
