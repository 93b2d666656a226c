"""Bygger upp ordrar, innehav dag för dag och saldon ur regionens flöde, och jämför med Kvitts API.

python rebuild.py region.ac.events region-ac-rebuild

Skriver vad som skiljer, och slutar då med 1. Varje körning läser allt: gruppen bekräftar inget.
Läser med read_feed.py och frågar med ask_api.py, som ligger bredvid.
"""

import json
import sqlite3
import sys
from collections import defaultdict
from operator import itemgetter
from typing import Any

from ask_api import ask, every, names, whom
from read_feed import LAST_READ, attributes, connect, is_new, to_the_end

Json = dict[str, Any]
ORDER, LINE = "region.order.reported.v1", "region.order-line.reported.v1"
CUSTODY, STOCK = "region.custody.reported.v1", "region.stock.reported.v1"
AMOUNTS = ("available", "reserved", "on_order", "in_reconditioning")


class Books:
    """Det senaste som flödet har berättat om varje sak, av ett innehav det senaste om varje dag."""

    def __init__(self) -> None:
        self.last: defaultdict[str, dict[tuple[str, str], Json]] = defaultdict(dict)

    def take(self, wire_type: str, key: str, data: Json) -> None:
        self.last[wire_type][key, data["business_day"] if wire_type == CUSTODY else ""] = data

    def told(self, now: dict[str, str]) -> Json:
        """Allt, sak för sak; `now` säger vad en person heter som har slagits ihop med en annan."""
        found: Json = {}
        lines: defaultdict[str, dict[int, Json]] = defaultdict(dict)
        for line in self.last[LINE].values():
            lines[line["order_number"]][line["number"]] = line
        for (key, _), one in self.last[ORDER].items():
            rows = [row for _, row in sorted(lines[one["order_number"]].items())]
            planned = {"planned_dispatch_on": one.get("planned_on"), "lines": rows}
            found[f"order {key}"] = order(one | planned, now)
        for (key, day), one in sorted(self.last[CUSTODY].items(), key=itemgetter(0)):
            span = custody(one | {"from_day": day}, one.get("recipient"), now)
            found.setdefault(f"innehav {key}", []).append(span)
        for one in self.last[STOCK].values():
            found[f"saldo {one['store']} {one['article_number']}"] = [one[at] for at in AMOUNTS]
        return found


def order(one: Json, now: dict[str, str]) -> list[Any]:
    """En order som den jämförs: status, för vem, när den väntas och kom, och varje rad."""
    lines = [[line["article_number"], line["quantity"], line["delivered"]] for line in one["lines"]]
    came = one.get("delivered_on") if one["status"] == "delivered" else None
    return [one["status"], whom(one.get("recipient"), now), one["planned_dispatch_on"], came, lines]


def custody(one: Json, holder: Json | None, now: dict[str, str]) -> list[Any]:
    """Vem som har ett hjälpmedel från en dag, vem som betalar och vem som har förskrivit det."""
    return [one["from_day"], whom(holder or one, now), one.get("payer_id"), one.get("prescriber")]


def asked(now: dict[str, str]) -> Json:
    """Samma sak, som API:et har det."""
    found: Json = {}
    for one in every("orders", "/orders?limit=200"):
        key = one["order_id"]
        found[f"order {key}"] = order(ask("orders", f"/orders/{key}"), now)
    for one in every("inventory", "/devices?sort=device_number&limit=200"):
        spans = ask("inventory", f"/devices/{one['device_id']}")["periods"]
        found[f"innehav {one['device_id']}"] = [custody(it, it["holder"], now) for it in spans]
    for store in every("inventory", "/stores?sort=store&limit=200"):
        for one in every("inventory", f"/stores/{store['store']}/balances?limit=200"):
            found[f"saldo {one['store']} {one['article_number']}"] = [one[at] for at in AMOUNTS]
    return found


def main() -> None:
    """Läser flödet till slutet, frågar API:et, och berättar vad som skiljer."""
    topic, group = sys.argv[1:]
    database, books, consumer = sqlite3.connect(":memory:"), Books(), connect(topic, group)
    database.execute(LAST_READ)
    for message in to_the_end(consumer):
        said = attributes(message)
        if is_new(database, message):
            books.take(said["ce_type"], said["ce_subject"], json.loads(message.value() or b"{}"))
    consumer.close()
    now = names()
    told, shown = books.told(now), asked(now)
    told = {it: one for it, one in told.items() if it in shown or any(one)}  # inget saldo är noll
    wrong = sorted(key for key in told | shown if told.get(key) != shown.get(key))
    for key in wrong:
        sys.stdout.write(f"{key}: flödet {told.get(key)}, API:et {shown.get(key)}\n")
    sys.stdout.write(f"{len(shown)} saker, {len(wrong)} skiljer.\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
