"""Adds a region to a local system: its policy file, topics, users, permissions and quotas. No code
is written for it.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from kvitt_chassis.policy_files import PolicyFile, read_policy_file
from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.quotas import region_quota
from kvitt_contracts.topics import SERVICES, catalogue
from kvitt_contracts.types import RegionCode

from kvitt.local import access, parts
from kvitt.local.kafka import ADMIN, Credentials
from kvitt.local.problems import LocalProblem
from kvitt.local.quotas import set_quotas
from kvitt.local.servers import Report, admin_client, kafka_principals, region_principal
from kvitt.local.state import SUPERVISOR, State
from kvitt.local.supervisor import region_codes
from kvitt.local.tokens import TokenIssuer

_HEAD = """\
# {name}'s policy (docs/domain.md §8). Versions are append-only: a change is a new version, in force
# from a later instant; decisions stay pinned to the version that they were made under.
# Begun as a copy of the last version of {like}: go through each key, then kvitt region check.
"""


def make_policy(
    regions_dir: Path, code: str, *, name: str, like: str, central_store: str | None
) -> PolicyFile:
    """Write the region's policy file, a copy of the last version of another one's; answers what is
    right and wrong with it. Raises LocalProblem.
    """
    region = _code(code)
    file, model = regions_dir / f"{region}.yaml", regions_dir / f"{like}.yaml"
    if file.exists():
        raise LocalProblem(
            f"Region {region} is there already: {file}.",
            remedy="kvitt region check says what is wrong with it.",
        )
    if not model.exists():
        raise LocalProblem(
            f"There is no policy {model} to begin with.",
            remedy=f"--like takes one of {', '.join(region_codes(regions_dir))}.",
        )
    version: dict[str, Any] = yaml.safe_load(model.read_text(encoding="utf-8"))["versions"][-1]
    midnight = datetime.now(STOCKHOLM).replace(hour=0, minute=0, second=0, microsecond=0)
    version |= {"version": 1, "effective_from": midnight.isoformat()}
    if central_store is not None:
        version["stores"] = {**version.get("stores", {}), "central": central_store}
    policy = {"region": str(region), "name": name, "versions": [version]}
    text = yaml.safe_dump(policy, sort_keys=False, allow_unicode=True, default_flow_style=None)
    file.write_text(_HEAD.format(name=name, like=like) + text, encoding="utf-8")
    return read_policy_file(file)


def add_to_broker(state: State, regions_dir: Path, report: Report) -> Sequence[str]:
    """Give the running broker the topics, users, permissions and quotas of every region that has a
    policy, and the services' list of issuers; nobody is disturbed. Answers which services are to be
    started anew to read the policy: those that run. Empty where nothing runs.
    """
    live = {one.name for one in state.processes() if one.is_alive()}
    if SUPERVISOR not in live or "kafka" not in live:
        return ()
    codes = region_codes(regions_dir)
    topics = catalogue(codes)
    bootstrap = f"127.0.0.1:{state.ports['kafka']}"
    super_user = _credentials(state, ADMIN)
    client = admin_client(bootstrap, super_user)
    access.create_users(client, [_credentials(state, one) for one in kafka_principals(codes)])
    access.create_topics(client, topics)
    access.grant(client, access.permissions(topics))
    set_quotas(bootstrap, super_user, {region_principal(one): region_quota(one) for one in codes})
    report("topics", f"ready: {len(topics)} topics, their users and permissions")
    issuer = TokenIssuer(state.directory)
    for service in SERVICES:
        issuer.issuers_file_of(service, codes)
    report("tokens", f"ready: of the regions {', '.join(codes)}")
    return [name for name in (*SERVICES, "portal") if name in live]


def restart(state: State, services: Sequence[str], report: Report) -> None:
    """Start the services anew, one after the other, to read the policies. Raises LocalProblem."""
    for name in services:
        parts.restart(state, name, report)


def _code(text: str) -> RegionCode:
    try:
        return RegionCode(text.lower())
    except ValueError as error:
        raise LocalProblem(
            f"{text} is no region's code.", remedy="It is the county's letters, as ac, bd, m, w."
        ) from error


def _credentials(state: State, user: str) -> Credentials:
    return Credentials(user, state.password(f"kafka:{user}"))
