"""What a unit's own store has, as a withdrawal looks for it: by words, or by a scanned number."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from typing import Any

from kvitt_portal.here import Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import code, items_of
from kvitt_portal.pages.scanning import device_for, is_code
from kvitt_portal.pages.withdrawal_draft import Line
from kvitt_portal.services import Part

_HITS = 8
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,30}")
_CLAIMS = {
    "transfer": "är i ett byte som pågår",
    "lock": "är låst av ett obesvarat byte",
    "dispatch": "är på väg till en mottagare",
    "basket": "är utlånat i en varukorg",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A device that cannot be withdrawn here: why, and the service point whose store has it, where
    the user works there too.
    """

    message: str
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
        return items_of(self.balances) if self.balances is not None else []

    @property
    def problem(self) -> Part | None:
        """The store's service, where it does not answer."""
        return self.balances if self.balances is not None and not self.balances else None

    def exact(self, query: str) -> Line | None:
        """The line that a whole number means: a device that is free here, or an article."""
        wanted = (self.query if is_code(query) else query).lower()
        named = [one for one in self.devices if wanted in _numbers(one)]
        if len(named) == 1 and named[0]["claim"] is None:
            return Line(named[0]["article_number"], device=named[0]["device_number"])
        articles = [one for one in self.articles if one["article_number"].lower() == wanted]
        return Line(articles[0]["article_number"]) if articles and not named else None


async def store_of(here: Visit, service_point: str) -> str:
    """The own store of a service point; empty where it has none."""
    if not service_point:
        return ""
    part = await here.ask("orders", f"/customers/{code(service_point)}")
    return (part.value["store"] or "") if part else ""


async def own_stores(here: Visit) -> dict[str, str]:
    """The own stores of the user's service points, by service point: the one at which the user
    works now is first; those without a store are absent.
    """
    places = sorted(here.user.service_points, key=lambda one: one != here.service_point)
    stores = await asyncio.gather(*(store_of(here, one) for one in places))
    return {place: store for place, store in zip(places, stores, strict=True) if store}


async def place_with(here: Visit, store: str) -> str:
    """The service point of the user's whose own store this is; empty where none has it."""
    own = await own_stores(here)
    return next((place for place, one in own.items() if one == store), "")


async def shelf_of(here: Visit, store: str, query: str) -> Shelf:
    """What a store has of this; of a device whose whole number it is, also where else it is."""
    if not store or not query:
        return Shelf(store)
    if is_code(query):
        found = await device_for(here, query)
        if isinstance(found, str):
            return Shelf(store, query, elsewhere=Taken(found))
        query = found["device_number"]
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
        return replace(shelf, elsewhere=Taken(_claimed(here_named[0])))
    if here_named or shelf.exact(query) is not None:
        return shelf
    others = [one for one in await _devices(here, query) if query.lower() in _numbers(one)]
    if len(others) != 1:
        return shelf
    return replace(shelf, elsewhere=await _where(here, others[0], store))


async def _where(here: Visit, device: dict[str, Any], store: str) -> Taken:
    """Where a device is that is not in this store."""
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
    if place := await place_with(here, holder["store"]):
        return Taken(f"{stands} Ta ut den från {names.customer(place)}.", place)
    return Taken(f"{stands} Bara det egna förrådets hjälpmedel kan tas ut.")


async def _devices(here: Visit, query: str, *, store: str = "") -> list[dict[str, Any]]:
    if not _NUMBER.fullmatch(query):
        return []
    part = await here.ask("inventory", "/devices", device_number=query, store=store, limit=_HITS)
    return items_of(part)


def _numbers(device: dict[str, Any]) -> set[str]:
    said = (device["device_number"], device["serial_number"])
    return {one.lower() for one in said if one}


def _claimed(device: dict[str, Any]) -> str:
    claim = device["claim"]["kind"]
    return f"Individ {device['device_number']} {_CLAIMS.get(claim, 'är upptagen')}."
