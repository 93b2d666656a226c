"""REF-15: which professions may prescribe what."""

from typing import Any

import pytest
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.policy_parts import ProductAreaPolicy
from kvitt_contracts.types import ProductArea, UserId, Word
from kvitt_testkit.world import Given
from orders.app import service
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.units.models import UserRow

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.regions import a_user_stated
from services.orders.tests.baskets import a_loan, a_unit_that_lends
from services.orders.tests.baskets import refusal as basket_refusal
from services.orders.tests.builders import (
    a_user,
    an_article,
    an_order_command,
    placed,
    refusal,
    withdrawn,
)
from services.orders.tests.worlds import MONDAY, refused

NURSE, AUDIOLOGIST = Word("nurse"), Word("audiologist")
HEARING = ProductArea("horsel")
PLACINGS = pytest.mark.parametrize("place_it", [placed, withdrawn])


def prescribed_by(policy: RegionPolicy, *professions: Word, area: Word | None = None) -> Any:
    """The policy with those who may prescribe, and of hearing aids `area` alone."""
    hearing = ProductAreaPolicy(
        code=HEARING,
        sources=("central", "own_store"),
        professions=(area,) if area is not None else (),
    )
    return policy.model_copy(update={"professions": professions, "product_areas": (hearing,)})


@pytest.mark.rule("REF-15b")
@PLACINGS
@pytest.mark.parametrize("profession", [None, AUDIOLOGIST])
def test_what_a_profession_may_not_prescribe_is_refused(
    policy: RegionPolicy, place_it: Any, profession: Word | None
) -> None:
    with pytest.raises(OrderRefused) as refused:
        place_it(prescribed_by(policy, NURSE), prescriber=a_user(profession=profession))

    assert refusal(refused) == (
        Reason.PROFESSION_MAY_NOT_PRESCRIBE,
        "REF-15",
        "lines.0.article_number",
    )
    assert "nurse" in refused.value.way_on


@pytest.mark.rule("REF-15a")
@PLACINGS
def test_what_the_regions_professions_may_prescribe_is_prescribed(
    policy: RegionPolicy, place_it: Any
) -> None:
    nurse = a_user(profession=NURSE)

    assert place_it(prescribed_by(policy, AUDIOLOGIST, NURSE), prescriber=nurse).lines
    assert place_it(prescribed_by(policy), prescriber=a_user()).lines


@pytest.mark.rule("REF-15c")
def test_an_areas_own_professions_count_instead_of_the_regions(policy: RegionPolicy) -> None:
    hearing = an_article(product_area=HEARING)
    own = prescribed_by(policy, NURSE, area=AUDIOLOGIST)

    assert placed(own, article=hearing, prescriber=a_user(profession=AUDIOLOGIST)).lines
    assert placed(own, prescriber=a_user(profession=NURSE)).lines
    with pytest.raises(OrderRefused):
        placed(own, article=hearing, prescriber=a_user(profession=NURSE))
    without_own = prescribed_by(policy, NURSE)
    assert placed(without_own, article=hearing, prescriber=a_user(profession=NURSE)).lines


@pytest.mark.rule("REF-15a", "REF-15b")
async def test_a_region_states_the_profession_and_orders_and_baskets_ask_for_it(
    given: Given, policies: Policies
) -> None:
    by_nurses = with_policy(policies, professions=[NURSE])
    async with given(service, at=MONDAY, policies=by_nurses) as world:
        await a_unit_that_lends(world)
        ordering = await refused(world, an_order_command(), "ORD-A")
        lending = await basket_refusal(world, a_loan())

        stated = a_user_stated(version=2, profession=NURSE)
        await world.handle(stated, subject="k082lno")
        await world.handle(an_order_command(), subject="ORD-A")
        await world.handle(a_loan(), subject="V-1")

        assert ordering[:2] == lending[:2] == ("PROFESSION_MAY_NOT_PRESCRIBE", "REF-15")
        users = {one.user_id: one.profession for one in await world.rows(UserRow)}
        assert users[UserId("k082lno")] == NURSE
