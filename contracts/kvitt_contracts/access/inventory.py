"""Who may do what in inventory."""

from kvitt_contracts import inventory
from kvitt_contracts.access.acts import (
    DEPARTMENTS,
    KEEPS,
    LOOKS_UP,
    PAYS,
    READS,
    REPAIRS,
    STAFF,
    SYSTEM,
    WORKS,
    Reach,
    command,
    routes,
    sends,
)

_RECONDITIONING = "/reconditionings/{reconditioning_id}"
_LOOK_UP = {**LOOKS_UP, **DEPARTMENTS}
_SERVES = {**STAFF, **REPAIRS}
_KEEPS = {**STAFF, **KEEPS}
_SHOWS = {**READS, **REPAIRS}
_NAMES = {**_SHOWS, **PAYS}
_TENDS = {**WORKS, **REPAIRS}
_STOCKTAKING = "/stores/{store}/stocktaking"

ACTS = (
    sends("inventory"),
    command(
        "inventory.device.scrap",
        "POST /devices/{device_id}:scrap",
        inventory.ScrapDevice,
        _TENDS,
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
        _TENDS,
    ),
    command(
        "inventory.device.set-card",
        "POST /devices/{device_id}:set-card",
        inventory.SetDeviceCard,
        _TENDS,
    ),
    command(
        "inventory.device.report-damage",
        "POST /devices/{device_id}:report-damage",
        inventory.ReportDamage,
        _TENDS,
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
            "GET /articles": ("inventory.articles.list", _LOOK_UP),
            "GET /articles:named": ("inventory.articles.named", _LOOK_UP),
            "GET /articles:alternatives": ("inventory.articles.alternatives", _LOOK_UP),
            "GET /articles:order-guides": ("inventory.articles.order-guides", _LOOK_UP),
            "POST /articles:find": ("inventory.articles.find", _LOOK_UP),
            "GET /articles:classes": ("inventory.articles.classes", _LOOK_UP),
            "GET /articles/{article_number}": ("inventory.article.show", _LOOK_UP),
            "POST /articles/{article_number}/files": (
                "inventory.article.add-file",
                _KEEPS,
            ),
            "POST /article-files/{file_id}:show": (
                "inventory.article.show-file",
                _KEEPS,
            ),
            "POST /article-files/{file_id}:hide": (
                "inventory.article.hide-file",
                _KEEPS,
            ),
            "GET /article-files/{file_id}": ("inventory.article.read-file", _LOOK_UP),
            "PUT /articles/{article_number}/information": (
                "inventory.article.inform",
                _KEEPS,
            ),
            "GET /stores": ("inventory.stores.list", _SHOWS),
            "GET /stores/{store}/balances": ("inventory.balances.list", READS),
            "GET /refills": ("inventory.refills.list", READS),
            "GET /refills/{proposal_id}": ("inventory.refill.show", READS),
            "GET /reconditionings": ("inventory.reconditionings.list", {**_SERVES, **SYSTEM}),
            f"GET {_RECONDITIONING}": ("inventory.reconditioning.show", {**_SERVES, **SYSTEM}),
            f"POST {_RECONDITIONING}:do-stage": ("inventory.reconditioning.do-stage", _SERVES),
            f"POST {_RECONDITIONING}:approve": ("inventory.reconditioning.approve", _SERVES),
            f"POST {_RECONDITIONING}:scrap": ("inventory.reconditioning.scrap", _SERVES),
            "GET /safety-levels": ("inventory.safety-levels.list", READS),
            "PUT /safety-levels": ("inventory.safety-level.set", WORKS),
            "GET /stores/{store}/balance-report": ("inventory.balances.print", READS),
            "GET /stock-moves": ("inventory.stock-moves.list", READS),
            "GET /devices": ("inventory.devices.list", _SHOWS),
            "GET /devices:named": ("inventory.devices.named", _NAMES),
            "GET /devices:returned": ("inventory.devices.returned", READS),
            "POST /devices:find": ("inventory.devices.find", _SHOWS),
            "GET /returns:choices": ("inventory.return.choices", WORKS),
            "GET /devices/{device_id}": ("inventory.device.show", _SHOWS),
            "POST /devices/{device_id}/notes": ("inventory.device.write-note", _TENDS),
            "POST /device-notes/{note_id}:hide": ("inventory.device.hide-note", _TENDS),
            "POST /device-notes/{note_id}:show": ("inventory.device.show-note", _TENDS),
            "GET /devices/{device_id}/story": ("inventory.device.tell", _SHOWS),
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
