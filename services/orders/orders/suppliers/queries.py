"""By which ids suppliers are found. Reads only."""

from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import SupplierId, identify

from orders.suppliers.domain import Supplier
from orders.suppliers.models import SupplierRow


def supplier_key(supplier: SupplierId, tx: Transaction) -> UUID:
    """The id of what the region calls this supplier."""
    return identify(tx.region, "supplier", supplier)


async def supplier_named(supplier: SupplierId, tx: Transaction, *, field: str) -> Supplier:
    """A supplier that an act names. Raises Refused naming `field`: unknown (REF-13)."""
    row = await tx.get(SupplierRow, supplier_key(supplier, tx), rule="REF-13", field=field)
    return row.state()
