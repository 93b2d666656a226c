"""BIL-13: a device bought over from another region waits for that region's invoice."""

from typing import Any

import pytest
from billing.app import service
from billing.supplier_invoices.models import TakeoverRow
from kvitt_contracts.billing import ReleaseSupplierInvoice
from kvitt_contracts.policy import Policies
from kvitt_contracts.regions import SupplierInvoiceStated
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import a_device_registered, a_device_taken_over
from contracts.tests.builders.story import SERVICE
from contracts.tests.builders.supplier_invoices import (
    SUPPLIER,
    a_supplier_invoice_stated,
    a_supplier_registered,
    an_invoice_line,
)
from services.billing.tests.builders import SELLER, with_accounts
from services.billing.tests.invoicing import reasons

NOON = stockholm("2026-03-02 12:00")
VALUE = 420_000


def of_device(
    number: str = "F-1", device: str = "R-1", net_ore: int = VALUE
) -> SupplierInvoiceStated:
    """The selling region's invoice of a device: it does not know our article."""
    line = an_invoice_line(article=None, net_ore=net_ore)
    return a_supplier_invoice_stated(
        number, lines=[line], purchase_order=None, device_number=device
    )


async def listed(world: World, query: str = "") -> list[dict[str, Any]]:
    """The devices that customer service sees."""
    async with world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
        items: list[dict[str, Any]] = (await client.get(f"/takeovers?{query}")).json()["items"]
    return items


@pytest.mark.rule("BIL-13a")
async def test_a_device_that_was_bought_over_waits_for_its_invoice_and_says_where_it_goes(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=NOON, policies=with_accounts(policies, seller=SELLER)) as world:
        await world.handle_all(
            a_supplier_registered(), a_device_taken_over(), a_device_registered()
        )

        (waits,) = await listed(world, "is_invoiced=false")
        assert (waits["device_number"], waits["from_region"]) == ("R-1", "w")
        assert waits["value"]["net_ore"] == VALUE
        to = waits["invoice_to"]
        assert (to["reference"], to["endpoint"]["id"]) == ("R-1", SELLER.endpoint.id)
        assert to["address"]["city"] == "Umeå"
        await world.handle(of_device())

        assert await reasons(world) == ["cleared"]
        assert await listed(world, "is_invoiced=false") == []
        assert [one["is_invoiced"] for one in await listed(world)] == [True]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-13b")
async def test_an_invoice_that_came_before_the_device_is_matched_when_it_is_registered(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await world.handle_all(a_supplier_registered(), of_device())
        assert await reasons(world) == ["held", "DEVICE_NOT_BOUGHT"]
        assert await listed(world) == []

        await world.handle(a_device_taken_over())

        assert await reasons(world) == ["cleared"]


@pytest.mark.rule("BIL-13b")
async def test_an_invoice_that_was_released_before_the_device_is_not_paid_again(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await world.register(SERVICE)
        await world.handle_all(a_supplier_registered(), of_device("F-1"))
        named = {"supplier_id": SUPPLIER, "number": "F-1", "by": SERVICE}
        await world.handle(ReleaseSupplierInvoice.model_validate(named))

        await world.handle_all(of_device("F-2"), a_device_taken_over())

        assert await reasons(world, "F-2") == ["held", "ALREADY_INVOICED"]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-13b")
async def test_a_device_is_paid_once_and_at_what_it_was_bought_for(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await world.register(SERVICE)
        await world.handle_all(a_supplier_registered(), a_device_taken_over())
        await world.handle(of_device("F-1", net_ore=VALUE + 1))
        assert await reasons(world, "F-1") == ["held", "PRICE_DIFFERS"]

        named = {"supplier_id": SUPPLIER, "number": "F-1", "by": SERVICE}
        await world.handle(ReleaseSupplierInvoice.model_validate(named))
        await world.handle(of_device("F-2"))

        assert await reasons(world, "F-2") == ["held", "ALREADY_INVOICED"]
        (row,) = await world.rows(TakeoverRow)
        assert (row.cleared, row.released) == (0, 1)
