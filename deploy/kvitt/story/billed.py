"""Prints in Swedish what was billed after the month: credit notes, fees that are paid later, what
another region pays. Compares nothing.
"""

from collections.abc import Iterator

from rich.console import Console

from kvitt.story.outcome import Outcome
from kvitt.story.report import kronor
from kvitt.story.services import Json

_SALE_ENDED = {"approved": "sålt", "not_approved": "inte köpt, återlämnas"}


def print_credit_note(console: Console, outcome: Outcome) -> None:
    """Print the credit note that takes back most, with the invoice that it corrects."""
    numbers = {one["id"]: one["number"] for one in outcome.invoices}
    found = [one for one in outcome.invoices if any(_corrected(one))]
    if not found:
        return
    note = min(found, key=lambda one: (one["gross_ore"], one["number"]))
    corrected = sorted({numbers[one] for one in _corrected(note)})
    payer = note["payer"].get("payer_id", "en patient")
    console.print(
        f"Kreditnota {note['number']} för {note['month']} till {payer}, region {outcome.region}: "
        f"{kronor(-note['gross_ore'])} tillbaka av faktura {', '.join(corrected)}.",
        highlight=False,
    )
    for line in note["lines"][:1]:
        console.print(
            f"  {line['device_number']} kom tillbaka {line['from_day']}, "
            "vilket berättades när månaden var fakturerad.",
            highlight=False,
        )
    console.print()


def print_later_fees(console: Console, outcome: Outcome) -> None:
    """Print what became of each fee that is paid when 90 days have passed."""
    fees = [one for one in outcome.charges if one["kind"] == "fee" and one["due_on"] is not None]
    if not fees:
        return
    numbers = {one["device_id"]: one["device_number"] for one in outcome.devices}
    invoices = {
        line["charge_id"]: one["number"] for one in outcome.invoices for line in one["lines"]
    }
    console.print(f"Egenavgifter som betalas senare, region {outcome.region}")
    for fee in sorted(fees, key=lambda one: str(numbers.get(one["device_id"]))):
        device, amount = numbers.get(fee["device_id"], ""), kronor(fee["amount"]["net_ore"])
        said = _became(fee, invoices.get(fee["id"]))
        console.print(f"  {device}, {amount}: {said}.", highlight=False)
    console.print()


def print_home_region(console: Console, outcome: Outcome) -> None:
    """Print what another region pays for: its commitment, the fitting's end, its invoices."""
    for case in outcome.home_regions:
        payer = case["payer_id"]
        console.print(
            f"Order {case['order_number']}, region {outcome.region}: betalas av {payer} "
            f"{outcome.payers.get(payer, '')}, förbindelse {case['reference'] or 'saknas'}, "
            f"utprovningen avslutad {case['finished_on'] or 'inte än'}.",
            highlight=False,
        )
        for one in outcome.invoices:
            if one["payer"].get("payer_id") == payer:
                console.print(
                    f"  Faktura {one['number']} för {one['month']}: {kronor(one['gross_ore'])}, "
                    f"därav utan moms {_parts(one)}.",
                    highlight=False,
                )
        console.print()


def print_between_regions(console: Console, outcome: Outcome) -> None:
    """Print what was bought over from other regions, and what was offered to them."""
    for one in outcome.takeovers:
        came = "fakturan stämmer" if one["is_invoiced"] else "fakturan väntas"
        console.print(
            f"Övertaget från region {one['from_region']}, region {outcome.region}: "
            f"{one['device_number']} från {one['bought_on'][:4]}, "
            f"{kronor(one['value']['net_ore'])}, {came}.",
            highlight=False,
        )
    for sale in outcome.region_sales:
        priced = [
            f"{line['device_number']} {kronor(line['price']['net_ore'])}"
            for line in sale["lines"]
            if line["price"] is not None
        ]
        if sale["status"] in _SALE_ENDED and priced:
            console.print(
                f"Erbjudet {sale['payer_id']} {outcome.payers.get(sale['payer_id'], '')}, region "
                f"{outcome.region}: {', '.join(priced)}: {_SALE_ENDED[sale['status']]}"
                f"{' från ' + sale['sold_on'] if sale['sold_on'] else ''}.",
                highlight=False,
            )
    if outcome.takeovers or outcome.region_sales:
        console.print()


def _corrected(invoice: Json) -> Iterator[str]:
    return (line["corrects"] for line in invoice["lines"] if line.get("corrects"))


def _became(fee: Json, invoice: str | None) -> str:
    if fee["status"] == "cancelled":
        return "utgår, hjälpmedlet kom tillbaka innan"
    paused = f"pausad till {fee['until_on']}, " if fee["until_on"] else ""
    if fee["status"] == "deferred":
        return f"{paused}förfaller {fee['due_on']}"
    billed = f", på faktura {invoice}" if invoice else ", inte fakturerad än"
    return f"{paused}förföll {fee['due_on']}{billed}"


def _parts(invoice: Json) -> str:
    rent = sum(one["amount"]["net_ore"] for one in invoice["lines"] if one["kind"] == "rent")
    sold = invoice["net_ore"] - rent
    told = [("hyra", rent), ("köp", sold)]
    return " och ".join(f"{word} {kronor(ore)}" for word, ore in told if ore)
