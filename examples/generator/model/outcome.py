"""What must have come of a region's month, as expected.json tells it by the region's own names."""

from dataclasses import asdict
from datetime import date
from typing import Any

from examples.generator.model import fault_reports, invoices, ledger
from examples.generator.model.counted import Reconditioning
from examples.generator.model.parties import responsibles_of
from examples.generator.model.state import (
    Balance,
    Case,
    Delayed,
    Device,
    FaultReport,
    Order,
    Pickup,
    WorkOrder,
    World,
)
from examples.generator.model.trade import (
    Basket,
    HomeRegionCase,
    Purchase,
    RegionSale,
    SupplierInvoice,
)


def of_world(world: World, *, first: date, last: date) -> dict[str, Any]:
    """The parts of things; payers are of the days from `first` to `last`."""
    return {
        "orders": {name: _order(one) for name, one in sorted(world.orders.items())},
        "devices": {name: _device(one, first, last) for name, one in sorted(world.devices.items())},
        "transfers": {
            name: {
                "status": transfer.status,
                "effective_on": _iso(transfer.effective_on),
                "rejected": sorted(transfer.rejected),
            }
            for name, transfer in sorted(world.transfers.items())
        },
        "baskets": {name: _basket(one) for name, one in sorted(world.baskets.items())},
        "pickups": {name: _pickup(one) for name, one in sorted(world.pickups.items())},
        "fault_reports": {name: _fault(one) for name, one in sorted(world.faults.items())},
        "work_orders": {name: _work(one) for name, one in sorted(world.works.items())},
        "cases": {name: _case(one) for name, one in sorted(world.cases.items())},
        "later": {name: _delayed(one) for name, one in sorted(world.delayed.items())},
        "reminders": dict(sorted(world.reminders.items())),
        "responsibles": {
            name: responsibles_of(world, stated)
            for name, stated in sorted(world.responsibles.items())
        },
        "purchase_orders": {name: _purchase(one) for name, one in sorted(world.purchases.items())},
        "supplier_invoices": {
            name: _billed(one) for name, one in sorted(world.supplier_invoices.items())
        },
        "home_regions": {
            name: _home_region(one) for name, one in sorted(world.home_region_cases.items())
        },
        "refills": {
            store: [{"status": one.status, "lines": one.lines} for one in several]
            for store, several in sorted(world.refills.items())
            if several
        },
        "stocktakings": {
            store: {
                "status": taking.status,
                "posted_on": _iso(taking.posted_on),
                "is_private_clinic": taking.is_private_clinic,
                "counts": {name: shelf[0] for name, (_, shelf) in sorted(taking.counts.items())},
            }
            for store, taking in sorted(world.stocktakings.items())
        },
        "ledger": ledger.months(world),
        "invoices": invoices.lines(world),
        "documents": invoices.documents(world),
        "takeovers": {
            number: {**asdict(one), "bought_on": _iso(one.bought_on)}
            for number, one in sorted(world.takeovers.items())
        },
        "region_sales": {name: _sale(one) for name, one in sorted(world.region_sales.items())},
        "supplier_returns": {
            name: {**asdict(one), "returned_on": _iso(one.returned_on)}
            for name, one in sorted(world.sent_back.items())
        },
        "reconditionings": {
            number: _reconditioning(one) for number, one in sorted(world.reconditionings.items())
        },
        "balances": {
            f"{store}/{article}": _balance(balance)
            for (store, article), balance in sorted(world.balances.items())
            if balance.is_something
        },
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "status": order.status,
        "delivered_on": _iso(order.delivered_on),
        "lines": [
            {
                "article": line.article,
                "quantity": line.quantity,
                "delivered": line.delivered,
                "payer": line.payer,
                "fee_ore": line.fee_ore,
                **({"instead_of": line.instead_of} if line.instead_of else {}),
            }
            for line in order.lines
        ],
    }


def _basket(basket: Basket) -> dict[str, Any]:
    return {
        "status": basket.status,
        "lent_until": basket.lent_until.isoformat(),
        "is_overdue": basket.is_overdue,
        "is_told": basket.is_told,
        "lines": [
            {
                "article": line.article,
                "device": line.device,
                "is_fee": line.fee_of is not None,
                "outcome": line.outcome,
                "payer": line.payer,
                "fee_ore": line.fee.net_ore if line.fee is not None else None,
            }
            for line in basket.lines
        ],
    }


def _purchase(bought: Purchase) -> dict[str, Any]:
    return {
        "number": bought.number,
        "status": bought.status,
        "sent_on": _iso(bought.sent_on),
        "lines": [
            {
                "line": number,
                "article": line.article,
                "expected_on": line.expected_on.isoformat(),
                "received_on": _iso(line.received_on),
            }
            for number, line in sorted(bought.lines.items())
        ],
    }


def _billed(invoice: SupplierInvoice) -> dict[str, Any]:
    return {
        "status": invoice.status,
        "purchase_order": invoice.purchase,
        "gross_ore": invoice.net_ore + invoice.vat_ore,
        "payable_on": _iso(invoice.due_on if invoice.status != "held" else None),
    }


def _home_region(case: HomeRegionCase) -> dict[str, Any]:
    return {
        "payer": case.payer,
        "approved_on": _iso(case.approved_on),
        "commitment": case.commitment,
        "finished_on": _iso(case.finished_on),
        "reported_on": _iso(case.reported_on),
    }


def _pickup(pickup: Pickup) -> dict[str, Any]:
    return {
        "status": pickup.status,
        "ordered_by": pickup.ordered_by,
        "earliest_on": _iso(pickup.earliest_on),
        "latest_on": _iso(pickup.latest_on),
        "is_overdue": pickup.is_overdue,
        "is_urgent": pickup.is_urgent,
        "lines": [{"device": line.device, "outcome": line.outcome} for line in pickup.lines],
        "technician": pickup.technician,
        "not_found": pickup.not_found,
        "refused": dict(sorted(pickup.refused.items())),
    }


def _fault(fault: FaultReport) -> dict[str, Any]:
    return {
        "device": fault.device,
        "status": fault.status,
        "is_escalated": fault.is_escalated,
        "prescriber": fault.prescriber,
        "refused": fault.refused,
        "forwarded_to": fault.forwarded_to,
        "by_responsible": fault.assessed.get("responsible"),
        "by_technician": fault.assessed.get("technician"),
        "use": fault_reports.use_of(fault),
        "outcome": fault.outcome,
    }


def _work(work: WorkOrder) -> dict[str, Any]:
    return {
        "kind": work.kind,
        "device": work.device,
        "status": work.status,
        "service": work.service,
        "quantity": work.quantity,
        "payer": work.payer,
        "planned_on": _iso(work.planned_on),
        "technician": work.technician,
        "outcome": work.outcome,
        "finished_on": _iso(work.finished_on),
        "is_late": work.is_late,
        "article": work.article,
        "waits": work.awaits_number or work.status not in ("finished", "voided"),
    }


def _delayed(one: Delayed) -> dict[str, Any]:
    return {
        "status": one.status,
        "net_ore": one.fee.net_ore,
        "due_on": one.due_on.isoformat(),
        "until_on": _iso(one.until_on),
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "kind": case.kind,
        "about": case.about[0],
        "status": case.status,
        "asked_by": case.asked_by,
        "is_reminded": case.is_reminded,
        "outcome": case.outcome,
        "answered_by": case.answered_by,
    }


def _device(device: Device, first: date, last: date) -> dict[str, Any]:
    kind, name = device.now.holder
    return {
        "article": device.article,
        "holder": {"kind": kind, "name": name},
        "payer": device.now.payer,
        "prescriber": device.now.prescriber,
        "since": device.now.since.isoformat(),
        "payers_by_day": invoices.payers_by_day(device, first=first, last=last),
        **({"status": device.status} if device.status != "in_use" else {}),
    }


def _sale(sale: RegionSale) -> dict[str, Any]:
    return {
        "status": sale.status,
        "payer": sale.payer,
        "service_point": sale.service_point,
        "answer_by_on": _iso(sale.answer_by_on),
        "sold_on": _iso(sale.sold_on),
        "prices": {number: price and price[0] for number, price in sorted(sale.prices.items())},
        "refused": dict(sorted(sale.refused.items())),
    }


def _reconditioning(work: Reconditioning) -> dict[str, Any]:
    return {
        "status": work.status,
        "store": work.store,
        "opened_on": _iso(work.opened_on),
        "done": [[stage, _iso(day), by] for stage, day, by in work.done],
        "reason": work.reason,
    }


def _balance(balance: Balance) -> dict[str, int]:
    there = {"available": balance.available, "reserved": balance.reserved}
    in_workshop = balance.in_reconditioning
    return {**there, "in_reconditioning": in_workshop} if in_workshop else there


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
