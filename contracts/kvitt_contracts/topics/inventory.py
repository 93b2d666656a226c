"""Inventory's topics: its own, and what regions say to it."""

from kvitt_contracts import inventory, refusals, regions
from kvitt_contracts.topic import domain_topic, inbound_topic

INVENTORY_ARTICLES = domain_topic(
    "inventory.articles",
    "the article's id",
    inventory.ArticleEvent,
    "orders",
    "billing",
    to_come=["bmb"],
)
INVENTORY_RESERVATIONS = domain_topic(
    "inventory.reservations",
    "OrderId",
    inventory.ReservationEvent | inventory.BasketEvent,
    "orders",
    "billing",
    "notifications",
    coming=inventory.ComingReservationEvent,
)
INVENTORY_HOLDS = domain_topic(
    "inventory.holds",
    "TransferId",
    inventory.HoldEvent,
    "bmb",
)
INVENTORY_CLAIMS = domain_topic(
    "inventory.claims",
    "the claimant's id",
    inventory.ClaimEvent,
    "orders",
    "billing",
    to_come=["notifications"],
)
INVENTORY_DEVICES = domain_topic(
    "inventory.devices",
    "DeviceId",
    inventory.DeviceEvent,
    "bmb",
    "billing",
    "orders",
    "notifications",
    coming=inventory.ComingDeviceEvent,
)
INVENTORY_STOCK_MOVES = domain_topic(
    "inventory.stock-moves",
    "the balance's id",
    inventory.BalanceEvent,
    "notifications",
    to_come=["orders"],
)
INVENTORY_REFILLS = domain_topic(
    "inventory.refills", "ProposalId", inventory.RefillEvent, "orders", "notifications"
)
INVENTORY_RECONDITIONING = domain_topic(
    "inventory.reconditioning",
    "ReconditioningId",
    inventory.ReconditioningEvent,
    "notifications",
)
INVENTORY_SUPPLIER_RETURNS = domain_topic(
    "inventory.supplier-returns",
    "SupplierReturnId",
    inventory.SupplierReturnEvent,
    to_come=["billing", "notifications"],
)
INVENTORY_DAYS = domain_topic("inventory.days", "the region's id", inventory.DayEvent, "billing")
INVENTORY_STOCKTAKINGS = domain_topic(
    "inventory.stocktakings",
    "StocktakingId",
    inventory.StocktakingEvent,
    "notifications",
)
INVENTORY_REFUSALS = domain_topic(
    "inventory.refusals",
    "the answer's id, one for each record",
    refusals.InventoryAnswer,
    "notifications",
)
REGION_INVENTORY = inbound_topic(
    "inventory",
    "inventory",
    "what the region calls the thing",
    [
        regions.StoreStated,
        regions.ArticleStated,
        regions.ArticlePriceStated,
        regions.GoodsReceived,
        regions.BalanceStated,
        regions.DeviceStated,
        regions.PickingBegun,
        regions.GoodsDispatched,
        regions.DeviceReturned,
        regions.ReconditioningStated,
        inventory.RegisterReturn,
        inventory.RegisterSupplierReturn,
        inventory.ScrapDevice,
        regions.ShelfCountStated,
        inventory.OpenStocktaking,
        inventory.PostStocktaking,
        inventory.CancelStocktaking,
        inventory.FindDevice,
        inventory.TakeOverDevice,
        inventory.RenumberDevice,
        inventory.SetDeviceCard,
        inventory.ReportDamage,
        inventory.DecideDamage,
        regions.SafetyLevelStated,
        inventory.DropRefill,
        regions.DeviceConditionStated,
        regions.ReturnedGoodsStated,
    ],
)
