"""ORD-25: from the stores that the policy names one prescribes to patients, not to a ward."""

from typing import Any

import pytest
from kvitt_contracts.orders import BasketLoanActRequested
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.types import CareUnitId, CareUnitRecipient, StoreId
from kvitt_testkit.world import Given
from orders.app import service
from orders.customer_orders.reasons import OrderRefused, Reason

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.story import OWN
from services.orders.tests.baskets import a_device, a_unit_that_lends, an_act, goods, lent
from services.orders.tests.baskets import refusal as basket_refusal
from services.orders.tests.builders import placed, refusal, withdrawn
from services.orders.tests.worlds import MONDAY

WARD = CareUnitRecipient(unit=CareUnitId("30110"))


def named(policy: RegionPolicy, *stores: str) -> RegionPolicy:
    """The policy with the stores from which it prescribes to patients."""
    order = policy.order.model_copy(
        update={"prescribes_to_patients_only": tuple(StoreId(one) for one in stores)}
    )
    return policy.model_copy(update={"order": order})


@pytest.mark.rule("ORD-25a")
@pytest.mark.parametrize(("place_it", "store"), [(placed, "500"), (withdrawn, "402")])
def test_from_a_store_for_patients_nothing_goes_to_a_ward(
    policy: RegionPolicy, place_it: Any, store: str
) -> None:
    with pytest.raises(OrderRefused) as refused:
        place_it(named(policy, store), recipient=WARD)

    assert refusal(refused) == (Reason.STORE_FOR_PATIENTS_ONLY, "ORD-25", "recipient")
    assert store in refused.value.way_on


@pytest.mark.rule("ORD-25a")
@pytest.mark.parametrize(("place_it", "store"), [(placed, "500"), (withdrawn, "402")])
def test_from_a_store_for_patients_it_goes_to_patients(
    policy: RegionPolicy, place_it: Any, store: str
) -> None:
    assert place_it(named(policy, store)).lines


@pytest.mark.rule("ORD-25a")
@pytest.mark.parametrize(("place_it", "store"), [(placed, "402"), (withdrawn, "500")])
def test_from_other_stores_it_goes_to_wards_too(
    policy: RegionPolicy, place_it: Any, store: str
) -> None:
    assert place_it(named(policy, store), recipient=WARD).lines


@pytest.mark.rule("ORD-25a")
async def test_a_basket_of_a_store_for_patients_is_delivered_to_patients_alone(
    given: Given, policies: Policies
) -> None:
    for_patients = with_policy(policies, order={"prescribes_to_patients_only": (OWN,)})
    async with given(service, at=MONDAY, policies=for_patients) as world:
        await a_unit_that_lends(world)
        await lent(world, a_device(), goods())

        refused = await basket_refusal(world, an_act(1, recipient=WARD))
        await world.handle(an_act(put_back=(2,)), subject="V-1")
        await world.handle(an_act(1), subject="V-1")

        assert refused == ("STORE_FOR_PATIENTS_ONLY", "ORD-25", "recipient")
        assert len(await world.events(BasketLoanActRequested)) == 2
