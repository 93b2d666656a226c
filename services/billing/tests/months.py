"""A month that a person approves, as tests drive it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.app import service
from billing.models import InvoiceRow, InvoiceRunRow
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_contracts.inventory import DeviceRegistered
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.types import RegionCode
from kvitt_testkit.world import World, stockholm, wait_for

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_payer_registered
from contracts.tests.builders.story import CUSHION, ROLLATOR
from services.billing.tests.builders import a_device, lent

MAY_31, JUNE_30 = date(2026, 5, 31), date(2026, 6, 30)
JUNE_1, JULY_1 = stockholm("2026-06-01 06:00"), stockholm("2026-07-01 06:00")
MAY = "/invoice-runs/2026-05"
JUNE = "/invoice-runs/2026-06"

PRICED = (
    an_article_listed(),
    an_article_priced(ROLLATOR, 31_000),
    an_article_listed(CUSHION, marked=False),
    an_article_priced(CUSHION, 9_999),
)


def approved_by_person(policies: Policies) -> Policies:
    """Region ac lets a person approve its months."""
    region = RegionCode("ac")
    changed = [
        one.model_copy(update={"invoice": one.invoice.model_copy(update={"approval": "person"})})
        for one in policies.of(region).versions
    ]
    return Policies({region: PolicyHistory(versions=tuple(changed))})


@dataclass(frozen=True, slots=True)
class Sums:
    """What documents come to: how many, and öre."""

    documents: int
    net_ore: int
    vat_ore: int
    gross_ore: int


async def rent_to(world: World, *payers: str, since: str = "2026-05-01") -> list[DeviceRegistered]:
    """A rollator of its own is lent to each payer, whom the register has."""
    devices = [a_device(str(75080 + number)) for number, _ in enumerate(payers)]
    loans = (
        lent(device, payer=payer, since=since)
        for device, payer in zip(devices, payers, strict=True)
    )
    await world.handle_all(
        *(a_payer_registered(payer) for payer in sorted(set(payers))),
        *PRICED,
        *devices,
        *numbered(*loans),
    )
    return devices


async def close(world: World, day: date, *, custody_changes: int) -> None:
    """The month closes, and its run goes on until it has finished or waits for a person."""
    await world.handle(a_day_closed(day, custody_changes=custody_changes))
    await world.fire_timers()


async def fire_until(world: World, status: str) -> None:
    """The run goes on by real timers until it is there."""
    loop = TimerLoop(world.worker, service.handlers, handler_seconds=60)

    async def is_there() -> bool:
        await loop._round()
        return any(run.status == status for run in await world.rows(InvoiceRunRow))

    await wait_for(is_there)


async def get(world: World, address: str) -> Any:
    """What an address answers."""
    async with world.http() as client:
        answer = await client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def post(
    world: World, address: str, body: Mapping[str, str] | None = None, *, user: str = "k082lno"
) -> tuple[int, Any]:
    """The status and the answer of an act, after what it starts has been done."""
    async with world.http(user=user) as client:
        answer = await client.post(address, json=body or {})
    await world.fire_timers()
    return answer.status_code, answer.json()


async def approve(world: World, month: str = MAY) -> None:
    """The month is approved as its latest preview shows it, and is issued."""
    shown = await get(world, f"{month}:preview")
    status, answer = await post(world, f"{month}:approve", {"state": shown["state"]})
    assert status == 200, answer


async def previewed(world: World, month: str = "2026-05") -> dict[str, Sums]:
    """What each payer's documents are previewed to come to."""
    listed = await get(world, f"/payer-previews?month={month}&limit=100")
    return {
        one["payer"]: Sums(one["documents"], one["net_ore"], one["vat_ore"], one["gross_ore"])
        for one in listed["items"]
    }


async def issued(world: World, month: str = "2026-05") -> dict[str, Sums]:
    """What each payer's issued documents come to."""
    found: dict[str, Sums] = {}
    for row in await world.rows(InvoiceRow):
        if row.month == month:
            so_far = found.get(row.payer_key, Sums(0, 0, 0, 0))
            found[row.payer_key] = Sums(
                so_far.documents + 1,
                so_far.net_ore + row.net_ore,
                so_far.vat_ore + row.vat_ore,
                so_far.gross_ore + row.gross_ore,
            )
    return found


async def findings(world: World, month: str = "2026-05") -> list[tuple[str, str]]:
    """What stands out of a month, the gravest first."""
    listed = await get(world, f"/preview-findings?month={month}&limit=100")
    return [(one["kind"], one["subject"]) for one in listed["items"]]
