"""What stores have set aside, and what it is set aside for: read whole, for the comparison."""

from collections.abc import AsyncIterator
from uuid import UUID

from kvitt_chassis.operating.checks import Snapshot
from sqlalchemy import and_, select, text

from inventory.reservations.domain import Reservation
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.set_aside.domain import Kept


async def balances_beside_promises(snapshot: Snapshot) -> list[tuple[str, str, tuple[str, ...]]]:
    """Region, article with store, and the numbers of each balance that has more or less reserved or
    on order than its orders, baskets and claims have there.
    """
    found = await snapshot.session.execute(_DIFFERING)
    return [
        (row.region, row.key, tuple(name for name in _NUMBERS if getattr(row, name)))
        for row in found
    ]


async def queues_beside_reservations(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Region and line of each order line that waits for more or less than it lacks (ORD-4)."""
    found = await snapshot.session.execute(_WAITING)
    return [(row.region, row.key) for row in found]


async def each_kept(snapshot: Snapshot) -> AsyncIterator[tuple[str, UUID, Kept]]:
    """Region and id of each order that inventory knows, with what it has of it: as they are read,
    since those of all regions would fill the memory.
    """
    placed = select(PlacedOrderRow, ReservationRow).outerjoin(
        ReservationRow,
        and_(
            ReservationRow.region == PlacedOrderRow.region,
            ReservationRow.id == PlacedOrderRow.order_id,
        ),
    )
    stream = await snapshot.session.stream(placed.execution_options(yield_per=_CHUNK))
    async for order, row in stream:
        kept = Kept(
            lines={line.line_id: (line.article_number, line.quantity) for line in order.lines},
            reservation=_state(row),
        )
        yield order.region, order.order_id, kept


def _state(row: ReservationRow | None) -> Reservation | None:
    return row.state() if row is not None else None


_CHUNK = 500
_NUMBERS = ("reserved", "on_order")
_DIFFERING = text(
    """
    WITH promised AS (
        SELECT o.region, o.store, line.value ->> 'article_number' AS article_number,
               CAST(line.value ->> 'reserved' AS integer) AS reserved,
               CAST(line.value ->> 'missing' AS integer) AS on_order
        FROM reservations r
        JOIN placed_orders o ON o.region = r.region AND o.order_id = r.id
        CROSS JOIN jsonb_array_elements(CAST(r.lines AS jsonb)) AS line
        JOIN articles a ON a.region = r.region
            AND a.article_number = line.value ->> 'article_number'
        WHERE a.type <> 'service' AND NOT a.is_contribution
        UNION ALL
        SELECT o.region, o.store, wanted.value ->> 'article_number',
               CAST(wanted.value ->> 'quantity' AS integer), 0
        FROM baskets b
        JOIN basket_orders o ON o.region = b.region AND o.order_id = b.id
        CROSS JOIN jsonb_array_elements(CAST(b.lines AS jsonb)) AS line
        JOIN jsonb_array_elements(CAST(o.lines AS jsonb)) AS wanted
            ON wanted.value ->> 'line_id' = line.value ->> 'line_id'
        WHERE b.status = 'lent' AND line.value ->> 'outcome' IS NULL
        UNION ALL
        SELECT region, CAST(custody AS jsonb) #>> '{holder,store}', article_number, 1, 0
        FROM devices
        WHERE claim_kind IN ('transfer', 'lock', 'pickup', 'investigation')
          AND CAST(custody AS jsonb) #>> '{holder,store}' IS NOT NULL
    ), wanted AS (
        SELECT region, store, article_number, sum(reserved) AS reserved, sum(on_order) AS on_order
        FROM promised GROUP BY region, store, article_number
    ), beside AS (
        SELECT region, article_number || ' ' || store AS key,
               coalesce(b.reserved, 0) <> coalesce(w.reserved, 0) AS reserved,
               coalesce(b.on_order, 0) <> coalesce(w.on_order, 0) AS on_order
        FROM balances b FULL JOIN wanted w USING (region, article_number, store)
    )
    SELECT region, key, reserved, on_order FROM beside
    WHERE reserved OR on_order ORDER BY region, key
    """
)
_WAITING = text(
    """
    WITH lacking AS (
        SELECT r.region, CAST(line.value ->> 'line_id' AS uuid) AS line_id,
               CAST(line.value ->> 'missing' AS integer) AS missing
        FROM reservations r CROSS JOIN jsonb_array_elements(CAST(r.lines AS jsonb)) AS line
    )
    SELECT region, CAST(line_id AS text) AS key
    FROM backorders b FULL JOIN lacking l USING (region, line_id)
    WHERE coalesce(b.missing, 0) <> coalesce(l.missing, 0) ORDER BY region, key
    """
)
