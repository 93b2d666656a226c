"""What is attacked: the whole local system with its portal and two regions' registers, and what
each part of an attack is told and tells.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Self

import httpx
import psutil
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, ServiceProcess
from kvitt_contracts.access import Grantee

from contracts.tests.builders.regions import a_user_stated
from tests.faults.registry import REGIONS
from tests.faults.world import World

_FIRST = 100
OURS, THEIRS = "ac", "bd"
"""The region that attacks, or in whose name it is done, and the one that is not to notice."""
PRESCRIBER = str(REGIONS[0].prescribers[0])
_ORDERS, _TRANSFERS = 3, 3
"""So many has each region when the attack begins."""
_PREPARED_SECONDS = 120.0
WITHOUT_ROLE, INACTIVE, SERVICE_DESK = "rolllos", "inaktiv", "kundtjanst"


class Attacked(World):
    """A context manager: within, everything is up, portal included, the registers are known, and
    both regions have orders and transfers of their own.
    """

    def __init__(self, directory: Path, *, seed: int) -> None:
        super().__init__(directory, seed=seed)
        self._restarts: dict[str, int] = {}
        self._documents: dict[str, tuple[str, dict[str, Any]]] = {}

    def make_system(self, state: State) -> LocalSystem:
        """With the portal."""
        return LocalSystem(state, with_portal=True)

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self._prepare()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _prepare(self) -> None:
        point = REGIONS[0].service_points[0]
        users: dict[str, dict[str, Any]] = {
            WITHOUT_ROLE: {"roles": ()},
            INACTIVE: {"active": False},
            SERVICE_DESK: {"roles": ("customer_service",)},
        }
        for user, changes in users.items():
            self.load.send(OURS, "orders", user, a_user_stated(user, point, **changes))
        desk = a_user_stated(SERVICE_DESK, REGIONS[1].service_points[0], **users[SERVICE_DESK])
        self.load.send(THEIRS, "orders", SERVICE_DESK, desk)
        for region in (OURS, THEIRS):
            for _ in range(_ORDERS):
                self.load.order(region)
            self._add_webhook(region)
        self.load.leave_unanswered(_TRANSFERS, {OURS: "sent", THEIRS: "sent"})
        if self.rest(_PREPARED_SECONDS) is None:
            raise TimeoutError(f"the registers are not known: {self.unrest()}")
        self.documents()  # made at the first request, which is no part of an attack

    def _add_webhook(self, region: str) -> None:
        """What a region's feed is sent to: nobody, under a name that leads nowhere."""
        answer = httpx.post(
            f"{self.services['notifications'].url}/webhooks",
            json={"url": "https://kvitt.region.invalid/"},
            headers={
                "Authorization": f"Bearer {self.region_token(region)}",
                "Idempotency-Key": f"webhook-{region}",
            },
            timeout=60.0,
        )
        answer.raise_for_status()

    def token(self, user: str, *, region: str = OURS, roles: tuple[str, ...] = ()) -> str:
        """A right token."""
        return self.system.tokens.issue(user, region=region, roles=roles)

    def region_token(self, region: str = OURS) -> str:
        """A right token of a region's system, which reads the whole region."""
        return self.token(f"system-{region}", region=region, roles=(Grantee.REGION_SYSTEM,))

    @property
    def portal_url(self) -> str:
        """Where people's pages are."""
        assert self.system.portal is not None
        return self.system.portal.url

    def documents(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Each service's address and OpenAPI document, and its operators' (`orders.admin`)."""
        for name, process in self.services.items():
            for of, base in ((name, process.url), (f"{name}.admin", process.admin_url)):
                if of not in self._documents:
                    answer = httpx.get(f"{base}/openapi.json", timeout=60.0)
                    answer.raise_for_status()
                    self._documents[of] = (base, answer.json())
        return self._documents

    def processes(self) -> dict[str, ServiceProcess]:
        """Each process that is attacked, the portal too, by its name."""
        everyone = [*self.services.values(), *filter(None, [self.system.portal])]
        return {one.name: one for one in everyone}

    def has_died(self, name: str) -> bool:
        """True when a process has died since this was asked last."""
        restarts = self.processes()[name].restarts
        seen, self._restarts[name] = self._restarts.get(name, 0), restarts
        return restarts > seen

    def pids(self) -> Mapping[str, int]:
        """The number of each process that is attacked, by its name."""
        processes = self.processes().values()
        return {one.name: one.child.pid for one in processes if one.child is not None}

    def megabytes(self) -> dict[str, float]:
        """What each of them holds in memory."""
        found = {}
        for name, pid in self.pids().items():
            with suppress(psutil.NoSuchProcess):
                found[name] = psutil.Process(pid).memory_info().rss / 2**20
        return found


@dataclass(slots=True)
class Attack:
    """One part's share of the time and of chance, and what it tells: how much it tried of what, and
    what it found. A finding is told once, with how often it was met.
    """

    world: Attacked
    seed: str
    until: float
    tried: dict[str, int] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    chance: Random = field(init=False)
    _noted: int = 0
    _digest: Any = field(default_factory=sha256)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)

    def note(self, what: object) -> None:
        """One more is tried. What the first ones were is told as a digest: the same seed, the same
        digest, however far the time then reaches.
        """
        if self._noted < _FIRST:
            self._digest.update(f"{what}\0".encode("utf-8", "replace"))
            self._noted += 1
        if self._noted == _FIRST:
            self.figures[f"the first {_FIRST} are"] = self._digest.hexdigest()[:12]

    @property
    def has_time(self) -> bool:
        """True until this part's share of the time is used up."""
        return time.monotonic() < self.until

    def take(self, seconds: float) -> None:
        """What comes now has so much time at least, however long the rest has taken."""
        self.until = max(self.until, time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds of this part's share."""
        return max(0.0, self.until - time.monotonic())

    def count(self, what: str, number: int = 1) -> None:
        """So many more were tried."""
        self.tried[what] = self.tried.get(what, 0) + number

    def find(self, what: str, /, **values: Any) -> None:
        """Something is not as it is to be. `values` are of the first time that it was met."""
        told = ", ".join(f"{name} {value}" for name, value in values.items())
        known = next((one for one in self.findings if one.partition(" (")[0] == what), None)
        name = known or (f"{what} ({told})" if told else what)
        self.findings[name] = self.findings.get(name, 0) + 1
