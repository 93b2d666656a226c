"""Every cell of billing's table of access: which role may ask, and how far it reaches."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from billing.app import service
from billing.models import Base, ChargeRow, DeviceRow, InvoiceRow, PayerRow, SelectionRow
from billing.region_sales.models import RegionSaleRow
from billing.supplier_invoices.models import SupplierInvoiceRow
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode
from kvitt_testkit.cells import (
    CALLER,
    POINT,
    Things,
    Upon,
    assert_commands,
    assert_reach,
    assert_roles,
)
from kvitt_testkit.world import REGION, Given, World, stockholm

from contracts.tests.builders.home_regions import an_order_with_a_cover, with_home_regions
from contracts.tests.builders.inventory import (
    a_day_closed,
    a_device_taken_over,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_line,
    a_payer_registered,
    an_order_placed,
)
from contracts.tests.builders.region_sales import a_sale_requested
from contracts.tests.builders.reservations import (
    a_line_delivered,
)
from contracts.tests.builders.story import CUSHION, ENDPOINT, OTHER, OTHER_PAYER, PAYER, ROLLATOR
from contracts.tests.builders.supplier_invoices import (
    a_purchase_line,
    a_purchase_order_created,
    a_supplier_invoice_stated,
    a_supplier_registered,
)
from services.billing.tests.builders import a_device, lent

MAY_31 = date(2026, 5, 31)
JUNE_1 = stockholm("2026-06-01 06:00")
OF_ANOTHER_REGION = "20777"
WHOSE = (("X-1", POINT, REGION), ("X-2", OTHER, REGION), ("X-3", POINT, "bd"))
"""The caller's unit, another one, and one of another region."""

PRICED = {
    "lines": [{"device_number": "170001", "price": {"net_ore": 100_000}}],
    "answer_by_on": "2026-07-01",
    "asked_by": CALLER,
}


async def a_month_of(world: World, *payers: str, region: str = REGION) -> None:
    """In May each of these pays for a device and buys a cushion; it is invoiced."""
    devices = [a_device(f"7{payer}") for payer in payers]
    await world.handle_all(
        *(a_payer_registered(payer, endpoint=ENDPOINT) for payer in payers),
        an_article_listed(),
        an_article_priced(ROLLATOR, 31_000),
        an_article_listed(CUSHION, marked=False),
        an_article_priced(CUSHION, 12_000),
        *devices,
        *numbered(
            *(
                lent(device, payer=payer, since="2026-05-01")
                for device, payer in zip(devices, payers, strict=True)
            )
        ),
        region=region,
    )
    for payer in payers:
        placed = an_order_placed(a_line(CUSHION, order=payer), reference=payer)
        bought = a_line_delivered(payer, payer=payer, on="2026-05-05")
        await world.handle_all(placed, bought, region=region)
    await world.handle(a_day_closed(MAY_31, custody_changes=len(payers)), region=region)
    await world.fire_timers()


async def by_payer(world: World, row_type: type[Base], key: str) -> dict[str, Any]:
    """The key of a row of each payer."""
    return {payer_of(row): getattr(row, key) for row in await world.rows(row_type)}


def payer_of(row: Any) -> str:
    """Who pays what a row is about."""
    match row:
        case DeviceRow():
            return str(row.points[0].payer_id)
        case PayerRow():
            return row.payer_id
        case _:
            return str(row.payer.payer_id)


async def things(world: World, row_type: type[Base], key: str = "id") -> Things:
    """What the caller's unit pays, another one, and one of another region."""
    found = await by_payer(world, row_type, key)
    return Things(units=found[PAYER], region=found[OTHER_PAYER], platform=found[OF_ANOTHER_REGION])


async def selections(world: World) -> Things:
    """A selection that the caller has saved, one of somebody else's, and one of another region."""
    made = {}
    for user, region in ((CALLER, REGION), ("k201ema", REGION), ("k300ola", "bd")):
        row = SelectionRow(
            region=region, selection_id=uuid4(), user_id=user, name=uuid4().hex, filters={}
        )
        async with world.worker.unit() as unit:
            unit.session.add(row)
        made[user] = row.selection_id
    return Things(own=made[CALLER], region=made["k201ema"], platform=made["k300ola"])


async def supplier_invoices(world: World) -> Things:
    """Held invoices of what the caller's unit has purchased, of another, of another region."""
    made = {}
    for point, region in ((POINT, REGION), (OTHER, REGION), (POINT, "bd")):
        number = f"26{len(await world.rows(SupplierInvoiceRow)):06}"
        order = a_purchase_order_created(
            a_purchase_line(order=number), number=number, order=number, service_point=point
        )
        invoice = a_supplier_invoice_stated(f"F-{number}", purchase_order=number)
        await world.handle_all(a_supplier_registered(), order, invoice, region=region)
        rows = await world.rows(SupplierInvoiceRow, region=region)
        made[point, region] = next(row.id for row in rows if row.number == invoice.number)
    return Things(units=made[POINT, REGION], region=made[OTHER, REGION], platform=made[POINT, "bd"])


async def home_region_cases(world: World) -> Things:
    """Orders that another region pays for: of the caller's unit, another, of another region."""
    made = {}
    for name, point, region in WHOSE:
        placed = an_order_with_a_cover(reference=name, service_point=point)
        await world.handle(placed, region=region)
        made[name] = placed.order_id
    return Things(units=made["X-1"], region=made["X-2"], platform=made["X-3"])


async def region_sales(world: World) -> Things:
    """Sales that are asked for: by the caller's unit, another, in another region."""
    made = {}
    for name, point, region in WHOSE:
        asked = a_sale_requested(sale=name, service_point=point)
        async with world.worker.unit() as unit:
            tx = unit.begin(region=RegionCode(region))
            tx.start(RegionSaleRow, asked.sale_id, asked).requested_on = MAY_31
        made[name] = asked.sale_id
    return Things(units=made["X-1"], region=made["X-2"], platform=made["X-3"])


async def takeovers(world: World) -> Things:
    """Devices that were bought over for the caller's unit, another, and one of another region."""
    for number, point, region in (
        ("R-1", POINT, REGION),
        ("R-2", OTHER, REGION),
        ("R-3", POINT, "bd"),
    ):
        await world.handle(a_device_taken_over(number, service_point=point), region=region)
    return Things(units="R-1", region="R-2", platform="R-3")


@pytest.mark.rule("REF-18a", "REF-18e")
async def test_each_route_is_granted_to_the_roles_of_its_row_and_to_nobody_else(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await assert_roles(world)


@pytest.mark.rule("REF-18a", "REF-18g")
async def test_each_command_is_granted_to_the_roles_of_its_row_and_to_nobody_else(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await assert_commands(world)


@pytest.mark.rule("REF-18b", "REF-18c", "REF-18q")
async def test_each_role_reaches_as_far_as_its_row_says(given: Given, policies: Policies) -> None:
    known = with_home_regions(with_home_regions(policies), region="bd")
    async with given(service, at=JUNE_1, policies=known) as world:
        await world.handle_all(
            a_customer_registered(POINT, payer=PAYER),
            a_customer_registered(OTHER, payer=OTHER_PAYER),
        )
        await world.handle(a_customer_registered(POINT, payer=OF_ANOTHER_REGION), region="bd")
        await a_month_of(world, PAYER, OTHER_PAYER)
        await a_month_of(world, OF_ANOTHER_REGION, region="bd")
        invoices = await things(world, InvoiceRow)
        devices = await things(world, DeviceRow, "device_id")
        mine = await selections(world)
        charges = await things(world, ChargeRow)
        held = await supplier_invoices(world)
        cases = await home_region_cases(world)
        sales = await region_sales(world)
        far = Things(platform=sales.platform)  # a rule says no to the region's, by a field

        await assert_reach(
            world,
            {
                "billing.invoices.list": Upon(things=invoices),
                "billing.invoice.show": Upon(things=invoices),
                "billing.invoice.print": Upon(things=invoices),
                "billing.invoice.ubl": Upon(things=invoices),
                "billing.invoice.explain": Upon(things=invoices),
                "billing.selections.list": Upon(things=mine, key="selection_id"),
                "billing.selection.rename": Upon(things=mine, body={"name": "Nytt"}),
                "billing.selection.remove": Upon(things=lambda: selections(world), body={}),
                "billing.charge.pause": Upon(
                    things=Things(region=charges.region, platform=charges.platform),
                    body={"until_on": "2026-09-01", "asked_by": CALLER},
                ),
                "billing.charges.list": Upon(things=charges),
                "billing.devices.list": Upon(things=devices, key="device_id"),
                "billing.device.payers": Upon(things=devices),
                "billing.supplier-invoices.list": Upon(things=held),
                "billing.supplier-invoice.show": Upon(things=held),
                "billing.supplier-invoice.story": Upon(things=held),
                "billing.supplier-invoice.release": Upon(
                    things=lambda: supplier_invoices(world), body={}
                ),
                "billing.supplier-invoice.reject": Upon(
                    things=lambda: supplier_invoices(world), body={"reason": "NOT_OURS"}
                ),
                "billing.home-region-cases.list": Upon(things=cases, key="order_id"),
                "billing.home-region-case.show": Upon(things=cases),
                "billing.home-region-case.story": Upon(things=cases),
                "billing.home-region-case.commit": Upon(
                    things=cases, body={"approved_on": "2026-05-04", "reference": "BF-1"}
                ),
                "billing.home-region-case.finish": Upon(
                    things=cases, body={"finished_on": "2026-05-04"}
                ),
                "billing.region-sales.list": Upon(things=sales),
                "billing.region-sale.show": Upon(things=sales),
                "billing.region-sale.story": Upon(things=sales),
                "billing.region-sale.propose": Upon(things=far, body=PRICED),
                "billing.region-sale.approve": Upon(things=far, body={"sold_on": "2026-05-31"}),
                "billing.region-sale.disapprove": Upon(things=far, body={}),
                "billing.takeovers.list": Upon(things=await takeovers(world), key="device_number"),
                "billing.payers.list": Upon(
                    things=await things(world, PayerRow, "payer_id"), key="payer_id"
                ),
            },
            reaching_nothing=[
                "billing.selection.save",
                # a month begins as it is looked at, and as it is closed
                "billing.run.ask-preview",
                "billing.run.approve",
                "billing.ledger-period.close",
                "billing.region-sale.request",  # its unit is in the body: test_region_sales_http
            ],
        )
