"""What regions send: facts on `region.<code>.<service>`, person facts on `region.<code>.persons`;
and the feed that they read.

The subject of a fact is what the region calls the thing; a region's order is named by the region's
own reference.
"""

from kvitt_contracts.regions.articles import ArticlePriceStated, ArticleStated
from kvitt_contracts.regions.devices import DeviceReturned, DeviceStated
from kvitt_contracts.regions.feed import (
    MessageRefused,
    OrderReported,
    ReportEvent,
    TransferReported,
)
from kvitt_contracts.regions.fields import Name, Version
from kvitt_contracts.regions.goods import (
    BalanceStated,
    DispatchedLine,
    GoodsDispatched,
    GoodsReceived,
    MarkedDevice,
    PickingBegun,
)
from kvitt_contracts.regions.people import PersonsJoined, PersonStated
from kvitt_contracts.regions.units import (
    CareUnitStated,
    CustomerStated,
    PayerStated,
    StoreStated,
    UserStated,
)

__all__ = [
    "ArticlePriceStated",
    "ArticleStated",
    "BalanceStated",
    "CareUnitStated",
    "CustomerStated",
    "DeviceReturned",
    "DeviceStated",
    "DispatchedLine",
    "GoodsDispatched",
    "GoodsReceived",
    "MarkedDevice",
    "MessageRefused",
    "Name",
    "OrderReported",
    "PayerStated",
    "PersonStated",
    "PersonsJoined",
    "PickingBegun",
    "ReportEvent",
    "StoreStated",
    "TransferReported",
    "UserStated",
    "Version",
]
