"""Who may do what in inventory."""

from kvitt_contracts import inventory
from kvitt_contracts.access.acts import (
    LOOKS_UP,
    READS,
    STAFF,
    SYSTEM,
    WORKS,
    Reach,
    command,
    routes,
)

_RECONDITIONING = "/reconditionings/{reconditioning_id}"
_STOCKTAKING = "/stores/{store}/stocktaking"

ACTS = (
    command(
        "inventory.device.scrap",
        "POST /devices/{device_id}:scrap",
        inventory.ScrapDevice,
        WORKS,
    ),
    command("inventory.return.register", "POST /returns", inventory.RegisterReturn, WORKS),
    command(
        "inventory.supplier-return.register",
        "POST /supplier-returns",
        inventory.RegisterSupplierReturn,
        WORKS,
    ),
    command(
        "inventory.stocktaking.open", f"POST {_STOCKTAKING}:open", inventory.OpenStocktaking, WORKS
    ),
    command(
        "inventory.stocktaking.post",
        f"POST {_STOCKTAKING}:post",
        inventory.PostStocktaking,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command(
        "inventory.stocktaking.cancel",
        f"POST {_STOCKTAKING}:cancel",
        inventory.CancelStocktaking,
        WORKS,
    ),
    command(
        "inventory.device.find",
        "POST /devices/{device_id}:find",
        inventory.FindDevice,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command(
        "inventory.device.take-over",
        "POST /devices:take-over",
        inventory.TakeOverDevice,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command(
        "inventory.device.renumber",
        "POST /devices/{device_id}:renumber",
        inventory.RenumberDevice,
        WORKS,
    ),
    command(
        "inventory.device.set-card",
        "POST /devices/{device_id}:set-card",
        inventory.SetDeviceCard,
        WORKS,
    ),
    command(
        "inventory.device.report-damage",
        "POST /devices/{device_id}:report-damage",
        inventory.ReportDamage,
        WORKS,
    ),
    command(
        "inventory.device.decide-damage",
        "POST /devices/{device_id}:decide-damage",
        inventory.DecideDamage,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command(
        "inventory.refill.drop", "POST /refills/{proposal_id}:drop", inventory.DropRefill, WORKS
    ),
    *routes(
        "inventory",
        {
            f"POST {_STOCKTAKING}:count": ("inventory.stocktaking.count", WORKS),
            f"POST {_STOCKTAKING}:scan": ("inventory.stocktaking.scan", WORKS),
            f"GET {_STOCKTAKING}": ("inventory.stocktaking.show", READS),
            f"GET {_STOCKTAKING}:preview": ("inventory.stocktaking.preview", READS),
            "GET /stores/{store}/counting-list": ("inventory.stocktaking.print", READS),
            "GET /supplier-returns": ("inventory.supplier-returns.list", READS),
            "GET /supplier-returns/{supplier_return_id}": (
                "inventory.supplier-return.show",
                READS,
            ),
            "GET /supplier-returns/{supplier_return_id}/slip": (
                "inventory.supplier-return.print",
                READS,
            ),
            "GET /articles": ("inventory.articles.list", LOOKS_UP),
            "GET /articles:named": ("inventory.articles.named", LOOKS_UP),
            "GET /articles:alternatives": ("inventory.articles.alternatives", LOOKS_UP),
            "GET /articles:order-guides": ("inventory.articles.order-guides", LOOKS_UP),
            "GET /articles:classes": ("inventory.articles.classes", LOOKS_UP),
            "GET /articles/{article_number}": ("inventory.article.show", LOOKS_UP),
            "POST /articles/{article_number}/files": ("inventory.article.add-file", STAFF),
            "POST /article-files/{file_id}:show": ("inventory.article.show-file", STAFF),
            "POST /article-files/{file_id}:hide": ("inventory.article.hide-file", STAFF),
            "GET /article-files/{file_id}": ("inventory.article.read-file", LOOKS_UP),
            "PUT /articles/{article_number}/information": ("inventory.article.inform", STAFF),
            "GET /stores": ("inventory.stores.list", READS),
            "GET /stores/{store}/balances": ("inventory.balances.list", READS),
            "GET /refills": ("inventory.refills.list", READS),
            "GET /refills/{proposal_id}": ("inventory.refill.show", READS),
            "GET /reconditionings": ("inventory.reconditionings.list", {**STAFF, **SYSTEM}),
            f"GET {_RECONDITIONING}": ("inventory.reconditioning.show", {**STAFF, **SYSTEM}),
            f"POST {_RECONDITIONING}:do-stage": ("inventory.reconditioning.do-stage", STAFF),
            f"POST {_RECONDITIONING}:approve": ("inventory.reconditioning.approve", STAFF),
            f"POST {_RECONDITIONING}:scrap": ("inventory.reconditioning.scrap", STAFF),
            "GET /safety-levels": ("inventory.safety-levels.list", READS),
            "PUT /safety-levels": ("inventory.safety-level.set", WORKS),
            "GET /stores/{store}/balance-report": ("inventory.balances.print", READS),
            "GET /stock-moves": ("inventory.stock-moves.list", READS),
            "GET /devices": ("inventory.devices.list", READS),
            "GET /devices:named": ("inventory.devices.named", READS),
            "GET /devices:returned": ("inventory.devices.returned", READS),
            "POST /devices:find": ("inventory.devices.find", READS),
            "GET /returns:choices": ("inventory.return.choices", WORKS),
            "GET /devices/{device_id}": ("inventory.device.show", READS),
            "GET /devices/{device_id}/story": ("inventory.device.tell", READS),
            "GET /devices/{device_id}/custody": ("inventory.device.custody", READS),
            "POST /orders:preview": (
                "inventory.order.preview",
                dict.fromkeys(WORKS, Reach.REGION),
            ),
            "GET /reservations": ("inventory.reservations.list", READS),
            "GET /reservations/{order_id}": ("inventory.reservation.show", READS),
            "GET /holds/{transfer_id}": ("inventory.hold.show", READS),
        },
    ),
)
