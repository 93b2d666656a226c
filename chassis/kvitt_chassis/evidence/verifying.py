"""Walks the chains of a service's logs in pages and finds the first place where one does not hold.
Reads only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.evidence.chain import (
    START,
    Broken,
    Fault,
    Keys,
    broken_stone,
    first_break,
)
from kvitt_chassis.evidence.heads import Heads, Witness
from kvitt_chassis.evidence.sealer import SLACK, holds
from kvitt_chassis.evidence.tables import STONES, Log, link_of, linked, never_sealed, stone_of
from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference

PAGE = 1_000
SEALED_WITHIN = 2 * SLACK
"""A row that is older than this and in no chain was put in beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a walk of a chain has found: how many rows it has had, how many of them were thinned,
    until when it is sealed, and the first place that does not hold.
    """

    log: str
    region: str | None
    length: int
    thinned: int
    sealed_until: datetime | None
    mac: str | None
    broken: Broken | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A service's logs, with what verifies them."""

    logs: Sequence[Log]
    keys: Keys
    witness: Witness
    policies: Policies

    async def verify(
        self, session: AsyncSession, *, region: RegionCode | None = None, kept: Heads | None = None
    ) -> list[Verified]:
        """Walk every chain, or those of one region; `kept` are ends that were kept apart, besides
        this process's own.
        """
        # as they are before the snapshot begins: this process goes on sealing
        ends = (dict(self.witness.heads), kept or {})
        return [await self._walk(session, log, one, ends) for log, one, _ in self.chains(region)]

    def chains(
        self, region: RegionCode | None = None
    ) -> Iterator[tuple[Log, RegionCode | None, str]]:
        """Each chain, or those of one region: its log, its region and its name."""
        for log in self.logs:
            for one in self.regions_of(log):
                if region in (None, one):
                    yield log, one, log.chain(one)

    def check(self) -> Check:
        """The night's comparison: what was sealed with what is there."""

        async def find(snapshot: Snapshot) -> list[Difference]:
            walked = await self.verify(snapshot.session)
            return [difference_of(one) for one in walked if one.broken is not None]

        return Check(name="log", what="each chained log and what was sealed", find=find)

    def regions_of(self, log: Log) -> Sequence[RegionCode | None]:
        """The regions whose chains a log has; None stands for its only chain."""
        if not log.by_region:
            return (None,)
        return sorted({*self.policies.regions, *self.policies.out})

    async def _walk(
        self, session: AsyncSession, log: Log, region: RegionCode | None, ends: Sequence[Heads]
    ) -> Verified:
        chain, keys = log.chain(region), self.keys.now()
        stones = [stone_of(row) for row in await session.execute(STONES, {"chain": chain})]
        broken = broken_stone(keys, chain, stones)
        position = thinned = stones[-1].to_position if stones else 0
        before = stones[-1].last_mac if stones else START
        until: datetime | None = None
        while broken is None:
            asked = {"chain": chain, "region": region, "after": position, "limit": PAGE}
            rows = (await session.execute(linked(log), asked)).all()
            links = [link_of(row) for row in rows]
            broken = first_break(keys, chain, links, after=position, before=before)
            if broken is not None or not rows:
                break
            position, before, until = links[-1].position, links[-1].mac, rows[-1].row_at
        broken = broken or await _cut(session, chain, position, ends)
        broken = broken or await _inserted(session, log, region, after=position)
        return Verified(
            log=log.table,
            region=region,
            length=position,
            thinned=thinned,
            sealed_until=until,
            mac=before.hex() if position else None,
            broken=broken,
        )


async def _cut(
    session: AsyncSession, chain: str, length: int, ends: Sequence[Heads]
) -> Broken | None:
    for heads in ends:
        head = heads.get(chain)
        if head is not None and not await holds(session, chain, head):
            return Broken(fault=Fault.CUT, position=min(length + 1, head.position))
    return None


async def _inserted(
    session: AsyncSession, log: Log, region: RegionCode | None, *, after: int
) -> Broken | None:
    until = await session.scalar(_NOW) - SEALED_WITHIN  # when the snapshot was taken
    asked: Mapping[str, object] = {
        "chain": log.chain(region),
        "region": region,
        "until": until,
    }
    row = (await session.execute(never_sealed(log), asked)).first()
    return (
        None if row is None else Broken(fault=Fault.INSERTED, position=after, row_key=row.row_key)
    )


_NOW: Any = text("SELECT now()")


def difference_of(one: Verified) -> Difference:
    """A chain that does not hold, as the reconciliation tells it: no value of any row."""
    assert one.broken is not None
    key = one.broken.row_key or f"link {one.broken.position}"
    return Difference(table=one.log, region=one.region or "-", key=key, fields=(one.broken.fault,))
