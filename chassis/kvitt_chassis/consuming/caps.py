"""How much of the park each region's own messages take, and which regions are over their cap: what
they send is not read on then, until enough has left the park.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kvitt_contracts.topics import Topic
from sqlalchemy import text

from kvitt_chassis import metrics
from kvitt_chassis.database import Database

log = logging.getLogger(__name__)

KEYS = metrics.declare(
    "gauge",
    "parked_region_keys",
    "Parked keys of what a region has sent, tried again by itself or waiting for a person.",
    "`kvitt parked` says why; at the cap the region is held (parked_region_held).",
    ("region",),
)
BYTES = metrics.declare(
    "gauge",
    "parked_region_bytes",
    "Bytes that the parked messages of a region take, encrypted.",
    "As parked_region_keys.",
    ("region",),
)
HELD = metrics.declare(
    "gauge",
    "parked_region_held",
    "1 while a region's topics are not read, since the park has its cap of the region's messages.",
    "Nothing is lost: they wait in Kafka for 14 days. docs/runbooks/parked.md says what to do.",
    ("region",),
)

_LOW_WATER = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """How many keys and bytes of one region the park takes."""

    keys: int = 10_000
    bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Share:
    """What is parked of one region's own topics."""

    keys: int = 0
    bytes: int = 0


def is_over(share: Share, cap: Cap, *, was_over: bool) -> bool:
    """True when no more of a region is to be parked. Once over, a quarter must leave first."""
    part = _LOW_WATER if was_over else 1.0
    return share.keys >= cap.keys * part or share.bytes >= cap.bytes * part


# decision 0186: a region that fills the park is not read on
class Caps:
    """The regions' shares of one service's park, as they were last measured. `over`: the regions
    that are not to be read now.
    """

    def __init__(self, database: Database, topics: Sequence[Topic], cap: Cap) -> None:
        self._database = database
        self._region_of = {one.name: one.region for one in topics if one.region is not None}
        self._cap = cap
        self.shares: Mapping[str, Share] = MappingProxyType({})
        self.over: frozenset[str] = frozenset()

    @property
    def is_any_over(self) -> bool:
        """True while a region is held."""
        return bool(self.over)

    async def measure(self) -> None:
        """Ask the database what is parked; log once for each region that is held from now on, or no
        longer. Raises DBAPIError.
        """
        if not self._region_of:
            return
        async with self._database.reading() as session:
            rows = (await session.execute(_SHARES, {"topics": list(self._region_of)})).all()
        shares = dict.fromkeys(sorted(set(self._region_of.values())), Share())
        for topic, keys, size in rows:
            region = self._region_of[topic]
            shares[region] = Share(shares[region].keys + keys, shares[region].bytes + int(size))
        self._note(shares)

    def _note(self, shares: Mapping[str, Share]) -> None:
        over = frozenset(
            region
            for region, share in shares.items()
            if is_over(share, self._cap, was_over=region in self.over)
        )
        for region in sorted(over - self.over):
            log.error(
                "region %s is not read on: %s keys and %s bytes of it are parked",
                *(region, shares[region].keys, shares[region].bytes),
            )
        for region in sorted(self.over - over):
            log.warning("region %s is read again: enough of it has left the park", region)
        self.shares, self.over = shares, over
        for region, share in shares.items():
            KEYS.labels(self._database.service, region).set(share.keys)
            BYTES.labels(self._database.service, region).set(share.bytes)
            HELD.labels(self._database.service, region).set(region in over)


_SHARES = text(
    """
    SELECT topic, coalesce(keys, 0), coalesce(bytes, 0)
    FROM (SELECT topic, count(*) AS keys FROM parked_keys
          WHERE topic = ANY(:topics) GROUP BY topic) AS k
    FULL JOIN (SELECT topic, sum(octet_length(sealed)) AS bytes FROM parked_messages
               WHERE topic = ANY(:topics) GROUP BY topic) AS m USING (topic)
    """
)
