"""What we note of stores and customers, and the one question that others ask of a store."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import CustomerRegistered
from kvitt_contracts.regions import StoreStated
from kvitt_contracts.types import CustomerId, StoreId

from inventory.stores import domain
from inventory.stores.models import CustomerRow, StoreRow

messages = Handlers()


@messages.on(StoreStated, reads=lambda fact, _: [(StoreRow, fact.store)])
async def note_store(fact: StoreStated, tx: Transaction) -> None:
    """INV-4: a store is there, or changed."""
    row = await tx.look_up(StoreRow, fact.store)
    if row is None:
        row = StoreRow(region=tx.region, store=fact.store)
        tx.put(row)
    row.name = fact.name
    row.kind = domain.StoreKind(fact.kind)
    row.service_point = fact.service_point


@messages.on(CustomerRegistered, reads=lambda event, _: [(CustomerRow, event.customer_id)])
async def note_customer(event: CustomerRegistered, tx: Transaction) -> None:
    """REF-7: which customers are private clinics."""
    row = await tx.look_up(CustomerRow, event.customer_id)
    if row is None:
        row = CustomerRow(region=tx.region, customer_id=event.customer_id)
        tx.put(row)
    row.private_clinic = event.private_clinic
    row.store = event.store


def rows_of_store(store: StoreId, tx: Transaction) -> Iterable[RowKey]:
    """What `check_store_holds_stock` reads."""
    yield StoreRow, store
    row = tx.fetched(StoreRow, store)
    if row is not None and row.service_point is not None:
        yield CustomerRow, row.service_point


async def check_store_holds_stock(tx: Transaction, store: StoreId) -> None:
    """A store that nobody has stated: the message waits. Raises StoreRefused (INV-4, REF-7)."""
    row = await tx.get(StoreRow, store)
    owner = None
    if row.service_point is not None:
        owner = await tx.look_up(CustomerRow, CustomerId(row.service_point))
    domain.may_hold_stock(
        domain.Store(kind=row.kind, of_private_clinic=owner is not None and owner.private_clinic),
        private_clinics_hold_stock=tx.policy.private_clinics_hold_stock,
    )
