"""Who may do what in billing."""

from kvitt_contracts import billing
from kvitt_contracts.access.acts import (
    OPERATES,
    PAYS,
    READS,
    STAFF,
    SYSTEM,
    WORKS,
    Reach,
    command,
    routes,
    sends,
)

_OWN = dict.fromkeys((*WORKS, *PAYS), Reach.OWN)
_FINANCE = {**STAFF, **PAYS}
_READS = {**READS, **PAYS}
_SEES = {**STAFF, **PAYS, **SYSTEM}
_LOGS = {**_FINANCE, **OPERATES}
_WATCHES = {**_SEES, **OPERATES}

ACTS = (
    sends("billing"),
    command(
        "billing.charge.pause",
        "POST /charges/{charge_id}:pause",
        billing.PauseCharge,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command(
        "billing.home-region-case.commit",
        "POST /home-region-cases/{order_id}:commit",
        billing.CommitHomeRegion,
        WORKS,
    ),
    command(
        "billing.home-region-case.finish",
        "POST /home-region-cases/{order_id}:finish",
        billing.FinishFitting,
        WORKS,
    ),
    command(
        "billing.supplier-invoice.release",
        "POST /supplier-invoices/{supplier_invoice_id}:release",
        billing.ReleaseSupplierInvoice,
        _FINANCE,
    ),
    command(
        "billing.supplier-invoice.reject",
        "POST /supplier-invoices/{supplier_invoice_id}:reject",
        billing.RejectSupplierInvoice,
        _FINANCE,
    ),
    command(
        "billing.region-sale.request",
        "POST /region-sales",
        billing.RequestRegionSale,
        WORKS,
    ),
    command(
        "billing.region-sale.propose",
        "POST /region-sales/{sale_id}:propose",
        billing.ProposeRegionSale,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command(
        "billing.region-sale.approve",
        "POST /region-sales/{sale_id}:approve",
        billing.ApproveRegionSale,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command(
        "billing.region-sale.disapprove",
        "POST /region-sales/{sale_id}:disapprove",
        billing.DisapproveRegionSale,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    *routes(
        "billing",
        {
            "GET /invoices": ("billing.invoices.list", _READS),
            # decision 0444: who prints for all payers
            "GET /invoices:print-file": ("billing.invoices.print-file", _SEES),
            "GET /print-file-fetches": (
                "billing.print-file-fetches.list",
                _LOGS,
            ),
            "GET /invoices/{invoice_id}": ("billing.invoice.show", _READS),
            "GET /invoices/{invoice_id}/pdf": ("billing.invoice.print", _READS),
            "GET /invoices/{invoice_id}/ubl": ("billing.invoice.ubl", _READS),
            "GET /invoices/{invoice_id}/lines/{n}:explain": ("billing.invoice.explain", _READS),
            "GET /selections": ("billing.selections.list", _OWN),
            "POST /selections": ("billing.selection.save", _OWN),
            "POST /selections/{selection_id}:rename": ("billing.selection.rename", _OWN),
            "POST /selections/{selection_id}:remove": ("billing.selection.remove", _OWN),
            "GET /supplier-invoices": ("billing.supplier-invoices.list", _READS),
            "GET /supplier-invoices/{supplier_invoice_id}": (
                "billing.supplier-invoice.show",
                _READS,
            ),
            "GET /supplier-invoices/{supplier_invoice_id}/story": (
                "billing.supplier-invoice.story",
                _READS,
            ),
            "POST /supplier-invoices": ("billing.supplier-invoice.receive", _SEES),
            "GET /home-region-cases": ("billing.home-region-cases.list", _READS),
            "GET /home-region-cases/{order_id}": ("billing.home-region-case.show", _READS),
            "GET /home-region-cases/{order_id}/story": ("billing.home-region-case.story", _READS),
            "GET /takeovers": ("billing.takeovers.list", _READS),
            "POST /supplier-invoices:ubl": ("billing.supplier-invoice.read", _SEES),
            "GET /supplier-invoices:payable": (
                "billing.supplier-invoices.payable",
                _SEES,
            ),
            "GET /supplier-invoices:export": (
                "billing.supplier-invoices.export",
                _SEES,
            ),
            "GET /region-sales": ("billing.region-sales.list", _READS),
            "GET /region-sales/{sale_id}": ("billing.region-sale.show", _READS),
            "GET /region-sales/{sale_id}/story": ("billing.region-sale.story", _READS),
            "GET /charges": ("billing.charges.list", _READS),
            "GET /devices": ("billing.devices.list", _READS),
            "GET /devices/{device_id}/payers": ("billing.device.payers", _READS),
            "GET /payers": ("billing.payers.list", _READS),
            "GET /invoice-runs": ("billing.runs.list", _WATCHES),
            "GET /invoice-runs/{month}:preview": (
                "billing.run.preview",
                _WATCHES,
            ),
            "POST /invoice-runs/{month}:preview": ("billing.run.ask-preview", _FINANCE),
            "POST /invoice-runs/{month}:approve": ("billing.run.approve", _FINANCE),
            "GET /payer-previews": ("billing.payer-previews.list", _WATCHES),
            "GET /preview-findings": (
                "billing.preview-findings.list",
                _WATCHES,
            ),
            "GET /set-aside": ("billing.set-aside.list", _WATCHES),
            "GET /ledger-entries": ("billing.ledger-entries.list", _SEES),
            "GET /ledger:trial-balance": ("billing.ledger.balance", _SEES),
            "GET /ledger:export": ("billing.ledger.export", _SEES),
            "POST /ledger-periods/{month}:close": ("billing.ledger-period.close", _FINANCE),
            "POST /orders:preview": (
                "billing.order.preview",
                dict.fromkeys(WORKS, Reach.REGION),
            ),
            "POST /transfers:preview": (
                "billing.transfer.preview",
                dict.fromkeys(WORKS, Reach.REGION),
            ),
        },
    ),
)
