"""Suppliers' invoices for tests: a purchase, and what became of its invoices."""

from billing.supplier_invoices.models import PurchaseLineRow, SupplierInvoiceRow
from kvitt_contracts.orders import PurchaseLine
from kvitt_testkit.world import World

from contracts.tests.builders.supplier_invoices import (
    a_purchase_line,
    a_purchase_order_created,
    a_supplier_registered,
)


async def purchased(world: World, *lines: PurchaseLine) -> None:
    """A supplier is known, and a unit has purchased of it: one unless told."""
    await world.handle_all(
        a_supplier_registered(), a_purchase_order_created(*(lines or (a_purchase_line(),)))
    )


async def invoices(world: World) -> dict[str, SupplierInvoiceRow]:
    """Every invoice by the supplier's number."""
    return {row.number: row for row in await world.rows(SupplierInvoiceRow)}


async def reasons(world: World, number: str = "F-1") -> list[str]:
    """Why an invoice is held."""
    row = (await invoices(world))[number]
    return [row.status, *row.reasons]


async def paid_for(world: World) -> list[tuple[int, int]]:
    """How many of each line are cleared, and released."""
    rows = sorted(await world.rows(PurchaseLineRow), key=lambda row: row.article_number)
    return [(row.cleared, row.released) for row in rows]
