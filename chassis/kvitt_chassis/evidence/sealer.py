"""The sealer: joins what a service's logs have got since the last time to their chains, in batches,
and lays a stone where a stretch is older than the policy keeps.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import metrics
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import Database
from kvitt_chassis.evidence.chain import START, Keys, Stone, joined
from kvitt_chassis.evidence.heads import Witness
from kvitt_chassis.evidence.tables import ADD_LINKS, AT_POSITION, HEAD, TURN, Head, Log, unsealed

log = logging.getLogger(__name__)

UNSEALED_AGE = metrics.declare(
    "gauge",
    "log_oldest_unsealed_seconds",
    "The age of the oldest row that was joined to a chain the last time; 0 when there was none.",
    "Above 60: rows could be changed unseen for so long; docs/runbooks/log.md.",
    ("log",),
)
SEALED_AT = metrics.declare(
    "gauge",
    "log_sealed_at_seconds",
    "When a log was joined to its chain last, in seconds since 1970; 0 when this process has not.",
    "Older than a minute at every replica: the log says why; docs/runbooks/log.md.",
    ("log",),
)
BROKEN = metrics.declare(
    "gauge",
    "log_is_shorter_than_kept",
    "1 when a chain is not what this process has kept apart of it.",
    "1: rows of a log were cut off or sealed anew; kvitt verify log; docs/runbooks/log.md.",
    ("log",),
)

# decision 0510: rows are joined to the chain after they are committed
SLACK = timedelta(minutes=5)
"""A row's time is that of its transaction's beginning, and none lasts this long: what is committed
late is found again as far back as this.
"""
BATCH = 500
EVERY_SECONDS = 5.0
_KEEPS_EVERY_SECONDS = 60.0
_THINS_EVERY_SECONDS = 3600.0
_THINNED_AT_ONCE = 5_000
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class Sealer:
    """Seals the logs of one service. `database` has the worker's role. Several processes take turns
    at each chain; each keeps the ends that it has seen.
    """

    name = "log"

    def __init__(
        self, logs: Sequence[Log], *, database: Database, keys: Keys, witness: Witness
    ) -> None:
        self._logs = tuple(logs)
        self._database = database
        self._keys = keys
        self._witness = witness
        self._thinned_at = time.monotonic()
        self._kept_at: dict[str, float] = {}
        self._remark: str | None = None

    async def work(self) -> float:
        """Join what is there, and answer when to look again."""
        for one in self._logs:
            for region in self.regions_of(one):
                await self.seal(one, region)
            SEALED_AT.labels(self._database.service, one.table).set_to_current_time()
        if time.monotonic() - self._thinned_at >= _THINS_EVERY_SECONDS:
            await self.thin(datetime.now(UTC))
            self._thinned_at = time.monotonic()
        return EVERY_SECONDS

    def remark(self) -> str | None:
        """What does not hold, of what this process has kept apart."""
        return self._remark

    def regions_of(self, one: Log) -> Iterator[RegionCode | None]:
        """The regions whose chains a log has; None stands for its only chain."""
        policies = self._database.policies
        yield from sorted({*policies.regions, *policies.out}) if one.by_region else (None,)

    async def seal(self, one: Log, region: RegionCode | None) -> int:
        """Join every row of a chain that is committed; answers how many."""
        sealed = 0
        while True:
            made = await self._seal_some(one, region)
            sealed += made
            if made < BATCH:
                break
        chain, looked = one.chain(region), time.monotonic()
        if (
            sealed
            or looked - self._kept_at.get(chain, -_KEEPS_EVERY_SECONDS) >= _KEEPS_EVERY_SECONDS
        ):
            await self._keep_apart(chain)  # another process may have sealed since
            self._kept_at[chain] = looked
        return sealed

    async def _seal_some(self, one: Log, region: RegionCode | None) -> int:
        chain = one.chain(region)
        async with self._database.unit() as unit:
            session = unit.session
            if not await session.scalar(TURN, {"chain": chain}):
                return 0  # another process is at it
            head = await head_of(session, chain)
            since = _FIRST
            if head is not None and head.at is not None:
                since = min(head.at, datetime.now(UTC)) - SLACK
            asked = {"chain": chain, "region": region, "since": since, "limit": BATCH}
            rows = (await session.execute(unsealed(one), asked)).all()
            if not rows:
                UNSEALED_AGE.labels(self._database.service, chain).set(0)
                return 0
            links = joined(
                self._keys.now(),
                chain,
                [(row.row_key, row.content) for row in rows],
                after=head.position if head else 0,
                before=head.mac if head else START,
            )
            written = {
                "chain": chain,
                "positions": [link.position for link in links],
                "row_keys": [link.row_key for link in links],
                "ats": [row.at for row in rows],
                "key_ids": [link.key_id for link in links],
                "macs": [link.mac for link in links],
            }
            await session.execute(ADD_LINKS, written)
        age = (datetime.now(UTC) - min(row.at for row in rows)).total_seconds()
        UNSEALED_AGE.labels(self._database.service, chain).set(age)
        return len(rows)

    async def _keep_apart(self, chain: str) -> None:
        async with self._database.reading() as session:
            head = await head_of(session, chain)
            kept = self._witness.heads.get(chain)
            if kept is not None and not await holds(session, chain, kept):
                self._remark = f"{chain} is not what was kept apart of it"
                log.error("%s at %s", self._remark, kept.position)
                BROKEN.labels(self._database.service, chain).set(1)
                return
        BROKEN.labels(self._database.service, chain).set(0)
        if head is None or (kept is not None and kept.position >= head.position):
            return
        try:
            await asyncio.to_thread(self._witness.note, {chain: head})
        except OSError as error:
            self._remark = f"the ends of the logs cannot be kept apart: {describe(error)}"
            log.warning("%s", self._remark)
            return
        # whoever collects the log has the end too
        log.info("a log is sealed", extra={"chain": chain, "length": head.position})

    async def thin(self, now: datetime) -> int:
        """Remove what is older than each region's policy keeps; answers how many rows."""
        removed = 0
        for one in self._logs:
            for region in self.regions_of(one) if one.is_thinned else ():
                if region is None or region in self._database.policies.out:
                    continue
                years = self._database.policies.in_force(region, now).log.keep_years
                until = now.replace(year=now.year - years, day=min(now.day, 28))
                try:
                    while made := await self.thin_until(one, region, until):
                        removed += made
                except Exception as error:
                    log.warning("%s is not thinned: %s", one.chain(region), describe(error))
        return removed

    # decision 0511: a stretch that is thinned leaves a stone
    async def thin_until(self, one: Log, region: RegionCode, until: datetime) -> int:
        """Replace the oldest stretch of a chain, as far as it is from before `until`, by a stone;
        answers how many rows went. The database refuses what is younger than the law lets.
        """
        chain = one.chain(region)
        async with self._database.unit() as unit:
            session = unit.session
            if not await session.scalar(TURN, {"chain": chain}):
                return 0
            asked = {"chain": chain, "until": until, "limit": _THINNED_AT_ONCE}
            old = (await session.execute(_OLD, asked)).all()
            if not old:
                return 0
            keys = self._keys.now()
            stone = Stone(
                from_position=old[0].position,
                to_position=old[-1].position,
                first_at=min(row.row_at for row in old).isoformat(),
                last_at=max(row.row_at for row in old).isoformat(),
                last_mac=bytes(old[-1].mac),
                key_id=keys.newest,
                mac=b"",
            )
            said = {
                "chain": chain,
                "region": region,
                "up_to": stone.to_position,
                "key_id": keys.newest,
                "mac": keys.of_stone(keys.newest, chain, stone),
            }
            thins = text(f"SELECT thin_{one.table}(:chain, :region, :up_to, :key_id, :mac)")
            removed: int = (await session.execute(thins, said)).scalar_one()
        log.info("a log is thinned", extra={"chain": chain, "rows": removed})
        return removed


async def head_of(session: AsyncSession, chain: str) -> Head | None:
    """The end of a chain, None where nothing was ever sealed."""
    row = (await session.execute(HEAD, {"chain": chain})).first()
    return None if row is None else Head(position=row.position, mac=bytes(row.mac), at=row.at)


async def holds(session: AsyncSession, chain: str, kept: Head) -> bool:
    """Whether a chain still has the end that was kept apart; what was thinned since then is the
    stone's.
    """
    mac: Any = await session.scalar(AT_POSITION, {"chain": chain, "position": kept.position})
    if mac is not None:
        return bytes(mac) == kept.mac
    thinned = await session.execute(_STONE_OVER, {"chain": chain, "position": kept.position})
    stone = thinned.first()
    if stone is None:
        return False
    return stone.to_position > kept.position or bytes(stone.last_mac) == kept.mac


_OLD: Any = text(
    """
    SELECT position, row_at, mac FROM log_links
    WHERE chain = :chain AND row_at < :until AND position < coalesce(
        (SELECT min(position) FROM log_links WHERE chain = :chain AND row_at >= :until),
        9223372036854775807)
    ORDER BY position LIMIT :limit
    """
)
_STONE_OVER: Any = text(
    """
    SELECT to_position, last_mac FROM log_stones
    WHERE chain = :chain AND from_position <= :position AND to_position >= :position
    """
)
