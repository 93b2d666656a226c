"""Prints in Swedish what became of one basket, purchase order, pickup and work order. Compares
nothing.
"""

from rich.console import Console

from kvitt.story.outcome import Outcome
from kvitt.story.report import BILLED_STATUS, kronor, titled_table, work_of
from kvitt.story.services import Json
from kvitt.terminal import show

ORDERED_BY = {"unit": "enheten", "patient": "patienten", "relative": "en närstående"}
LINE_OUTCOME = {
    None: "väntar",
    "fetched": "hämtad",
    "voided": "avbeställd",
    "lost": "förlorad",
    "scrapped": "skrotad",
}
WORK_KIND = {
    "adjustment": "anpassning",
    "repair": "reparation",
    "warranty_repair": "garantireparation",
    "special_adaptation": "specialanpassning",
    "maintenance": "underhåll",
}
_ENDED = {
    None: "utlånad",
    "delivered": "behållen",
    "put_back": "tillbakalagd",
    "lost": "förlorad",
    "not_due": "ska inte betalas",
}
_FEE_ENDED = {None: "ska tas ut", "delivered": "uttagen"}


def print_basket(console: Console, outcome: Outcome) -> None:
    """Print the basket whose lines ended in most ways: what was kept, put back and paid."""
    if not outcome.baskets:
        return
    basket = max(outcome.baskets, key=_ways)
    table = titled_table(
        f"Varukorg {basket['order_number']}, region {outcome.region}",
        *("rad", "artikel", "individ", "slut", "egenavgift"),
    )
    for line in basket["lines"]:
        is_fee = line["fee_of"] is not None
        ended = (_ENDED | _FEE_ENDED if is_fee else _ENDED)[line["outcome"]]
        fee = kronor(line["fee"]["net_ore"]) if line["fee"] else ""
        device = line["device_number"] or ("egenavgift" if is_fee else "")
        table.add_row(str(line["number"]), line["article_number"], device, ended, fee)
    show(table, on=console)
    console.print(f"  Lånad {basket['lent_on']}, till och med {basket['lent_until']}.\n")


def print_direct_delivery(console: Console, outcome: Outcome) -> None:
    """Print the purchase order of most lines: what came when, and what its supplier has billed."""
    if not outcome.purchase_orders:
        return
    bought = max(outcome.purchase_orders, key=_lines)
    number = bought["purchase_order_number"]
    table = titled_table(
        f"Inköpsorder {number} till {bought['supplier_id']}, region {outcome.region}",
        *("rad", "artikel", "antal", "väntad", "mottagen"),
    )
    for line in bought["lines"]:
        table.add_row(
            *(str(line["number"]), line["article_number"], str(line["quantity"])),
            *(line["expected_on"], line["received_on"] or "inte än"),
        )
    show(table, on=console)
    console.print(f"  Av order {bought['order_number']}, skickad {bought['sent_on'] or 'inte än'}.")
    for one in sorted(outcome.supplier_invoices, key=lambda one: str(one["number"])):
        if one["purchase_order_number"] == number:
            console.print(f"  {_billed(one)}", highlight=False)
    console.print()


def print_pickup(console: Console, outcome: Outcome) -> None:
    """Print the pickup whose lines ended in most ways: who ordered it, and what became of each."""
    if not outcome.pickups:
        return
    pickup = max(outcome.pickups, key=_ways_of_pickup)
    numbers = {one["device_id"]: one["device_number"] for one in outcome.devices}
    table = titled_table(
        f"Hämtorder {pickup['pickup_number']}, region {outcome.region}",
        "rad",
        "individ",
        "slut",
    )
    for line in pickup["lines"]:
        missed = ", fanns inte på plats" if line["number"] in pickup["not_found"] else ""
        outcome_of_line = LINE_OUTCOME[line["outcome"]] + missed
        table.add_row(str(line["number"]), numbers[line["device_id"]], outcome_of_line)
    show(table, on=console)
    ordered_by = ORDERED_BY[pickup["ordered_by"]]
    console.print(f"  Beställd av {ordered_by} {pickup['requested_on']}.\n")


def print_work_order(console: Console, outcome: Outcome) -> None:
    """Print the work order that came to most: what was wanted, of whom, and what came of it."""
    works = work_of(outcome)
    if not works:
        return
    work = max(works, key=_steps)
    numbers = {one["device_id"]: one["device_number"] for one in outcome.devices}
    kind = WORK_KIND.get(work["kind"], work["kind"])
    console.print(
        f"Arbetsorder {work['work_order_number']}, region {outcome.region}: "
        f"{kind} av {numbers.get(work['device_id'], 'en order')}, "
        f"registrerad {work['registered_on']}, planerad till {work['planned_on'] or 'ingen dag'}, "
        f"klar {work['finished_on'] or 'inte än'}.\n"
    )


def _billed(invoice: Json) -> str:
    said = f"Faktura {invoice['number']} på {kronor(invoice['gross_ore'])}"
    if invoice["status"] != "held":
        return f"{said} {BILLED_STATUS[invoice['status']]}, förfaller {invoice['due_on']}."
    why = " ".join(one["says"] for one in invoice["held_for"])
    return f"{said} väntar: {why}"


def _ways(basket: Json) -> tuple[int, str]:
    return len({line["outcome"] for line in basket["lines"]}), basket["order_number"]


def _lines(bought: Json) -> tuple[int, str]:
    return len(bought["lines"]), bought["purchase_order_number"]


def _ways_of_pickup(pickup: Json) -> tuple[int, int, str]:
    outcomes = [line["outcome"] for line in pickup["lines"]]
    return len({*outcomes} - {None}), len(outcomes), pickup["pickup_number"]


def _steps(work: Json) -> tuple[int, str]:
    said = ("planned_on", "technician", "outcome", "finished_on")
    return sum(work[name] is not None for name in said), work["work_order_number"]
