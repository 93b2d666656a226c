"""Frågar Kvitts API som regionens system. KVITT_ORDERS, KVITT_INVENTORY … är tjänsternas adresser,
KVITT_TOKEN regionens intyg. Behöver ingenting utöver Python.
"""

import json
import os
from typing import Any
from urllib.request import Request, urlopen

Json = dict[str, Any]


def ask(service: str, path: str) -> Any:
    """Vad en tjänst svarar på en GET."""
    headers = {"Authorization": f"Bearer {os.environ['KVITT_TOKEN']}"}
    with urlopen(Request(os.environ[f"KVITT_{service.upper()}"] + path, headers=headers)) as answer:
        return json.load(answer)


def every(service: str, path: str | None) -> list[Json]:
    """Hela listan, sida för sida."""
    items: list[Json] = []
    while path is not None:
        page = ask(service, path)
        items, path = items + page["items"], page["next"]
    return items


def names() -> dict[str, str]:
    """Vad varje person heter nu hos regionen, efter Kvitts referens och efter regionens id."""
    persons = {one["person"]: one for one in every("orders", "/persons?limit=200")}
    now = {}
    for one in persons.values():
        last = one
        while last["merged_into"] is not None:
            last = persons[last["merged_into"]]
        now[one["person"]] = now[one["region_person_id"]] = last["region_person_id"]
    return now


def whom(holder: Json | None, now: dict[str, str]) -> str | None:
    """Personens id hos regionen, vårdenheten eller förrådet."""
    found = [holder[name] for name in ("person", "unit", "store") if name in (holder or {})]
    return now.get(found[0], found[0]) if found else None
