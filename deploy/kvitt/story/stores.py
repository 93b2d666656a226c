"""Prints in Swedish what became of what is in a region's stores. Compares nothing."""

from rich.console import Console

from kvitt.story.outcome import Outcome
from kvitt.story.report import BILLED_STATUS, KIND, RECONDITIONING_STATUS, kronor
from kvitt.story.services import Json

_STAGE = {
    "inspected": "kontrollerad",
    "cleaned": "rengjord",
    "repaired": "reparerad",
    "approved": "godkänd",
    "scrapped": "skrotad",
}
_SCRAPPED_FOR = {
    "NOT_WORTH_REPAIR": "inte värd att reparera",
    "DAMAGED": "skadad",
    "PARTS_MISSING": "delar saknas",
    "NOT_HYGIENIC": "inte hygienisk",
    "TOO_OLD": "för gammal",
}


def print_stocktakings(console: Console, outcome: Outcome) -> None:
    """Print each stocktaking that is posted: what was counted, and what is searched for since."""
    numbers = {one["device_id"]: one["device_number"] for one in outcome.devices}
    for one in outcome.stocktakings:
        if one["posted_on"] is None:
            continue
        counted = [f"{line['article_number']} {line['counted']}" for line in one["counts"]]
        whose = " (privat mottagning)" if one["is_private_clinic"] else ""
        console.print(
            f"Inventering av förråd {one['store']}{whose}, region {outcome.region}: "
            f"bokförd {one['posted_on']}, på hyllorna {', '.join(counted)}.",
            highlight=False,
        )
    for charge in outcome.charges:
        if charge["kind"] == "lost_device":
            console.print(
                f"  {KIND[charge['kind']].capitalize()}, {numbers[charge['device_id']]}: "
                f"{kronor(charge['amount']['net_ore'])} till {charge['payer']['payer_id']}.",
                highlight=False,
            )
    if outcome.stocktakings:
        console.print()


def print_workshop(console: Console, outcome: Outcome) -> None:
    """Print what came back to the device service to be made fit again, and each stage of it."""
    if not outcome.reconditionings:
        return
    console.print(f"Rekonditioneringar, region {outcome.region}")
    for one in sorted(outcome.reconditionings, key=lambda one: str(one["device_number"])):
        stages = [f"{_STAGE[done['stage']]} {done['done_on']}" for done in one["done"]]
        left = [] if one["status"] != "open" else [RECONDITIONING_STATUS["open"]]
        why = f" ({_SCRAPPED_FOR.get(one['reason'], one['reason'])})" if one["reason"] else ""
        console.print(
            f"  {_what(one)}, tillbaka {one['opened_on']}: {', '.join([*stages, *left])}{why}.",
            highlight=False,
        )
    console.print()


def print_sent_back(console: Console, outcome: Outcome) -> None:
    """Print what has left for its supplier, and the credit notes that came."""
    if not outcome.supplier_returns:
        return
    numbers = {one["device_id"]: one["device_number"] for one in outcome.devices}
    console.print(f"Tillbaka till leverantör, region {outcome.region}")
    for one in sorted(outcome.supplier_returns, key=lambda one: str(one["returned_on"])):
        what = _what({**one, "device_number": numbers.get(one["device_id"])})
        console.print(
            f"  {what} ur förråd {one['store']}, {one['returned_on']}, till {one['supplier_id']}.",
            highlight=False,
        )
    for invoice in outcome.supplier_invoices:
        if invoice["is_credit"]:
            console.print(
                f"  Kreditfaktura {invoice['number']} från {invoice['supplier_id']} på "
                f"{kronor(invoice['gross_ore'])}: {BILLED_STATUS[invoice['status']]}.",
                highlight=False,
            )
    console.print()


def _what(thing: Json) -> str:
    """A device by its number, else so many of an article."""
    return thing["device_number"] or f"{thing['quantity']} st {thing['article_number']}"
