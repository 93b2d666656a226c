"""A service's admin HTTP in a test, as one operator or another asks it; its parts as far as a test
has them.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx
from cryptography.fernet import Fernet
from kvitt_chassis.auth import Identity
from kvitt_chassis.consuming.consumers import TopicLag
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.database import Database
from kvitt_chassis.evidence.chain import Keys
from kvitt_chassis.evidence.heads import Witness
from kvitt_chassis.evidence.verifying import Evidence
from kvitt_chassis.http import ApiContext
from kvitt_chassis.operating import admin
from kvitt_chassis.operating.checks import Check
from kvitt_chassis.operating.health import Health
from kvitt_chassis.operating.operations import Operations
from kvitt_chassis.operating.reconciling import Reconciliation
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web.app import build_app
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import RegionCode, UserId
from kvitt_testkit.world import SignedInAs

from chassis.tests import toy


class AtRest:
    """Consumers that have read everything; `asked` are the regions whose lag was asked for."""

    def __init__(self, shared: Shared | None = None) -> None:
        sealer = Sealer(Fernet.generate_key().decode())
        self.shared: Any = shared or SimpleNamespace(quarantine=None, sealer=sealer, topics=())
        self.asked: list[str | None] = []

    async def lag(self, *, region: RegionCode | None = None) -> int:
        self.asked.append(region)
        return 0

    def late(self) -> list[TopicLag]:
        return []

    def is_ready(self) -> bool:
        return True

    def idle(self) -> bool:
        return True


def evidence_of(worker: Database, *, key: str = "5e" * 32) -> Evidence:
    """The toy's chained logs."""
    return Evidence(
        logs=toy.service.logs,
        keys=Keys.of(key, service=worker.service),
        witness=Witness(None),
        policies=worker.policies,
    )


@asynccontextmanager
async def client(
    worker: Database,
    api: Database,
    *,
    user: str = "drift",
    region: str = "ac",
    role: Grantee = Grantee.PLATFORM,
    consumers: AtRest | None = None,
    moves_clock: bool = False,
    checks: Sequence[Check] = (),
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a token of who operates one region (`ops`) or all (`platform`)."""
    relay: Any = SimpleNamespace(refusal=None, wake=lambda: None)
    reading: Any = consumers or AtRest()
    nothing: Any = None
    operations = Operations(
        service=toy.service,
        database=worker,
        consumers=reading,
        relay=relay,
        timers=relay,
        reconciliation=Reconciliation(toy.service.name, checks, database=worker, topics=nothing),
        evidence=evidence_of(worker),
        health=Health(toy.service.name, {}),
        moves_clock=moves_clock,
    )
    who = Identity(user_id=UserId(user), region=RegionCode(region), said=frozenset({role}))
    context = ApiContext(
        service=toy.service.name,
        database=api,
        handlers=toy.service.handlers,
        authenticator=SignedInAs(who),
        access=toy.service.access,
        sealer=nothing,
    )
    app = build_app(
        context,
        [admin.routes(operations)],
        telemetry=Telemetry(toy.service.name),
        title="drift",
        for_operators=True,
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://service",
        headers={"Authorization": "Bearer token"},
    ) as made:
        yield made
