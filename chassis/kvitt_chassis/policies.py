"""The regions' policies as a service reads them from files, and the guard against a change of a
version that was used. What a policy means is defined in the contracts.
"""

import logging
from pathlib import Path

import yaml
from kvitt_contracts.policy import Policies
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

log = logging.getLogger(__name__)

DDL: tuple[str, ...] = (
    """
    CREATE TABLE policy_hashes (
        region text NOT NULL,
        version integer NOT NULL,
        content_hash text NOT NULL,
        first_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_policy_hashes PRIMARY KEY (region, version)
    )
    """,
    "REVOKE ALL ON policy_hashes FROM {api}",
)
"""The tables of this module, for a service's first migration. Not a region's rows: the worker's."""


# decision 0083: a policy that was changed after its use stops every decision
class PolicyChanged(Exception):
    """A policy's version has another content than when decisions were made by it."""

    def __init__(self, versions: list[str]) -> None:
        super().__init__(
            f"policy {', '.join(versions)} has been changed after it was used: put its old content"
            " back, and write the change as a new version with a later effective_from"
        )
        self.versions = versions


def read_policies(directory: Path) -> Policies:
    """Every region's policy, from one `<code>.yaml` per region. Raises ValueError when there is
    none.
    """
    files = sorted(directory.glob("*.yaml"))
    if not files:
        raise ValueError(f"no region's policy (<code>.yaml) lies in {directory}")
    return Policies.parse([yaml.safe_load(file.read_text(encoding="utf-8")) for file in files])


async def guard(session: AsyncSession, policies: Policies) -> None:
    """Store each version's hash at its first use; raises PolicyChanged when a stored one differs.

    The caller commits. A version that is not read any more is no error here: messages whose
    decisions are pinned to it are parked.
    """
    known = {(row.region, row.version): row.content_hash for row in await session.execute(_SELECT)}
    pins = [(str(v.region), v.pin) for code in policies.regions for v in policies.of(code).versions]
    changed = [
        f"{region} {pin.version}"
        for region, pin in pins
        if known.get((region, pin.version), pin.content_hash) != pin.content_hash
    ]
    if changed:
        raise PolicyChanged(changed)
    new = [(region, pin) for region, pin in pins if (region, pin.version) not in known]
    for region, pin in new:
        values = {"region": region, "version": pin.version, "content_hash": pin.content_hash}
        await session.execute(_INSERT, values)


_SELECT = text("SELECT region, version, content_hash FROM policy_hashes")
_INSERT = text(
    """
    INSERT INTO policy_hashes (region, version, content_hash)
    VALUES (:region, :version, :content_hash) ON CONFLICT DO NOTHING
    """
)
