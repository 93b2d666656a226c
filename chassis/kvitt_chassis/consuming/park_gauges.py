"""How much is parked, of what, why, and since when: the gauges of one service's park."""

from kvitt_contracts.types import RegionCode
from sqlalchemy import text

from kvitt_chassis import metrics
from kvitt_chassis.consuming.machine import State
from kvitt_chassis.database import Database
from kvitt_chassis.metrics import NO_REGION

PARKED = metrics.declare(
    "gauge",
    "parked_keys",
    "Parked keys by region, topic, cause and state: waiting (tried again by itself) or quarantined"
    " (for a person).",
    "`kvitt parked` and `kvitt quarantine list` say why; then retry, edit or discard.",
    ("region", "topic", "cause", "state"),
    silent="nothing is parked",
)
OLDEST = metrics.declare(
    "gauge",
    "parked_oldest_seconds",
    "How long the key that was parked first has waited, by region and state; 0 when there is none.",
    "waiting, above 15 minutes: a gap wants `kvitt outbox republish`; quarantined: somebody decides"
    " (docs/runbooks/parked.md).",
    ("region", "state"),
)


class ParkGauges:
    """Sets the gauges from what the database says. Each process of a service says the same."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: set[tuple[str, str, str, str]] = set()

    async def measure(self) -> None:
        """Ask the database what is parked, and show it. Raises DBAPIError."""
        async with self._database.reading() as session:
            rows = (await session.execute(_SHARES)).all()
        service = self._database.service
        oldest = dict.fromkeys(((one, state) for one in self._regions() for state in State), 0.0)
        shown = set()
        for region, topic, cause, state, keys, age in rows:
            labels = (region, topic, cause, state)
            shown.add(labels)
            PARKED.labels(service, *labels).set(keys)
            place = (region, State(state))
            oldest[place] = max(oldest.get(place, 0.0), float(age))
        for labels in self._shown - shown:
            PARKED.remove(service, *labels)
        self._shown = shown
        for (region, of_state), seconds in oldest.items():
            OLDEST.labels(service, region, of_state.value).set(seconds)

    def _regions(self) -> list[str]:
        policies = self._database.policies
        known: set[RegionCode] = {*policies.regions, *policies.out}
        return [NO_REGION, *sorted(map(str, known))]


_SHARES = text(
    """
    SELECT coalesce(region, '-'), topic, cause, state, count(*),
           greatest(0, extract(epoch FROM clock_timestamp() - min(parked_at))::float8)
    FROM parked_keys GROUP BY 1, 2, 3, 4
    """
)
