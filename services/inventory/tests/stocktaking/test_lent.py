"""INV-10, ORD-10 on real PostgreSQL: a store is counted while some of it is lent in baskets."""

import random
from collections import Counter

import pytest
from inventory.baskets.models import BasketRow
from inventory.devices.domain import Claim, ClaimKind
from kvitt_contracts.inventory import (
    BasketActRefused,
    BasketLineBroken,
    BasketLinePutBack,
    LineDelivered,
)
from kvitt_contracts.orders import BasketLoanRequested
from kvitt_contracts.refusals import Refused
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.baskets import (
    a_basket_loan_act_requested,
    a_basket_loan_declined,
    a_basket_loan_requested,
    a_lent_device,
    a_lent_line,
)
from contracts.tests.builders.orders import a_device_line, a_withdrawal_placed
from contracts.tests.builders.regions import a_device_returned
from contracts.tests.builders.story import CUSHION, OWN, ROLLATOR, a_store, basket_id, line_id
from services.inventory.tests.stocktaking.rounds import (
    INVESTIGATION,
    ONE,
    THREE,
    TWO,
    assert_shelves_have_their_devices,
    counted,
    finding,
    later,
    opened,
    posted,
)
from services.inventory.tests.worlds import balance, device

LENT = Claim(kind=ClaimKind.BASKET, by=basket_id())
LOAN = (
    a_lent_device(1, device=ONE),
    a_lent_device(2, device=TWO),
    a_lent_line(3, article=CUSHION, quantity=2),
)


@pytest.mark.rule("INV-10e", "ORD-10l")
async def test_what_is_lent_is_not_missing_until_its_last_day(world: World) -> None:
    (cushions, _, _) = await balance(world, CUSHION, OWN)
    await world.handle(a_basket_loan_requested(*LOAN))
    await opened(world)

    await counted(world, (ROLLATOR, 1, (THREE,)), (CUSHION, cushions - 2, ()))
    found = await posted(world)

    assert (found.differences, found.missing) == ((), 0)
    assert (await device(world, ONE)).claim == LENT
    assert await balance(world, ROLLATOR, OWN) == (1, 2, 0)
    assert await balance(world, CUSHION, OWN) == (cushions - 2, 2, 0)


@pytest.mark.rule("INV-10d", "ORD-10l")
async def test_what_more_is_missing_than_is_lent_is_posted(world: World) -> None:
    (cushions, _, _) = await balance(world, CUSHION, OWN)
    await world.handle(a_basket_loan_requested(*LOAN))
    await opened(world)

    await counted(world, (CUSHION, cushions - 3, ()))
    await posted(world)

    assert await balance(world, CUSHION, OWN) == (cushions - 3, 2, 0)


@pytest.mark.rule("INV-10e", "ORD-10k", "ORD-10l")
async def test_what_is_overdue_and_not_found_is_lost_and_no_act_names_it(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LOAN))
    await world.advance(stockholm("2026-03-10 08:00"))
    await opened(world)

    await counted(world, (ROLLATOR, 2, (TWO, THREE)))
    await posted(world)

    (broken,) = await world.events(BasketLineBroken)
    assert (broken.line_id, broken.reason) == (line_id(basket_id(), 1), "LOST")
    assert (await device(world, TWO)).claim == LENT
    assert await balance(world, ROLLATOR, OWN) == (1, 1, 0)
    await world.handle(a_basket_loan_act_requested(1, 2))
    assert len(await world.events(BasketActRefused)) == 1
    assert await world.events(LineDelivered) == []


@pytest.mark.rule("INV-10e", "ORD-10l")
async def test_what_was_put_back_after_the_count_is_not_missing(world: World) -> None:
    before = await balance(world, ROLLATOR, OWN), await balance(world, CUSHION, OWN)
    await world.handle(a_basket_loan_requested(*LOAN))
    await opened(world)
    await counted(world, (ROLLATOR, 1, (THREE,)), (CUSHION, before[1][0] - 2, ()))
    await world.handle(a_basket_loan_act_requested(put_back=(1, 2, 3)))

    found = await posted(world)

    assert (found.differences, found.missing) == ((), 0)
    assert (await device(world, ONE)).custody.holder == a_store(OWN)
    assert (await balance(world, ROLLATOR, OWN), await balance(world, CUSHION, OWN)) == before


@pytest.mark.rule("INV-10e", "ORD-10l")
async def test_what_was_put_back_before_the_count_and_not_found_is_missing(world: World) -> None:
    await world.handle(a_basket_loan_requested(*LOAN))
    await world.handle(a_basket_loan_act_requested(put_back=(1,)))
    await later(world)
    await opened(world)
    await counted(world, (ROLLATOR, 1, (THREE,)))
    await world.handle(a_basket_loan_act_requested(put_back=(2,), act="2"))

    found = await posted(world)

    assert found.missing == 1
    assert (await device(world, ONE)).custody.holder == a_store(INVESTIGATION)
    assert (await device(world, TWO)).custody.holder == a_store(OWN)


@pytest.mark.rule("INV-10e", "ORD-10l")
async def test_a_line_put_back_after_the_count_says_nothing_of_an_overdue_one(
    world: World,
) -> None:
    await world.handle(a_basket_loan_requested(*LOAN))
    await world.advance(stockholm("2026-03-10 08:00"))
    await opened(world)
    await counted(world, (ROLLATOR, 1, (THREE,)))
    await world.handle(a_basket_loan_act_requested(put_back=(2,)))

    found = await posted(world)

    assert found.missing == 1
    (broken,) = await world.events(BasketLineBroken)
    assert (broken.line_id, broken.reason) == (line_id(basket_id(), 1), "LOST")


@pytest.mark.rule("INV-10e", "ORD-10l")
@pytest.mark.parametrize("how", ["returned", "let go"])
async def test_what_came_back_without_an_act_after_the_count_is_not_missing(
    world: World, how: str
) -> None:
    await world.handle(a_basket_loan_requested(*LOAN))
    await opened(world)
    await counted(world, (ROLLATOR, 2, (TWO, THREE) if how == "returned" else (ONE, THREE)))
    if how == "returned":
        await world.handle(a_device_returned(ONE))
    else:
        await world.handle(a_basket_loan_declined())

    found = await posted(world)

    assert (found.differences, found.missing) == ((), 0)


@pytest.mark.rule("INV-10d", "ORD-10l")
async def test_unmarked_goods_that_are_overdue_are_missing(world: World) -> None:
    (cushions, _, _) = await balance(world, CUSHION, OWN)
    await world.handle(a_basket_loan_requested(*LOAN))
    await world.advance(stockholm("2026-03-10 08:00"))
    await opened(world)

    await counted(world, (CUSHION, cushions - 2, ()))
    found = await posted(world)

    (differs,) = found.differences
    assert (differs.expected, differs.counted) == (cushions, cushions - 2)


@pytest.mark.rule("ORD-10k", "ORD-10d")
@pytest.mark.parametrize("seed", range(12))
async def test_no_order_of_acts_returns_and_counts_ends_a_line_twice(
    world: World, seed: int
) -> None:
    chance = random.Random(seed)
    await opened(world)
    for step in range(16):
        await _attempt(world, chance, step)
        await later(world)
        await assert_shelves_have_their_devices(world)

    ended = [one.line_id for one in await world.events(LineDelivered)]
    ended += [one.line_id for one in await world.events(BasketLinePutBack)]
    ended += [one.line_id for one in await world.events(BasketLineBroken)]
    ends = Counter(ended)
    assert not ends or max(ends.values()) == 1
    assert await found_by(world, "claims") == []


async def _attempt(world: World, chance: random.Random, step: int) -> None:
    """One act that may be refused."""
    number = chance.choice((ONE, TWO, THREE))
    kinds = ("lend", "lend", "act", "act", "act", "return", "count", "post", "find", "withdraw")
    try:
        match chance.choice((*kinds, "let go", "day")):
            case "lend":
                await world.handle(_a_loan(chance, number, step))
            case "act":
                await _act(world, chance, step)
            case "return":
                await world.handle(a_device_returned(number))
            case "count":
                seen = tuple(one for one in (ONE, TWO, THREE) if chance.random() < 0.6)
                shelf = (CUSHION, chance.randrange(8), ())
                await counted(world, (ROLLATOR, len(seen), seen), shelf)
            case "post":
                await posted(world)
                await opened(world)
            case "find":
                await world.handle(finding(number), subject=number)
            case "withdraw":
                line = a_device_line(number, order=f"O-{step}")
                numbered = {"reference": f"O-{step}", "order_number": f"2611{step:04}"}
                await world.handle(a_withdrawal_placed(line, **numbered))
            case "let go":
                for row in (await world.rows(BasketRow))[:1]:
                    await world.handle(a_basket_loan_declined(order_id=row.id))
            case "day":
                await later(world, days=3)
    except Refused:
        return


def _a_loan(chance: random.Random, number: str, step: int) -> BasketLoanRequested:
    name = f"V-{step}"
    goods = a_lent_line(2, basket=name, article=CUSHION, quantity=chance.randrange(1, 4))
    lines = (a_lent_device(1, device=number, basket=name), goods)
    return a_basket_loan_requested(*lines, basket=name, number=f"2610{step:04}")


async def _act(world: World, chance: random.Random, step: int) -> None:
    """Deliver some lines of a basket, and put others back."""
    known = {row.id for row in await world.rows(BasketRow)}
    names = [f"V-{one}" for one in range(step) if basket_id(f"V-{one}") in known]
    if names:
        deliver = chance.choice(((), (1,), (2,), (1, 2)))
        rest = tuple(one for one in (1, 2) if one not in deliver)
        back = rest if chance.random() < 0.7 or not deliver else ()
        name = chance.choice(names)
        act = a_basket_loan_act_requested(*deliver, put_back=back, basket=name, act=str(step))
        await world.handle(act)
