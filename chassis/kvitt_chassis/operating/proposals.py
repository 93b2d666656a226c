"""Edits and discards that one operator proposes and another decides. What is proposed is sealed: it
may be a message's body.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming.mending import faults_of
from kvitt_chassis.consuming.parking import Head
from kvitt_chassis.consuming.previews import Preview, What, preview
from kvitt_chassis.consuming.quarantine import Entry, Opened, Quarantine
from kvitt_chassis.database import Database
from kvitt_chassis.operating import audit
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web.problems import FieldProblem, Problem, ProblemRaised

DDL: tuple[str, ...] = (
    """
    CREATE TABLE proposed_acts (
        entry bigint PRIMARY KEY,
        message_id bigint NOT NULL,
        region text,
        what text NOT NULL CONSTRAINT ck_proposed_acts_what CHECK (what IN ('edit', 'discard')),
        who text NOT NULL,
        why text NOT NULL,
        proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        sealed text NOT NULL
    )
    """,
    "REVOKE ALL ON proposed_acts FROM {api}",
)
"""One for each parked key, the last that was proposed; `message_id` is the message it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an edit makes of a message: a new body, or fields of it, and headers."""

    body: bytes | None = None
    headers: Mapping[str, str | None] | None = None
    fields: Mapping[str, Any] | None = None


NOTHING = Change()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody has proposed, and what would follow."""

    entry: int
    region: str | None
    what: What
    who: str
    why: str
    proposed_at: datetime
    preview: Preview | None = None


class NoSuchProposal(LookupError):
    """Nothing is proposed for this entry any more: it was decided, or what is parked is another."""


class SamePerson(Exception):
    """Who has proposed it does not decide it."""


class NotValid(ProblemRaised):
    """A mended message would break its schema (422): in the schema's words, field by field."""

    def __init__(self, faults: tuple[FieldProblem, ...]) -> None:
        first = faults[0]
        super().__init__(
            Problem(
                status=422,
                reason="NOT_VALID",
                title="Meddelandet går inte att läsa så",
                detail="; ".join(f"{one.field}: {one.problem}" for one in faults),
                rule=first.rule,
                field=first.field,
                fields=faults,
                way_on="Rätta fälten efter meddelandets schema.",
            )
        )


class Proposals:
    """The proposed acts of one service, done by its quarantine."""

    def __init__(self, database: Database, *, sealer: Sealer, quarantine: Quarantine) -> None:
        self._database = database
        self._sealer = sealer
        self._quarantine = quarantine

    async def preview(
        self,
        entry_id: int,
        what: What,
        change: Change = NOTHING,
        *,
        region: RegionCode | None = None,
    ) -> Preview:
        """What an act would do. Raises NoSuchEntry, NotEditable, NoSuchField, NotValid."""
        opened = await self._quarantine.opened(entry_id, region=region)
        return self._preview(opened, what, change)

    async def act(
        self,
        entry_id: int,
        what: What,
        change: Change = NOTHING,
        *,
        who: str,
        why: str,
        region: RegionCode | None = None,
    ) -> Entry | Proposal:
        """Edit or discard at once where that changes no effect, else propose it: in place of what
        was proposed before. Raises as `preview` does.
        """
        opened = await self._quarantine.opened(entry_id, region=region)
        shown = self._preview(opened, what, change)
        if not shown.needs_two:
            return await self._do(entry_id, what, change, who=who, why=why, region=region)
        row = {
            "entry": entry_id,
            "message_id": opened.head.message_id,
            "region": opened.entry.region,
            "what": what,
            "who": who,
            "why": why,
            "sealed": self._sealer.seal_text(_written(change)),
        }
        async with self._database.unit() as unit:
            at = (await unit.session.execute(_PROPOSE, row)).scalar_one()
            about = {"entry": entry_id, "region": opened.entry.region, "event_id": _id(opened)}
            await audit.record(
                unit.session, who=who, what=f"quarantine.propose-{what}", why=why, about=about
            )
        return Proposal(
            entry=entry_id,
            region=opened.entry.region,
            what=what,
            who=who,
            why=why,
            proposed_at=at,
            preview=shown,
        )

    async def confirm(
        self,
        entry_id: int,
        *,
        who: str,
        why: str,
        seen: datetime | None = None,
        region: RegionCode | None = None,
    ) -> Entry:
        """Do what another has proposed, as it was `seen` (its `proposed_at`). Raises
        NoSuchProposal, SamePerson, NoSuchEntry.
        """
        async with self._database.reading() as session:
            row = await _find(session, entry_id, region)
        if seen is not None and row.proposed_at != seen:
            raise NoSuchProposal
        if row.who == who:
            raise SamePerson

        async def take(session: AsyncSession, head: Head) -> None:
            asked = {"entry": entry_id, "message_id": head.message_id, "sealed": row.sealed}
            if (await session.execute(_TAKE, asked)).one_or_none() is None:
                raise NoSuchProposal

        change = _read(self._sealer.unseal_text(row.sealed))
        told = {"proposed_by": row.who, "proposed_why": row.why}
        return await self._do(
            entry_id,
            What(row.what),
            change,
            who=who,
            why=why,
            region=region,
            also=take,
            told=told,
        )

    async def withdraw(
        self, entry_id: int, *, who: str, why: str, region: RegionCode | None = None
    ) -> None:
        """Take back what is proposed, by whomever. Raises NoSuchProposal."""
        async with self._database.unit() as unit:
            row = await _find(unit.session, entry_id, region)
            await unit.session.execute(_WITHDRAW, {"entry": entry_id})
            about = {"entry": entry_id, "proposed_by": row.who, "proposed": row.what}
            await audit.record(
                unit.session, who=who, what="quarantine.withdraw", why=why, about=about
            )

    async def of(self, entry_id: int, *, region: RegionCode | None = None) -> Proposal | None:
        """What is proposed for an entry, with what would follow now; None where nothing is."""
        try:
            async with self._database.reading() as session:
                row = await _find(session, entry_id, region)
        except NoSuchProposal:
            return None
        change = _read(self._sealer.unseal_text(row.sealed))
        opened = await self._quarantine.opened(entry_id, region=region)
        return _proposal(row, self._preview(opened, What(row.what), change))

    async def waiting(self, *, region: RegionCode | None = None) -> list[Proposal]:
        """What waits for a second person, the oldest first."""
        async with self._database.reading() as session:
            rows = (await session.execute(_WAITING, {"region": region})).all()
        return [_proposal(row) for row in rows]

    async def _do(
        self, entry_id: int, what: What, change: Change, *, told: Any = None, **more: Any
    ) -> Entry:
        if what is What.DISCARD:
            return await self._quarantine.discard(entry_id, told=told, **more)
        return await self._quarantine.edit(
            entry_id,
            body=change.body,
            headers=change.headers,
            fields=change.fields,
            told=told,
            **more,
        )

    def _preview(self, opened: Opened, what: What, change: Change) -> Preview:
        if what is not What.EDIT:
            return preview(opened, what)
        after = self._quarantine.mended(
            opened.incoming, body=change.body, headers=change.headers, fields=change.fields
        )
        if faults := faults_of(after):
            raise NotValid(
                tuple(
                    FieldProblem(
                        field=one.field, rule=one.rule, problem=one.problem, way_on=one.way_on
                    )
                    for one in faults
                )
            )
        return preview(opened, what, after=after)


def _id(opened: Opened) -> object:
    envelope = opened.incoming.envelope
    return envelope.id if envelope else None


def _proposal(row: Any, shown: Preview | None = None) -> Proposal:
    return Proposal(
        entry=row.entry,
        region=row.region,
        what=What(row.what),
        who=row.who,
        why=row.why,
        proposed_at=row.proposed_at,
        preview=shown,
    )


async def _find(session: AsyncSession, entry_id: int, region: RegionCode | None) -> Any:
    row = (await session.execute(_ONE, {"entry": entry_id, "region": region})).one_or_none()
    if row is None:
        raise NoSuchProposal
    return row


def _written(change: Change) -> str:
    body = None if change.body is None else change.body.decode()
    return json.dumps({"body": body, "headers": change.headers, "fields": change.fields})


def _read(written: str) -> Change:
    said = json.loads(written)
    body = None if said["body"] is None else said["body"].encode()
    return Change(body=body, headers=said["headers"], fields=said["fields"])


_PROPOSE = text(
    """
    INSERT INTO proposed_acts (entry, message_id, region, what, who, why, sealed)
    VALUES (:entry, :message_id, :region, :what, :who, :why, :sealed)
    ON CONFLICT (entry) DO UPDATE
       SET message_id = excluded.message_id, what = excluded.what, who = excluded.who,
           why = excluded.why, sealed = excluded.sealed, proposed_at = clock_timestamp()
    RETURNING proposed_at
    """
)
_HERE = """
    FROM proposed_acts p JOIN parked_keys k ON k.id = p.entry
    JOIN LATERAL (
        SELECT m.id FROM parked_messages m WHERE m.topic = k.topic AND m.key = k.key
        ORDER BY m.seq NULLS FIRST, m.id LIMIT 1) head ON head.id = p.message_id
    WHERE (CAST(:region AS text) IS NULL OR k.region = :region)
    """
_ONE = text(f"SELECT p.* {_HERE} AND p.entry = :entry")
_WAITING = text(f"SELECT p.* {_HERE} ORDER BY p.proposed_at LIMIT 200")
_TAKE = text(
    """
    DELETE FROM proposed_acts
    WHERE entry = :entry AND message_id = :message_id AND sealed = :sealed RETURNING entry
    """
)
_WITHDRAW = text("DELETE FROM proposed_acts WHERE entry = :entry")
