"""The outcome of a region's month, read over HTTP and from its feed. Nothing is compared here."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kvitt.story.accounts import Accounts, read_accounts
from kvitt.story.region_client import FeedEvent, RegionClient
from kvitt.story.services import Caller, Json, Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the services answer of one region. Lists are complete; single views where they hold
    more.
    """

    region: str
    orders: list[Json]
    transfers: list[Json]
    baskets: list[Json]
    """Each with `is_told`: its prescriber has been told that it is overdue."""
    pickups: list[Json]
    fault_reports: list[Json]
    work_orders: list[Json]
    cases: list[Json]
    responsibles: list[Json]
    devices: list[Json]
    payments: list[Json]
    """Who pays for each device from which day, as billing has it."""
    invoices: list[Json]
    charges: list[Json]
    purchase_orders: list[Json]
    home_regions: list[Json]
    """What other regions, or the state, pay for."""
    supplier_invoices: list[Json]
    payable: list[Json]
    ledger: list[Accounts]
    """Each month's."""
    balances: list[Json]
    refills: list[Json]
    stocktakings: list[Json]
    """Each store's that has one."""
    takeovers: list[Json]
    """Devices that were bought over from other regions."""
    region_sales: list[Json]
    """What was offered to other regions."""
    supplier_returns: list[Json]
    reconditionings: list[Json]
    """The last one of each device, by its number."""
    quarantine: list[Json]
    """Entries with `service` and `message_id`."""
    feed: list[FeedEvent]
    persons: Mapping[str, str]
    """The id that a person goes by in the region now, by reference and by each id."""
    payers: Mapping[str, str]
    """Names."""
    unread: int
    """Messages that nobody has opened, those to users and those to service points."""
    reminders: Mapping[str, int]
    """How many messages remind of what is to be returned at once, by kind."""
    explained: Json | None = None
    """Why one line of an invoice is as it is, a credit's where there is one."""


async def read_outcome(services: Services, client: RegionClient) -> Outcome:
    """Read everything of the client's region. Raises LocalProblem."""
    region = client.code
    own = services.as_system(region)
    orders, baskets, pickups, faults, transfers = await asyncio.gather(
        _singles(own, "orders", "/orders", "order_id", sort="order_number"),
        own.all("orders", "/basket-loans", status=_BASKETS),
        _singles(own, "orders", "/pickups", "pickup_id", status=_PICKUPS),
        _singles(own, "orders", "/fault-reports", "fault_report_id", sort="service_point"),
        _singles(own, "bmb", "/transfers", "id", sort="sent_at"),
    )
    works, purchases, cases = await asyncio.gather(
        _singles(own, "orders", "/work-orders", "work_order_id", status=_WORK_ORDERS),
        _singles(own, "orders", "/purchase-orders", "purchase_order_id"),
        own.all("orders", "/cases", status=_CASES),
    )
    responsibles, balances, stocktakings, refills, quarantine = await asyncio.gather(
        own.all("bmb", "/responsibles", sort="service_point"),
        _balances(own),
        _stocktakings(own),
        own.all("inventory", "/refills", sort="proposed_on"),
        _quarantine(services, region),
    )
    takeovers, region_sales, reconditionings, supplier_returns = await asyncio.gather(
        own.all("billing", "/takeovers", sort="device_number"),
        _singles(own, "billing", "/region-sales", "id", sort="requested_on"),
        own.all("inventory", "/reconditionings", sort="opened_on"),
        own.all("inventory", "/supplier-returns", sort="returned_on"),
    )
    invoices, charges, home_regions, billed, payable = await asyncio.gather(
        _singles(own, "billing", "/invoices", "id", sort="number"),
        own.all("billing", "/charges", sort="charged_on"),
        own.all("billing", "/home-region-cases", sort="order_number"),
        own.all("billing", "/supplier-invoices"),
        own.all("billing", "/supplier-invoices:payable"),
    )
    devices, payments, persons, payers, messages = await asyncio.gather(
        own.all("inventory", "/devices", sort="device_number"),
        own.all("billing", "/devices", sort="device_id"),
        own.all("orders", "/persons", sort="region_person_id"),
        own.all("orders", "/payers", sort="payer_id"),
        own.get("notifications", "/messages:counted"),
    )
    return Outcome(
        region=region,
        orders=orders,
        transfers=transfers,
        baskets=await _told(services, region, baskets),
        pickups=pickups,
        fault_reports=faults,
        work_orders=works,
        cases=cases,
        responsibles=responsibles,
        devices=devices,
        payments=payments,
        invoices=invoices,
        explained=await _explained(own, invoices),
        charges=charges,
        purchase_orders=purchases,
        home_regions=home_regions,
        supplier_invoices=billed,
        payable=payable,
        ledger=await read_accounts(own),
        balances=balances,
        refills=refills,
        stocktakings=stocktakings,
        takeovers=takeovers,
        region_sales=region_sales,
        reconditionings=reconditionings,
        supplier_returns=supplier_returns,
        quarantine=quarantine,
        feed=await client.feed(),
        persons=_current_names(persons),
        payers={one["payer_id"]: one["name"] for one in payers},
        unread=sum(one["count"] for one in messages if one["status"] == "unread"),
        reminders=_reminders(messages),
    )


async def _explained(own: Caller, invoices: list[Json]) -> Json | None:
    """What explains the line of rent that most has happened to: one that is taken back, else one
    that began with another day than its month.
    """
    lines = [
        (one["is_credit"], line["from_day"][8:] != "01", one["id"], n)
        for one in invoices
        for n, line in enumerate(one["lines"], 1)
        if line["kind"] == "rent"
    ]
    if not lines:
        return None
    *_, invoice, n = max(lines, key=lambda one: one[:2])
    found: Json = await own.get("billing", f"/invoices/{invoice}/lines/{n}:explain")
    return found


async def _told(services: Services, region: str, baskets: list[Json]) -> list[Json]:
    """The baskets, each with whether its prescriber has been told that it is overdue."""
    users = sorted({one["prescriber"] for one in baskets})
    read = (services.as_user(one, region=region).all("notifications", "/messages") for one in users)
    about = {
        one["link"]["path"]
        for messages in await asyncio.gather(*read)
        for one in messages
        if one["message"] == "basket_overdue"
    }
    return [{**one, "is_told": f"/basket-loans/{one['order_id']}" in about} for one in baskets]


def _reminders(messages: list[Json]) -> dict[str, int]:
    found = Counter[str]()
    for one in messages:
        if one["message"] in ("device_return_awaited", "pickup_return_awaited"):
            found[one["message"]] += one["count"]
    return dict(found)


# unasked, what is over is left out of these lists (PCK-5)
_BASKETS = ("requested", "open", "closed", "declined")
_PICKUPS = ("requested", "registered", "refused", "closed", "voided")
_WORK_ORDERS = ("assigned", "planned", "started", "finished", "voided")
_CASES = ("waiting", "answered", "withdrawn")


async def _singles(caller: Caller, service: str, path: str, key: str, **query: Any) -> list[Json]:
    listed = await caller.all(service, path, **query)
    return await caller.each(service, lambda one: f"{path}/{one[key]}", listed)


async def _balances(caller: Caller) -> list[Json]:
    stores = await caller.all("inventory", "/stores", sort="store")
    found = await asyncio.gather(
        *(
            caller.all("inventory", f"/stores/{one['store']}/balances", sort="article_number")
            for one in stores
        )
    )
    return [balance for balances in found for balance in balances]


async def _stocktakings(caller: Caller) -> list[Json]:
    stores = await caller.all("inventory", "/stores", sort="store")
    shown = await caller.each(
        "inventory", lambda one: f"/stores/{one['store']}/stocktaking", stores
    )
    return [one["stocktaking"] for one in shown if one["stocktaking"] is not None]


async def _quarantine(services: Services, region: str) -> list[Json]:
    operator = services.as_operator()  # what names no region is shown to the platform alone
    entries: list[Json] = []
    for service in services.names:
        for one in await _parked(operator, service):
            if one["region"] in (region, None):
                shown = await operator.get(service, f"/admin/quarantine/{one['id']}")
                entries.append({**one, "service": service, "message_id": _message_id(shown)})
    return entries


async def _parked(operator: Caller, service: str) -> list[Json]:
    entries: list[Json] = []
    while True:
        after = entries[-1]["id"] if entries else 0
        page: list[Json] = await operator.get(
            service, "/admin/parked", state="quarantined", limit=1_000, after=after
        )
        entries += page
        if len(page) < 1_000:
            return entries


def _message_id(shown: Json) -> str | None:
    headers: dict[str, str] = shown["headers"]
    return headers.get("ce_id")


def _current_names(persons: list[Json]) -> dict[str, str]:
    by_reference = {one["person"]: one for one in persons}
    names: dict[str, str] = {}
    for one in persons:
        current = one
        while current["merged_into"] is not None:
            current = by_reference[current["merged_into"]]
        names[one["person"]] = names[one["region_person_id"]] = current["region_person_id"]
    return names
