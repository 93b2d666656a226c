"""A client of each service's admin HTTP. What an operator asks of it is in operate.py."""

import getpass
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from kvitt_chassis.trust import trusted
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import UserId, looks_like_personal_number

from kvitt.local import tokens
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.troubles import of_answer

_KEYS_AT_ONCE = 5_000
_PARKED_AT_ONCE = 1_000


class Admin:
    """The admin HTTP of each service.

    On this machine: addresses and a token come from the state directory; the token is of who runs
    the command, whom every audit then names. Elsewhere: KVITT_ADMIN_URLS
    (`orders=https://…,bmb=…`) and KVITT_ADMIN_TOKEN, a token with the role `ops` (one region's
    share) or `platform`.
    """

    def __init__(
        self,
        urls: dict[str, str],
        token: str,
        *,
        dead: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._urls = urls
        self._dead = dead
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}"}, timeout=60.0, verify=trusted()
        )

    @classmethod
    def of(cls, state_dir: Path, *, operator: str | None = None) -> "Admin":
        """From the environment, else from the state directory. `operator`: who operates, where it
        is not the user of the operating system. Raises LocalProblem.
        """
        named = urls_in("KVITT_ADMIN_URLS")
        if named:
            if operator is not None:
                raise LocalProblem(
                    "KVITT_ADMIN_TOKEN says who operates these services.",
                    remedy="Leave --as out, or give a token of yours.",
                )
            return cls(named, _token())
        directory = state_dir.resolve()
        state = State.existing(directory) if State.exists(directory) else None
        urls = {
            name: f"http://127.0.0.1:{state.ports[f'admin-{name}']}"
            for name in SERVICES
            if state and f"admin-{name}" in state.ports
        }
        if not state or not urls:
            raise LocalProblem(
                f"No services are known in {directory}.",
                remedy="Start them (kvitt up), or name them with KVITT_ADMIN_URLS.",
            )
        token = tokens.TokenIssuer(directory).issue_to_operator(who_operates(operator))
        return cls(urls, token, dead=state.dead_parts)

    @property
    def services(self) -> tuple[str, ...]:
        """The known services, in the catalogue's order."""
        return tuple(name for name in SERVICES if name in self._urls)

    def get(self, service: str, path: str, *, waits: bool = False, **query: Any) -> Any:
        """A service's answer to GET. `waits`: however long it takes. Raises LocalProblem."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", service, path, params=asked, **_patience(waits=waits))

    def exported(self, service: str, path: str, *, after: int, **query: Any) -> Iterator[Any]:
        """Each line that a service hands on as JSON, page by page. Raises LocalProblem."""
        while True:
            answer = self._answer("GET", service, path, params={"after": after, **query})
            yield from map(json.loads, answer.text.splitlines())
            if int(answer.headers["Kvitt-Next"]) == after:
                return
            after = int(answer.headers["Kvitt-Next"])

    def parked(self, service: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Each parked key, the oldest first, page by page. Raises LocalProblem."""
        after = 0
        while page := self.get(service, "parked", limit=_PARKED_AT_ONCE, after=after, **query):
            yield from page
            after = page[-1]["id"]

    def last_numbers(self, service: str, topic: str) -> Iterator[tuple[str, int]]:
        """Each key of a topic and its last number, page by page. Raises LocalProblem."""
        after: str | None = None
        while True:
            page: dict[str, int] = self.get(
                service, "outbox/last-numbers", topic=topic, limit=_KEYS_AT_ONCE, after=after
            )
            yield from page.items()
            if len(page) < _KEYS_AT_ONCE:
                return
            *_, after = page

    def post(
        self, service: str, path: str, body: dict[str, Any] | None = None, *, waits: bool = False
    ) -> Any:
        """A service's answer to POST. `waits`: however long it takes. Raises LocalProblem."""
        return self._ask("POST", service, path, json=body or {}, **_patience(waits=waits))

    def _ask(self, method: str, service: str, path: str, **more: Any) -> Any:
        return self._answer(method, service, path, **more).json()

    def _answer(self, method: str, service: str, path: str, **more: Any) -> httpx.Response:
        if service not in self._urls:
            raise LocalProblem(
                f"There is no service {service} here.",
                remedy=f"There are {', '.join(self.services)}.",
            )
        try:
            answer = self._client.request(method, f"{self._urls[service]}/admin/{path}", **more)
        except httpx.HTTPError as error:
            raise self._with_dead(
                LocalProblem(
                    f"{service} does not answer ({type(error).__name__}).",
                    remedy="kvitt status shows what runs.",
                )
            ) from error
        if answer.is_success:
            return answer
        raise self._with_dead(of_answer(service, answer))

    def _with_dead(self, problem: LocalProblem) -> LocalProblem:
        """The problem, with the parts of this machine that are dead at this instant."""
        dead = "".join(f" {part} is dead: {why}." for part, why in self._dead().items())
        return LocalProblem(problem.what + dead, remedy=problem.remedy)


def who_operates(named: str | None = None) -> str:
    """Whom the audit names: who is named, KVITT_OPERATOR, or this machine's user.

    Raises LocalProblem where that is no id of a user.
    """
    name = named or os.environ.get("KVITT_OPERATOR") or _user_of_the_system()
    if not re.fullmatch(UserId.pattern, name) or looks_like_personal_number(name):
        raise LocalProblem(
            f"The audit cannot name who operates '{name}'.",
            remedy="Name yourself with KVITT_OPERATOR, or in an act with --as: 2-40 small letters,"
            " digits and . _ -",
        )
    return name


def urls_in(variable: str) -> dict[str, str]:
    """The addresses of services that a variable of the environment names; none where it is not set.

    Raises LocalProblem where it cannot be read.
    """
    named = os.environ.get(variable, "")
    pairs = [part.partition("=") for part in named.split(",") if named]
    if not all(url.strip() for _, _, url in pairs):
        raise LocalProblem(
            f"{variable} cannot be read: {named}.",
            remedy="It is like orders=https://one.example,bmb=https://other.example.",
        )
    return {name.strip(): url.strip().rstrip("/") for name, _, url in pairs}


def _patience(*, waits: bool) -> dict[str, Any]:
    return {"timeout": None} if waits else {}


def _token() -> str:
    found = os.environ.get("KVITT_ADMIN_TOKEN", "")
    if not found:
        raise LocalProblem(
            "KVITT_ADMIN_TOKEN is not set.",
            remedy="It is a token with the role ops (one region) or platform (all).",
        )
    return found


def _user_of_the_system() -> str:
    try:
        return getpass.getuser().lower()
    except (KeyError, OSError):  # a container's user may have a number and no name
        return ""
