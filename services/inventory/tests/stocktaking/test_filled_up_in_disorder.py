"""ORD-9, INV-9 on real PostgreSQL: a store is filled up, counted and drawn from in any order."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from inventory.devices.domain import ClaimKind
from inventory.devices.models import DeviceRow
from inventory.refills.domain import Status as RefillStatus
from inventory.refills.models import RefillRow
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.stock.models import BalanceRow
from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ProposalId
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import World

from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_replenishment_line,
    a_replenishment_placed,
    a_withdrawal_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_delivery_received,
    a_device_returned,
    a_dispatch,
    a_safety_level_stated,
    a_sent_line,
    rollators_received,
)
from contracts.tests.builders.story import CENTRAL, CUSHION, OWN, ROLLATOR
from services.inventory.tests.stocktaking.rounds import (
    ONE,
    THREE,
    TWO,
    counted,
    finding,
    later,
    opened,
    posted,
)

MORE = tuple(f"17010{number}" for number in range(5))
ALL = (ONE, TWO, THREE, *MORE)
ACTS = (
    "fill up",
    "fill up",
    "send",
    "send",
    "send",
    "void",
    "count",
    "post",
    "withdraw",
    "withdraw",
    "return",
    "find",
    "receive",
    "night",
    "night",
)


@pytest.mark.rule("ORD-9b", "INV-9b")
@pytest.mark.parametrize("seed", range(16))
async def test_no_order_of_filling_up_counting_and_drawing_loses_a_device_or_goes_below_zero(
    world: World, seed: int
) -> None:
    chance = random.Random(seed)
    await world.handle(rollators_received(*MORE, store=CENTRAL))
    await world.handle(a_balance_stated(CUSHION, 12))
    await world.handle(a_safety_level_stated(CUSHION, 9), subject="L-1")
    await world.handle(a_safety_level_stated(ROLLATOR, 4), subject="L-2")
    await opened(world)
    for step in range(24):
        await attempt(world, chance, step)
        await later(world)
        await assert_nothing_is_lost(world)
    await later(world, days=5)  # what is on its way arrives
    for name in ("balances", "custody", "claims", "reserved", "places"):
        assert await found_by(world, name) == []


async def attempt(world: World, chance: random.Random, step: int) -> None:
    """One act that may be refused."""
    today = stockholm_day(await world.now())
    act = chance.choice(ACTS)
    try:
        if act in ("count", "post", "find"):
            await look(world, chance, act, today)
        else:
            await do(world, chance, act, step, today)
    except Refused:
        return


async def look(world: World, chance: random.Random, act: str, today: date) -> None:
    """An act of a stocktaking."""
    match act:
        case "count":
            here = [row.device_number for row in await devices_in(world, OWN)]
            seen = tuple(one for one in here if chance.random() < 0.8)
            cushions = chance.randrange(12)
            await counted(world, (ROLLATOR, len(seen), seen), (CUSHION, cushions, ()))
        case "post":
            await posted(world)
            await opened(world)
        case "find":
            number = chance.choice(ALL)
            await world.handle(finding(number, on=today), subject=number)


async def do(world: World, chance: random.Random, act: str, step: int, today: date) -> None:
    """An act of the warehouse, of the unit, or of time."""
    match act:
        case "fill up":
            await fill_up(world, chance, step, today)
        case "send":
            await send(world, chance, today)
        case "void":
            if (order := await some_replenishment(world, chance)) is not None:
                await world.handle(an_order_void_requested(order.reference or ""))
        case "withdraw":
            number, order_name = chance.choice(ALL), f"O-{step}"
            lines = (
                a_device_line(number, order=order_name),
                a_line(CUSHION, 2, order=order_name),
            )
            await world.handle(
                a_withdrawal_placed(chance.choice(lines), reference=order_name, placed_on=today)
            )
        case "return":
            await world.handle(a_device_returned(chance.choice(ALL), on=today))
        case "receive":
            await world.handle(a_delivery_received(CUSHION, 3, received_on=today))
        case "night":
            await world.advance(start_of_day(today + timedelta(days=1)))


async def fill_up(world: World, chance: random.Random, step: int, today: date) -> None:
    """A replenishment, sometimes of what is proposed."""
    name = f"R-{step}"
    proposed = [
        ProposalId(row.id)
        for row in await world.rows(RefillRow)
        if row.status is not RefillStatus.ORDERED
    ]
    lines = (
        a_replenishment_line(CUSHION, chance.randrange(1, 9), order=name),
        a_replenishment_line(ROLLATOR, chance.randrange(1, 4), order=name, number=2, marked=True),
    )
    given: dict[str, Any] = {"placed_on": today}
    if proposed and chance.random() < 0.7:
        given["proposal_id"] = chance.choice(proposed)
    await world.handle(a_replenishment_placed(*lines, reference=name, **given))


async def send(world: World, chance: random.Random, today: date) -> None:
    """Some of a replenishment leaves, or left days ago and has arrived by now."""
    order = await some_replenishment(world, chance)
    if order is None:
        return
    there = [row.device_number for row in await devices_in(world, CENTRAL)]
    chosen = tuple(chance.sample(there, min(len(there), chance.randrange(1, 3))))
    lines = [a_sent_line(1, chance.randrange(1, 6))]
    if chosen:
        lines.append(a_sent_line(2, len(chosen), *chosen))
    chance.shuffle(lines)
    sent_on = max(order.placed_on, today - timedelta(days=chance.randrange(4)))
    arrives_on = sent_on + timedelta(days=chance.randrange(4))
    await world.handle(
        a_dispatch(
            *lines[: chance.randrange(1, 3)],
            order=order.reference or "",
            on=sent_on,
            arrives_on=arrives_on,
        )
    )


async def some_replenishment(world: World, chance: random.Random) -> PlacedOrderRow | None:
    """A replenishment that was placed, in whatever state."""
    placed = [row for row in await world.rows(PlacedOrderRow) if row.to_store is not None]
    return chance.choice(sorted(placed, key=lambda row: row.order_number)) if placed else None


async def devices_in(world: World, store: str) -> list[DeviceRow]:
    """The devices in a store's custody, in the order of their numbers."""
    rows = [row for row in await world.rows(DeviceRow) if row.state().store == store]
    return sorted(rows, key=lambda row: row.device_number)


async def assert_nothing_is_lost(world: World) -> None:
    """Every device is somewhere, each shelf has its devices, no number is below zero, no proposal
    stands beside another.
    """
    devices = await world.rows(DeviceRow)
    assert {row.device_number for row in devices} == set(ALL)
    balances = {
        (str(row.store), str(row.article_number)): row for row in await world.rows(BalanceRow)
    }
    for balance in balances.values():
        assert min(balance.available, balance.reserved, balance.on_order) >= 0
    for store in (CENTRAL, OWN):
        on_shelf = [
            row
            for row in devices
            if row.state().store == store
            and (row.claim is None or row.claim.kind is not ClaimKind.DISPATCH)
        ]
        balance = balances[store, ROLLATOR]
        assert balance.available + balance.reserved == len(on_shelf)
    for reservation in await world.rows(ReservationRow):
        for line in reservation.lines:
            assert min(line.reserved, line.missing, line.delivered) >= 0
    open_ones = [row for row in await world.rows(RefillRow) if row.status is RefillStatus.PROPOSED]
    assert len(open_ones) <= 1
