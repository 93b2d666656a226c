"""BIL-5, BIL-11: another region, or the state, is invoiced when the fitting is finished, or by
itself the policy's months after the delivery.
"""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

import pytest
from billing.app import service
from billing.domain import ChargeStatus
from billing.home_region_cases.domain import CaseStatus
from billing.home_region_cases.models import HomeRegionCaseRow
from billing.models import ChargeRow, DeviceRow, RentRow
from kvitt_contracts.billing import (
    ChargeRaised,
    ChargeRaisedV2,
    HomeRegionCaseEnded,
    HomeRegionReminderDue,
    InvoiceIssuedV2,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PayerId, Role, UnitPayer
from kvitt_testkit.world import (
    Given,
    World,
    an_envelope,
    assert_rows_are_folds,
    stockholm,
)

from contracts.tests.builders.home_regions import (
    BY_STATE,
    HOME_PAYER,
    STATE_PAYER,
    a_commitment,
    a_covered_line,
    a_finish,
    an_order_with_a_cover,
    with_home_regions,
)
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_day_closed,
    a_device_registered,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_customer_registered, an_order_voided
from contracts.tests.builders.reservations import a_line_delivered, a_line_returned
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OTHER,
    OUTSIDER,
    PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    order_id,
)

NOON = stockholm("2026-03-05 12:00")
BY_ITSELF = date(2026, 9, 5)


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region where a cushion costs 100 kr."""
    async with given(service, at=NOON, policies=with_home_regions(policies)) as world:
        await world.register(SENDER)
        await world.handle(an_article_listed(CUSHION, marked=False, charging="sale"))
        await world.handle(an_article_priced(CUSHION, 10_000))
        yield world


async def delivered(world: World, quantity: int = 2, **cover: str) -> None:
    """Cushions of a covered order reach their patient on 5 March."""
    payer = cover.get("payer_id", HOME_PAYER)
    line = a_covered_line(CUSHION, quantity, payer=payer)
    await world.handle(an_order_with_a_cover(line, cover=cover or None))
    await world.handle(a_line_delivered(quantity=quantity, payer=payer))


async def charges(world: World) -> Counter[tuple[str, date]]:
    """What is not cancelled of the charges: so many in each status, for each day."""
    rows = await world.rows(ChargeRow)
    return Counter((row.status, row.charged_on) for row in rows)


@pytest.mark.rule("BIL-5b", "BIL-2a")
async def test_what_is_delivered_waits_and_is_charged_when_the_fitting_is_finished(
    world: World,
) -> None:
    await delivered(world)
    assert await charges(world) == {(ChargeStatus.DEFERRED, BY_ITSELF): 2}
    assert await world.events(ChargeRaised, ChargeRaisedV2) == []

    await world.advance(stockholm("2026-03-11 09:00"))
    await world.handle(a_finish("2026-03-10"), subject="O-1")

    raised = await world.events(ChargeRaisedV2)
    assert [(one.kind, one.amount.net_ore, one.charged_on) for one in raised] == [
        ("home_region", 10_000, date(2026, 3, 11))
    ] * 2
    assert {one.payer for one in raised} == {UnitPayer(payer_id=PayerId(HOME_PAYER))}
    (case,) = await world.rows(HomeRegionCaseRow)
    assert (case.status, case.finished_on) == (CaseStatus.FINISHED, date(2026, 3, 10))
    await assert_rows_are_folds(world)


async def test_what_is_delivered_at_once_comes_in_one_batch_with_its_order(world: World) -> None:
    """As a withdrawal's delivery may, where billing has been behind."""
    order = an_order_with_a_cover(a_covered_line(CUSHION, 1, payer=HOME_PAYER))
    line = a_line_delivered(quantity=1, payer=HOME_PAYER)

    await world.handle_batch((an_envelope(order), order), (an_envelope(line), line))

    assert await charges(world) == {(ChargeStatus.DEFERRED, BY_ITSELF): 1}


@pytest.mark.rule("BIL-5c")
async def test_without_contact_it_is_charged_six_months_after_delivery(world: World) -> None:
    await delivered(world)

    await world.advance(stockholm("2026-09-04 23:00"))
    assert await charges(world) == {(ChargeStatus.DEFERRED, BY_ITSELF): 2}
    await world.advance(stockholm("2026-09-05 01:00"))

    assert await charges(world) == {(ChargeStatus.RAISED, BY_ITSELF): 2}
    await world.handle(a_finish("2026-09-05"), subject="O-1")
    assert await charges(world) == {(ChargeStatus.RAISED, BY_ITSELF): 2}


@pytest.mark.rule("BIL-5b")
@pytest.mark.parametrize(("on", "owed"), [("2026-03-11", 1), ("2026-03-12", 2)])
async def test_what_came_back_while_the_fitting_went_on_is_not_owed_whenever_that_is_told(
    world: World, on: str, owed: int
) -> None:
    await delivered(world)
    await world.advance(stockholm("2026-03-11 09:00"))
    await world.handle(a_finish("2026-03-10"), subject="O-1")
    await world.advance(stockholm("2026-03-20 09:00"))

    await world.handle(a_line_returned(on=on))

    found = Counter(row.status for row in await world.rows(ChargeRow))
    assert found[ChargeStatus.RAISED] == owed


@pytest.mark.rule("BIL-5g")
async def test_a_return_that_is_told_after_the_invoice_is_credited(world: World) -> None:
    await delivered(world, 1)
    await world.advance(stockholm("2026-03-11 09:00"))
    await world.handle(a_finish("2026-03-10"), subject="O-1")
    await world.advance(stockholm("2026-04-01 01:00"))
    await world.handle(a_day_closed("2026-03-31"))
    await world.fire_timers()
    await world.handle(a_line_returned(on="2026-03-08"))
    await world.advance(stockholm("2026-05-01 01:00"))
    await world.handle(a_day_closed("2026-04-30"))
    await world.fire_timers()

    issued = await world.events(InvoiceIssuedV2)
    assert [(one.is_credit, one.net_ore) for one in issued] == [(False, 10_000), (True, -10_000)]
    assert {one.payer for one in issued} == {UnitPayer(payer_id=PayerId(HOME_PAYER))}


@pytest.mark.rule("BIL-5f")
async def test_the_days_of_a_rented_device_are_invoiced_when_the_fitting_is_finished(
    world: World,
) -> None:
    custody = a_custody(since="2026-03-05", payer=HOME_PAYER)
    (lent,) = numbered(a_custody_changed_by_order("75082", to=custody))
    await world.handle_all(
        an_article_listed(ROLLATOR),
        an_article_priced(ROLLATOR, 31_000),
        a_device_registered("75082", store=CENTRAL),
        an_order_with_a_cover(a_covered_line(ROLLATOR, marked=True)),
        lent,
        a_line_delivered(article=ROLLATOR, devices=("75082",), payer=HOME_PAYER),
    )
    await world.advance(stockholm("2026-04-01 01:00"))
    await world.handle(a_day_closed("2026-03-31", custody_changes=1))
    await world.fire_timers()
    assert await world.rows(RentRow) == []

    await world.handle(a_finish("2026-04-01"), subject="O-1")
    await world.advance(stockholm("2026-05-01 01:00"))
    await world.handle(a_day_closed("2026-04-30", custody_changes=1))
    await world.fire_timers()

    spans = [(row.payer_id, row.from_day, row.to_day) for row in await world.rows(RentRow)]
    assert min(first for _, first, _ in spans) == date(2026, 3, 5)
    assert max(last for _, _, last in spans) == date(2026, 4, 30)
    assert {payer for payer, _, _ in spans} == {HOME_PAYER}
    (device,) = await world.rows(DeviceRow)
    assert device.waits_until == date(2026, 4, 1)


@pytest.mark.rule("BIL-5a")
async def test_a_commitment_is_recorded_and_is_asked_for_where_it_is_missing(world: World) -> None:
    await delivered(world)
    (asked,) = await world.events(HomeRegionReminderDue)
    assert (asked.is_commitment_missing, asked.is_fitting_open) == (True, False)
    assert (asked.prescriber, asked.due_on) == (SENDER, BY_ITSELF)

    await world.handle(a_commitment(), subject="O-1")
    await world.handle(a_commitment(), subject="O-1")
    (case,) = await world.rows(HomeRegionCaseRow)
    assert (case.approved_on, case.reference) == (date(2026, 3, 2), "BF-2026-17")

    await world.advance(stockholm("2026-08-06 01:00"))
    (_, near) = await world.events(HomeRegionReminderDue)
    assert (near.is_commitment_missing, near.is_fitting_open) == (False, True)


@pytest.mark.rule("BIL-11b", "BIL-11c")
async def test_the_state_pays_as_a_home_region_does_and_gives_no_commitment(world: World) -> None:
    await delivered(world, 1, **BY_STATE)
    assert await world.events(HomeRegionReminderDue) == []
    with pytest.raises(Refused) as refused:
        await world.handle(a_commitment(), subject="O-1")
    assert (refused.value.reason, refused.value.rule) == ("NO_COMMITMENT_NEEDED", "BIL-11")

    await world.advance(stockholm("2026-09-05 01:00"))

    (raised,) = await world.events(ChargeRaisedV2)
    assert raised.payer == UnitPayer(payer_id=PayerId(STATE_PAYER))
    assert raised.charged_on == BY_ITSELF


@pytest.mark.rule("BIL-11b", "BIL-5e")
async def test_the_finish_that_a_regions_system_tells_is_charged_at_once(world: World) -> None:
    await delivered(world, 1, **BY_STATE)

    await world.handle(a_finish("2026-03-05"), subject="O-1")

    assert await charges(world) == {(ChargeStatus.RAISED, date(2026, 3, 5)): 1}
    with pytest.raises(Refused) as refused:
        await world.handle(a_finish("2026-03-04"), subject="O-1")
    assert refused.value.reason == "ALREADY_FINISHED"


@pytest.mark.rule("BIL-5e")
async def test_what_a_private_clinic_finishes_comes_from_the_system_that_it_reports_in(
    world: World,
) -> None:
    await world.handle(a_customer_registered(SENDING, payer=PAYER, private_clinic=True))
    await world.register(SENDER, roles=[Role.PRESCRIBER], service_points=[SENDING])
    await delivered(world, 1)
    await world.advance(stockholm("2026-03-11 09:00"))

    await world.handle(a_finish("2026-03-10"), subject="O-1")

    (case,) = await world.rows(HomeRegionCaseRow)
    assert (case.service_point, case.status) == (SENDING, CaseStatus.FINISHED)
    assert (case.finished_on, case.reported_on) == (date(2026, 3, 10), date(2026, 3, 11))
    assert await charges(world) == {(ChargeStatus.RAISED, date(2026, 3, 11)): 1}
    await world.register(OUTSIDER, roles=[Role.PRESCRIBER], service_points=[OTHER])
    with pytest.raises(Refused) as refused:
        await world.handle(a_finish("2026-03-10", by=OUTSIDER), subject="O-1")
    assert (refused.value.reason, refused.value.field) == ("NOT_YOUR_UNIT", "by")


async def test_a_voided_order_ends_its_case(world: World) -> None:
    await world.handle(an_order_with_a_cover())
    await world.handle(an_order_voided())

    assert len(await world.events(HomeRegionCaseEnded)) == 1
    for command in (a_finish("2026-03-05"), a_commitment()):
        with pytest.raises(Refused) as refused:
            await world.handle(command, subject="O-1")
        assert (refused.value.reason, refused.value.rule) == ("CASE_ENDED", "BIL-5")
    await assert_rows_are_folds(world)


@pytest.mark.long(seconds=20)
async def test_cases_are_listed_by_what_they_wait_for_and_finished_over_http(world: World) -> None:
    await delivered(world)
    async with world.http() as client:
        for waits_for in ("commitment", "finish"):
            page = await client.get("/home-region-cases", params={"waits_for": waits_for})
            assert page.status_code == 200, page.text
            assert [one["order_id"] for one in page.json()["items"]] == [str(order_id("O-1"))]
        path = f"/home-region-cases/{order_id('O-1')}"
        shown = (await client.get(path)).json()
        assert [(one["waits_for"], one["until"]) for one in shown["waits"]] == [
            ("commitment", "2026-09-05"),
            ("finish", "2026-09-05"),
        ]
        body = {"approved_on": "2026-03-02", "reference": "BF-2026-17"}
        committed = await client.post(f"{path}:commit", json=body)
        assert committed.status_code == 200, committed.text
        finished = await client.post(f"{path}:finish", json={"finished_on": "2026-03-05"})
        assert finished.status_code == 200, finished.text
        assert finished.json()["waits"] == []
        assert {one["status"] for one in finished.json()["charges"]} == {"raised"}
        page = await client.get("/home-region-cases", params={"waits_for": "finish"})
        assert page.json()["items"] == []


@pytest.mark.rule("BIL-5c", "BIL-5h")
async def test_a_case_tells_what_has_happened_and_when_the_payer_is_invoiced(world: World) -> None:
    await delivered(world)
    await world.handle(a_commitment(), subject="O-1")
    async with world.http() as client:
        path = f"/home-region-cases/{order_id('O-1')}/story"
        open_ = (await client.get(path)).json()
        await world.handle(a_finish("2026-03-05"), subject="O-1")
        finished = (await client.get(path)).json()

    assert [one["summary"] for one in open_["items"]] == [
        f"Hemregionen betalar ordern, som betalare {HOME_PAYER}.",
        "Förskrivaren fick veta att betalningsförbindelsen saknas; faktureras 5 september 2026.",
        "Hemregionens betalningsförbindelse BF-2026-17 registrerades, godkänd 2 mars 2026.",
    ]
    assert [one["at"][:10] for one in open_["next"]] == ["2026-08-05", "2026-09-04"]
    assert finished["items"][-1]["summary"] == "Utprovningen rapporterades avslutad 5 mars 2026."
    assert finished["next"] == []
