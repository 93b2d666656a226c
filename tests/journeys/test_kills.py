import asyncio
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

import pytest
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, ServiceProcess
from kvitt.story.files import read_regions
from kvitt.story.running import MonthResult, run_month
from kvitt_contracts.access import Grantee
from kvitt_contracts.topics import SERVICES
from pydantic import TypeAdapter

from tests.journeys.months import write_month

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=180)]

SEED = 20260501
POINTS = 3
REGIONS = ("ac", "bd")
LAST_DAY = date(2026, 5, 8)
BUSY_DAYS = [date(2026, 5, day) for day in (4, 5, 6, 7, 8)]
WORK_WITHIN_SECONDS = 20.0

_Look = TypeAdapter(dict[str, int])


@dataclass
class Killer:
    """Kills every service on the chosen days, each at a seeded moment once it has work waiting."""

    system: LocalSystem
    random: Random
    days: set[date]
    kills: list[Future[tuple[str, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.token = self.system.tokens.issue("killer", region="ac", roles=[Grantee.PLATFORM])
        self.pool = ThreadPoolExecutor(len(SERVICES))

    def begun(self, day: date) -> None:
        """The day's messages are there: kill in the midst of them."""
        if day in self.days:
            self.days.discard(day)
            for service in self.system.services.values():
                pause = self.random.uniform(0.0, 0.05)
                self.kills.append(self.pool.submit(self._kill_at_work, service, pause))

    def done(self) -> list[tuple[str, int]]:
        """Each kill: whom, and how much waited then."""
        return [kill.result(timeout=60) for kill in self.kills]

    def _kill_at_work(self, service: ServiceProcess, pause: float) -> tuple[str, int]:
        until = time.monotonic() + WORK_WITHIN_SECONDS
        while not (waiting := self._waiting(service)):
            if time.monotonic() > until:
                return service.name, 0
        time.sleep(pause)
        service.kill()
        return service.name, waiting

    def _waiting(self, service: ServiceProcess) -> int:
        asked = urllib.request.Request(
            f"{service.admin_url}/admin/idle", headers={"Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            look = _Look.validate_json(answer.read())
        return look["lag"] + look["unsent"] + look["due_timers"] + look["in_hand"]


@dataclass(frozen=True)
class Survived:
    """What came of a month with kills, and the kills."""

    result: MonthResult
    kills: list[tuple[str, int]]
    restarts: dict[str, int]


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survived]:
    directory: Path = tmp_path_factory.mktemp("kills")
    regions = read_regions(write_month(directory / "examples", last_day=LAST_DAY), REGIONS)
    random = Random(SEED)
    with LocalSystem(State.open(directory / "state")) as system:
        killer = Killer(system, random, set(random.sample(BUSY_DAYS, POINTS)))
        result = asyncio.run(run_month(system, regions, begun=killer.begun))
        restarts = {name: one.restarts for name, one in system.services.items()}
        yield Survived(result, killer.done(), restarts)


def test_every_service_was_killed_at_three_points_with_work_waiting(survived: Survived) -> None:
    assert sorted(name for name, _ in survived.kills) == sorted([*SERVICES] * POINTS)
    assert [name for name, waiting in survived.kills if not waiting] == []
    assert survived.restarts == dict.fromkeys(SERVICES, POINTS)


def test_the_story_is_the_same(survived: Survived) -> None:
    assert survived.result.differences == {code: [] for code in REGIONS}
