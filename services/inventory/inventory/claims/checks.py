"""The check that open transfers, their holds and the claims on devices agree (BMB-12)."""

from collections import defaultdict
from uuid import UUID

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference
from kvitt_contracts.bmb import TransferEvent
from kvitt_contracts.topic import every
from kvitt_contracts.topics import BMB_TRANSFERS

from inventory.claims import domain, queries
from inventory.reconditionings.queries import open_of_regions


async def find(snapshot: Snapshot) -> list[Difference]:
    """Every transfer whose hold is not as bmb's events, replayed, say; and every device whose claim
    is not its hold's, its pickup's, its sale's, its basket's or its reconditioning's, or its
    order's on the way.
    """
    transfers = await _transfers(snapshot)
    holds = await queries.holds_of_regions(snapshot)
    claims = await queries.claims_of_regions(snapshot)
    pickups = await queries.pickups_of_regions(snapshot)
    baskets = await queries.baskets_of_regions(snapshot)
    sales = await queries.sales_of_regions(snapshot)
    made_fit = await open_of_regions(snapshot)
    on_the_way = await queries.on_the_way(snapshot)
    investigated = await queries.investigated(snapshot)
    found = []
    for region in sorted({*transfers, *holds, *claims, *pickups, *baskets, *sales, *made_fit}):
        asked, held = transfers.get(region, {}), holds.get(region, {})
        wrong = [("holds", *one) for one in domain.wrong_holds(asked, held)]
        wrong += [
            ("devices", *one)
            for one in domain.wrong_claims(
                claims.get(region, ()),
                transfers=asked,
                holds=held,
                on_the_way=on_the_way,
                investigated=investigated,
                pickups=pickups.get(region, set()),
                baskets=baskets.get(region, set()),
                sales=sales.get(region, set()),
                made_fit=made_fit.get(region, set()),
            )
        ]
        found += [
            Difference(table=table, region=region, key=str(key), fields=(what,))
            for table, key, what in wrong
        ]
    return found


async def _transfers(snapshot: Snapshot) -> dict[str, dict[UUID, domain.Asked]]:
    found: dict[str, dict[UUID, domain.Asked]] = defaultdict(dict)
    async for heard in snapshot.heard(BMB_TRANSFERS, *_TYPES):
        of_region, key = found[heard.region], UUID(heard.key)
        of_region[key] = domain.after(of_region.get(key, domain.Asked()), heard.event)
    return found


_TYPES = every(TransferEvent)

CLAIMS = Check(
    name="claims", what="open transfers, their holds and the claims on devices", find=find
)
