"""Where a region's system connects, and as whom. Secrets go into files of their owner alone, never
onto a command line or a screen.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kvitt_chassis.private_files import write_private
from kvitt_contracts.access import Grantee
from kvitt_contracts.topics import SERVICES

from kvitt.admin import urls_in
from kvitt.local.private import make_directory
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.tokens import TokenIssuer
from kvitt.region_system import regions_of

_CLIENTS = "clients"
_ELSEWHERE = ("KAFKA_USERNAME", "KAFKA_PASSWORD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A region's way in: a user of Kafka, and a token for HTTP (empty where none is known)."""

    region: str
    bootstrap: str
    username: str
    password: str = field(repr=False)
    security: str = "SASL_PLAINTEXT"
    urls: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, state_dir: Path, region: str | None) -> "Connection":
        """From KAFKA_BOOTSTRAP, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SECURITY, KVITT_URLS and
        KVITT_TOKEN where the first is set; else of the system that runs here. Where no region is
        named and there is one alone, it is that. Raises LocalProblem.
        """
        if os.environ.get("KAFKA_BOOTSTRAP"):
            return cls._elsewhere(region)
        directory = state_dir.resolve()
        state = State.existing(directory)
        code = _chosen(regions_of(directory), region)
        user = f"region-{code}"
        return cls(
            region=code,
            bootstrap=f"127.0.0.1:{state.ports['kafka']}",
            username=user,
            password=state.password(f"kafka:{user}"),
            urls={
                name: f"http://127.0.0.1:{state.ports[f'http-{name}']}"
                for name in SERVICES
                if f"http-{name}" in state.ports
            },
            token=TokenIssuer(directory).issue(
                f"{code}-system", region=code, roles=(Grantee.REGION_SYSTEM,)
            ),
        )

    @classmethod
    def _elsewhere(cls, region: str | None) -> "Connection":
        lacking = [name for name in _ELSEWHERE if not os.environ.get(name)]
        if lacking:
            raise LocalProblem(
                f"KAFKA_BOOTSTRAP is set, and {' and '.join(lacking)} not.",
                remedy="Set them too, or unset it to use the system that runs here.",
            )
        username = os.environ["KAFKA_USERNAME"]
        return cls(
            region=region or username.removeprefix("region-"),
            bootstrap=os.environ["KAFKA_BOOTSTRAP"],
            username=username,
            password=os.environ["KAFKA_PASSWORD"],
            security=os.environ.get("KAFKA_SECURITY", "SASL_SSL"),
            urls=urls_in("KVITT_URLS"),
            token=os.environ.get("KVITT_TOKEN", ""),
        )

    @property
    def feed(self) -> str:
        """The topic that tells the region what happened."""
        return f"region.{self.region}.events"

    @property
    def kafka(self) -> dict[str, Any]:
        """Settings of a confluent-kafka client."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.security,
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": self.username,
            "sasl.password": self.password,
        }

    def write(self, state_dir: Path) -> "ConnectionFiles":
        """Write what a client reads, for its owner alone: variables for a shell, and a header for
        curl.
        """
        folder = state_dir.resolve() / _CLIENTS
        make_directory(folder)
        files = ConnectionFiles(
            environment=folder / f"{self.region}.env", headers=folder / f"{self.region}.headers"
        )
        variables = {
            "KVITT_REGION": self.region,
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "KAFKA_USERNAME": self.username,
            "KAFKA_PASSWORD": self.password,
            "KAFKA_SECURITY": self.security,
            "KVITT_HEADERS": str(files.headers),
            **{f"KVITT_{name.upper()}_URL": url for name, url in self.urls.items()},
        }
        lines = "".join(f"export {name}='{value}'\n" for name, value in variables.items())
        write_private(files.environment, lines)
        write_private(files.headers, f"Authorization: Bearer {self.token}\n")
        return files


@dataclass(frozen=True, slots=True)
class ConnectionFiles:
    """The files of one connection: `environment` for `. FILE` in a shell, `headers` for
    `curl --header @FILE`.
    """

    environment: Path
    headers: Path


def _chosen(known: list[str], region: str | None) -> str:
    if region is None and len(known) == 1:
        return known[0]
    if region is None:
        raise LocalProblem(
            f"Several regions run here: {', '.join(known)}.", remedy="Name one with --region."
        )
    if region.lower() not in known:
        raise LocalProblem(
            f"There is no region {region} here.",
            remedy=f"There are {', '.join(known)}; kvitt region add makes one more.",
        )
    return region.lower()
