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

ACTS = (
    command(
        "billing.charge.pause",
        "POST /charges/{charge_id}:pause",
        billing.PauseCharge,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    *routes(
        "billing",
        {
            "GET /invoices": ("billing.invoices.list", READS),
            "GET /invoices/{invoice_id}": ("billing.invoice.show", READS),
            "GET /invoices/{invoice_id}/pdf": ("billing.invoice.print", READS),
            "GET /charges": ("billing.charges.list", READS),
            "GET /devices": ("billing.devices.list", READS),
            "GET /devices/{device_id}/payers": ("billing.device.payers", READS),
            "GET /payers": ("billing.payers.list", READS),
            "GET /invoice-runs": ("billing.runs.list", {**STAFF, **SYSTEM, **OPERATES}),
            "GET /set-aside": ("billing.set-aside.list", {**STAFF, **SYSTEM, **OPERATES}),
            "POST /transfers:preview": (
                "billing.transfer.preview",
                dict.fromkeys(WORKS, Reach.REGION),
            ),
        },
    ),
)
