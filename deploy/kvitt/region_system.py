"""A client of the services' HTTP that reads what a region's own system may read, and does what it
is told to by `post`.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from kvitt_chassis.trust import trusted
from kvitt_contracts.access import Grantee
from kvitt_contracts.topics import SERVICES

from kvitt.admin import urls_in
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.tokens import TokenIssuer
from kvitt.troubles import of_answer

Json = dict[str, Any]

_PAGE = 200
_SECONDS = 60.0
_DENIED = (401, 403)


class RegionSystem:
    """The services' HTTP, as the system of one region reads it.

    On this machine: addresses and a token come from the state directory. Elsewhere: KVITT_URLS
    (`orders=https://…,bmb=…`) and KVITT_TOKEN, a token of the region with the role region_system.
    """

    def __init__(self, region: str, urls: Mapping[str, str], token: str) -> None:
        self.region = region
        self._urls = dict(urls)
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}"}, timeout=_SECONDS, verify=trusted()
        )

    @classmethod
    def each(cls, state_dir: Path, region: str | None) -> list["RegionSystem"]:
        """That of the region that is named; of every region that runs here where none is. Raises
        LocalProblem.
        """
        elsewhere = urls_in("KVITT_URLS")
        if elsewhere:
            return [cls(_named(region), elsewhere, _token())]
        directory = state_dir.resolve()
        state = State.existing(directory) if State.exists(directory) else None
        urls = {
            name: f"http://127.0.0.1:{state.ports[f'http-{name}']}"
            for name in SERVICES
            if state and f"http-{name}" in state.ports
        }
        if not urls:
            raise LocalProblem(
                f"No services are known in {directory}.",
                remedy="Start them (kvitt up), or name them with KVITT_URLS.",
            )
        issuer = TokenIssuer(directory)
        regions = regions_of(directory)
        if region is not None and region not in regions:
            raise LocalProblem(
                f"There is no region {region} here.", remedy=f"There are {', '.join(regions)}."
            )
        return [
            cls(code, urls, issuer.issue(f"{code}-system", region=code, roles=(_ROLE,)))
            for code in ([region] if region else regions)
        ]

    @classmethod
    def of(cls, state_dir: Path, region: str) -> "RegionSystem":
        """That of one region. Raises LocalProblem."""
        (one,) = cls.each(state_dir, region)
        return one

    def get(self, service: str, path: str, **query: Any) -> Any:
        """A service's answer to GET. Raises LocalProblem."""
        return self._good(service, self._ask(service, path, query))

    def find(self, service: str, path: str, **query: Any) -> Any | None:
        """A service's answer to GET; None where it has no such thing. Raises LocalProblem."""
        answer = self._ask(service, path, query)
        return None if answer.status_code == httpx.codes.NOT_FOUND else self._good(service, answer)

    def all(self, service: str, path: str, **query: Any) -> Iterator[Json]:
        """Every item of a list, page by page. Raises LocalProblem."""
        page = self.get(service, path, limit=_PAGE, **query)
        while True:
            yield from page["items"]
            if page["next"] is None:
                return
            page = self.get(service, page["next"])

    def post(self, service: str, path: str, body: Json | None = None) -> Any:
        """A service's answer to POST, tried once. Raises LocalProblem."""
        key = {"Idempotency-Key": str(uuid4())}
        answer = self._send("POST", service, path, json=body or {}, headers=key)
        return self._good(service, answer)

    def _ask(self, service: str, path: str, query: Mapping[str, Any]) -> httpx.Response:
        return self._send("GET", service, path, params=query or None)

    def _send(self, method: str, service: str, path: str, **more: Any) -> httpx.Response:
        if service not in self._urls:
            raise LocalProblem(
                f"There is no service {service} here.", remedy=f"There are {', '.join(self._urls)}."
            )
        try:
            return self._client.request(method, f"{self._urls[service]}{path}", **more)
        except httpx.HTTPError as error:
            raise LocalProblem(
                f"{service} does not answer ({type(error).__name__}).",
                remedy="kvitt status shows what runs.",
            ) from error

    def _good(self, service: str, answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json()
        problem = of_answer(service, answer)
        if answer.status_code in _DENIED:
            remedy = "KVITT_TOKEN must be a valid token of the region, of the role region_system."
            raise LocalProblem(problem.what, remedy=remedy)
        raise problem


_ROLE = Grantee.REGION_SYSTEM


def _named(region: str | None) -> str:
    if region is None:
        raise LocalProblem(
            "No region is named, and KVITT_URLS says that the services are elsewhere.",
            remedy="Name the region whose token KVITT_TOKEN is, with --region.",
        )
    return region


def _token() -> str:
    found = os.environ.get("KVITT_TOKEN", "")
    if not found:
        raise LocalProblem(
            "KVITT_TOKEN is not set.",
            remedy="It is a token of the region, of the role region_system.",
        )
    return found


def regions_of(directory: Path) -> list[str]:
    """The regions whose tokens the services of this machine believe."""
    (ours,) = json.loads((directory / "issuers.json").read_text())
    return list(ours["regions"])
