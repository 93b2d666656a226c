"""Topic `orders.units`: payers, customers and care units as the region reports them."""

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    Address,
    CareUnitId,
    CustomerId,
    Endpoint,
    OrganisationNumber,
    PayerId,
    Reference,
    StoreId,
    VatNumber,
)


class PayerRegistered(Event, type="orders.unit.payer-registered.v1"):
    """A payer is known, or changed.

    What an electronic invoice needs is given where the region states it: numbers, the unit's
    address, its Peppol endpoint, its reference (BIL-9).
    """

    payer_id: PayerId
    name: str
    organisation_number: OrganisationNumber | None = None
    vat_number: VatNumber | None = None
    address: Address | None = None
    endpoint: Endpoint | None = None
    reference: Reference | None = None


class CustomerRegistered(Event, type="orders.unit.customer-registered.v1"):
    """A customer is known, or changed. `payer_id` is its default payer (REF-4)."""

    customer_id: CustomerId
    name: str
    payer_id: PayerId
    is_service_point: bool
    private_clinic: bool
    store: StoreId | None = None


class CareUnitRegistered(Event, type="orders.unit.care-unit-registered.v1"):
    """A care unit is known, or changed."""

    unit: CareUnitId
    name: str
    customer_id: CustomerId


UnitEvent = PayerRegistered | CustomerRegistered | CareUnitRegistered
"""Every event of a unit; each kind of unit has one."""
