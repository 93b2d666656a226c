"""BIL-2c, BIL-8, BIL-12 on real PostgreSQL: what work orders and urgent pickups cost."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from billing.app import service
from billing.domain import ocr_number
from billing.models import ChargeRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.billing import ChargeRaisedV2, InvoiceIssuedV2
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.types import Money, RegionCode, Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import an_article_listed, an_article_priced
from contracts.tests.builders.orders import a_customer_registered
from contracts.tests.builders.pickups import a_pickup_closed
from contracts.tests.builders.story import FITTING, PAYER, SENDING, pickup_id, work_order_id
from contracts.tests.builders.work_orders import a_work_order_finished, a_work_order_registered
from documents.tests.reading import pages
from services.billing.tests.builders import close_may

FEE = {"net_ore": 45_000, "vat_percent": 25}
JUNE_1 = stockholm("2026-06-01 06:00")
MAY_12 = date(2026, 5, 12)


def with_postage(policies: Policies) -> Policies:
    """Region ac compensates 99 kronor of postage."""
    region = RegionCode("ac")
    postage = {"postage": Money(net_ore=9_900, vat_percent=25)}
    changed = [one.model_copy(update=postage) for one in policies.of(region).versions]
    return Policies({region: PolicyHistory(versions=tuple(changed))})


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A service that costs 600 kronor, from 12 May 700."""
    async with given(service, at=JUNE_1, policies=with_postage(policies)) as world:
        await world.handle_all(
            an_article_listed(FITTING, marked=False, type="service"),
            an_article_priced(FITTING, 60_000),
            an_article_priced(FITTING, 70_000, valid_from="2026-05-12"),
        )
        yield world


async def finished(
    world: World,
    kind: str,
    *,
    outcome: str = "done",
    service_article: str | None = FITTING,
    has_action: bool = False,
) -> list[ChargeRaisedV2]:
    """What is charged for work that is finished, twice of it, on 11 May."""
    await world.handle_all(
        a_work_order_registered(kind, service_article=service_article),
        a_work_order_finished(outcome, on="2026-05-11", quantity=2, has_action=has_action),
    )
    await assert_rows_are_folds(world)
    return await world.events(ChargeRaisedV2)


async def a_private_clinic(world: World) -> None:
    await world.handle(a_customer_registered(SENDING, private_clinic=True))


@pytest.mark.rule("BIL-2c", "BIL-2d")
async def test_finished_work_is_charged_to_its_payer_at_the_price_of_that_day(
    world: World,
) -> None:
    (charge,) = await finished(world, "adjustment")

    assert (charge.kind, charge.article_number, charge.quantity) == ("service", FITTING, 2)
    assert (charge.payer.kind, charge.amount.net_ore) == ("unit", 120_000)
    assert charge.model_dump()["payer"]["payer_id"] == PAYER
    assert charge.cause.work_order_id == work_order_id()
    assert charge.charged_on == date(2026, 5, 11)


@pytest.mark.rule("BIL-2c")
async def test_work_without_a_service_costs_nothing(world: World) -> None:
    assert await finished(world, "adjustment", service_article=None) == []


@pytest.mark.rule("BIL-2c")
async def test_a_warranty_repair_costs_nothing(world: World) -> None:
    assert await finished(world, "warranty_repair") == []


async def test_work_waits_for_the_price_of_its_service(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await finished(world, "repair", service_article="39009")


@pytest.mark.rule("BIL-12a", "ACT-4c")
async def test_postage_is_compensated_where_the_suppliers_action_was_recorded(
    world: World,
) -> None:
    await a_private_clinic(world)

    (charge,) = await finished(world, "warranty_repair", has_action=True)

    assert (charge.kind, charge.article_number) == ("postage", None)
    assert (charge.amount.net_ore, charge.amount.vat_percent) == (-9_900, 25)
    assert charge.cause.work_order_id == work_order_id()


@pytest.mark.rule("BIL-12a", "ACT-4a", "ACT-4c")
async def test_what_was_no_warranty_is_compensated_no_postage_whatever_was_written(
    world: World,
) -> None:
    await a_private_clinic(world)

    assert await finished(world, "warranty_repair", outcome="not_warranty", has_action=True) == []


@pytest.mark.rule("BIL-12a", "ACT-4c")
@pytest.mark.parametrize(
    ("kind", "has_action", "is_contracted"),
    [
        ("warranty_repair", False, True),
        ("warranty_repair", True, False),
        ("maintenance", True, True),
    ],
)
async def test_no_other_postage_is_compensated(
    world: World, kind: str, has_action: bool, is_contracted: bool
) -> None:
    if is_contracted:
        await a_private_clinic(world)
    else:
        await world.handle(a_customer_registered(SENDING))

    assert await finished(world, kind, service_article=None, has_action=has_action) == []


async def test_a_warranty_repair_waits_for_its_unit_to_be_known(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await finished(world, "warranty_repair", has_action=True)


async def test_without_a_price_in_the_policy_no_postage_is_compensated(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_private_clinic(world)

        assert await finished(world, "warranty_repair", has_action=True) == []


@pytest.mark.rule("BIL-8a")
async def test_an_urgent_pickup_is_charged_when_it_is_closed(world: World) -> None:
    await world.handle(a_pickup_closed(fee=FEE, payer_id=PAYER))

    (charge,) = await world.events(ChargeRaisedV2)
    assert (charge.kind, charge.amount.net_ore) == ("urgent_pickup", 45_000)
    assert charge.cause.pickup_id == pickup_id()
    assert charge.charged_on == date(2026, 6, 1)


@pytest.mark.rule("BIL-8a")
async def test_another_pickup_costs_nothing(world: World) -> None:
    await world.handle(a_pickup_closed())

    assert await world.rows(ChargeRow) == []


@pytest.mark.rule("BIL-9a", "BIL-9e")
async def test_services_are_invoiced_and_postage_is_credited(world: World) -> None:
    await a_private_clinic(world)
    await finished(world, "adjustment")
    await world.handle_all(
        a_work_order_registered("warranty_repair", work_order="A-2"),
        a_work_order_finished(work_order="A-2", on="2026-05-12", has_action=True),
    )

    await close_may(world, custody_changes=0)

    debit, credit = sorted(await world.events(InvoiceIssuedV2), key=lambda one: one.is_credit)
    assert (debit.is_credit, debit.net_ore) == (False, 120_000)
    assert (credit.is_credit, credit.net_ore) == (True, -9_900)
    assert [line.kind for line in (*debit.lines, *credit.lines)] == ["service", "postage"]
    assert (debit.issued_on, debit.due_on) == (date(2026, 6, 1), date(2026, 7, 1))
    assert debit.ocr == ocr_number(debit.number)
    await assert_rows_are_folds(world)
    async with world.http(user="kundtjanst1", roles=[Role.CUSTOMER_SERVICE]) as client:
        shown = (await client.get(f"/invoices/{debit.invoice_id}")).json()
        listed = (await client.get("/charges")).json()["items"]
        (paid,) = pages((await client.get(f"/invoices/{debit.invoice_id}/pdf")).content)
        (credited,) = pages((await client.get(f"/invoices/{credit.invoice_id}/pdf")).content)
    assert shown["lines"][0]["kind"] == "service"
    assert {one["kind"] for one in listed} == {"service", "postage"}
    assert f"Sista betalningsdag: 2026-07-01 OCR-nummer: {debit.ocr}" in paid
    assert "OCR-nummer" not in credited


def test_a_payments_reference_ends_with_its_check_digit() -> None:
    assert ocr_number("AC-2026-000001") == "20260000011"
    assert ocr_number("AC-7992739871") == "79927398713"
