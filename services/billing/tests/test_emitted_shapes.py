"""What billing really emits of sales to other regions, and of what they pay for: the builders
beside the contracts may make nothing else. Nobody hears its other events, but of what tests build
of them.
"""

import typing
from uuid import uuid4

from billing.app import service
from kvitt_contracts.billing import HomeRegionCaseEvent, RegionSaleEvent
from kvitt_contracts.envelope import Event
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.home_regions import (
    HOME_PAYER,
    a_commitment,
    a_covered_line,
    a_finish,
    an_order_with_a_cover,
    with_home_regions,
)
from contracts.tests.builders.inventory import an_article_listed, an_article_priced
from contracts.tests.builders.orders import an_order_voided
from contracts.tests.builders.region_sales import (
    a_sale_asked,
    a_sale_broken,
    a_sale_granted,
    a_sale_hindered,
    approval,
    disapproval,
    prices,
    with_other_regions,
)
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.shapes import assert_proven
from contracts.tests.builders.story import CUSHION, SENDER, SERVICE, a_care_unit
from services.billing.tests.selling import asked, ready_to_sell


async def test_billing_emits_what_its_builders_make(given: Given, policies: Policies) -> None:
    emitted: list[Event] = []
    for story in (sold, not_bought, unanswered, hindered, without_reference):
        others = with_other_regions(policies)
        async with given(service, at=stockholm("2026-03-02 12:00"), policies=others) as world:
            await ready_to_sell(world)
            await story(world)
            emitted += await world.events(*typing.get_args(RegionSaleEvent))
    for story in (fitted, voided):
        known = with_home_regions(policies)
        async with given(service, at=stockholm("2026-03-06 12:00"), policies=known) as world:
            await world.register(SENDER)
            await world.handle(an_article_listed(CUSHION, marked=False, charging="sale"))
            await world.handle(an_article_priced(CUSHION, 10_000))
            await story(world)
            emitted += await world.events(*typing.get_args(HomeRegionCaseEvent))
    assert_proven("billing", emitted)


async def sold(world: World) -> None:
    """Two devices, of which one came back; the other is sold after its day had passed."""
    await asked(world, a_sale_asked("170098", "170099"))
    await world.handle(a_sale_granted("170098", "170099"))
    await asked(world, prices(d170098=1, d170099=1))
    await world.handle(a_sale_broken("170098"))
    await asked(world, prices(d170099=1))
    await world.advance(stockholm("2026-04-02 12:00"))
    await asked(world, approval())


async def not_bought(world: World) -> None:
    """A care unit's, that the other region does not buy, and that is not returned."""
    await asked(world, a_sale_asked(recipient=a_care_unit()))
    await world.handle(a_sale_granted())
    await asked(world, prices(d170098=1), disapproval())
    await world.advance(stockholm("2026-04-02 12:00"))


async def unanswered(world: World) -> None:
    """Inventory does not answer."""
    await asked(world, a_sale_asked())
    await world.advance(stockholm("2026-03-04 12:00"))


async def hindered(world: World) -> None:
    """Inventory cannot claim."""
    await asked(world, a_sale_asked())
    await world.handle(a_sale_hindered())


async def without_reference(world: World) -> None:
    """Over HTTP a sale may have no reference."""
    recipients: list[dict[str, typing.Any]] = [{}, {"recipient": a_care_unit()}]
    for recipient in recipients:
        await world.command(a_sale_asked(by=SERVICE, **recipient), target=uuid4())


async def fitted(world: World) -> None:
    """What another region pays for is delivered, not committed, nearly due, committed, finished."""
    line = a_covered_line(CUSHION, 2)
    await world.handle(an_order_with_a_cover(line))
    await world.handle(a_line_delivered(quantity=2, payer=HOME_PAYER))
    await world.advance(stockholm("2026-08-06 01:00"))
    await world.handle(a_commitment(), subject="O-1")
    await world.handle(a_finish("2026-08-06"), subject="O-1")


async def voided(world: World) -> None:
    """The order has no effect."""
    await world.handle(an_order_with_a_cover())
    await world.handle(an_order_voided("O-1"))
