"""Who may do what: each act with the roles that may do it, and how far each role reaches (REF-18).

The one table. The chassis enforces it for HTTP and for what regions command; a route or a command
that is in no row does not start. `make access` prints it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kvitt_contracts import bmb, inventory, orders
from kvitt_contracts.envelope import Command
from kvitt_contracts.topic import SERVICES
from kvitt_contracts.types import Role, UserId


class Grantee(StrEnum):
    """Who an act is granted to: what a user is by the register, or what a token alone can say."""

    PRESCRIBER = "prescriber"
    REQUESTER = "requester"
    CUSTOMER_SERVICE = "customer_service"
    REGION_SYSTEM = "region_system"
    OPS = "ops"
    PLATFORM = "platform"


IN_TOKENS: Final = frozenset({Grantee.REGION_SYSTEM, Grantee.OPS, Grantee.PLATFORM})
"""What a token says of its holder; a user of the register is never one of these."""

IN_REGISTER: Final[Mapping[Role, Grantee]] = {
    Role.PRESCRIBER: Grantee.PRESCRIBER,
    Role.REQUESTER: Grantee.REQUESTER,
    Role.CUSTOMER_SERVICE: Grantee.CUSTOMER_SERVICE,
}
"""What the register of users says of somebody; a token cannot."""


class Reach(StrEnum):
    """How far a role reaches with an act, the nearest first.

    `own`: what names the caller. `units`: besides, what belongs to the caller's service points,
    their stores and their payers. `region`: all of the region. `platform`: all regions.
    """

    OWN = "own"
    UNITS = "units"
    REGION = "region"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class ByMessage:
    """A command from a region's topic. Who acts is named by the first of the fields `actors` that
    is given.
    """

    command: type[Command]
    actors: tuple[str, ...] = ("by",)

    def field(self, command: Command) -> str:
        """The field that says who acts by a command."""
        return next(name for name in self.actors if getattr(command, name) is not None)

    def actor(self, command: Command) -> UserId:
        """Who acts by a command."""
        actor: UserId = getattr(command, self.field(command))
        return actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row. `route` is `POST /transfers/{transfer_id}:accept`, None for what has no route.

    Who lacks it is refused with `reason` and `rule`.
    """

    name: str
    service: str
    route: str | None = None
    message: ByMessage | None = None
    granted: Mapping[Grantee, Reach]
    rule: str = "REF-18"
    reason: str = "FORBIDDEN"

    def reach_of(self, grantees: Iterable[Grantee]) -> Reach | None:
        """The farthest reach of whoever is all of these; None: they may not do it."""
        found = {self.granted[one] for one in grantees if one in self.granted}
        return max(found, key=_ORDER.index, default=None)


_ORDER = tuple(Reach)

_UNITS, _REGION, _PLATFORM = Reach.UNITS, Reach.REGION, Reach.PLATFORM

_CARE = {Grantee.PRESCRIBER: _UNITS, Grantee.REQUESTER: _UNITS}
_STAFF = {Grantee.CUSTOMER_SERVICE: _REGION}
_SYSTEM = {Grantee.REGION_SYSTEM: _REGION}
_OPERATES = {Grantee.OPS: _REGION, Grantee.PLATFORM: _PLATFORM}

_WORKS = {**_CARE, **_STAFF}
_READS = {**_WORKS, **_SYSTEM}
_LOOKS_UP = dict.fromkeys((*_CARE, *_STAFF, *_SYSTEM), _REGION)
_MINE = {**_CARE, Grantee.CUSTOMER_SERVICE: _UNITS}


def _routes(
    service: str, rows: Mapping[str, tuple[str, Mapping[Grantee, Reach]]]
) -> tuple[Act, ...]:
    return tuple(
        Act(name=name, service=service, route=route, granted=granted)
        for route, (name, granted) in rows.items()
    )


def _command(
    name: str,
    route: str,
    command: type[Command],
    granted: Mapping[Grantee, Reach],
    *,
    actors: tuple[str, ...] = ("by",),
    rule: str = "REF-18",
    reason: str = "FORBIDDEN",
) -> Act:
    return Act(
        name=name,
        service=name.split(".")[0],
        route=route,
        message=ByMessage(command, actors),
        granted=granted,
        rule=rule,
        reason=reason,
    )


_FAULT_REPORT = "/fault-reports/{fault_report_id}"
_PICKUP = "/pickups/{pickup_id}"
_CASE = "/cases/{case_id}"
_WORK_ORDER = "/work-orders/{work_order_id}"
_PLACES = ("requester", "prescriber")

_ORDERS = (
    _command("orders.order.place", "POST /orders", orders.PlaceOrder, _WORKS, actors=_PLACES),
    _command(
        "orders.withdrawal.register",
        "POST /withdrawals",
        orders.RegisterWithdrawal,
        _WORKS,
        actors=_PLACES,
    ),
    _command("orders.order.void", "POST /orders/{order_id}:void", orders.VoidOrder, _WORKS),
    _command("orders.fault-report.report", "POST /fault-reports", orders.ReportFault, _STAFF),
    _command(
        "orders.fault-report.name-prescriber",
        f"POST {_FAULT_REPORT}:name-prescriber",
        orders.NamePrescriber,
        _CARE,
    ),
    _command(
        "orders.fault-report.forward",
        f"POST {_FAULT_REPORT}:forward",
        orders.ForwardFaultReport,
        _CARE,
    ),
    _command(
        "orders.fault-report.assess-risk",
        f"POST {_FAULT_REPORT}:assess-risk",
        orders.AssessRisk,
        _WORKS,
    ),
    _command(
        "orders.fault-report.close", f"POST {_FAULT_REPORT}:close", orders.CloseFaultReport, _STAFF
    ),
    _command("orders.pickup.request", "POST /pickups", orders.RequestPickup, _WORKS),
    _command(
        "orders.pickup.make-urgent", f"POST {_PICKUP}:make-urgent", orders.MakePickupUrgent, _WORKS
    ),
    _command("orders.pickup.void", f"POST {_PICKUP}:void", orders.VoidPickup, _WORKS),
    _command(
        "orders.pickup.report",
        f"POST {_PICKUP}:report",
        orders.ReportPickup,
        _STAFF,
        actors=("technician",),
    ),
    _command("orders.case.ask", "POST /cases", orders.AskCase, _WORKS),
    _command(
        "orders.case.answer",
        f"POST {_CASE}:answer",
        orders.AnswerCase,
        _STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    _command("orders.case.withdraw", f"POST {_CASE}:withdraw", orders.WithdrawCase, _MINE),
    _command(
        "orders.work-order.register",
        "POST /work-orders",
        orders.RegisterWorkOrder,
        _WORKS,
        actors=("requester",),
    ),
    _command("orders.work-order.plan", f"POST {_WORK_ORDER}:plan", orders.PlanWorkOrder, _STAFF),
    _command(
        "orders.work-order.start",
        f"POST {_WORK_ORDER}:start",
        orders.StartWorkOrder,
        _STAFF,
        actors=("technician",),
    ),
    _command(
        "orders.work-order.finish", f"POST {_WORK_ORDER}:finish", orders.FinishWorkOrder, _WORKS
    ),
    _command("orders.work-order.void", f"POST {_WORK_ORDER}:void", orders.VoidWorkOrder, _WORKS),
    _command(
        "orders.work-order.decide",
        f"POST {_WORK_ORDER}:decide",
        orders.DecideApplication,
        _STAFF,
    ),
    *_routes(
        "orders",
        {
            "GET /work-orders": ("orders.work-orders.list", _READS),
            "GET /work-orders:choices": ("orders.work-order.choices", _WORKS),
            f"GET {_WORK_ORDER}": ("orders.work-order.show", _READS),
            f"GET {_WORK_ORDER}/story": ("orders.work-order.tell", _READS),
            f"POST {_WORK_ORDER}:note": ("orders.work-order.note", _STAFF),
            f"POST {_WORK_ORDER}:resolve-delivery": (
                "orders.work-order.resolve",
                {**_STAFF, **_SYSTEM},
            ),
            "GET /fault-reports": ("orders.fault-reports.list", _READS),
            f"GET {_FAULT_REPORT}": ("orders.fault-report.show", _READS),
            f"GET {_FAULT_REPORT}/story": ("orders.fault-report.tell", _READS),
            "POST /orders:preview": ("orders.order.preview", _WORKS),
            "POST /withdrawals:preview": ("orders.withdrawal.preview", _WORKS),
            "GET /orders": ("orders.orders.list", _READS),
            "GET /orders/{order_id}": ("orders.order.show", _READS),
            "GET /orders/{order_id}/story": ("orders.order.tell", _READS),
            "GET /orders/{order_id}/voiding": ("orders.order.voiding", _WORKS),
            "POST /orders/{order_id}:resolve-delivery": (
                "orders.delivery.resolve",
                {**_STAFF, **_SYSTEM},
            ),
            "GET /pickups": ("orders.pickups.list", _READS),
            "GET /pickups:choices": ("orders.pickup.choices", _WORKS),
            f"GET {_PICKUP}": ("orders.pickup.show", _READS),
            f"POST {_PICKUP}:resolve-delivery": (
                "orders.pickup.resolve",
                {**_STAFF, **_SYSTEM},
            ),
            "GET /cases": ("orders.cases.list", _READS),
            f"GET {_CASE}": ("orders.case.show", _READS),
            f"GET {_CASE}/story": ("orders.case.tell", _READS),
            "GET /waits": ("orders.waits.list", _READS),
            f"GET {_WORK_ORDER}/slip": ("orders.work-order.print", _READS),
            f"GET {_WORK_ORDER}/attachments": ("orders.work-order.attachments", _READS),
            f"GET {_PICKUP}/slip": ("orders.pickup.print", _READS),
            "POST /attachments": ("orders.attachment.add", _WORKS),
            "POST /attachments/{attachment_id}:attach": ("orders.attachment.attach", _WORKS),
            "GET /attachments/{attachment_id}": ("orders.attachment.read", _READS),
            "GET /orders/{order_id}/attachments": ("orders.order.attachments", _READS),
            "GET /today": ("orders.today.show", _LOOKS_UP),
            "GET /payers": ("orders.payers.list", _LOOKS_UP),
            "GET /payers/{payer_id}": ("orders.payer.show", _LOOKS_UP),
            "GET /customers": ("orders.customers.list", _LOOKS_UP),
            "GET /customers/{customer_id}": ("orders.customer.show", _LOOKS_UP),
            "GET /care-units": ("orders.care-units.list", _LOOKS_UP),
            "GET /care-units/{unit}": ("orders.care-unit.show", _LOOKS_UP),
            "GET /users": ("orders.users.list", _LOOKS_UP),
            "GET /users/{user_id}": ("orders.user.show", _LOOKS_UP),
            "POST /users:find": ("orders.users.find", _LOOKS_UP),
            "GET /names": ("orders.names.show", _LOOKS_UP),
            "POST /persons:find": ("orders.person.find", _LOOKS_UP),
            "POST /persons:resolve": ("orders.persons.resolve", _READS),
            "POST /persons/{person}:open": (
                "orders.person.open",
                dict.fromkeys(_WORKS, _REGION),
            ),
            "POST /persons": ("orders.person.add", _STAFF),
            "POST /persons/{person}:contact": ("orders.person.contact", _WORKS),
            "GET /persons": ("orders.persons.list", {**_STAFF, **_SYSTEM}),
            "GET /persons/{person}": ("orders.person.show", _READS),
            "GET /person-accesses": ("orders.person-accesses.list", {**_STAFF, **_OPERATES}),
        },
    ),
)

_TRANSFER = "/transfers/{transfer_id}"
_RESPONSIBLES = "/responsibles/{service_point}"

_BMB = (
    _command("bmb.transfer.save", "POST /transfers", bmb.SaveTransfer, _WORKS, actors=("sender",)),
    _command("bmb.transfer.execute", f"POST {_TRANSFER}:execute", bmb.ExecuteTransfer, _WORKS),
    _command("bmb.transfer.cancel", f"POST {_TRANSFER}:cancel", bmb.CancelTransfer, _WORKS),
    _command("bmb.transfer.accept", f"POST {_TRANSFER}:accept", bmb.AcceptTransfer, _WORKS),
    _command("bmb.transfer.reject", f"POST {_TRANSFER}:reject", bmb.RejectTransfer, _WORKS),
    _command("bmb.transfer.withdraw", f"POST {_TRANSFER}:withdraw", bmb.WithdrawTransfer, _WORKS),
    _command(
        "bmb.transfer.ask-to-unlock",
        f"POST {_TRANSFER}:ask-to-unlock",
        bmb.AskToUnlockTransfer,
        _CARE,
    ),
    _command(
        "bmb.transfer.unlock",
        f"POST {_TRANSFER}:unlock",
        bmb.UnlockTransfer,
        _STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    *_routes(
        "bmb",
        {
            "POST /transfers:preview": ("bmb.transfer.preview", _WORKS),
            "GET /transfers": ("bmb.transfers.list", _READS),
            "GET /transfers:to-take-over": ("bmb.transfers.to-take-over", _MINE),
            "GET /transfers:unanswered": ("bmb.transfers.unanswered", _MINE),
            "GET /transfers:rejected": ("bmb.transfers.rejected", _MINE),
            "GET /transfers:named": ("bmb.transfers.named", _READS),
            "GET /transfers:locked": ("bmb.transfers.locked", {**_STAFF, **_SYSTEM}),
            f"GET {_TRANSFER}": ("bmb.transfer.show", _READS),
            f"GET {_TRANSFER}/story": ("bmb.transfer.tell", _READS),
            f"PUT {_RESPONSIBLES}": ("bmb.responsibles.set", _WORKS),
            "GET /responsibles": ("bmb.responsibles.list", _READS),
            f"GET {_RESPONSIBLES}": ("bmb.responsibles.show", _READS),
            f"GET {_RESPONSIBLES}/story": ("bmb.responsibles.tell", _READS),
        },
    ),
)

_STOCKTAKING = "/stores/{store}/stocktaking"

_INVENTORY = (
    _command(
        "inventory.device.scrap",
        "POST /devices/{device_id}:scrap",
        inventory.ScrapDevice,
        _WORKS,
    ),
    _command("inventory.return.register", "POST /returns", inventory.RegisterReturn, _WORKS),
    _command(
        "inventory.supplier-return.register",
        "POST /supplier-returns",
        inventory.RegisterSupplierReturn,
        _WORKS,
    ),
    _command(
        "inventory.stocktaking.open", f"POST {_STOCKTAKING}:open", inventory.OpenStocktaking, _WORKS
    ),
    _command(
        "inventory.stocktaking.post",
        f"POST {_STOCKTAKING}:post",
        inventory.PostStocktaking,
        _STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    _command(
        "inventory.stocktaking.cancel",
        f"POST {_STOCKTAKING}:cancel",
        inventory.CancelStocktaking,
        _WORKS,
    ),
    _command(
        "inventory.device.find",
        "POST /devices/{device_id}:find",
        inventory.FindDevice,
        _STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    _command(
        "inventory.device.take-over",
        "POST /devices:take-over",
        inventory.TakeOverDevice,
        _STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    _command(
        "inventory.device.renumber",
        "POST /devices/{device_id}:renumber",
        inventory.RenumberDevice,
        _WORKS,
    ),
    _command(
        "inventory.device.set-card",
        "POST /devices/{device_id}:set-card",
        inventory.SetDeviceCard,
        _WORKS,
    ),
    *_routes(
        "inventory",
        {
            f"POST {_STOCKTAKING}:count": ("inventory.stocktaking.count", _WORKS),
            f"GET {_STOCKTAKING}": ("inventory.stocktaking.show", _READS),
            "GET /articles": ("inventory.articles.list", _LOOKS_UP),
            "GET /articles:named": ("inventory.articles.named", _LOOKS_UP),
            "GET /articles:classes": ("inventory.articles.classes", _LOOKS_UP),
            "GET /articles/{article_number}": ("inventory.article.show", _LOOKS_UP),
            "GET /stores": ("inventory.stores.list", _READS),
            "GET /stores/{store}/balances": ("inventory.balances.list", _READS),
            "GET /stock-moves": ("inventory.stock-moves.list", _READS),
            "GET /devices": ("inventory.devices.list", _READS),
            "GET /devices:named": ("inventory.devices.named", _READS),
            "GET /devices:returned": ("inventory.devices.returned", _READS),
            "GET /devices/{device_id}": ("inventory.device.show", _READS),
            "GET /devices/{device_id}/story": ("inventory.device.tell", _READS),
            "GET /devices/{device_id}/custody": ("inventory.device.custody", _READS),
            "GET /reservations": ("inventory.reservations.list", _READS),
            "GET /reservations/{order_id}": ("inventory.reservation.show", _READS),
            "GET /holds/{transfer_id}": ("inventory.hold.show", _READS),
        },
    ),
)

_BILLING = _routes(
    "billing",
    {
        "GET /invoices": ("billing.invoices.list", _READS),
        "GET /invoices/{invoice_id}": ("billing.invoice.show", _READS),
        "GET /invoices/{invoice_id}/pdf": ("billing.invoice.print", _READS),
        "GET /charges": ("billing.charges.list", _READS),
        "GET /devices": ("billing.devices.list", _READS),
        "GET /devices/{device_id}/payers": ("billing.device.payers", _READS),
        "GET /payers": ("billing.payers.list", _READS),
        "GET /invoice-runs": ("billing.runs.list", {**_STAFF, **_SYSTEM, **_OPERATES}),
        "GET /set-aside": ("billing.set-aside.list", {**_STAFF, **_SYSTEM, **_OPERATES}),
        "POST /transfers:preview": (
            "billing.transfer.preview",
            dict.fromkeys(_WORKS, _REGION),
        ),
    },
)

_NOTIFICATIONS = _routes(
    "notifications",
    {
        "GET /messages": ("notifications.messages.list", _MINE),
        "GET /messages:counted": ("notifications.messages.count", {**_SYSTEM, **_OPERATES}),
        "POST /messages/{message_id}:open": ("notifications.message.open", _MINE),
        "DELETE /messages/{message_id}": ("notifications.message.remove", _MINE),
    },
)

_ADMIN: Final[Mapping[str, tuple[str, Mapping[Grantee, Reach]]]] = {
    "GET /admin/idle": ("idle", _OPERATES),
    "GET /admin/aggregate/{topic}/{key}": ("aggregate.show", _OPERATES),
    "POST /admin/reconcile": ("reconcile", {Grantee.PLATFORM: _PLATFORM}),
    "GET /admin/reconciliation": ("reconciliation.show", _OPERATES),
    "POST /admin/reconciliation:run": ("reconciliation.run", {Grantee.PLATFORM: _PLATFORM}),
    "GET /admin/audit": ("audit.list", {Grantee.PLATFORM: _PLATFORM}),
    "GET /admin/parked": ("parked.list", _OPERATES),
    "GET /admin/parked/counts": ("parked.count", _OPERATES),
    "GET /admin/quarantine/{entry}": ("quarantine.show", _OPERATES),
    "POST /admin/quarantine/{entry}:retry": ("quarantine.retry", _OPERATES),
    "POST /admin/quarantine/{entry}:edit": ("quarantine.edit", _OPERATES),
    "POST /admin/quarantine/{entry}:discard": ("quarantine.discard", _OPERATES),
    "GET /admin/outbox": ("outbox.show", {Grantee.PLATFORM: _PLATFORM}),
    "GET /admin/outbox/last-numbers": ("outbox.last-numbers", {Grantee.PLATFORM: _PLATFORM}),
    "POST /admin/outbox:republish": ("outbox.republish", {Grantee.PLATFORM: _PLATFORM}),
    "POST /admin/outbox:rebase": ("outbox.rebase", {Grantee.PLATFORM: _PLATFORM}),
    "GET /admin/clock": ("clock.show", _OPERATES),
    "POST /admin/clock:advance": ("clock.advance", {Grantee.PLATFORM: _PLATFORM}),
}
"""What every service has on its admin port."""

ACTS: Final[tuple[Act, ...]] = (
    *_ORDERS,
    *_BMB,
    *_INVENTORY,
    *_BILLING,
    *_NOTIFICATIONS,
    *(
        Act(name=f"{service}.admin.{name}", service=service, route=route, granted=granted)
        for service in SERVICES
        for route, (name, granted) in _ADMIN.items()
    ),
)
"""Every act of every service."""


def acts_of(service: str) -> tuple[Act, ...]:
    """Every act of one service."""
    return tuple(act for act in ACTS if act.service == service)
