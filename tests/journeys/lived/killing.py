"""Kills in the midst of the month: every service on chosen days, with work waiting."""

import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from random import Random

from kvitt.local.supervisor import LocalSystem, ServiceProcess
from kvitt_contracts.access import Grantee
from kvitt_contracts.topics import SERVICES
from pydantic import TypeAdapter

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
