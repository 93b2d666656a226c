"""Orders' topics: its own, and what regions say to it, of persons on a topic of their own."""

from kvitt_contracts import coming, orders, refusals, regions
from kvitt_contracts.topic import domain_topic, inbound_topic

ORDERS_PERSONS = domain_topic(
    "orders.persons",
    "PersonRef",
    orders.PersonEvent,
    "inventory",
    "bmb",
    "billing",
    "notifications",
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
