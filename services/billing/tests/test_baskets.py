"""ORD-10, BIL-1, BIL-2, BIL-3: what a basket loan costs whom, on real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from billing.app import service
from billing.models import DeviceRow, OrderLineRow
from kvitt_contracts.billing import ChargeCancelled, ChargeDeferred, ChargeKind, ChargeRaised
from kvitt_contracts.types import Money, PatientPayer, PatientRecipient, PayerId, UnitPayer
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.baskets import (
    a_basket_loan_act_requested,
    a_basket_loan_fee_delivered,
)
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_device_registered,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.reservations import a_line_delivered, a_line_returned
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    PAYER,
    RECEIVING_PAYER,
    ROLLATOR,
    basket_id,
    device_id,
    line_id,
    person,
)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A marked article that is rented, and an unmarked one that is sold."""
    async with given(service, at=stockholm("2026-03-04 12:00")) as world:
        await world.handle_all(
            an_article_listed(ROLLATOR, marked=True),
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION),
            a_device_registered("170098", store=CENTRAL),
        )
        yield world


@pytest.mark.rule("ORD-10e")
async def test_a_sold_line_is_charged_to_the_acts_payer(world: World) -> None:
    await world.handle(a_basket_loan_act_requested(1))

    await world.handle(a_line_delivered(basket_id(), on="2026-03-04", payer=RECEIVING_PAYER))

    (charge,) = await world.events(ChargeRaised)
    assert (charge.kind, charge.payer) == (
        ChargeKind.SALE,
        UnitPayer(payer_id=PayerId(RECEIVING_PAYER)),
    )
    assert (charge.order_id, charge.charged_on) == (basket_id(), date(2026, 3, 4))
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10e")
async def test_a_second_act_may_name_a_line_that_an_earlier_one_named_in_vain(
    world: World,
) -> None:
    await world.handle(a_basket_loan_act_requested(1, 2))
    await world.handle(a_basket_loan_act_requested(1, act="2"))

    await world.handle(a_line_delivered(basket_id(), on="2026-03-04"))

    assert len(await world.events(ChargeRaised)) == 1


async def test_an_act_that_is_refused_says_nothing_of_a_line_that_was_delivered(
    world: World,
) -> None:
    """Its act is told before its refusal, and names another patient."""
    await world.handle(a_basket_loan_act_requested(1))
    await world.handle(a_line_delivered(basket_id(), on="2026-03-04"))
    (before,) = await world.rows(OrderLineRow)

    other = PatientRecipient(person=person("ac-person-2"))
    await world.handle(a_basket_loan_act_requested(1, act="2", recipient=other))

    (after,) = await world.rows(OrderLineRow)
    assert (after.recipient, after.fee) == (before.recipient, before.fee)


@pytest.mark.rule("ORD-10f")
async def test_a_lent_device_is_paid_by_nobody_until_it_is_delivered(world: World) -> None:
    assert (await world.row(DeviceRow, device_id())).points == ()
    await world.handle(a_basket_loan_act_requested(1))

    custody = a_custody(payer=PAYER, since="2026-03-04")
    lent = numbered(a_custody_changed_by_order("170098", to=custody, order=basket_id()))
    await world.handle_all(*lent)
    await world.handle(a_line_delivered(basket_id(), article=ROLLATOR, devices=("170098",)))

    points = (await world.row(DeviceRow, device_id())).points
    assert [(one.payer_id, one.effective_on) for one in points] == [(PAYER, date(2026, 3, 4))]
    assert await world.events(ChargeRaised) == []


@pytest.mark.rule("ORD-10f", "ORD-18d")
async def test_a_fee_is_charged_to_the_patient_as_of_the_line_with_the_goods(world: World) -> None:
    await world.handle(a_basket_loan_fee_delivered(quantity=2, devices=(), article_number=CUSHION))

    (charge,) = await world.events(ChargeRaised)
    assert (charge.kind, charge.payer) == (ChargeKind.FEE, PatientPayer(person=person()))
    assert charge.amount == Money(net_ore=100_000, vat_percent=0)
    assert (charge.line_id, charge.charged_on) == (
        line_id(basket_id(), 1),
        date(2026, 3, 4),
    )
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10f")
async def test_a_delayed_fee_waits_and_ends_with_a_return_of_the_goods(world: World) -> None:
    await world.handle(
        a_basket_loan_fee_delivered(
            timing="delayed", quantity=2, devices=(), article_number=CUSHION
        )
    )
    deferred = await world.events(ChargeDeferred)
    assert [one.quantity for one in deferred] == [1, 1]

    await world.handle(a_line_returned(basket_id(), quantity=1, on="2026-03-25"))

    assert len(await world.events(ChargeCancelled)) == 1
    await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-10f")
async def test_a_delayed_fee_of_a_device_ends_with_its_return(world: World) -> None:
    await world.handle(a_basket_loan_fee_delivered(timing="delayed"))
    (deferred,) = await world.events(ChargeDeferred)
    assert deferred.devices == (device_id(),)

    had = a_custody(since="2026-03-04")
    lent = a_custody_changed_by_order("170098", to=had, order=basket_id())
    back = a_custody_changed_by_return("170098", since="2026-03-20", before=had)
    await world.handle_all(*numbered(lent, back))

    assert len(await world.events(ChargeCancelled)) == 1
