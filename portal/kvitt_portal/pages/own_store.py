"""What a unit's own store has, as a withdrawal looks for it: by words, or by a scanned number."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from kvitt_portal.here import Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.withdrawal_draft import Line
from kvitt_portal.services import Part

_HITS = 8
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,30}")
_CLAIMS = {
    "transfer": "är i ett byte som pågår",
    "lock": "är låst av ett obesvarat byte",
    "dispatch": "är på väg till en mottagare",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A device that is not to be had here: what is said of it, and the service point that has it,
    where the user works there too.
    """

    said: str
    service_point: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the store has of what is searched."""

    store: str
    query: str = ""
    balances: Part | None = None
    devices: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: Taken | None = None

    @property
    def articles(self) -> list[dict[str, Any]]:
        """The articles' balances that were found."""
        return list(self.balances.value["items"]) if self.balances else []

    @property
    def problem(self) -> Part | None:
        """The store's service, where it does not answer."""
        return self.balances if self.balances is not None and not self.balances else None

    def exact(self, query: str) -> Line | None:
        """The line that a whole number means: a device that is free here, or an article."""
        wanted = query.lower()
        named = [one for one in self.devices if wanted in _numbers(one)]
        if len(named) == 1 and named[0]["claim"] is None:
            return Line(named[0]["article_number"], device=named[0]["device_number"])
        articles = [one for one in self.articles if one["article_number"].lower() == wanted]
        return Line(articles[0]["article_number"]) if articles and not named else None


async def store_of(here: Visit, service_point: str) -> str:
    """The own store of a service point; empty where it has none."""
    if not re.fullmatch(r"[0-9A-Z]{1,10}", service_point):
        return ""
    part = await here.ask("orders", f"/customers/{service_point}")
    return (part.value["store"] or "") if part else ""


async def shelf_of(here: Visit, store: str, query: str) -> Shelf:
    """What a store has of this, and of one device whose whole number it is, where that stands."""
    if not store or not query:
        return Shelf(store)
    balances, devices = await asyncio.gather(
        here.ask(
            "inventory",
            f"/stores/{store}/balances",
            query=query[:100],
            with_balance=True,
            limit=_HITS,
        ),
        _devices(here, query, store=store),
    )
    shelf = Shelf(store, query, balances, devices)
    here_named = [one for one in devices if query.lower() in _numbers(one)]
    if here_named and here_named[0]["claim"] is not None:
        return _but(shelf, Taken(_said(here_named[0])))
    if here_named or shelf.exact(query) is not None:
        return shelf
    others = [one for one in await _devices(here, query) if query.lower() in _numbers(one)]
    return _but(shelf, await where(here, others[0], store)) if len(others) == 1 else shelf


async def where(here: Visit, device: dict[str, Any], store: str) -> Taken:
    """Where a device stands that is not in this store."""
    holder = device["holder"]
    names = await Names.of(
        here,
        stores=[holder.get("store")],
        care_units=[holder.get("unit")],
        customers=here.user.service_points,
    )
    begins = f"Individ {device['device_number']}"
    if holder["kind"] == "patient":
        return Taken(f"{begins} är redan levererad till en patient, och kan inte tas ut.")
    if holder["kind"] == "care_unit":
        return Taken(f"{begins} finns hos vårdenhet {names.care_unit(holder['unit'])}.")
    stands = f"{begins} står i förråd {names.store(holder['store'])}, inte i {store}."
    for place in here.user.service_points:
        if await store_of(here, place) == holder["store"]:
            return Taken(f"{stands} Ta ut den från {names.customer(place)}.", place)
    return Taken(f"{stands} Bara det egna förrådets hjälpmedel kan tas ut.")


async def _devices(here: Visit, query: str, *, store: str = "") -> list[dict[str, Any]]:
    if not _NUMBER.fullmatch(query):
        return []
    part = await here.ask("inventory", "/devices", device_number=query, store=store, limit=_HITS)
    return list(part.value["items"]) if part else []


def _numbers(device: dict[str, Any]) -> set[str]:
    said = (device["device_number"], device["serial_number"])
    return {one.lower() for one in said if one}


def _said(device: dict[str, Any]) -> str:
    claim = device["claim"]["kind"]
    return f"Individ {device['device_number']} {_CLAIMS.get(claim, 'är upptagen')}."


def _but(shelf: Shelf, taken: Taken) -> Shelf:
    return Shelf(shelf.store, shelf.query, shelf.balances, shelf.devices, taken)
