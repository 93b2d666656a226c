"""By which ids units and users are found. Reads only."""

from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import CareUnitId, CustomerId, PayerId, UserId, identify


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
