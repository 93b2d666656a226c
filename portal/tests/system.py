"""The portal on the whole real system, for tests: five services and the portal as processes, on the
session's PostgreSQL and Kafka, with the first days of the regions' month lived through.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kvitt.local import tokens
from kvitt.local.environment import PortalAddresses
from kvitt.local.processes import free_ports
from kvitt.story.barrier import Barrier
from kvitt.story.files import Outgoing, read_regions
from kvitt.story.month import publish_month
from kvitt.story.region_client import RegionClient
from kvitt.story.services import Services
from kvitt_chassis.policy_files import region_files
from kvitt_contracts.access import Grantee
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import Message
from kvitt_contracts.topics import CATALOGUE, SERVICES, for_region
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import ServiceProcess
from kvitt_testkit.world import an_envelope

from portal.tests.issuing import issuing
from portal.tests.visiting import visiting

REGIONS = ("ac", "bd")
BY_LINE = "bd"
"""The region whose transfers of several devices are answered line by line (BMB-5), and where what
comes back to the central store is made fit again (INV-13).
"""
_REGIONS = Path("deploy/regions")
_LINE_BY_LINE = "      back_dating: false\n      bundle: by_line\n"
_MADE_FIT = "    reconditioning: true\n    stores:\n"
HEARING = "horsel"
"""A product area of the region ac, whose devices the unit itself sends back by post (PCK-4)."""
HOME_REGION, HOME_PAYER, STATE_PAYER = "bd", "19998", "19997"
"""Who pays for patients of the region bd, and for those whom the state pays for (BIL-5, BIL-11); no
test's own payer is among them.
"""
_OF_HEARING = f"""\
    home_region:
      payers: {{{HOME_REGION}: "{HOME_PAYER}"}}
      state_payer: "{STATE_PAYER}"
    scrap_below: {{net_ore: 100000, vat_percent: 25}}
    product_areas:
      - {{code: {HEARING}, sources: [central, own_store], pickup_reasons: [sent_by_post]}}
    price_list:
      - valid_from_on: 2026-01-01
        prices:
          - {{service: urgent_pickup, price: {{net_ore: 50000, vat_percent: 25}}}}
    stores:
      purchasing: "750"
"""
CHARGER = "charger"
"""A fee group of the region ac, whose patients pay when 90 days have passed (BIL-3)."""
_FREE_UNTIL = "      free_until: birthday\n"
_AMOUNT = "{net_ore: 50000, vat_percent: 0}"
_OF_CHARGERS = f"""\
        - {{fee_group: {CHARGER}, amount: {_AMOUNT}, above_age: 20, timing: delayed_90_days}}
{_FREE_UNTIL}"""
LIVED_UNTIL = date(2026, 5, 4)
"""The last day of the month's business that is there when the first test begins."""

_PROVIDERS = 2

PORTAL = "kvitt_portal"
PORTAL_KEY = tokens.portal_key("tests")


@dataclass(frozen=True, slots=True)
class PortalSystem:
    """What a test sees of it. Everything else goes through the browser."""

    prefix: str
    services: Mapping[str, ServiceProcess]
    portal: ServiceProcess
    regions: Mapping[str, RegionClient]
    barrier: Barrier
    issuers: Sequence[str]
    """Identity providers, running, whose tokens the services take."""
    numbers: Iterator[int]
    """By which tests name what is theirs alone: each comes once in the system's life."""

    @property
    def url(self) -> str:
        """The portal's address."""
        return self.portal.url

    def api(
        self, service: str, user: str, *, region: str = "ac"
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """A client of a service's HTTP with this user's token: `async with` it."""
        return self.services[service].http(user=user, region=region, roles=())

    def as_region(
        self, service: str, *, region: str = "ac"
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """As `api`, of the region's own system."""
        roles = (Grantee.REGION_SYSTEM,)
        return self.services[service].http(user=f"{region}-system", region=region, roles=roles)

    def visiting(
        self, user: str, *, region: str = "ac", operates: str = ""
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """A client of the portal without a browser, logged in, whose forms the portal believes;
        `operates`: who operates one region (ops), or all (platform).
        """
        return visiting(self.url, user, region=region, operates=operates)

    async def state(self, said: Sequence[tuple[str, Message]], *, region: str = "ac") -> None:
        """The region's system states facts, or commands; each with its subject. Their effect is
        awaited in all services.
        """
        await self.regions[region].publish(
            outgoing(message, subject, region) for subject, message in said
        )
        await self.settle()

    async def done(
        self, user: str, path: str, body: Any = None, *, service: str = "orders", region: str = "ac"
    ) -> dict[str, Any]:
        """Somebody does something over a service's HTTP, and all of it is done: the answer."""
        async with self.api(service, user, region=region) as client:
            answer = await client.post(path, json=body)
            assert answer.is_success, answer.text
        await self.settle()
        return dict(answer.json())

    async def device_id(self, user: str, number: str) -> str:
        """The id of a device that this user may see, by its number."""
        async with self.api("inventory", user) as client:
            found = await client.get("/devices", params={"device_number": number})
            found.raise_for_status()
        return str(found.json()["items"][0]["device_id"])

    async def settle(self) -> None:
        """Wait until no service has anything left to do."""
        await self.barrier.reach()

    async def now(self) -> datetime:
        """Business time."""
        return await self.barrier.now()

    async def today(self) -> date:
        """The day of business."""
        return stockholm_day(await self.now())

    async def advance(self, to: datetime) -> None:
        """Move business time on, for every test that comes after too: a day or two, no more."""
        await self.barrier.move_clock(to)
        await self.settle()

    @asynccontextmanager
    async def without(self, service: str) -> AsyncIterator[None]:
        """Within: this service does not run."""
        process = self.services[service]
        if process.popen is None:
            pytest.skip("a kept system's services are not ended")
        await asyncio.to_thread(process.stop)
        try:
            yield
        finally:
            await process.started()
            await self.settle()


# decision 0302: the portal is tested on the whole real system
@asynccontextmanager
async def running(
    platform: Platform,
    directory: Path,
    root: Path,
    *,
    begin: Callable[["PortalSystem"], Awaitable[None]],
) -> AsyncIterator[PortalSystem]:
    """Within: the system, ready, and at rest after the first days of business. What is there before
    them is made by `begin`.
    """
    prefix = f"p{uuid4().hex[:8]}_"
    regions = _regions(root, directory)
    platform.create_topics(prefix, [file.stem for file in region_files(regions)])
    async with AsyncExitStack() as stack:
        issuers = [stack.enter_context(issuing()) for _ in range(_PROVIDERS)]
        services = {
            name: _service(name, platform, prefix, directory, regions, root) for name in SERVICES
        }
        known = _issuers_file(services, issuers, directory)
        for process in services.values():
            process.extra["KVITT_ISSUERS"] = str(known)
        for process in services.values():
            stack.callback(_end, process)
        starting = asyncio.gather(*(one.started() for one in services.values()))
        system = await stack.enter_async_context(
            beside(services, issuers, platform, prefix, directory, root, count(1))
        )
        await starting
        await begin(system)
        await _live_through(system, root)
        yield system


@asynccontextmanager
async def beside(
    services: Mapping[str, ServiceProcess],
    issuers: Sequence[str],
    platform: Platform,
    prefix: str,
    directory: Path,
    root: Path,
    numbers: Iterator[int],
) -> AsyncIterator[PortalSystem]:
    """Within: a portal beside these services, and what a test reaches all of it by."""
    async with AsyncExitStack() as stack:
        portal = _portal(services, platform, prefix, directory, root)
        stack.callback(_end, portal)
        await portal.started()
        clients = {
            code: await stack.enter_async_context(_region_client(code, platform, prefix))
            for code in REGIONS
        }
        called = await stack.enter_async_context(
            Services(
                {name: one.url for name, one in services.items()},
                {name: one.admin_url for name, one in services.items()},
                platform.tokens,
            )
        )
        yield PortalSystem(prefix, services, portal, clients, Barrier(called), issuers, numbers)


async def _live_through(system: PortalSystem, root: Path) -> None:
    await publish_month(
        read_regions(root / "examples", REGIONS),
        clients=list(system.regions.values()),
        barrier=system.barrier,
        until=LIVED_UNTIL,
    )


def _issuers_file(
    services: Mapping[str, ServiceProcess], issuers: Sequence[str], directory: Path
) -> Path:
    """The issuers that the services know of themselves, and these providers."""
    own = Path(next(iter(services.values())).environment["KVITT_ISSUERS"])
    said = [
        {**one, "jwks_file": str(own.parent / one["jwks_file"])}
        for one in json.loads(own.read_text())
    ]
    said += [
        {
            "issuer": one,
            "jwks_url": f"{one}/jwks",
            "regions": ["ac"],
            "longest_life_seconds": 36_000,
        }
        for one in issuers
    ]
    file = directory / "issuers.json"
    file.write_text(json.dumps(said))
    return file


def _service(
    name: str, platform: Platform, prefix: str, directory: Path, regions: Path, root: Path
) -> ServiceProcess:
    platform.database(name, prefix)
    return ServiceProcess(
        module=f"{name}.app",
        environment=platform.service_environment(name, prefix, regions),
        log=directory / f"{name}.log",
        tokens=platform.tokens,
        root=root,
    )


def _portal(
    services: Mapping[str, ServiceProcess],
    platform: Platform,
    prefix: str,
    directory: Path,
    root: Path,
) -> ServiceProcess:
    addresses = PortalAddresses(
        services={name: one.url for name, one in services.items()},
        admin_services={name: one.admin_url for name, one in services.items()},
        database=platform.database(PORTAL, f"{prefix}{uuid4().hex[:6]}_"),
        regions_dir=root / _REGIONS,
        key=PORTAL_KEY,
        local_key=platform.tokens.key_file,
        http_port=free_ports(1)[0],
    )
    return ServiceProcess(
        module=f"{PORTAL}.app",
        environment=addresses.environment(),
        log=directory / "portal.log",
        tokens=platform.tokens,
        root=root,
    )


def _regions(root: Path, directory: Path) -> Path:
    """The regions' policies: one of them answers transfers line by line and makes fit again what
    comes back to its central store, the other has a product
    area, a price list, a purchasing store, what is scrapped when its patient leaves, a fee that is
    paid later, and lets units void what suppliers cannot deliver.
    """
    made = directory / "regions"
    shutil.copytree(root / _REGIONS, made)
    file = made / f"{BY_LINE}.yaml"
    said = file.read_text(encoding="utf-8")
    said = said.replace("    stores:\n", _MADE_FIT, 1)
    file.write_text(said.replace("      back_dating: false\n", _LINE_BY_LINE, 1), encoding="utf-8")
    file = made / "ac.yaml"
    said = file.read_text(encoding="utf-8").replace("    stores:\n", _OF_HEARING, 1)
    said = said.replace("void_line: customer_service", "void_line: receiving_unit", 1)
    file.write_text(said.replace(_FREE_UNTIL, _OF_CHARGERS, 1), encoding="utf-8")
    return made


def _region_client(code: str, platform: Platform, prefix: str) -> RegionClient:
    credentials = platform.credentials(f"region-{code}")
    assert credentials is not None
    return RegionClient(
        code, bootstrap=platform.bootstrap, credentials=credentials, topic_prefix=prefix
    )


def outgoing(message: Message, subject: str, region: str) -> Outgoing:
    """A message as the region's system publishes it."""
    topic = next(one for one in CATALOGUE if one.is_inbound and type(message) in one.types)
    envelope = an_envelope(message, region=region, subject=subject)
    headers: Any = envelope.headers()
    return Outgoing(
        topic=for_region(topic, region).name,
        key=subject.encode(),
        headers=tuple(headers),
        value=message.model_dump_json(exclude_none=True).encode(),
    )


def _end(process: ServiceProcess) -> None:
    if process.popen is not None and process.popen.poll() is None:
        process.stop()
