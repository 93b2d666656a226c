"""Who may do what in billing."""

from kvitt_contracts.access.acts import (
    OPERATES,
    READS,
    STAFF,
    SYSTEM,
    WORKS,
    Reach,
    routes,
)

_OWN = dict.fromkeys(WORKS, Reach.OWN)

ACTS = routes(
    "billing",
    {
        "GET /invoices": ("billing.invoices.list", READS),
        "GET /invoices/{invoice_id}": ("billing.invoice.show", READS),
        "GET /invoices/{invoice_id}/pdf": ("billing.invoice.print", READS),
        "GET /invoices/{invoice_id}/lines/{n}:explain": ("billing.invoice.explain", READS),
        "GET /selections": ("billing.selections.list", _OWN),
        "POST /selections": ("billing.selection.save", _OWN),
        "POST /selections/{selection_id}:rename": ("billing.selection.rename", _OWN),
        "POST /selections/{selection_id}:remove": ("billing.selection.remove", _OWN),
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
)
