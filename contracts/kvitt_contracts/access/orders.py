"""Who may do what in orders."""

from kvitt_contracts import orders
from kvitt_contracts.access.acts import (
    CARE,
    LOOKS_UP,
    MINE,
    OPERATES,
    READS,
    STAFF,
    SYSTEM,
    WORKS,
    Reach,
    command,
    routes,
)

_FAULT_REPORT = "/fault-reports/{fault_report_id}"
_PICKUP = "/pickups/{pickup_id}"
_CASE = "/cases/{case_id}"
_WORK_ORDER = "/work-orders/{work_order_id}"
_DRAFT = "/application-drafts/{draft_id}"
_PLACES = ("requester", "prescriber")
_EVERYBODY = dict.fromkeys(WORKS, Reach.REGION)  # ORD-9: a template is nobody's own

ACTS = (
    command("orders.order.place", "POST /orders", orders.PlaceOrder, WORKS, actors=_PLACES),
    command(
        "orders.withdrawal.register",
        "POST /withdrawals",
        orders.RegisterWithdrawal,
        WORKS,
        actors=_PLACES,
    ),
    command(
        "orders.replenishment.place",
        "POST /replenishments",
        orders.PlaceReplenishment,
        WORKS,
        actors=("requester",),
    ),
    command(
        "orders.template.save",
        "PUT /templates/{template_id}",
        orders.SaveTemplate,
        _EVERYBODY,
    ),
    command("orders.order.void", "POST /orders/{order_id}:void", orders.VoidOrder, WORKS),
    command("orders.fault-report.report", "POST /fault-reports", orders.ReportFault, STAFF),
    command(
        "orders.fault-report.name-prescriber",
        f"POST {_FAULT_REPORT}:name-prescriber",
        orders.NamePrescriber,
        CARE,
    ),
    command(
        "orders.fault-report.forward",
        f"POST {_FAULT_REPORT}:forward",
        orders.ForwardFaultReport,
        CARE,
    ),
    command(
        "orders.fault-report.assess-risk",
        f"POST {_FAULT_REPORT}:assess-risk",
        orders.AssessRisk,
        WORKS,
    ),
    command(
        "orders.fault-report.close", f"POST {_FAULT_REPORT}:close", orders.CloseFaultReport, STAFF
    ),
    command("orders.pickup.request", "POST /pickups", orders.RequestPickup, WORKS),
    command(
        "orders.pickup.make-urgent", f"POST {_PICKUP}:make-urgent", orders.MakePickupUrgent, WORKS
    ),
    command("orders.pickup.void", f"POST {_PICKUP}:void", orders.VoidPickup, WORKS),
    command(
        "orders.pickup.report",
        f"POST {_PICKUP}:report",
        orders.ReportPickup,
        STAFF,
        actors=("technician",),
    ),
    command("orders.case.ask", "POST /cases", orders.AskCase, WORKS),
    command(
        "orders.case.answer",
        f"POST {_CASE}:answer",
        orders.AnswerCase,
        STAFF,
        rule="REF-12",
        reason="CUSTOMER_SERVICE_ONLY",
    ),
    command("orders.case.withdraw", f"POST {_CASE}:withdraw", orders.WithdrawCase, MINE),
    command(
        "orders.work-order.register",
        "POST /work-orders",
        orders.RegisterWorkOrder,
        WORKS,
        actors=("requester",),
    ),
    command("orders.work-order.plan", f"POST {_WORK_ORDER}:plan", orders.PlanWorkOrder, STAFF),
    command(
        "orders.work-order.start",
        f"POST {_WORK_ORDER}:start",
        orders.StartWorkOrder,
        STAFF,
        actors=("technician",),
    ),
    command(
        "orders.work-order.finish", f"POST {_WORK_ORDER}:finish", orders.FinishWorkOrder, WORKS
    ),
    command("orders.work-order.void", f"POST {_WORK_ORDER}:void", orders.VoidWorkOrder, WORKS),
    command(
        "orders.work-order.decide",
        f"POST {_WORK_ORDER}:decide",
        orders.DecideApplication,
        STAFF,
    ),
    *routes(
        "orders",
        {
            "GET /work-orders": ("orders.work-orders.list", READS),
            "GET /work-orders:choices": ("orders.work-order.choices", WORKS),
            f"GET {_WORK_ORDER}": ("orders.work-order.show", READS),
            f"GET {_WORK_ORDER}/story": ("orders.work-order.tell", READS),
            f"POST {_WORK_ORDER}:note": ("orders.work-order.note", STAFF),
            f"POST {_WORK_ORDER}:resolve-delivery": (
                "orders.work-order.resolve",
                {**STAFF, **SYSTEM},
            ),
            "GET /application-drafts": ("orders.application-drafts.list", MINE),
            "POST /application-drafts": ("orders.application-draft.begin", MINE),
            f"GET {_DRAFT}": ("orders.application-draft.show", MINE),
            f"POST {_DRAFT}:save": ("orders.application-draft.save", MINE),
            f"POST {_DRAFT}:discard": ("orders.application-draft.discard", MINE),
            "GET /fault-reports": ("orders.fault-reports.list", READS),
            f"GET {_FAULT_REPORT}": ("orders.fault-report.show", READS),
            f"GET {_FAULT_REPORT}/story": ("orders.fault-report.tell", READS),
            "POST /orders:preview": ("orders.order.preview", WORKS),
            "POST /withdrawals:preview": ("orders.withdrawal.preview", WORKS),
            "POST /templates": ("orders.template.begin", _EVERYBODY),
            "GET /templates": ("orders.templates.list", LOOKS_UP),
            "GET /templates/{template_id}": ("orders.template.show", LOOKS_UP),
            "GET /orders": ("orders.orders.list", READS),
            "GET /orders/{order_id}": ("orders.order.show", READS),
            "GET /orders/{order_id}/story": ("orders.order.tell", READS),
            "GET /orders/{order_id}/voiding": ("orders.order.voiding", WORKS),
            "POST /orders/{order_id}:resolve-delivery": (
                "orders.delivery.resolve",
                {**STAFF, **SYSTEM},
            ),
            "GET /pickups": ("orders.pickups.list", READS),
            "GET /pickups:choices": ("orders.pickup.choices", WORKS),
            f"GET {_PICKUP}": ("orders.pickup.show", READS),
            f"POST {_PICKUP}:resolve-delivery": (
                "orders.pickup.resolve",
                {**STAFF, **SYSTEM},
            ),
            "GET /cases": ("orders.cases.list", READS),
            f"GET {_CASE}": ("orders.case.show", READS),
            f"GET {_CASE}/story": ("orders.case.tell", READS),
            f"GET {_CASE}/slip": ("orders.case.print", READS),
            "GET /waits": ("orders.waits.list", READS),
            f"GET {_WORK_ORDER}/slip": ("orders.work-order.print", READS),
            f"GET {_WORK_ORDER}/attachments": ("orders.work-order.attachments", READS),
            f"GET {_PICKUP}/slip": ("orders.pickup.print", READS),
            "POST /attachments": ("orders.attachment.add", WORKS),
            "POST /attachments/{attachment_id}:attach": ("orders.attachment.attach", WORKS),
            "GET /attachments/{attachment_id}": ("orders.attachment.read", READS),
            "GET /orders/{order_id}/attachments": ("orders.order.attachments", READS),
            "GET /today": ("orders.today.show", LOOKS_UP),
            "GET /payers": ("orders.payers.list", LOOKS_UP),
            "GET /payers/{payer_id}": ("orders.payer.show", LOOKS_UP),
            "GET /customers": ("orders.customers.list", LOOKS_UP),
            "GET /customers/{customer_id}": ("orders.customer.show", LOOKS_UP),
            "GET /care-units": ("orders.care-units.list", LOOKS_UP),
            "GET /care-units/{unit}": ("orders.care-unit.show", LOOKS_UP),
            "GET /users": ("orders.users.list", LOOKS_UP),
            "GET /users/{user_id}": ("orders.user.show", LOOKS_UP),
            "POST /users:find": ("orders.users.find", LOOKS_UP),
            "GET /names": ("orders.names.show", LOOKS_UP),
            "POST /persons:find": ("orders.person.find", LOOKS_UP),
            "POST /persons:resolve": ("orders.persons.resolve", READS),
            "POST /persons/{person}:open": (
                "orders.person.open",
                dict.fromkeys(WORKS, Reach.REGION),
            ),
            "POST /persons": ("orders.person.add", STAFF),
            "POST /persons/{person}:contact": ("orders.person.contact", WORKS),
            "GET /persons": ("orders.persons.list", {**STAFF, **SYSTEM}),
            "GET /persons/{person}": ("orders.person.show", READS),
            "GET /person-accesses": ("orders.person-accesses.list", {**STAFF, **OPERATES}),
        },
    ),
)
