"""The regions' policies as a service reads them from files, and the guard against a change of a
version that was used. What a policy means is defined in the contracts.
"""

import logging
from pathlib import Path

from kvitt_contracts.policy import Outage, OutCause, Policies, PolicyHistory
from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import metrics
from kvitt_chassis.policy_files import read_policy_file, region_files

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


REGIONS_OUT = metrics.declare(
    "gauge",
    "regions_out_of_service",
    "1 for a region for which nothing is decided, by cause.",
    "`kvitt status` and the log name the reason; mend the file (`kvitt region check`), restart.",
    ("region", "cause"),
    silent="every region is in service",
)


# decision 0195: a policy that cannot be used takes its own region out of service
def read_policies(directory: Path) -> Policies:
    """Every region's policy, from one `<code>.yaml` per region. A region whose file cannot be used
    is out of service, with the reason; the others are not concerned. Raises ValueError where there
    is no file.
    """
    files = region_files(directory)
    if not files:
        raise ValueError(f"no region's policy (<code>.yaml) lies in {directory}")
    histories: dict[RegionCode, PolicyHistory] = {}
    out: dict[RegionCode, Outage] = {}
    for file in map(read_policy_file, files):
        if file.region is None:
            log.error("a policy file is passed over: %s", file.reason)
        elif file.history is None:
            out[file.region] = Outage(OutCause.POLICY_UNREADABLE, file.reason)
        else:
            histories[file.region] = file.history
    return Policies(histories, out=out)


def tell_outages(service: str, policies: Policies) -> None:
    """Log each region that is out of service, and set its metric."""
    for region, outage in policies.out.items():
        log.critical("region %s is out of service: %s", region, outage.detail)
        REGIONS_OUT.labels(service, region, outage.cause).set(1)


# decision 0083: a policy that was changed after its use decides nothing
async def guard(session: AsyncSession, policies: Policies) -> tuple[RegionCode, ...]:
    """Store each version's hash at its first use. A region with a version whose stored hash
    differs, or that has no policy though one was used, is taken out of service. Answers those
    regions.

    The caller commits. A version that is not read any more is no error here: messages whose
    decisions are pinned to it are parked.
    """
    known = {(row.region, row.version): row.content_hash for row in await session.execute(_SELECT)}
    pins = {code: [one.pin for one in policies.of(code).versions] for code in policies.regions}
    changed = {}
    for region, of_region in pins.items():
        versions = [
            str(pin.version)
            for pin in of_region
            if known.get((region, pin.version), pin.content_hash) != pin.content_hash
        ]
        if versions:
            changed[region] = versions
            continue
        for pin in of_region:
            if (region, pin.version) not in known:
                values = {"region": region, "version": pin.version}
                await session.execute(_INSERT, {**values, "content_hash": pin.content_hash})
    missing = sorted({region for region, _ in known} - pins.keys() - policies.out.keys())
    for region, versions in changed.items():
        policies.take_out(region, Outage(OutCause.POLICY_CHANGED, _changed(region, versions)))
    for region in map(RegionCode, missing):
        detail = f"{region}.yaml is missing, and was used: put it back"
        policies.take_out(region, Outage(OutCause.POLICY_MISSING, detail))
    return (*changed, *map(RegionCode, missing))


def _changed(region: RegionCode, versions: list[str]) -> str:
    return (
        f"policy {region} {', '.join(versions)} has been changed after it was used: put its old"
        " content back, and write the change as a new version with a later effective_from"
    )


_SELECT = text("SELECT region, version, content_hash FROM policy_hashes")
_INSERT = text(
    """
    INSERT INTO policy_hashes (region, version, content_hash)
    VALUES (:region, :version, :content_hash) ON CONFLICT DO NOTHING
    """
)
