"""PCK-4: why devices are fetched, and what caused the return, on real PostgreSQL."""

from datetime import date
from typing import Any

import pytest
from kvitt_contracts.orders import AddressKind, PickupRequested
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import UserId, Word
from kvitt_testkit.world import Given, World
from orders.app import service

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.story import ROLLATOR, SERVICE
from services.orders.tests.pickups import (
    DEVICES,
    a_request,
    devices_on_loan,
    refusal,
)
from services.orders.tests.worlds import MONDAY

HEARING = {
    "code": "horsel",
    "sources": ["central", "own_store"],
    "pickup_reasons": ["sent_by_post"],
}
POSTED: dict[str, Any] = {"cause": Word("sent_by_post"), "address_kind": AddressKind.UNIT}


async def of_hearing(world: World, *, area: str | None = "horsel") -> None:
    """The devices' article is one of a product area."""
    await devices_on_loan(world)
    await world.handle(an_article_listed(ROLLATOR, product_area=area))


@pytest.mark.rule("PCK-4b")
async def test_a_product_area_has_reasons_of_its_own(given: Given, policies: Policies) -> None:
    async with given(service, at=MONDAY, policies=with_product_areas(policies, HEARING)) as world:
        await of_hearing(world)

        assert await refusal(world, a_request(*DEVICES, address_kind=AddressKind.UNIT)) == (
            "CAUSE_NOT_OF_PRODUCT_AREA",
            "PCK-4",
            "devices.0",
        )
        await world.handle(a_request(*DEVICES, **POSTED), subject="H-1")
        assert len(await world.events(PickupRequested)) == 1


@pytest.mark.rule("PCK-4b")
async def test_an_areas_reason_is_for_its_devices_alone(given: Given, policies: Policies) -> None:
    async with given(service, at=MONDAY, policies=with_product_areas(policies, HEARING)) as world:
        await of_hearing(world, area=None)

        assert (await refusal(world, a_request(**POSTED)))[0] == "CAUSE_NOT_OF_PRODUCT_AREA"
        await world.handle(a_request(), subject="H-1")


@pytest.mark.rule("PCK-4c")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address_kind": AddressKind.RECIPIENT}, "delivery.to"),
        ({"ordered_by": Word("relative"), "by": UserId(SERVICE)}, "ordered_by"),
    ],
)
async def test_what_is_posted_is_posted_by_the_unit_from_its_address(
    given: Given, policies: Policies, changes: dict[str, Any], field: str
) -> None:
    async with given(service, at=MONDAY, policies=with_product_areas(policies, HEARING)) as world:
        await of_hearing(world)

        request = a_request(**{**POSTED, **changes})
        assert await refusal(world, request) == ("POSTED_BY_THE_UNIT", "PCK-4", field)


@pytest.mark.rule("PCK-4d")
async def test_what_caused_the_return_is_from_a_list_of_its_own(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        as_reason = a_request(return_cause=Word("not_needed"))

        assert await refusal(world, as_reason) == ("UNKNOWN_RETURN_CAUSE", "PCK-4", "return_cause")
        await world.handle(a_request(return_cause=Word("ordered_wrong")), subject="H-1")

        (event,) = await world.events(PickupRequested)
        assert (event.cause, event.return_cause) == ("not_needed", "ordered_wrong")


async def test_a_last_day_that_has_gone_is_none(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await devices_on_loan(world)
        gone = a_request(latest_on=date(2026, 3, 1))

        assert await refusal(world, gone) == ("DAY_HAS_PASSED", "DAY-5", "latest_on")
        await world.handle(a_request(latest_on=date(2026, 3, 2)), subject="H-1")
