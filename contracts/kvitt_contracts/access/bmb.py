"""Who may do what in bmb."""

from kvitt_contracts import bmb
from kvitt_contracts.access.acts import (
    CARE,
    MINE,
    READS,
    STAFF,
    SYSTEM,
    WORKS,
    command,
    routes,
    sends,
)

_TRANSFER = "/transfers/{transfer_id}"
_RESPONSIBLES = "/responsibles/{service_point}"

ACTS = (
    sends("bmb"),
    command("bmb.transfer.save", "POST /transfers", bmb.SaveTransfer, WORKS, actors=("sender",)),
    command("bmb.transfer.execute", f"POST {_TRANSFER}:execute", bmb.ExecuteTransfer, WORKS),
    command("bmb.transfer.cancel", f"POST {_TRANSFER}:cancel", bmb.CancelTransfer, WORKS),
    command("bmb.transfer.accept", f"POST {_TRANSFER}:accept", bmb.AcceptTransfer, WORKS),
    command("bmb.transfer.reject", f"POST {_TRANSFER}:reject", bmb.RejectTransfer, WORKS),
    command("bmb.transfer.withdraw", f"POST {_TRANSFER}:withdraw", bmb.WithdrawTransfer, WORKS),
    command(
        "bmb.transfer.ask-to-unlock",
        f"POST {_TRANSFER}:ask-to-unlock",
        bmb.AskToUnlockTransfer,
        CARE,
    ),
    command(
        "bmb.transfer.unlock",
        f"POST {_TRANSFER}:unlock",
        bmb.UnlockTransfer,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    *routes(
        "bmb",
        {
            "POST /transfers:preview": ("bmb.transfer.preview", WORKS),
            "GET /transfers": ("bmb.transfers.list", READS),
            "GET /transfers:to-take-over": ("bmb.transfers.to-take-over", MINE),
            "GET /transfers:unanswered": ("bmb.transfers.unanswered", MINE),
            "GET /transfers:rejected": ("bmb.transfers.rejected", MINE),
            "GET /transfers:named": ("bmb.transfers.named", READS),
            "GET /transfers:locked": ("bmb.transfers.locked", {**STAFF, **SYSTEM}),
            f"GET {_TRANSFER}": ("bmb.transfer.show", READS),
            f"GET {_TRANSFER}/story": ("bmb.transfer.tell", READS),
            f"PUT {_RESPONSIBLES}": ("bmb.responsibles.set", WORKS),
            "GET /responsibles": ("bmb.responsibles.list", READS),
            f"GET {_RESPONSIBLES}": ("bmb.responsibles.show", READS),
            f"GET {_RESPONSIBLES}/story": ("bmb.responsibles.tell", READS),
        },
    ),
)
