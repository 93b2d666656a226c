"""The service billing, put together. `python -m billing.app` runs it."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service
from kvitt_chassis.web.region_messages import router as region_messages

from billing.api import router
from billing.approvals.api import router as approvals
from billing.checks import PAYERS
from billing.delayed_fees.api import router as delayed_fees
from billing.explaining.api import router as explaining
from billing.handlers import messages
from billing.home_region_cases.api import router as home_region_cases
from billing.home_region_cases.models import HomeRegionCaseRow
from billing.ledger.api import router as ledger
from billing.ledger.checks import LEDGER
from billing.ledger.models import LedgerEntryRow, LedgerPeriodRow
from billing.models import (
    ArticleRow,
    Base,
    ChargeRow,
    CounterRow,
    DeviceRow,
    DocumentRow,
    InvoiceRow,
    InvoiceRunRow,
    SelectionRow,
    UserRow,
)
from billing.month_previews.models import MonthPreviewRow
from billing.order_previews.api import router as order_previews
from billing.previews.api import router as previews
from billing.print_files.api import router as print_files
from billing.region_sales.api import router as region_sales
from billing.region_sales.models import RegionSaleRow
from billing.selections.api import router as selections
from billing.supplier_invoices.api import router as supplier_invoices
from billing.supplier_invoices.electronic_api import router as electronic_supplier_invoices
from billing.supplier_invoices.models import (
    PurchaseLineRow,
    PurchaseOrderRow,
    SupplierInvoiceRow,
    SupplierRow,
    TakeoverRow,
)
from billing.supplier_invoices.takeovers_api import router as takeovers

service = Service(
    "billing",
    handlers=messages,
    routers=[
        region_messages,
        router,
        print_files,
        previews,
        order_previews,
        approvals,
        ledger,
        explaining,
        selections,
        delayed_fees,
        supplier_invoices,
        electronic_supplier_invoices,
        takeovers,
        region_sales,
        home_region_cases,
    ],
    base=Base,
    users=UserRow,
    lock_order=(
        InvoiceRunRow,
        HomeRegionCaseRow,
        ArticleRow,
        DeviceRow,
        RegionSaleRow,
        ChargeRow,
        InvoiceRow,
        DocumentRow,
        SupplierRow,
        PurchaseOrderRow,
        PurchaseLineRow,
        TakeoverRow,
        SupplierInvoiceRow,
        LedgerEntryRow,
        LedgerPeriodRow,
        CounterRow,
        MonthPreviewRow,
        SelectionRow,
    ),
    checks=(PAYERS, LEDGER),
)

if __name__ == "__main__":
    run(service)
