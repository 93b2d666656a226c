"""What is attacked: the whole local system with its portal and two regions' registers, and what
each part of an attack is told and tells.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self

from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt_contracts.access import Grantee

from contracts.tests.builders.regions import a_user_stated
from tests.faults.registry import REGIONS
from tests.faults.world import World

OURS, THEIRS = "ac", "bd"
"""The region that attacks, or in whose name it is done, and the one that is not to notice."""
PRESCRIBER = str(REGIONS[0].prescribers[0])
WITHOUT_ROLE, INACTIVE, SERVICE_DESK = "rolllos", "inaktiv", "kundtjanst"


class Attacked(World):
    """A context manager: within, everything is up, portal included, and the registers are known."""

    def make_system(self, state: State) -> LocalSystem:
        """With the portal."""
        return LocalSystem(state, with_portal=True)

    def __enter__(self) -> Self:
        super().__enter__()
        point = REGIONS[0].service_points[0]
        users: dict[str, dict[str, Any]] = {
            WITHOUT_ROLE: {"roles": ()},
            INACTIVE: {"active": False},
            SERVICE_DESK: {"roles": ("customer_service",)},
        }
        for user, changes in users.items():
            self.load.send(OURS, "orders", user, a_user_stated(user, point, **changes))
        if self.rest(60.0) is None:
            raise TimeoutError(f"the users are not known: {self.unrest()}")
        return self

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

    def pids(self) -> Mapping[str, int]:
        """Each process that is attacked, by its name."""
        processes = [*self.services.values(), *filter(None, [self.system.portal])]
        return {one.name: one.child.pid for one in processes if one.child is not None}


@dataclass(slots=True)
class Attack:
    """One part's share of the time and of chance, and what it tells: how much it tried of what, and
    what it found. A finding is told once, with how often it was met.
    """

    world: Attacked
    chance: Random
    until: float
    tried: dict[str, int] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)

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
