"""By which ids units and users are found, and those that an act names. Reads only."""

from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import (
    CareUnitId,
    CustomerId,
    PayerId,
    ServicePointId,
    UserId,
    identify,
)

from orders.units.domain import Customer, User
from orders.units.models import CustomerRow, UserRow


def payer_key(payer: PayerId, tx: Transaction) -> UUID:
    """The id of what the region calls this payer."""
    return identify(tx.region, "payer", payer)


def customer_key(customer: CustomerId, tx: Transaction) -> UUID:
    """The id of what the region calls this customer."""
    return identify(tx.region, "customer", customer)


def care_unit_key(unit: CareUnitId, tx: Transaction) -> UUID:
    """The id of what the region calls this care unit."""
    return identify(tx.region, "care-unit", unit)


def user_key(user: UserId, tx: Transaction) -> UUID:
    """The id of what the region calls this user."""
    return identify(tx.region, "user", user)


async def user_named(user: UserId, tx: Transaction, *, field: str) -> User:
    """A user that an act names. Raises Refused naming `field`: unknown (REF-3)."""
    row = await tx.get(UserRow, user_key(user, tx), rule="REF-3", field=field)
    return row.state()


async def place_named(place: ServicePointId, tx: Transaction) -> Customer:
    """The service point that an act names. Raises Refused (REF-3): unknown."""
    row = await tx.get(CustomerRow, customer_key(place, tx), rule="REF-3", field="service_point")
    return row.state()
