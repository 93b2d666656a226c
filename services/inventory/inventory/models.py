"""Every table of inventory in one place, for migrations and for the comparison with the events."""

from inventory.article_files.models import ArticleFileRow, ArticleInformationRow
from inventory.articles.models import ArticleGramRow, ArticleRow
from inventory.baskets.models import BasketDeliveryRow, BasketFreedRow, BasketOrderRow, BasketRow
from inventory.cards.models import WorkOrderRow
from inventory.days.models import CountRow, DaysRow
from inventory.devices.models import (
    CustodyRow,
    DamageNoteRow,
    DeviceNoteRow,
    DeviceRow,
    SipNumberRow,
    UsedNumberRow,
)
from inventory.direct_deliveries.models import AnsweredReceiptRow
from inventory.fault_reports.models import RefusedPrescriberRow
from inventory.holds.models import HoldRow, TransferEffectRow
from inventory.people.models import AliasRow, PersonRow, UserRow
from inventory.pickups.models import PickupClaimRow
from inventory.receipts.models import DeliveryRow
from inventory.reconditionings.models import ReconditioningRow
from inventory.refills.models import RefilledStoreRow, RefillRow
from inventory.region_sales.models import SaleClaimRow
from inventory.registered_returns.models import ReturnRow
from inventory.reservations.models import BackorderRow, PlacedOrderRow, ReservationRow
from inventory.stock.models import BalanceRow, StockMoveRow
from inventory.stocktakings.models import ShelfCountRow, ShelfTallyRow, StocktakingRow
from inventory.stores.models import CustomerRow, StoreRow
from inventory.supplier_returns.models import SupplierReturnRow
from inventory.tables import Base
from inventory.transfers.models import TransferPartiesRow

__all__ = [
    "AliasRow",
    "AnsweredReceiptRow",
    "ArticleFileRow",
    "ArticleGramRow",
    "ArticleInformationRow",
    "ArticleRow",
    "BackorderRow",
    "BalanceRow",
    "Base",
    "BasketDeliveryRow",
    "BasketFreedRow",
    "BasketOrderRow",
    "BasketRow",
    "CountRow",
    "CustodyRow",
    "CustomerRow",
    "DamageNoteRow",
    "DaysRow",
    "DeliveryRow",
    "DeviceNoteRow",
    "DeviceRow",
    "HoldRow",
    "PersonRow",
    "PickupClaimRow",
    "PlacedOrderRow",
    "ReconditioningRow",
    "RefillRow",
    "RefilledStoreRow",
    "RefusedPrescriberRow",
    "ReservationRow",
    "ReturnRow",
    "SaleClaimRow",
    "ShelfCountRow",
    "ShelfTallyRow",
    "SipNumberRow",
    "StockMoveRow",
    "StocktakingRow",
    "StoreRow",
    "SupplierReturnRow",
    "TransferEffectRow",
    "TransferPartiesRow",
    "UsedNumberRow",
    "UserRow",
    "WorkOrderRow",
]
