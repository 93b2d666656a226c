"""Where a unit's replenishments go. Reads only."""

from datetime import datetime

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Address, CustomerId
from sqlalchemy import select

from orders.replenishment_addresses.models import ReplenishmentAddressRow


async def rows_of(customer: CustomerId, tx: Transaction) -> list[ReplenishmentAddressRow]:
    """Each address that a unit's replenishments have had, the latest first."""
    query = (
        select(ReplenishmentAddressRow)
        .where(
            ReplenishmentAddressRow.region == tx.region,
            ReplenishmentAddressRow.customer_id == customer,
        )
        .order_by(ReplenishmentAddressRow.set_at.desc(), ReplenishmentAddressRow.address_id.desc())
    )
    return list(await tx.session.scalars(query))


async def latest_set_at(customer: CustomerId, tx: Transaction) -> datetime | None:
    """When a unit's address was set last; None where none was."""
    rows = await rows_of(customer, tx)
    return rows[0].set_at if rows else None


async def address_of(customer: CustomerId, tx: Transaction) -> Address | None:
    """Where a unit's replenishments go, when not to its own address."""
    rows = await rows_of(customer, tx)
    return rows[0].address if rows else None
