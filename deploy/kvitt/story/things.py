"""What the services answer of a thing, as expected.json tells it. Pure."""

from collections.abc import Iterable, Mapping

from kvitt.story.accounts import Accounts
from kvitt.story.services import Json

RESPONSIBLES = ("main", "substitutes", "stand_in", "absent_from_on", "absent_to_on")
FAULT_REPORT = (
    *("status", "is_escalated", "prescriber", "refused", "forwarded_to"),
    *("by_responsible", "by_technician", "use", "outcome"),
)
_PICKUP = (
    *("status", "ordered_by", "earliest_on", "latest_on", "is_overdue", "is_urgent"),
    *("technician", "not_found"),
)
_WORK_ORDER = (
    *("kind", "status", "quantity", "planned_on", "technician", "outcome", "finished_on"),
    "is_late",
)
_TAKEOVER = ("from_region", "service_point", "bought_on", "is_invoiced")
_REGION_SALE = ("status", "service_point", "answer_by_on", "sold_on")
_CASE = ("kind", "status", "asked_by", "is_reminded", "outcome", "answered_by")


def order_of(order: Json) -> Json:
    """An order with its lines."""
    return {
        "status": order["status"],
        "delivered_on": order["delivered_on"],
        "lines": [
            {
                "article": line["article_number"],
                "quantity": line["quantity"],
                "delivered": line["delivered"],
                "payer": line["payer_id"],
                "fee_ore": line["fee"] and line["fee"]["net_ore"],
                **_taken_instead(line),
            }
            for line in order["lines"]
        ],
    }


def proposals_of(answer: Json) -> Json:
    """What is proposed instead of each article that was asked for."""
    return {
        one["asked"]["article_number"]: {
            "case": one["case"],
            "leaves_on": one["asked"]["planned_dispatch_on"],
            "older": [
                {"article": of["article_number"], "central": of["central"], "own": of["own"]}
                for of in one["older"]
            ],
        }
        for one in answer["items"]
    }


def accounts_of(month: Accounts) -> Json:
    """A month's accounts, without those that come to 0."""
    outgoing = {one["account"]: one["outgoing_ore"] for one in month.balance["accounts"]}
    return {
        "is_closed": month.balance["is_closed"],
        "moved": {account: ore for account, ore in month.moved.items() if ore},
        "balance": {account: ore for account, ore in outgoing.items() if ore},
        "unbalanced": month.unbalanced,
    }


def transfer_of(transfer: Json) -> Json:
    """A transfer, with the numbers of the devices that were rejected."""
    rejected = [one["device_number"] for one in transfer["devices"] if one["end"] == "rejected"]
    return {
        "status": transfer["status"],
        "effective_on": transfer["effective_on"],
        "rejected": sorted(rejected),
    }


def basket_of(basket: Json) -> Json:
    """A basket with its lines."""
    return {
        **{name: basket[name] for name in ("status", "lent_until", "is_overdue", "is_told")},
        "lines": [
            {
                "article": line["article_number"],
                "device": line["device_number"],
                "is_fee": line["fee_of"] is not None,
                "outcome": line["outcome"],
                "payer": line["payer_id"],
                "fee_ore": line["fee"] and line["fee"]["net_ore"],
            }
            for line in basket["lines"]
        ],
    }


def purchase_of(bought: Json) -> Json:
    """A purchase order with its lines."""
    return {
        "number": bought["purchase_order_number"],
        "status": bought["status"],
        "sent_on": bought["sent_on"],
        "lines": [
            {
                "line": line["number"],
                "article": line["article_number"],
                "expected_on": line["expected_on"],
                "received_on": line["received_on"],
            }
            for line in bought["lines"]
        ],
    }


def billed_of(invoice: Json, payable: Mapping[str, str]) -> Json:
    """A supplier's invoice. `payable`: the due day of those that may be paid, by id."""
    return {
        "status": invoice["status"],
        "purchase_order": invoice["purchase_order_number"],
        "gross_ore": invoice["gross_ore"],
        "payable_on": payable.get(invoice["id"]),
    }


def pickup_of(pickup: Json, numbers: Mapping[str, str]) -> Json:
    """A pickup. `numbers`: device numbers by id."""
    return {
        **{name: pickup[name] for name in _PICKUP},
        "lines": [
            {"device": numbers[line["device_id"]], "outcome": line["outcome"]}
            for line in pickup["lines"]
        ],
        "refused": {numbers[one["device_id"]]: one["reason"] for one in pickup["refused"]},
    }


def said_of(thing: Json, names: Iterable[str], numbers: Mapping[str, str]) -> Json:
    """Some fields of a thing, and its device's number."""
    device = thing["device_id"]
    return {**{name: thing[name] for name in names}, "device": device and numbers[device]}


def work_order_of(work: Json, numbers: Mapping[str, str]) -> Json:
    """A work order. `numbers`: device numbers by id."""
    return {
        **said_of(work, _WORK_ORDER, numbers),
        "service": work["service_article"],
        "payer": work["payer_id"],
        "article": work["article_number"],
        "waits": work["waits"] is not None,
    }


def delayed_of(charge: Json) -> Json:
    """A fee that is paid later."""
    return {
        **{name: charge[name] for name in ("status", "due_on", "until_on")},
        "net_ore": charge["amount"]["net_ore"],
    }


def refill_of(refill: Json) -> Json:
    """What was proposed to fill a store up, and what became of that."""
    return {
        "status": refill["status"],
        "lines": {one["article_number"]: one["quantity"] for one in refill["lines"]},
    }


def stocktaking_of(taking: Json) -> Json:
    """A store's stocktaking, with what was counted of each article."""
    return {
        **{name: taking[name] for name in ("status", "posted_on", "is_private_clinic")},
        "counts": {one["article_number"]: one["counted"] for one in taking["counts"]},
    }


def takeover_of(bought: Json) -> Json:
    """A device that was bought over from another region."""
    return {
        **{name: bought[name] for name in _TAKEOVER},
        "article": bought["article_number"],
        "value_ore": bought["value"]["net_ore"],
    }


def region_sale_of(sale: Json, numbers: Mapping[str, str]) -> Json:
    """What was offered to another region. `numbers`: device numbers by id."""
    return {
        **{name: sale[name] for name in _REGION_SALE},
        "payer": sale["payer_id"],
        "prices": {
            one["device_number"]: one["price"] and one["price"]["net_ore"] for one in sale["lines"]
        },
        "refused": {numbers[one["device_id"]]: one["reason"] for one in sale["refused"]},
    }


def supplier_return_of(back: Json, numbers: Mapping[str, str]) -> Json:
    """What has left for its supplier. `numbers`: device numbers by id."""
    device = back["device_id"]
    return {
        **{name: back[name] for name in ("store", "quantity", "returned_on")},
        "supplier": back["supplier_id"],
        "article": back["article_number"],
        "device": device and numbers[device],
        "by": back["registered_by"],
    }


def reconditioning_of(work: Json) -> Json:
    """The work on what came back to the device service, with what was done of it."""
    return {
        **{name: work[name] for name in ("status", "store", "opened_on", "reason")},
        "done": [[one["stage"], one["done_on"], one["technician"]] for one in work["done"]],
    }


def balance_of(balance: Json) -> Json:
    """What a store has of an article; what is in the workshop where anything is."""
    there = {name: balance[name] for name in ("available", "reserved")}
    in_workshop = balance["in_reconditioning"]
    return {**there, "in_reconditioning": in_workshop} if in_workshop else there


def case_of(case: Json) -> Json:
    """A case."""
    return {
        **{name: case[name] for name in _CASE},
        "about": case["about"] and case["about"]["kind"],
    }


def device_of(device: Json, spans: list[list[str]], persons: Mapping[str, str]) -> Json:
    """A device. `spans`: who pays on which days."""
    return {
        "article": device["article_number"],
        "holder": holder_of(device, persons),
        "payer": device["payer_id"],
        "prescriber": device["prescriber"],
        "since": device["since"],
        "payers_by_day": spans,
        **({"status": device["status"]} if device["status"] != "in_use" else {}),
    }


def holder_of(device: Json, persons: Mapping[str, str]) -> Json:
    """A device's holder, by the region's own name."""
    holder = device["holder"]
    name = holder.get("person") or holder.get("unit") or holder.get("store")
    return {"kind": holder["kind"], "name": persons.get(name, name)}


def payer_of(payer: Json, persons: Mapping[str, str]) -> str:
    """A payer's id, or the region's id of a patient."""
    if payer["kind"] == "unit":
        return str(payer["payer_id"])
    return persons.get(payer["person"], payer["person"])


def home_region_of(case: Json) -> Json:
    """What another region pays for."""
    days = ("approved_on", "finished_on", "reported_on")
    return {
        **{name: case[name] for name in days},
        "payer": case["payer_id"],
        "commitment": case["reference"],
    }


def invoice_line_of(line: Json, invoice: Json, months: Mapping[str, str]) -> Json:
    """A line of an invoice; of a credit note with the month of the invoice that it corrects.
    `months`: those of all invoices, by id.
    """
    amount = line["amount"]
    corrects = line.get("corrects")
    return {
        "month": invoice["month"],
        "kind": line["kind"],
        "article": line["article_number"],
        "device": line["device_number"],
        "from": line["from_day"],
        "to": line["to_day"],
        "quantity": line["quantity"],
        "net_ore": amount["net_ore"],
        "vat_percent": amount["vat_percent"],
        **({"corrects": months[corrects]} if corrects else {}),
    }


def _taken_instead(line: Json) -> Json:
    """The article that was asked for first, where another was taken."""
    return {"instead_of": line["instead_of"]} if line["instead_of"] else {}
