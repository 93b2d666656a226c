"""Stories of basket loans, to their ends."""

from datetime import timedelta
from uuid import uuid4

from kvitt_contracts.orders import BasketLoanActRequested, LineToLend
from kvitt_contracts.types import ArticleNumber, DeviceNumber
from kvitt_testkit.world import World

from contracts.tests.builders.baskets import a_basket_act_refused, a_basket_line_put_back
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.reservations import a_line_delivered, a_reservation_declined
from contracts.tests.builders.story import ROLLATOR, a_care_unit, basket_id
from services.orders.tests.baskets import (
    KIT,
    a_device,
    a_fee,
    a_loan,
    a_unit_that_lends,
    an_act,
    goods,
    lent,
)
from services.orders.tests.emitted.orders import MARKED_CHARGER


async def baskets_to_their_ends(world: World) -> None:
    """Basket loans by message and over HTTP: declined, not answered, acted on, overdue; fees that
    are paid, of a device and of goods.
    """
    await world.handle(an_article_listed(MARKED_CHARGER, marked=True, fee_group="charge_kit"))
    await a_unit_that_lends(world)
    device = LineToLend(
        article_number=ArticleNumber(MARKED_CHARGER), device_number=DeviceNumber("170098")
    )
    for command in (a_loan(device), a_loan(goods())):
        await world.command(command, target=uuid4())
    await world.handle(a_loan(goods()), subject="V-0")
    await world.handle(a_reservation_declined(basket_id("V-0")))
    kit, cushion = goods(KIT), goods()
    await lent(world, device, kit, cushion, goods(), a_device("170099"))
    await world.handle(an_act(1, put_back=(3,)), subject="V-1")
    at = basket_id()
    await world.handle(a_line_delivered(at, article=MARKED_CHARGER, devices=("170098",)))
    await world.handle(a_basket_line_put_back(3))
    await world.handle(an_act(2), subject="V-1")
    await world.handle(a_line_delivered(at, line=2, article=KIT))
    for fee in (6, 7):
        await world.handle(a_fee(fee), subject="V-1")
    await world.handle(an_act(4, recipient=a_care_unit()), subject="V-1")
    asked = await world.events(BasketLoanActRequested)
    await world.handle(a_basket_act_refused(act_id=asked[-1].act_id))
    await world.advance(await world.now() + timedelta(days=8))
    await world.handle(an_act(5, put_back=(4,)), subject="V-1")
    await world.handle(a_basket_line_put_back(4))
    await world.handle(a_line_delivered(at, line=5, article=ROLLATOR, devices=("170099",)))
    await lent(world, goods(), reference="V-2")
    await world.handle(an_act(put_back=(1,)), subject="V-2")
    await lent(world, goods(), reference="V-3")
    await world.handle(an_act(1), subject="V-3")
