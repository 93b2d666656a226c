"""The messages of regions: facts on `region.<code>.<service>`, person facts on
`region.<code>.persons`; and the feed that they read.

The subject of a fact is the region's own name of what it is about; a region's order is named by the
region's own reference.
"""

from kvitt_contracts.regions.articles import (
    ArticlePriceStated,
    ArticleStated,
    SafetyLevelStated,
)
from kvitt_contracts.regions.devices import (
    DeviceCondition,
    DeviceConditionStated,
    DeviceReturned,
    DeviceStated,
    Owner,
    ReconditioningStated,
)
from kvitt_contracts.regions.feed import (
    MessageRefused,
    MessageSettled,
    OrderReported,
    ReportEvent,
    TransferReported,
)
from kvitt_contracts.regions.fields import EmailAddress, Name, Version
from kvitt_contracts.regions.goods import (
    BalanceStated,
    CountedLines,
    CountedShelf,
    DispatchedLine,
    GoodsDispatched,
    GoodsReceived,
    PickingBegun,
    ReturnedGoodsStated,
    ShelfCountStated,
    SupplierDelayStated,
)
from kvitt_contracts.regions.invoices import SupplierInvoiceStated
from kvitt_contracts.regions.people import PersonsJoined, PersonStated, UserContactStated
from kvitt_contracts.regions.reports import (
    BasketReported,
    ChargeReported,
    CustodyReported,
    DeviceReported,
    InvoiceReported,
    OrderLineReported,
    PickupReportedToRegion,
    PurchaseOrderReported,
    ReceiptReported,
    Reported,
    ReportedPickupLine,
    ReportedPurchaseLine,
    ReportedReceiptLine,
    StockReported,
    StocktakingReported,
    ThingReported,
    WorkOrderReported,
)
from kvitt_contracts.regions.units import (
    CareUnitStated,
    CustomerStated,
    PayerStated,
    ResponsiblesStated,
    StoreStated,
    SupplierStated,
    UserActivityStated,
    UserStated,
)
from kvitt_contracts.types import MarkedDevice

__all__ = [
    "ArticlePriceStated",
    "ArticleStated",
    "BalanceStated",
    "BasketReported",
    "CareUnitStated",
    "ChargeReported",
    "CountedLines",
    "CountedShelf",
    "CustodyReported",
    "CustomerStated",
    "DeviceCondition",
    "DeviceConditionStated",
    "DeviceReported",
    "DeviceReturned",
    "DeviceStated",
    "DispatchedLine",
    "EmailAddress",
    "GoodsDispatched",
    "GoodsReceived",
    "InvoiceReported",
    "MarkedDevice",
    "MessageRefused",
    "MessageSettled",
    "Name",
    "OrderLineReported",
    "OrderReported",
    "Owner",
    "PayerStated",
    "PersonStated",
    "PersonsJoined",
    "PickingBegun",
    "PickupReportedToRegion",
    "PurchaseOrderReported",
    "ReceiptReported",
    "ReconditioningStated",
    "ReportEvent",
    "Reported",
    "ReportedPickupLine",
    "ReportedPurchaseLine",
    "ReportedReceiptLine",
    "ResponsiblesStated",
    "ReturnedGoodsStated",
    "SafetyLevelStated",
    "ShelfCountStated",
    "StockReported",
    "StocktakingReported",
    "StoreStated",
    "SupplierDelayStated",
    "SupplierInvoiceStated",
    "SupplierStated",
    "ThingReported",
    "TransferReported",
    "UserActivityStated",
    "UserContactStated",
    "UserStated",
    "Version",
    "WorkOrderReported",
]
