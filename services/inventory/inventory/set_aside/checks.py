"""The checks that what stores have set aside is what it is set aside for (INV-4)."""

from collections import defaultdict
from operator import itemgetter
from uuid import UUID

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference
from kvitt_contracts.orders import (
    OrderPlaced,
    OrderPlacedV2,
    OrderVoidRequested,
    ReplenishmentPlaced,
)
from kvitt_contracts.topics import ORDERS_CUSTOMER_ORDERS

from inventory.set_aside import domain, queries


async def find_promises(snapshot: Snapshot) -> list[Difference]:
    """Every balance that has more or less reserved or on order than its orders, baskets and claims
    have there; and every line that waits for more or less than it lacks.
    """
    balances = [
        Difference(table="balances", region=region, key=key, fields=numbers)
        for region, key, numbers in await queries.balances_beside_promises(snapshot)
    ]
    waiting = [
        Difference(table="backorders", region=region, key=key, fields=("missing",))
        for region, key in await queries.queues_beside_reservations(snapshot)
    ]
    return balances + waiting


async def find_orders(snapshot: Snapshot) -> list[Difference]:
    """Every order whose reservation is not as orders' events, replayed, say."""
    asked = await _orders(snapshot)
    wrong: list[tuple[str, UUID, str]] = []
    async for region, key, has in queries.each_kept(snapshot):  # one at a time: there are many
        said = asked[region].pop(key, None)
        orders = {} if said is None else {key: said}
        wrong += [(region, *one) for one in domain.wrong_reservations(orders, {key: has})]
    for region, left in asked.items():
        wrong += [(region, *one) for one in domain.wrong_reservations(left, {})]
    return [
        Difference(table="reservations", region=region, key=str(key), fields=(what,))
        for region, key, what in sorted(wrong, key=itemgetter(0, 1))
    ]


async def _orders(snapshot: Snapshot) -> defaultdict[str, dict[UUID, domain.Asked]]:
    found: defaultdict[str, dict[UUID, domain.Asked]] = defaultdict(dict)
    async for heard in snapshot.heard(ORDERS_CUSTOMER_ORDERS, *_TYPES):
        of_region, key = found[heard.region], UUID(heard.key)
        of_region[key] = domain.after(of_region.get(key, domain.Asked()), heard.event)
    return found


_TYPES = (OrderPlaced, OrderPlacedV2, ReplenishmentPlaced, OrderVoidRequested)

RESERVED = Check(
    name="reserved",
    what="what balances have reserved and on order, and the orders, baskets and claims behind it",
    find=find_promises,
)
ORDERS = Check(name="orders", what="orders as they were placed and reservations", find=find_orders)
