"""A system that has lived through some days of the regions' business, and through kills, to look
back on.
"""

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from kvitt.admin import Admin
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, default_regions_dir
from kvitt.region_system import RegionSystem
from kvitt.story.files import read_regions
from kvitt.story.running import MonthResult, run_month
from kvitt_contracts.topics import SERVICES

from deploy.tests.printing import printed
from tests.journeys.lived.killing import Killer
from tests.journeys.months import (
    Tampered,
    add_region,
    altered,
    doubled,
    is_of_an_unmarked_article,
    removed,
    tamper,
    write_month,
)

LAST_DAY = date(2026, 5, 8)
REGIONS = ("ac", "bd")
SEED = 20260501
KILLED_ON = 3
"""On so many of the busy days every service is killed."""
BUSY_DAYS = [date(2026, 5, day) for day in (4, 5, 6, 7, 8)]
OTHERWISE = "x"
"""A region like ac, of whose month some messages are not as they were."""
TAMPERED = (
    Tampered(wire_type="region.device.returned.v1", change=removed),
    Tampered(wire_type="orders.withdrawal.register.v1", change=doubled),
    Tampered(
        wire_type="orders.withdrawal.register.v1",
        change=altered,
        suits=is_of_an_unmarked_article,
    ),
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lived:
    """The system, and what came of it by the generator's own model."""

    system: LocalSystem
    examples: Path
    result: MonthResult
    kills: Sequence[tuple[str, int]]
    """Whom, and how much waited then."""
    restarts: Mapping[str, int]

    @property
    def state(self) -> Path:
        """The state directory, as the command line is told it."""
        return self.system.state.directory

    def expected(self, region: str, part: str) -> dict[str, Json]:
        """What must have come of a region's things, by the region's own names."""
        file = self.examples / "regions" / region / "expected.json"
        found: dict[str, Json] = json.loads(file.read_text(encoding="utf-8"))[part]
        return found

    def transfers(self, region: str, status: str) -> list[str]:
        """The references of a region's transfers that came to this."""
        transfers = self.expected(region, "transfers")
        return [name for name, one in transfers.items() if one["status"] == status]

    def of(self, region: str) -> RegionSystem:
        """The services as the region's own system reads them."""
        return RegionSystem.of(self.state, region)

    def kvitt(self, *command: str) -> str:
        """What a command prints. Raises what it raises."""
        return printed(*command, "--state", str(self.state))

    def post(self, user: str, service: str, path: str, body: Json, *, region: str) -> None:
        """What a user of a region does over HTTP."""
        token = self.system.tokens.issue(user, region=region)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        url = f"{self.system.services[service].url}{path}"
        httpx.post(url, json=body, headers=headers, timeout=30.0).raise_for_status()

    def recorded(self) -> dict[str, int]:
        """How many events each service has recorded."""
        admin = Admin.of(self.state)
        return {name: admin.get(name, "idle")["recorded"] for name in admin.services}

    def database(self, service: str) -> psycopg.Connection[Any]:
        """A service's database, as the superuser."""
        url = self.system.servers.databases.admin_url_to(service)
        return psycopg.connect(url, autocommit=True)

    def elsewhere(self, monkeypatch: pytest.MonkeyPatch, *, token: str, admin_token: str) -> None:
        """Have `kvitt` ask these services as it asks those that are not on its machine."""
        parts = {name: self.system.services[name] for name in SERVICES}
        urls = ",".join(f"{name}={one.url}" for name, one in parts.items())
        admin_urls = ",".join(f"{name}={one.admin_url}" for name, one in parts.items())
        monkeypatch.setenv("KVITT_URLS", urls)
        monkeypatch.setenv("KVITT_ADMIN_URLS", admin_urls)
        monkeypatch.setenv("KVITT_TOKEN", token)
        monkeypatch.setenv("KVITT_ADMIN_TOKEN", admin_token)


@contextmanager
def lived(directory: Path) -> Iterator[Lived]:
    """Within: the system, at rest after the month whose business ended early, with every service
    killed on some of its days; with a region of whose month a message is missing, one is doubled
    and one altered.
    """
    examples = write_month(directory / "examples", last_day=LAST_DAY)
    policies = directory / "policies"
    otherwise = add_region(examples, policies, like="ac", code=OTHERWISE)
    for one in TAMPERED:
        tamper(otherwise, one)
    for code in REGIONS:
        shutil.copy(default_regions_dir() / f"{code}.yaml", policies)
    regions = read_regions(examples, [*REGIONS, OTHERWISE])
    with LocalSystem(State.open(directory / "state"), regions_dir=policies) as system:
        random = Random(SEED)
        killer = Killer(system, random, set(random.sample(BUSY_DAYS, KILLED_ON)))
        result = asyncio.run(run_month(system, regions, begun=killer.begun))
        restarts = {name: one.restarts for name, one in system.services.items()}
        yield Lived(system, examples, result, killer.done(), restarts)
