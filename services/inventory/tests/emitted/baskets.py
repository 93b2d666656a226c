"""Stories of basket loans: lent or declined, acted on, returned, lost, let go."""

from kvitt_contracts.inventory import OpenStocktaking, PostStocktaking
from kvitt_contracts.types import Role, StoreId, UserId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.baskets import (
    a_basket_loan_act_requested,
    a_basket_loan_declined,
    a_basket_loan_requested,
    a_lent_device,
    a_lent_line,
)
from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_returned,
    a_shelf_counted,
    a_store_stated,
    rollators_received,
)
from contracts.tests.builders.story import CUSHION, OWN, ROLLATOR, SENDER, SENDING, SERVICE


async def baskets(world: World) -> None:
    """A basket of devices and goods, of which lines are delivered, put back, returned and lost; one
    that is declined, and one that is let go; a transfer does not get what is lent.
    """
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
    numbers = ("170081", "170082", "170083")
    await world.handle_all(
        a_store_stated("900", "investigation"),
        rollators_received(*numbers, store=OWN),
        a_balance_stated(CUSHION, 5, store=OWN),
    )
    devices = [a_lent_device(n, device=number) for n, number in enumerate(numbers, 1)]
    goods = [a_lent_line(n, article=CUSHION) for n in (4, 5)]
    await world.handle_all(
        a_basket_loan_requested(*devices, *goods),
        a_basket_loan_requested(basket="V-2", number="26100002"),
        a_basket_loan_requested(
            a_lent_line(basket="V-3", article=CUSHION), basket="V-3", number="26100003"
        ),
        a_basket_loan_declined("V-3"),
        a_transfer_requested_from_store("170083", store=OWN, transfer="T-83"),
        a_basket_loan_act_requested(1, 4, put_back=(5,)),
        a_basket_loan_act_requested(1, act="2"),
        a_device_returned("170082", store=OWN, on="2026-03-02"),
    )
    await world.advance(stockholm("2026-03-10 08:00"))
    by, staff, store = UserId(SENDER), UserId(SERVICE), StoreId(OWN)
    await world.handle(OpenStocktaking(store=store, by=by), subject=OWN)
    await world.advance(stockholm("2026-03-10 09:00"))
    await world.handle(a_shelf_counted((ROLLATOR, 1, ("170082",)), at=await world.now()))
    await world.advance(stockholm("2026-03-10 10:00"))
    await world.handle(PostStocktaking(store=store, by=staff), subject=OWN)
