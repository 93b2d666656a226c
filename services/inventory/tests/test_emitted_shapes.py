"""What inventory really emits: the builders beside the contracts may make nothing else."""

from inventory.app import service
from kvitt_contracts.envelope import Event
from kvitt_contracts.policy import Policies
from kvitt_testkit.unreadable import quarantine_and_discard
from kvitt_testkit.world import Given, stockholm

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.orders import (
    a_person_registered,
)
from contracts.tests.builders.regions import (
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.shapes import assert_proven
from contracts.tests.builders.story import (
    OTHER_PATIENT,
)
from services.inventory.tests.emitted import baskets, devices, direct, goods, returns, transfers
from services.inventory.tests.worlds import counted_yearly, made_fit, with_a_limit

MONDAY = stockholm("2026-03-02 08:00")


async def test_inventory_emits_what_its_builders_make(given: Given, policies: Policies) -> None:
    policed = counted_yearly(with_a_limit(with_product_areas(policies, "horsel")))
    emitted: list[Event] = []
    for story in STORIES:
        async with given(service, at=MONDAY, policies=policed) as world:
            await world.handle_all(*the_stores(), *the_catalogue())
            await world.handle_all(a_person_registered(), a_person_registered(OTHER_PATIENT))
            await story(world)
            await quarantine_and_discard(world)
            emitted += await world.events()
    async with given(service, at=MONDAY, policies=made_fit(policies)) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await returns.made_fit(world)
        emitted += await world.events()
    assert_proven("inventory", emitted)


STORIES = (
    goods.catalogue_and_stock,
    goods.orders,
    direct.direct_deliveries,
    transfers.transfers,
    transfers.reasons,
    devices.custody_of_devices_on_loan,
    returns.late_return,
    returns.corrected_returns,
    devices.prescribers_of_fault_reports,
    returns.registered_returns,
    returns.returned_from_the_region,
    returns.sent_back,
    returns.scrapped,
    goods.taken_over,
    devices.cards,
    devices.pickups,
    devices.region_sales,
    baskets.baskets,
    devices.damages,
    devices.conditions,
    devices.kept,
    goods.stocktakings,
    goods.lost_at_a_clinic,
    goods.refills,
)
