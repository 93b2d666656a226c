"""What tests of sales to other regions begin with: two devices that a patient has, who may act, and
the region that buys.
"""

from kvitt_contracts.envelope import Message
from kvitt_contracts.types import Role
from kvitt_testkit.world import World

from contracts.tests.builders.inventory import numbered
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_payer_registered,
    a_person_registered,
)
from contracts.tests.builders.region_sales import OTHER_REGION
from contracts.tests.builders.story import PAYER, SENDER, SENDING, SERVICE
from services.billing.tests.builders import a_device, lent, returned

STAFF = [Role.CUSTOMER_SERVICE]


async def lent_devices(world: World, *numbers: str, since: str = "2026-01-01") -> None:
    """A patient has these devices, and the sending unit pays for them."""
    devices = [a_device(number) for number in numbers]
    loans = numbered(*(lent(one, payer=PAYER, since=since) for one in devices))
    await world.handle_all(*devices, *loans)


async def back(world: World, *numbers: str, since: str = "2026-03-02") -> None:
    """These devices, the first of two that were lent, are in a store again from a day on."""
    gone = numbered(*(returned(a_device(one), since=since) for one in numbers), first=3)
    await world.handle_all(*gone)


async def ready_to_sell(world: World, *numbers: str) -> None:
    """A patient of the sending unit has these devices; another region is a payer."""
    await world.handle_all(
        a_customer_registered(SENDING, payer=PAYER),
        a_payer_registered(PAYER),
        a_payer_registered(OTHER_REGION),
        a_person_registered(),
    )
    await world.register(SENDER, service_points=[SENDING])
    await world.register(SERVICE, roles=STAFF)
    await lent_devices(world, *(numbers or ("170098", "170099")))


async def asked(world: World, *messages: Message, sale: str = "S-1") -> None:
    """A region sends these commands about a sale."""
    for message in messages:
        await world.handle(message, subject=sale)
