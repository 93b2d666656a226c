"""The running system as places to search, and what was found before anything was planted."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from kvitt.local.kafka import ADMIN, client_settings
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem

from tests.privacy import search
from tests.privacy.business import live_through
from tests.privacy.persons import sought
from tests.privacy.region import Region
from tests.privacy.search import Found, Piece, Sought
from tests.privacy.traces import Traces, receiver

PLACES = (
    "topics",
    "logs",
    "metrics",
    "traces",
    "openapi",
    "admin",
    "tables",
    "problems",
    "files",
    "feed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A system that has come to rest. `places` name the pieces that were searched in each place."""

    system: LocalSystem
    region: Region
    traces: Traces
    sought: Sought
    findings: dict[str, list[Found]]
    places: dict[str, set[str]]

    def search(self, place: str) -> list[Found]:
        """What is found in a place now."""
        return self.sought.search(self.pieces(place))

    def pieces(self, place: str) -> Iterable[Piece]:
        """Everything that stands in a place now."""
        urls = [service.url for service in self.system.services.values()]
        match place:
            case "topics":
                return search.topics(self.kafka)
            case "logs":
                return search.files(self.system.state.log("kafka").parent)
            case "metrics":
                return search.pages(f"{url}/metrics" for url in urls)
            case "traces":
                return self.traces.pieces()
            case "openapi":
                return search.pages(f"{url}/openapi.json" for url in urls)
            case "admin":
                return self._shown_to_the_operator()
            case "tables":
                return search.databases(self.admin_url)
            case "files":
                return search.files(self.system.state.directory / "files")
            case "problems":
                return self.region.problems
            case "feed":
                return self._shown_to_the_regions_system()
        raise LookupError(place)

    @property
    def kafka(self) -> Mapping[str, Any]:
        """How a client with every right reaches the broker."""
        return client_settings(self.system.bootstrap, self.system.credentials(ADMIN))

    @property
    def admin_url(self) -> str:
        """PostgreSQL's superuser."""
        return self.system.servers.databases.admin_url

    def _shown_to_the_operator(self) -> Iterator[Piece]:
        for name in self.system.services:
            parked = self.region.operate("GET", name, "/admin/parked?limit=1000")
            paths = [f"/admin/quarantine/{one['id']}" for one in parked]
            for path in ("/admin/parked?limit=1000", "/admin/audit", "/admin/outbox", *paths):
                yield f"{name} {path}", str(self.region.operate("GET", name, path))

    def _shown_to_the_regions_system(self) -> Iterator[Piece]:
        """All of its feed over HTTP, which is what its webhooks are sent too."""
        path = "/feed?limit=500"
        while path:
            page = self.region.read("notifications", path)
            yield f"notifications {path}", str(page)
            path = f"/feed?limit=500&after={page['next']}" if page["events"] else ""


@contextmanager
def running(directory: Path) -> Iterator[World]:
    """Within: the system, after the month."""
    state = State.open(directory)
    with receiver() as traces, watched(traces), LocalSystem(state) as system:
        yield _lived_through(system, traces)


@contextmanager
def watched(traces: Traces) -> Iterator[None]:
    """Within: processes that are started send their traces there."""
    before = os.environ.get("KVITT_OTLP_ENDPOINT")
    os.environ["KVITT_OTLP_ENDPOINT"] = traces.endpoint
    try:
        yield
    finally:
        os.environ.pop("KVITT_OTLP_ENDPOINT")
        if before is not None:
            os.environ["KVITT_OTLP_ENDPOINT"] = before


def _lived_through(system: LocalSystem, traces: Traces) -> World:
    region = Region(system)
    world = World(
        system=system, region=region, traces=traces, sought=sought(), findings={}, places={}
    )
    live_through(region, vault=system.servers.databases.admin_url_to("orders"))
    for place in PLACES:
        pieces = list(world.pieces(place))
        world.places[place] = {name for name, _ in pieces}
        world.findings[place] = world.sought.search(pieces)
    return world


def execute(admin_url: str, database: str, statement: str, *values: object) -> None:
    """Run one statement in a database and commit."""
    with psycopg.connect(f"{admin_url.rsplit('/', 1)[0]}/{database}") as connection:
        connection.execute(statement, values)
