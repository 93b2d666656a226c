"""The rules of suppliers. No database, no clock, no log."""

from dataclasses import dataclass

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import SupplierEvent, SupplierRegistered
from kvitt_contracts.regions import SupplierStated
from kvitt_contracts.types import OrganisationNumber, SupplierId


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who sells articles to the region. `has_order_address`: orders can be sent to it by mail."""

    supplier_id: SupplierId
    name: str
    organisation_number: OrganisationNumber | None = None
    is_active: bool
    has_order_address: bool


def register(fact: SupplierStated, *, known: Supplier | None) -> tuple[SupplierRegistered, ...]:
    """A supplier as the region states it; nothing when it is known so (REF-13). Its contact details
    are in no event.
    """
    event = SupplierRegistered(
        supplier_id=fact.supplier_id,
        name=fact.name,
        organisation_number=fact.organisation_number,
        is_active=fact.is_active,
        has_order_address=fact.order_email is not None,
    )
    return () if known == evolve(known, event) else (event,)


def evolve(_: Supplier | None, event: SupplierEvent) -> Supplier:
    """Returns the state after an event."""
    return Supplier(**same_fields(event, Supplier))
