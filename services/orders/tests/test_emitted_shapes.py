"""What orders really emits: the builders beside the contracts may make nothing else."""

from typing import Any

from kvitt_contracts.envelope import Event
from kvitt_contracts.orders import VoidOrder
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import UserId
from kvitt_testkit.unreadable import let_in, quarantine_and_discard
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service
from orders.erasures.commands import ErasePerson

from contracts.tests.builders.areas import with_policy, with_product_areas
from contracts.tests.builders.home_regions import HOME_REGION
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import (
    CHILD,
    a_customer_stated,
    a_payer_stated,
    a_person_joined,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.shapes import assert_proven
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    ELECTRONIC,
    ENDPOINT,
    OWN,
    PURCHASING,
    ROLLATOR,
)
from services.orders.tests.builders import (
    a_line,
    a_reserve_number,
    an_identity,
    an_order_command,
    registry,
)
from services.orders.tests.emitted.baskets import baskets_to_their_ends
from services.orders.tests.emitted.cases import cases_to_their_ends
from services.orders.tests.emitted.fault_reports import fault_reports
from services.orders.tests.emitted.orders import (
    orders_of_every_kind,
    orders_of_older_articles,
    orders_that_are_paid_later,
    orders_that_others_pay,
    orders_to_their_ends,
    replenishments,
    templates,
)
from services.orders.tests.emitted.pickups import (
    pickups_to_their_ends,
    returned_at_once,
    urgent_pickups,
)
from services.orders.tests.emitted.purchases import what_becomes_of_it, what_is_bought
from services.orders.tests.emitted.wishes import what_patients_have_said
from services.orders.tests.receiving import what_is_received
from services.orders.tests.user_flows import users_lose_access_and_have_it_again
from services.orders.tests.work_order_flows import work_orders_to_their_ends
from services.orders.tests.worlds import ref_of

MONDAY = stockholm("2026-03-02 08:00")
PRICES = [
    {"valid_from_on": day, "prices": [{"service": priced, "price": {"net_ore": 60000}}]}
    for day, priced in (("2026-01-01", "urgent_pickup"), ("2026-03-25", "other"))
]
FEES = {
    "rules": [
        {"fee_group": group, "amount": {"net_ore": 50000, "vat_percent": 0}, "timing": timing}
        for group, timing in (("charge_kit", "immediate"), ("charger", "delayed_90_days"))
    ]
}


async def test_orders_emits_what_its_builders_make(given: Given, policies: Policies) -> None:
    areas = with_policy(
        with_product_areas(policies, "horsel"),
        price_list=PRICES,
        fees=FEES,
        stores={"central": CENTRAL, "purchasing": PURCHASING, "own": (OWN,)},
        order={"void_line": "receiving_unit"},
        home_region=HOME_REGION,
    )
    async with given(service, at=MONDAY, policies=areas) as world:
        await registry(world)
        await the_rest_of_the_registry(world)
        await orders_of_every_kind(world)
        await orders_that_are_paid_later(world)
        await orders_that_others_pay(world)
        await orders_of_older_articles(world)
        await replenishments(world)
        await templates(world)
        await orders_to_their_ends(world)
        await what_is_bought(world)
        await what_becomes_of_it(world)
        await what_is_received(world)
        await fault_reports(world)
        await pickups_to_their_ends(world)
        await urgent_pickups(world)
        await returned_at_once(world)
        await baskets_to_their_ends(world)
        await cases_to_their_ends(world)
        await what_patients_have_said(world)
        await work_orders_to_their_ends(world)
        await world.refuse(an_order_command(a_line("404404")), subject="REFUSED")
        await world.refuse(VoidOrder(by=UserId("k082lno")), subject="DELIVERED")
        await let_in(world, an_order_command(), subject="FROM-THE-TOPIC")
        await quarantine_and_discard(world)
        emitted: list[Event] = await world.events()
    lapsing = with_policy(policies, inactive_after_months=6)
    async with given(service, at=MONDAY, policies=lapsing) as world:
        await users_lose_access_and_have_it_again(world)
        assert_proven("orders", [*emitted, *await world.events()])


async def the_rest_of_the_registry(world: World) -> None:
    """Units with and without a store, payers that are invoiced electronically, a requester, persons
    that come, go and are joined.
    """
    await world.handle(a_customer_stated("40355", store=None), subject="40355")
    for payer, states in (("20377", ELECTRONIC), ("20378", {"endpoint": ENDPOINT})):
        await world.handle(a_payer_stated(payer, **states), subject=payer)
    requester = a_user_stated("b001req", roles=("requester",), acts_for=("k082lno",))
    await world.handle(requester, subject="b001req")
    limits: tuple[dict[str, Any], ...] = (
        {"product_areas": ("horsel",)},
        {"stores": ("402",)},
        {"product_areas": ("horsel",), "stores": ("402",)},
        {"profession": "audiologist"},
    )
    for number, limit in enumerate(limits):
        await world.handle(a_user_stated(f"k09{number}lim", **limit), subject=f"k09{number}lim")
    await world.handle(an_article_listed(ROLLATOR))
    await world.handle(an_article_listed(BATTERY, marked=False, fee_group="charge_kit"))
    child = an_identity(CHILD)
    await world.handle(a_person_stated(child), subject="ac-person-2")
    await world.handle(a_person_stated(child, version=2, active=False), subject="ac-person-2")
    await world.handle(a_person_stated(child, version=3), subject="ac-person-2")
    await world.handle(a_person_stated(child, version=4, protected=True), subject="ac-person-2")
    await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-9")
    erasing = ErasePerson(why="Begäran enligt artikel 17")
    await world.command(erasing, target=await ref_of(world, "ac-person-9"))
    await world.handle(a_person_joined("ac-person-2"), subject="ac-person-1")
