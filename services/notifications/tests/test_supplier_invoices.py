"""BIL-6f: who is told of suppliers' invoices that are held."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from kvitt_contracts.billing import SupplierInvoiceReminderDue
from kvitt_contracts.notifications import MessagePosted, MessagePostedV2
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import a_responsibles_set
from contracts.tests.builders.story import RECEIVER, RECEIVING
from contracts.tests.builders.supplier_invoices import a_supplier_invoice_reminder
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A Wednesday."""
    async with given(service, at=stockholm("2026-05-06 10:00")) as world:
        yield world


async def told(world: World, reminder: SupplierInvoiceReminderDue) -> list[tuple[str, str, UUID]]:
    """Whom was told what, about what."""
    await world.handle(reminder)
    assert await world.events(MessagePosted) == []
    posted = await world.events(MessagePostedV2)
    await assert_rows_are_folds(world)
    return [(whom(one.to), one.message, one.about.id) for one in posted]


@pytest.mark.rule("BIL-6f")
async def test_who_answers_for_the_unit_is_told_of_a_held_invoice(world: World) -> None:
    await world.handle(a_responsibles_set())
    reminder = a_supplier_invoice_reminder(RECEIVING)

    assert await told(world, reminder) == [
        (RECEIVER, "supplier_invoice_held", reminder.supplier_invoice_id)
    ]


@pytest.mark.rule("BIL-6f")
@pytest.mark.parametrize(
    ("service_point", "to"), [(RECEIVING, RECEIVING), (None, "customer_service")]
)
async def test_where_nobody_was_named_the_unit_is_told_and_without_one_customer_service(
    world: World, service_point: str | None, to: str
) -> None:
    reminder = a_supplier_invoice_reminder(service_point)

    ((whom_, _, _),) = await told(world, reminder)

    assert whom_ == to
