"""Who may do what in billing."""

from kvitt_contracts import billing
from kvitt_contracts.access.acts import (
    OPERATES,
    READS,
    STAFF,
    SYSTEM,
    WORKS,
    Reach,
    command,
    routes,
)

_OWN = dict.fromkeys(WORKS, Reach.OWN)

ACTS = (
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
    # finance is customer service until the register of users has duties
    command(
        "billing.supplier-invoice.release",
        "POST /supplier-invoices/{supplier_invoice_id}:release",
        billing.ReleaseSupplierInvoice,
        STAFF,
    ),
    command(
        "billing.supplier-invoice.reject",
        "POST /supplier-invoices/{supplier_invoice_id}:reject",
        billing.RejectSupplierInvoice,
        STAFF,
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
            "GET /invoices": ("billing.invoices.list", READS),
            # decision 0444: who prints for all payers
            "GET /invoices:print-file": ("billing.invoices.print-file", {**STAFF, **SYSTEM}),
            "GET /print-file-fetches": ("billing.print-file-fetches.list", {**STAFF, **OPERATES}),
            "GET /invoices/{invoice_id}": ("billing.invoice.show", READS),
            "GET /invoices/{invoice_id}/pdf": ("billing.invoice.print", READS),
            "GET /invoices/{invoice_id}/ubl": ("billing.invoice.ubl", READS),
            "GET /invoices/{invoice_id}/lines/{n}:explain": ("billing.invoice.explain", READS),
            "GET /selections": ("billing.selections.list", _OWN),
            "POST /selections": ("billing.selection.save", _OWN),
            "POST /selections/{selection_id}:rename": ("billing.selection.rename", _OWN),
            "POST /selections/{selection_id}:remove": ("billing.selection.remove", _OWN),
            "GET /supplier-invoices": ("billing.supplier-invoices.list", READS),
            "GET /supplier-invoices/{supplier_invoice_id}": (
                "billing.supplier-invoice.show",
                READS,
            ),
            "GET /supplier-invoices/{supplier_invoice_id}/story": (
                "billing.supplier-invoice.story",
                READS,
            ),
            "POST /supplier-invoices": ("billing.supplier-invoice.receive", {**STAFF, **SYSTEM}),
            "GET /home-region-cases": ("billing.home-region-cases.list", READS),
            "GET /home-region-cases/{order_id}": ("billing.home-region-case.show", READS),
            "GET /home-region-cases/{order_id}/story": ("billing.home-region-case.story", READS),
            "GET /takeovers": ("billing.takeovers.list", READS),
            "POST /supplier-invoices:ubl": ("billing.supplier-invoice.read", {**STAFF, **SYSTEM}),
            "GET /supplier-invoices:payable": (
                "billing.supplier-invoices.payable",
                {**STAFF, **SYSTEM},
            ),
            "GET /supplier-invoices:export": (
                "billing.supplier-invoices.export",
                {**STAFF, **SYSTEM},
            ),
            "GET /region-sales": ("billing.region-sales.list", READS),
            "GET /region-sales/{sale_id}": ("billing.region-sale.show", READS),
            "GET /region-sales/{sale_id}/story": ("billing.region-sale.story", READS),
            "GET /charges": ("billing.charges.list", READS),
            "GET /devices": ("billing.devices.list", READS),
            "GET /devices/{device_id}/payers": ("billing.device.payers", READS),
            "GET /payers": ("billing.payers.list", READS),
            "GET /invoice-runs": ("billing.runs.list", {**STAFF, **SYSTEM, **OPERATES}),
            # finance is customer service until the register of users has duties
            "GET /invoice-runs/{month}:preview": (
                "billing.run.preview",
                {**STAFF, **SYSTEM, **OPERATES},
            ),
            "POST /invoice-runs/{month}:preview": ("billing.run.ask-preview", STAFF),
            "POST /invoice-runs/{month}:approve": ("billing.run.approve", STAFF),
            "GET /payer-previews": ("billing.payer-previews.list", {**STAFF, **SYSTEM, **OPERATES}),
            "GET /preview-findings": (
                "billing.preview-findings.list",
                {**STAFF, **SYSTEM, **OPERATES},
            ),
            "GET /set-aside": ("billing.set-aside.list", {**STAFF, **SYSTEM, **OPERATES}),
            "GET /ledger-entries": ("billing.ledger-entries.list", {**STAFF, **SYSTEM}),
            "GET /ledger:trial-balance": ("billing.ledger.balance", {**STAFF, **SYSTEM}),
            "GET /ledger:export": ("billing.ledger.export", {**STAFF, **SYSTEM}),
            # decision 0398: customer service is finance until users have duties
            "POST /ledger-periods/{month}:close": ("billing.ledger-period.close", STAFF),
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
