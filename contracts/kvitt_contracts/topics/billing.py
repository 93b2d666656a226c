"""Billing's topics: its own, and what regions say to it."""

from kvitt_contracts import billing, coming, refusals, regions
from kvitt_contracts.topic import domain_topic, inbound_topic

BILLING_CHARGES = domain_topic(
    "billing.charges",
    "ChargeId",
    billing.ChargeEvent,
    "notifications",
)
BILLING_INVOICES = domain_topic(
    "billing.invoices",
    "InvoiceId",
    billing.InvoiceEvent,
    "notifications",
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
