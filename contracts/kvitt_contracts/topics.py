"""The catalogue: every topic with its owner, key, types, readers and writers.

Topics, ACLs, AsyncAPI and docs are made from it. Topics that have reserved types alone are in
`coming`.
"""

from collections.abc import Sequence
from dataclasses import replace

from kvitt_contracts import (
    billing,
    bmb,
    coming,
    inventory,
    notifications,
    orders,
    refusals,
    regions,
)
from kvitt_contracts.envelope import Message
from kvitt_contracts.topic import (
    DAYS_14,
    FOR_EVER,
    REGION,
    SERVICES,
    Topic,
    domain_topic,
    every,
    inbound_topic,
)

__all__ = [
    "BILLING_CHARGES",
    "BILLING_HOME_REGION_CASES",
    "BILLING_INVOICES",
    "BILLING_INVOICE_RUNS",
    "BILLING_LEDGER_ENTRIES",
    "BILLING_LEDGER_PERIODS",
    "BILLING_REFUSALS",
    "BILLING_REGION_SALES",
    "BILLING_SUPPLIER_INVOICES",
    "BMB_REFUSALS",
    "BMB_RESPONSIBLES",
    "BMB_TRANSFERS",
    "CATALOGUE",
    "COMING",
    "DAYS_14",
    "FOR_EVER",
    "INVENTORY_ARTICLES",
    "INVENTORY_CLAIMS",
    "INVENTORY_DAYS",
    "INVENTORY_DEVICES",
    "INVENTORY_HOLDS",
    "INVENTORY_RECONDITIONING",
    "INVENTORY_REFILLS",
    "INVENTORY_REFUSALS",
    "INVENTORY_RESERVATIONS",
    "INVENTORY_STOCKTAKINGS",
    "INVENTORY_STOCK_MOVES",
    "INVENTORY_SUPPLIER_RETURNS",
    "NOTIFICATIONS_EMAILS",
    "NOTIFICATIONS_MESSAGES",
    "NOTIFICATIONS_NEWS",
    "ORDERS_BASKET_LOANS",
    "ORDERS_BLOCKS",
    "ORDERS_CASES",
    "ORDERS_CONSENTS",
    "ORDERS_CUSTOMER_ORDERS",
    "ORDERS_FAULT_REPORTS",
    "ORDERS_PERSONS",
    "ORDERS_PICKUPS",
    "ORDERS_PURCHASE_ORDERS",
    "ORDERS_REFUSALS",
    "ORDERS_SUPPLIERS",
    "ORDERS_TEMPLATES",
    "ORDERS_UNITS",
    "ORDERS_USERS",
    "ORDERS_WORK_ORDERS",
    "REGION",
    "REGION_BILLING",
    "REGION_BMB",
    "REGION_EVENTS",
    "REGION_INVENTORY",
    "REGION_ORDERS",
    "REGION_PERSONS",
    "SERVICES",
    "Topic",
    "catalogue",
    "consumed_by",
    "for_region",
    "groups_of",
]

ORDERS_PERSONS = domain_topic(
    "orders.persons",
    "PersonRef",
    orders.PersonEvent,
    "inventory",
    "bmb",
    "billing",
)
ORDERS_UNITS = domain_topic(
    "orders.units",
    "the unit's id",
    orders.UnitEvent,
    "inventory",
    "bmb",
    "billing",
    to_come=["notifications"],
)
# decision 0100: users have a topic of their own
ORDERS_USERS = domain_topic(
    "orders.users",
    "the user's id",
    orders.UserEvent,
    "bmb",
    "inventory",
    "billing",
    "notifications",
)
ORDERS_CUSTOMER_ORDERS = domain_topic(
    "orders.customer-orders",
    "OrderId",
    orders.OrderEvent,
    "inventory",
    "billing",
    "notifications",
    coming=orders.ComingOrderEvent,
)
ORDERS_FAULT_REPORTS = domain_topic(
    "orders.fault-reports",
    "FaultReportId",
    orders.FaultReportEvent,
    "inventory",
    "notifications",
)
ORDERS_PICKUPS = domain_topic(
    "orders.pickups",
    "PickupId",
    orders.PickupEvent,
    "inventory",
    "billing",
    "notifications",
)
ORDERS_WORK_ORDERS = domain_topic(
    "orders.work-orders",
    "WorkOrderId",
    orders.WorkOrderEvent,
    "inventory",
    "billing",
    "notifications",
)
ORDERS_PURCHASE_ORDERS = domain_topic(
    "orders.purchase-orders",
    "PurchaseOrderId",
    orders.PurchaseOrderEvent,
    "billing",
    "notifications",
)
ORDERS_SUPPLIERS = domain_topic(
    "orders.suppliers",
    "the supplier's id",
    orders.SupplierEvent,
    "billing",
    to_come=["inventory", "notifications"],
)
ORDERS_BASKET_LOANS = domain_topic(
    "orders.basket-loans",
    "OrderId",
    orders.BasketLoanEvent,
    "inventory",
    "billing",
    "notifications",
)
ORDERS_CASES = domain_topic("orders.cases", "CaseId", orders.CaseEvent, "notifications")
ORDERS_BLOCKS = domain_topic(
    "orders.blocks",
    "BlockId",
    orders.BlockEvent,
    "inventory",
    "bmb",
    "notifications",
)
ORDERS_CONSENTS = domain_topic(
    "orders.consents", "ConsentId", orders.ConsentEvent, "inventory", "bmb"
)
ORDERS_TEMPLATES = domain_topic("orders.templates", "TemplateId", orders.TemplateEvent)
ORDERS_REFUSALS = domain_topic(
    "orders.refusals",
    "the answer's id, one for each record",
    refusals.OrdersAnswer,
    "notifications",
)

BMB_TRANSFERS = domain_topic(
    "bmb.transfers",
    "TransferId",
    bmb.TransferEvent,
    "inventory",
    "notifications",
    "orders",
)
BMB_RESPONSIBLES = domain_topic(
    "bmb.responsibles",
    "the service point's id",
    bmb.ResponsiblesEvent,
    "notifications",
    "orders",
)
BMB_REFUSALS = domain_topic(
    "bmb.refusals",
    "the answer's id, one for each record",
    refusals.BmbAnswer,
    "notifications",
)

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
    to_come=["orders", "notifications"],
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

BILLING_CHARGES = domain_topic(
    "billing.charges",
    "ChargeId",
    billing.ChargeEvent,
    to_come=["notifications"],
)
BILLING_INVOICES = domain_topic(
    "billing.invoices",
    "InvoiceId",
    billing.InvoiceEvent,
    to_come=["notifications"],
)

BILLING_INVOICE_RUNS = domain_topic(
    "billing.invoice-runs",
    "the run's id",
    billing.InvoiceRunEvent,
    to_come=["notifications"],
)
BILLING_SUPPLIER_INVOICES = domain_topic(
    "billing.supplier-invoices",
    "SupplierInvoiceId",
    billing.SupplierInvoiceEvent,
    "notifications",
)
BILLING_REGION_SALES = domain_topic(
    "billing.region-sales", "SaleId", billing.RegionSaleEvent, "inventory", "notifications"
)

BILLING_HOME_REGION_CASES = domain_topic(
    "billing.home-region-cases",
    "OrderId",
    billing.HomeRegionCaseEvent,
    "notifications",
)

BILLING_LEDGER_ENTRIES = domain_topic(
    "billing.ledger-entries", "LedgerEntryId", billing.LedgerEntryEvent
)
BILLING_LEDGER_PERIODS = domain_topic(
    "billing.ledger-periods", "the region and the month", billing.LedgerPeriodEvent
)

BILLING_REFUSALS = domain_topic(
    "billing.refusals",
    "the answer's id, one for each record",
    refusals.BillingAnswer,
    "notifications",
)

NOTIFICATIONS_MESSAGES = domain_topic(
    "notifications.messages",
    "MessageId",
    notifications.MessageEvent,
)
NOTIFICATIONS_EMAILS = domain_topic(
    "notifications.emails", "EmailId", notifications.EmailEvent, "orders"
)
NOTIFICATIONS_NEWS = domain_topic("notifications.news", "NewsId", notifications.NewsEvent)

REGION_PERSONS = inbound_topic(
    "persons",
    "orders",
    "the region's id of the person",
    [regions.PersonStated, regions.PersonsJoined, regions.UserContactStated],
    personal_data=True,
)
REGION_ORDERS = inbound_topic(
    "orders",
    "orders",
    "what the region calls the thing",
    [
        regions.PayerStated,
        regions.CustomerStated,
        regions.CareUnitStated,
        regions.UserStated,
        regions.SupplierStated,
        orders.PlaceOrder,
        orders.RegisterWithdrawal,
        orders.VoidOrder,
        orders.PlaceReplenishment,
        orders.SaveTemplate,
        orders.ReportFault,
        orders.NamePrescriber,
        orders.ForwardFaultReport,
        orders.AssessRisk,
        orders.CloseFaultReport,
        orders.RequestPickup,
        orders.MakePickupUrgent,
        orders.VoidPickup,
        orders.ReportPickup,
        orders.RequestBasketLoan,
        orders.ActOnBasketLoan,
        orders.DeliverBasketFee,
        orders.AskCase,
        orders.AnswerCase,
        orders.WithdrawCase,
        orders.RegisterWorkOrder,
        orders.PlanWorkOrder,
        orders.StartWorkOrder,
        orders.FinishWorkOrder,
        orders.VoidWorkOrder,
        orders.DecideApplication,
        orders.ReportReceipt,
        orders.CreatePurchaseOrder,
        orders.SendPurchaseOrder,
        orders.DelayPurchaseOrder,
        orders.ChangePurchaseOrderLine,
        orders.ReportDeviation,
        orders.SettleDeviation,
        orders.VoidOrderLines,
        orders.SetDelivery,
        orders.SetDefaultSupply,
        orders.SetDefaultServicePoint,
        orders.ApplyForAccess,
        orders.GrantAccess,
        orders.RefuseAccess,
        orders.SignIn,
        regions.UserActivityStated,
        regions.SupplierDelayStated,
    ],
    coming=coming.TO_ORDERS,
)
REGION_BMB = inbound_topic(
    "bmb",
    "bmb",
    "what the region calls the transfer, or the service point",
    [
        bmb.SaveTransfer,
        bmb.ExecuteTransfer,
        bmb.CancelTransfer,
        bmb.AcceptTransfer,
        bmb.RejectTransfer,
        bmb.WithdrawTransfer,
        bmb.AskToUnlockTransfer,
        bmb.UnlockTransfer,
        regions.ResponsiblesStated,
    ],
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
REGION_BILLING = inbound_topic(
    "billing",
    "billing",
    "what the region calls the thing",
    [
        billing.PauseCharge,
        regions.SupplierInvoiceStated,
        billing.ReleaseSupplierInvoice,
        billing.RejectSupplierInvoice,
        billing.RequestRegionSale,
        billing.ProposeRegionSale,
        billing.ApproveRegionSale,
        billing.DisapproveRegionSale,
        billing.CommitHomeRegion,
        billing.FinishFitting,
    ],
    coming=coming.TO_BILLING,
)
REGION_EVENTS = Topic(
    name=f"region.{REGION}.events",
    owner="notifications",
    key="the thing's id; the body says what the region calls it",
    types=every(regions.ReportEvent),
    coming=every(regions.ComingReportEvent),
    writers=frozenset({"notifications"}),
    readers=frozenset({f"region-{REGION}", "notifications"}),
)

CATALOGUE: tuple[Topic, ...] = (
    ORDERS_PERSONS,
    ORDERS_UNITS,
    ORDERS_USERS,
    ORDERS_CUSTOMER_ORDERS,
    ORDERS_FAULT_REPORTS,
    ORDERS_PICKUPS,
    ORDERS_WORK_ORDERS,
    ORDERS_PURCHASE_ORDERS,
    ORDERS_SUPPLIERS,
    ORDERS_BLOCKS,
    ORDERS_CASES,
    ORDERS_CONSENTS,
    ORDERS_BASKET_LOANS,
    ORDERS_TEMPLATES,
    ORDERS_REFUSALS,
    BMB_TRANSFERS,
    BMB_RESPONSIBLES,
    BMB_REFUSALS,
    INVENTORY_ARTICLES,
    INVENTORY_RESERVATIONS,
    INVENTORY_HOLDS,
    INVENTORY_CLAIMS,
    INVENTORY_DEVICES,
    INVENTORY_STOCK_MOVES,
    INVENTORY_REFILLS,
    INVENTORY_RECONDITIONING,
    INVENTORY_SUPPLIER_RETURNS,
    INVENTORY_DAYS,
    INVENTORY_STOCKTAKINGS,
    INVENTORY_REFUSALS,
    BILLING_CHARGES,
    BILLING_INVOICES,
    BILLING_INVOICE_RUNS,
    BILLING_SUPPLIER_INVOICES,
    BILLING_REGION_SALES,
    BILLING_HOME_REGION_CASES,
    BILLING_LEDGER_ENTRIES,
    BILLING_LEDGER_PERIODS,
    BILLING_REFUSALS,
    NOTIFICATIONS_MESSAGES,
    NOTIFICATIONS_EMAILS,
    NOTIFICATIONS_NEWS,
    REGION_PERSONS,
    REGION_ORDERS,
    REGION_BMB,
    REGION_INVENTORY,
    REGION_BILLING,
    REGION_EVENTS,
)
"""Every topic; those of regions with `<code>` in the place of the region's code."""

COMING: frozenset[type[Message]] = frozenset(
    message for topic in (*CATALOGUE, *coming.TOPICS) for message in topic.coming
)
"""Every reserved type: declared, with schema and example, and not in use.

One leaves with its producer and every reader's handler (decision 0170). Until then an inbound one
is refused, and a domain one parks its key.
"""


def catalogue(codes: Sequence[str]) -> tuple[Topic, ...]:
    """Every topic for these regions, names and principals filled in."""
    return tuple(filled for topic in CATALOGUE for filled in _filled(topic, codes))


def for_region(topic: Topic, code: str) -> Topic:
    """A region's own copy of a topic that exists per region."""
    return replace(
        topic,
        name=topic.name.replace(REGION, code),
        writers=frozenset(name.replace(REGION, code) for name in topic.writers),
        readers=frozenset(name.replace(REGION, code) for name in topic.readers),
    )


def consumed_by(service: str, codes: Sequence[str]) -> tuple[Topic, ...]:
    """What a service subscribes to, sorted by name."""
    return tuple(
        sorted(
            (t for t in catalogue(codes) if service in t.consumers), key=lambda topic: topic.name
        )
    )


def groups_of(service: str, codes: Sequence[str]) -> dict[str, tuple[Topic, ...]]:
    """The consumer groups of a service by name, each with the topics that it subscribes to."""
    groups: dict[str, tuple[Topic, ...]] = {service: ()}
    for topic in consumed_by(service, codes):
        group = topic.group_of(service)
        groups[group] = (*groups.get(group, ()), topic)
    return groups


def _filled(topic: Topic, codes: Sequence[str]) -> list[Topic]:
    return [for_region(topic, code) for code in codes] if topic.is_per_region else [topic]
