"""Sales to another region: requested, priced, approved or not, charged and credited (BIL-7)."""

from datetime import date

import pytest
from billing.app import service
from billing.models import ChargeRow
from billing.region_sales.domain import Status
from billing.region_sales.models import RegionSaleRow
from kvitt_contracts.billing import (
    ChargeCancelled,
    ChargeRaisedV2,
    InvoiceIssuedV2,
    RegionSaleApproved,
    RegionSaleLineDropped,
    RegionSaleNotApproved,
    RegionSaleProposed,
    RegionSaleRefused,
    RegionSaleReminderDue,
    RegionSaleRequested,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.region_sales import (
    OTHER_REGION,
    a_sale_asked,
    a_sale_broken,
    a_sale_granted,
    a_sale_hindered,
    approval,
    disapproval,
    in_use,
    prices,
    sold,
    with_other_regions,
)
from contracts.tests.builders.story import OTHER, PAYER, a_patient, device_id, sale_id
from services.billing.tests.builders import close_may
from services.billing.tests.selling import asked, back, ready_to_sell

MARCH = stockholm("2026-03-02 12:00")
BOTH = ("170098", "170099")


@pytest.fixture(scope="module", name="policies")
def policies_that_name_who_buys(policies: Policies) -> Policies:
    """Region ac knows who stands for the region that buys."""
    return with_other_regions(policies)


async def sale(world: World) -> RegionSaleRow:
    """The one sale."""
    return await world.row(RegionSaleRow, sale_id())


async def proposed(world: World) -> None:
    """Two devices are claimed and priced: 2 500 and 1 000 kronor."""
    await ready_to_sell(world)
    await asked(world, a_sale_asked(*BOTH))
    await world.handle(a_sale_granted(*BOTH))
    await asked(world, prices(d170098=250_000, d170099=100_000))


@pytest.mark.rule("BIL-7a")
async def test_a_unit_asks_and_inventory_claims(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await ready_to_sell(world)

        await asked(world, a_sale_asked(*BOTH))

        (requested,) = await world.events(RegionSaleRequested)
        assert requested.devices == tuple(map(device_id, BOTH))
        assert (requested.payer_id, requested.recipient) == (OTHER_REGION, a_patient())
        assert (await sale(world)).claimed_on is None
        await world.handle(a_sale_granted(*BOTH))
        assert (await sale(world)).claimed_on == date(2026, 3, 2)
        assert await world.timers() == {}
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7a")
async def test_what_inventory_cannot_claim_is_not_sold(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await ready_to_sell(world)
        await asked(world, a_sale_asked(*BOTH))

        await world.handle(a_sale_hindered())

        (refused,) = await world.events(RegionSaleRefused)
        assert [one.reason for one in refused.refused] == ["IN_TRANSFER"]
        assert (await sale(world)).status is Status.REFUSED


@pytest.mark.rule("BIL-7a")
async def test_what_inventory_does_not_answer_within_a_day_is_refused(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await ready_to_sell(world)
        await asked(world, a_sale_asked())

        await world.advance(stockholm("2026-03-03 12:01"))

        assert len(await world.events(RegionSaleRefused)) == 1
        await world.handle(a_sale_granted())
        assert (await sale(world)).status is Status.REFUSED
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7a")
async def test_customer_service_names_a_price_for_each_device(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)

        (said,) = await world.events(RegionSaleProposed)
        assert [one.price.net_ore for one in said.lines] == [250_000, 100_000]
        assert said.answer_by_on == date(2026, 4, 1)
        await asked(world, prices(d170099=100_000, d170098=250_000))
        assert len(await world.events(RegionSaleProposed)) == 1
        await asked(world, prices(d170099=90_000, d170098=250_000))
        assert len(await world.events(RegionSaleProposed)) == 2
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7b")
async def test_what_is_approved_is_charged_when_inventory_has_sold_it(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)

        await asked(world, approval())
        assert await world.events(ChargeRaisedV2) == []
        await world.handle_all(sold("170098"), sold("170099"))

        (approved,) = await world.events(RegionSaleApproved)
        assert approved.devices == tuple(map(device_id, BOTH))
        charges = await world.events(ChargeRaisedV2)
        assert {
            (one.kind, one.payer.payer_id, one.amount.net_ore, one.charged_on, one.cause.sale_id)
            for one in charges
            if one.payer.kind == "unit"
        } == {
            ("region_sale", OTHER_REGION, 250_000, date(2026, 3, 2), sale_id()),
            ("region_sale", OTHER_REGION, 100_000, date(2026, 3, 2), sale_id()),
        }
        assert (await sale(world)).status is Status.APPROVED
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7b", "BIL-1c")
async def test_the_region_is_invoiced_and_the_unit_pays_rent_until_then(given: Given) -> None:
    async with given(service, at=stockholm("2026-05-20 12:00")) as world:
        await ready_to_sell(world)
        await asked(world, a_sale_asked())
        await world.handle(a_sale_granted())
        priced = prices("2026-05-30", d170098=250_000)
        await asked(world, priced, approval("2026-05-11"))
        await world.handle(sold(on="2026-05-11"))
        await back(world, "170098", since="2026-05-11")

        await close_may(world, custody_changes=3)

        (issued,) = [
            one
            for one in await world.events(InvoiceIssuedV2)
            if one.payer.kind == "unit" and one.payer.payer_id == OTHER_REGION
        ]
        assert [(line.kind, line.amount.net_ore) for line in issued.lines] == [
            ("region_sale", 250_000)
        ]


@pytest.mark.rule("BIL-7c")
async def test_what_is_not_approved_is_to_be_returned(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)

        await asked(world, disapproval())

        assert len(await world.events(RegionSaleNotApproved)) == 1
        assert (await sale(world)).due_on == date(2026, 4, 1)
        await back(world, "170098")
        await world.advance(stockholm("2026-04-02 12:00"))
        (told,) = await world.events(RegionSaleReminderDue)
        assert told.waits_for == "return"
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7c")
async def test_nobody_is_told_when_everything_is_back(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)
        await asked(world, disapproval())
        await back(world, *BOTH)

        await world.advance(stockholm("2026-04-20 12:00"))

        assert await world.events(RegionSaleReminderDue) == []


@pytest.mark.rule("BIL-7e")
async def test_the_unit_is_told_when_the_region_has_not_answered_by_its_day(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)

        await world.advance(stockholm("2026-04-02 12:00"))

        (told,) = await world.events(RegionSaleReminderDue)
        assert told.waits_for == "answer"
        await asked(world, approval())
        assert (await sale(world)).status is Status.APPROVED


@pytest.mark.rule("BIL-7d")
async def test_what_came_back_first_is_dropped_and_the_rest_is_proposed_anew(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)

        await world.handle(a_sale_broken("170098"))

        assert len(await world.events(RegionSaleLineDropped)) == 1
        refused = await world.refuse(approval(), subject="S-1")
        assert (refused.reason, refused.rule) == ("NOT_PROPOSED", "BIL-7")
        await asked(world, prices(d170099=120_000), approval())
        await world.handle(sold("170099"))
        (charge,) = await world.rows(ChargeRow)
        assert (charge.device_id, charge.amount.net_ore) == (device_id("170099"), 120_000)
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7d")
async def test_when_everything_came_back_the_sale_has_ended(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)

        await world.handle_all(a_sale_broken("170098"), a_sale_broken("170099"))

        row = await sale(world)
        assert (row.status, row.due_on) == (Status.ENDED, None)
        assert await world.timers() == {}


@pytest.mark.rule("BIL-7d")
async def test_what_had_come_back_before_is_not_owed(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)
        await asked(world, approval())
        await world.handle_all(sold("170098"), sold("170099"))

        await world.handle(in_use("170098"))

        (cancelled,) = await world.events(ChargeCancelled)
        owed = {one.device_id: one.status for one in await world.rows(ChargeRow)}
        assert owed == {device_id("170098"): "cancelled", device_id("170099"): "raised"}
        assert cancelled.reason == "CAME_BACK"
        (dropped,) = await world.events(RegionSaleLineDropped)
        assert dropped.device_id == device_id("170098")
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-7a")
@pytest.mark.parametrize(
    ("command", "reason", "rule"),
    [
        (a_sale_asked("170098", "170098"), "DEVICE_TWICE", "BIL-7"),
        (a_sale_asked("999999"), "UNKNOWN_DEVICE", "BIL-7"),
        (a_sale_asked(payer_id="99999"), "UNKNOWN_PAYER", "REF-4"),
        (a_sale_asked(service_point="99999"), "UNKNOWN_CUSTOMER", "REF-3"),
        (
            a_sale_asked(recipient={"kind": "patient", "person": "P-99999"}),
            "UNKNOWN_PERSON",
            "REF-1",
        ),
    ],
)
async def test_a_sale_that_cannot_be_is_refused(
    given: Given, command: object, reason: str, rule: str
) -> None:
    async with given(service, at=MARCH) as world:
        await ready_to_sell(world)

        refused = await world.refuse(command, subject="S-1")  # type: ignore[arg-type]

        assert (refused.reason, refused.rule) == (reason, rule)
        assert refused.way_on
        assert await world.rows(RegionSaleRow) == []


@pytest.mark.rule("BIL-7a")
async def test_a_unit_sells_for_its_own_patients_alone(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await ready_to_sell(world)
        await world.register("k300ola", roles=[Role.PRESCRIBER], service_points=[OTHER])

        refused = await world.refuse(a_sale_asked(by="k300ola"), subject="S-1")

        assert refused.reason == "NOT_CONNECTED_TO_SERVICE_POINT"


@pytest.mark.rule("BIL-7f")
async def test_the_payer_is_one_that_stands_for_another_region(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await ready_to_sell(world)

        refused = await world.refuse(a_sale_asked(payer_id=PAYER), subject="S-1")

        assert (refused.reason, refused.field) == ("NOT_ANOTHER_REGION", "payer_id")
        await asked(world, a_sale_asked())
        assert len(await world.rows(RegionSaleRow)) == 1


@pytest.mark.rule("BIL-7f")
async def test_where_the_policy_names_no_other_region_nothing_is_sold(
    given: Given, policies: Policies
) -> None:
    nobody = with_policy(policies, home_region=None)
    async with given(service, at=MARCH, policies=nobody) as world:
        await ready_to_sell(world)

        refused = await world.refuse(a_sale_asked(), subject="S-1")

        assert (refused.reason, refused.field) == ("NOT_ANOTHER_REGION", "payer_id")
        assert "home_region.payers" in refused.way_on
        assert await world.rows(RegionSaleRow) == []


@pytest.mark.rule("BIL-7a")
@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (prices(d170098=250_000), "PRICE_MISSING"),
        (prices(d170098=250_000, d170099=-1), "NEGATIVE_PRICE"),
        (prices(d170098=250_000, d999999=1), "NOT_OF_THE_SALE"),
        (
            prices("2026-03-01", d170098=1, d170099=1),
            "DAY_HAS_PASSED",
        ),
    ],
)
async def test_prices_that_cannot_be_are_refused(
    given: Given, command: object, reason: str
) -> None:
    async with given(service, at=MARCH) as world:
        await ready_to_sell(world)
        await asked(world, a_sale_asked(*BOTH))
        early = await world.refuse(prices(d170098=1, d170099=1), subject="S-1")
        assert early.reason == "NOT_CLAIMED_YET"
        await world.handle(a_sale_granted(*BOTH))

        refused = await world.refuse(command, subject="S-1")  # type: ignore[arg-type]

        assert refused.reason == reason
        assert await world.events(RegionSaleProposed) == []


@pytest.mark.rule("BIL-7b")
async def test_what_was_lent_after_the_day_is_not_sold_by_it(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)

        refused = await world.refuse(approval("2025-12-31"), subject="S-1")

        assert (refused.reason, refused.field) == ("SOLD_BEFORE_LOAN", "sold_on")


@pytest.mark.rule("BIL-7b", "BIL-7c")
async def test_what_is_decided_is_decided_once(given: Given) -> None:
    async with given(service, at=MARCH) as world:
        await proposed(world)
        await asked(world, approval(), approval())

        assert len(await world.events(RegionSaleApproved)) == 1
        for late in (disapproval(), approval("2026-03-01"), prices(d170098=1, d170099=1)):
            refused = await world.refuse(late, subject="S-1")
            assert refused.reason == "SALE_ENDED"
            assert refused.way_on
