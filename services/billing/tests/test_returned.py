"""What came back in time is not owed, by whichever charge it waited: all of it is locked before
anything is entered in the ledger.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from billing.app import service
from billing.domain import ChargeStatus
from billing.models import ChargeRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.home_regions import (
    HOME_PAYER,
    a_covered_line,
    an_order_with_a_cover,
    with_home_regions,
)
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_device_registered,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.reservations import a_line_delivered, a_line_returned
from contracts.tests.builders.story import CENTRAL, CUSHION, ROLLATOR, SENDER
from services.billing.tests.builders import with_accounts


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region with accounts, where another region pays for a patient who pays a delayed fee."""
    both = with_accounts(with_home_regions(policies))
    async with given(service, at=stockholm("2026-03-02 12:00"), policies=both) as world:
        await world.register(SENDER)
        yield world


async def delivered_units(world: World) -> Event:
    """Two cushions are delivered and their fees are charged already. Returns the late return."""
    await world.handle_all(
        an_article_listed(CUSHION, marked=False, charging="sale"),
        an_article_priced(CUSHION, 10_000),
        an_order_with_a_cover(a_covered_line(CUSHION, 2, has_delayed_fee=True)),
        a_line_delivered(quantity=2, on="2026-03-02", payer=HOME_PAYER),
    )
    return a_line_returned(quantity=1, on="2026-05-20")


async def delivered_device(world: World) -> Event:
    """A device is sold and lent, and its fee is charged already. Returns its late return."""
    before = a_custody(since="2026-03-02")
    lent, back = numbered(
        a_custody_changed_by_order("75082", to=before),
        a_custody_changed_by_return("75082", store=CENTRAL, since="2026-05-20", before=before),
    )
    await world.handle_all(
        an_article_listed(ROLLATOR, charging="sale"),
        an_article_priced(ROLLATOR, 10_000),
        a_device_registered("75082", store=CENTRAL),
        an_order_with_a_cover(a_covered_line(ROLLATOR, marked=True, has_delayed_fee=True)),
        lent,
        a_line_delivered(
            article=ROLLATOR, devices=("75082",), on="2026-03-02", payer=HOME_PAYER, charging="sale"
        ),
    )
    return back


@contextmanager
def locked(world: World) -> Iterator[list[str | UUID]]:
    """What is locked meanwhile in its order: charges by their ids, and the ledger's counter."""
    found: list[str | UUID] = []
    with world.statements() as sent:
        yield found
    for one in sent:
        if "FROM charges" in one and "FOR NO KEY UPDATE" in one:
            (keys,) = (value for value in one.values if isinstance(value, list))
            found.extend(UUID(str(key)) for key in keys)
        if "FROM counters" in one and "FOR SHARE" in one:
            found.append("counter")


@pytest.mark.rule("BIL-4c", "BIL-5g")
@pytest.mark.parametrize("delivered", [delivered_units, delivered_device])
async def test_a_return_ends_what_each_payer_owes_and_locks_it_before_the_ledger(
    world: World, delivered: Callable[[World], Awaitable[Event]]
) -> None:
    back = await delivered(world)
    await world.advance(stockholm("2026-10-01 06:00"))
    charges = {row.id: row.kind for row in await world.rows(ChargeRow)}

    with locked(world) as order:
        await world.handle(back)

    ended = [
        str(row.kind) for row in await world.rows(ChargeRow) if row.status is ChargeStatus.CANCELLED
    ]
    assert sorted(ended) == ["fee", "home_region"]
    first = order.index("counter")
    assert order[:first] == sorted(charges, key=str)
    assert set(order[first:]) == {"counter"}
    await assert_rows_are_folds(world)
