"""How long an order takes from one service's commit to the next one's, seen from the databases."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.machine import percentile
from tests.bench.system import World

_COMMITTED = """
    SELECT event_id::text, causation_id,
           extract(epoch FROM pg_xact_commit_timestamp(xid::xid))::float8
    FROM events WHERE type = ANY (%s) AND id > %s
"""
_ANSWERS = [
    "inventory.reservation.reserved.v1",
    "inventory.reservation.backordered.v1",
    "inventory.reservation.declined.v1",
]


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds of each order that was sent. `missing`: sent, but without effect."""

    to_effect: list[float]
    from_region: list[float]
    missing: int

    def told(self) -> list[str]:
        """Milliseconds: p50, p95, p99 and the largest of commit to effect; p99 from the region."""
        return [
            *(f"{1000 * percentile(self.to_effect, share):.1f}" for share in (0.5, 0.95, 0.99, 1)),
            f"{1000 * percentile(self.from_region, 0.5):.1f}",
            f"{1000 * percentile(self.from_region, 0.99):.1f}",
        ]


TOLD = ["p50 ms", "p95 ms", "p99 ms", "max ms", "from region p50 ms", "from region p99 ms"]


def of_orders(world: World, due: Mapping[str, float], since: Mapping[str, int]) -> Latencies:
    """From the commit of OrderPlaced in orders to the commit of its answer in inventory.

    `due`: when each order was to be sent; `since`: what was recorded before.
    """
    placed = {
        event_id: (cause, at)
        for event_id, cause, at in _events(world, "orders", ["orders.order.placed.v1"], since)
    }
    answered = {cause: at for _, cause, at in _events(world, "inventory", _ANSWERS, since)}
    both = [(*placed[event_id], at) for event_id, at in answered.items() if event_id in placed]
    return Latencies(
        to_effect=[effect - commit for _, commit, effect in both],
        from_region=[effect - due[cause] for cause, _, effect in both if cause in due],
        missing=len(due) - len(both),
    )


def _events(
    world: World, service: str, types: list[str], since: Mapping[str, int]
) -> list[tuple[str, str, float]]:
    with world.connect(service) as connection:
        return list(connection.execute(_COMMITTED, (types, since[service])))
