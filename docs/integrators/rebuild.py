"""Bygger upp ordrar, innehav dag för dag och saldon ur regionens flöde, och jämför med Kvitts API.

python rebuild.py region.ac.events region-ac-rebuild

Skriver vad som skiljer, en rad om varje sak, och slutar då med 1. Varje körning läser hela flödet:
gruppen bekräftar inget. Läser med read_feed.py och frågar med ask_api.py, som ligger bredvid.
"""

import json
import sqlite3
import sys
from collections import defaultdict
from typing import Any

from ask_api import ask, every, names
from read_feed import LAST_READ, attributes, connect, is_new, to_the_end

Json = dict[str, Any]
AMOUNTS = ("available", "reserved", "on_order", "in_reconditioning")


class Books:
    """Det som flödet har berättat: det senaste om varje sak gäller."""

    def __init__(self) -> None:
        self.orders: dict[str, Json] = {}
        self.lines: defaultdict[str, dict[int, Json]] = defaultdict(dict)
        self.custody: defaultdict[str, dict[str, Json]] = defaultdict(dict)
        self.stock: dict[str, Json] = {}

    def take(self, wire_type: str, key: str, data: Json) -> None:
        """Skriver in ett meddelande; sorter som böckerna inte har plats för hoppas över."""
        if wire_type == "region.order.reported.v1":
            self.orders[key] = data
        elif wire_type == "region.order-line.reported.v1":
            self.lines[data["order_number"]][data["number"]] = data
        elif wire_type == "region.custody.reported.v1":
            self.custody[key][data["business_day"]] = data  # det senaste om en dag gäller den
        elif wire_type == "region.stock.reported.v1":
            self.stock[key] = data

    def told(self, now: dict[str, str]) -> Json:
        """Allt, sak för sak; `now` säger vad en person heter som har slagits ihop med en annan."""
        found: Json = {}
        for key, one in self.orders.items():
            lines = [line for _, line in sorted(self.lines[one["order_number"]].items())]
            planned = {"planned_dispatch_on": one.get("planned_on"), "lines": lines}
            found[f"order {key}"] = order(one | planned, now)
        for key, days in self.custody.items():
            spans = [one | {"from_day": day} for day, one in sorted(days.items())]
            found[f"innehav {key}"] = [custody(one, one.get("recipient"), now) for one in spans]
        for one in self.stock.values():
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


def whom(holder: Json | None, now: dict[str, str]) -> str | None:
    """Personens id hos regionen, vårdenheten eller förrådet."""
    found = [holder[name] for name in ("person", "unit", "store") if name in (holder or {})]
    return now.get(found[0], found[0]) if found else None


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
    wrong = sorted(key for key in told | shown if told.get(key) != shown.get(key))
    for key in wrong:
        sys.stdout.write(f"{key}: flödet {told.get(key)}, API:et {shown.get(key)}\n")
    sys.stdout.write(f"{len(shown)} saker, {len(wrong)} skiljer.\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
