"""The handler of addresses of replenishments."""

from collections.abc import Iterable
from uuid import uuid4

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction

from orders.replenishment_addresses import domain
from orders.replenishment_addresses.commands import SetReplenishmentAddress
from orders.replenishment_addresses.models import ReplenishmentAddressRow
from orders.replenishment_addresses.queries import latest_set_at
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, user_key, user_named

messages = Handlers()


def _its_unit(command: SetReplenishmentAddress, tx: Transaction) -> Iterable[RowKey]:
    yield CustomerRow, customer_key(command.customer_id, tx)  # two who set it come one by one


def _read(command: SetReplenishmentAddress, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.asked_by, tx)


@messages.command(SetReplenishmentAddress, loads=_its_unit, reads=_read)
async def set_replenishment_address(command: SetReplenishmentAddress, tx: Transaction) -> None:
    """Let a unit's replenishments go elsewhere, and keep who wanted it (REF-12).

    Refused: UNKNOWN_CUSTOMER, NO_OWN_STORE (REF-12), UNKNOWN_USER (REF-3).
    """
    key = customer_key(command.customer_id, tx)
    place = await tx.lock(CustomerRow, key, rule="REF-12", field="customer_id")
    await user_named(command.asked_by, tx, field="asked_by")
    domain.must_be_filled_up(place.state())
    tx.put(
        ReplenishmentAddressRow(
            region=tx.region,
            address_id=uuid4(),
            customer_id=command.customer_id,
            address=command.address,
            by=command.by,
            asked_by=command.asked_by,
            set_at=domain.set_at(tx.now, latest=await latest_set_at(command.customer_id, tx)),
        )
    )
