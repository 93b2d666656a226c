"""Prints in Swedish what became of what is in a region's stores. Compares nothing."""

from rich.console import Console

from kvitt.story.outcome import Outcome
from kvitt.story.report import KIND, kronor


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
