"""Topic `orders.suppliers`, one aggregate kind: the supplier (REF-13).

Addresses and contacts stay with orders, which sends the purchase orders.
"""

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import OrganisationNumber, SupplierId


class SupplierRegistered(Event, type="orders.supplier.registered.v1"):
    """A supplier is known, or changed (REF-13).

    `has_order_address`: purchase orders can be sent by mail. A sole trader has no
    `organisation_number` here: it would be a personal number (REF-9).
    """

    supplier_id: SupplierId
    name: str
    organisation_number: OrganisationNumber | None = None
    is_active: bool
    has_order_address: bool


SupplierEvent = SupplierRegistered
"""Every event of a supplier."""
