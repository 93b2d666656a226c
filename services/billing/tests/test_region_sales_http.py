"""Sales to another region over HTTP: who asks, who prices, what each waits for (BIL-7)."""

import pytest
from billing.app import service
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, stockholm

from contracts.tests.builders.region_sales import (
    OTHER_REGION,
    a_sale_granted,
    with_other_regions,
)
from contracts.tests.builders.story import OTHER, SENDER, SENDING, person, sale_id
from services.billing.tests.selling import STAFF, ready_to_sell

NOON = stockholm("2026-03-02 12:00")
ASKED = {
    "reference": "S-1",
    "payer_id": OTHER_REGION,
    "person": str(person()),
    "service_point": SENDING,
    "devices": ["170098"],
}
PRICED = {
    "lines": [{"device_number": "170098", "price": {"net_ore": 250_000}}],
    "answer_by_on": "2026-04-01",
    "asked_by": SENDER,
}
ADDRESS = f"/region-sales/{sale_id()}"


@pytest.fixture(scope="module", name="policies")
def policies_that_name_who_buys(policies: Policies) -> Policies:
    """Region ac knows who stands for the region that buys."""
    return with_other_regions(policies)


@pytest.mark.rule("BIL-7a", "BIL-7b")
async def test_a_sale_is_asked_priced_and_approved_and_says_what_it_waits_for(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await ready_to_sell(world)
        async with world.http(roles=STAFF) as client:
            asked = await client.post("/region-sales", json=ASKED)
            await world.handle(a_sale_granted())
            to_price = (await client.get(ADDRESS)).json()
            priced = await client.post(f"{ADDRESS}:propose", json=PRICED)
            sold = await client.post(f"{ADDRESS}:approve", json={"sold_on": "2026-03-02"})
            listed = (await client.get("/region-sales?status=approved")).json()
            story = (await client.get(f"{ADDRESS}/story")).json()

        assert asked.status_code == 202, asked.text
        assert (asked.json()["waits_for"], asked.json()["due_on"]) == (
            "Lagrets svar",
            "2026-03-03",
        )
        assert to_price["waits_for"] == "Kundtjänst: prisförslag"
        assert priced.status_code == 200, priced.text
        assert (priced.json()["net_ore"], priced.json()["due_on"]) == (250_000, "2026-04-01")
        assert sold.status_code == 200, sold.text
        assert (sold.json()["status"], sold.json()["waits_for"]) == ("approved", None)
        assert [one["id"] for one in listed["items"]] == [str(sale_id())]
        assert len(story["items"]) == 3


@pytest.mark.rule("REF-12j")
@pytest.mark.parametrize("role", [Role.PRESCRIBER, Role.REQUESTER])
async def test_a_unit_asks_and_does_not_price(given: Given, role: Role) -> None:
    async with given(service, at=NOON) as world:
        await ready_to_sell(world)
        async with world.http(roles=[role], service_points=[SENDING]) as client:
            asked = await client.post("/region-sales", json=ASKED)
            priced = await client.post(f"{ADDRESS}:propose", json=PRICED)
            refused = await client.post(f"{ADDRESS}:disapprove")

        assert asked.status_code == 202, asked.text
        assert (priced.status_code, refused.status_code) == (403, 403)
        async with world.http(roles=[role], service_points=[OTHER]) as client:
            elsewhere = await client.get(ADDRESS)
        assert elsewhere.status_code == 404
