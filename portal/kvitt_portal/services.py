"""The services' HTTP APIs as the portal calls them: with the user's own token, in bounded time.
What they answer is not interpreted here.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, Self
from urllib.parse import quote
from weakref import WeakValueDictionary

import httpx
from kvitt_chassis.operating.telemetry import current_traceparent
from kvitt_chassis.trust import trusted
from kvitt_chassis.web.problems import Problem
from pydantic import ValidationError

from kvitt_portal.numbers import holds_number

log = logging.getLogger(__name__)

ANSWER_SECONDS = 8.0
"""So long a service may take for an answer; a command waits 2 s of it for other services."""
_AT_ONCE = 8
"""So many calls of one user are on their way to one service: it takes 16 of each at once, and
refuses more.
"""
OF_OPERATORS = "-admin"
"""After a service's name: its address for who operates it."""
_CONNECT_SECONDS = 1.0
_CONNECTIONS = httpx.Limits(max_connections=40, max_keepalive_connections=20, keepalive_expiry=4.0)

_LEADS_ELSEWHERE = re.compile(r"[\x00-\x20\x7f?#%\\]|/\.\.?(/|$)")
"""What no path of a service has: what people wrote as a number is then the number of nothing."""

_NAMES = {
    "orders": "Beställningar",
    "bmb": "BMB",
    "inventory": "Lager och hjälpmedel",
    "billing": "Fakturering",
    "notifications": "Meddelanden",
}


_UNKNOWN = Problem(
    status=404,
    reason="NOT_FOUND",
    title="Finns inte",
    detail="Det finns inget som heter så.",
    way_on="Kontrollera numret och försök igen.",
)
_NUMBER = Problem(
    status=422,
    reason="PERSONAL_NUMBER_IN_URL",
    title="Det är ett personnummer",
    detail="Här söks inga personer.",
    rule="REF-1",
    way_on="Sök personen i sökfältet överst på sidan.",
)


@dataclass(frozen=True, slots=True)
class Part:
    """What a service answered: a value, or the problem that stands in its place."""

    status: int
    value: Any = None
    problem: Problem | None = None
    is_denied: bool = False
    """True where the table of access does not grant it: the service was not asked."""

    @property
    def waits(self) -> bool:
        """True where the effect still waits for another service."""
        return self.status == 202

    def __bool__(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody sends in."""

    name: str
    media_type: str
    content: bytes


class Services:
    """The five services by their addresses, and by those for who operates them (`admin`), under
    their names with OF_OPERATORS. A context manager: it keeps connections. `operated` are those
    with such an address.
    """

    def __init__(
        self, addresses: Mapping[str, str], *, admin: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        self.operated = tuple(admin)
        of_operators = {f"{name}{OF_OPERATORS}": url for name, url in admin.items()}
        self._clients = {
            name: httpx.AsyncClient(
                base_url=url, timeout=timeout, limits=_CONNECTIONS, verify=trusted()
            )
            for name, url in {**addresses, **of_operators}.items()
        }
        self._gates: WeakValueDictionary[tuple[str, str], asyncio.Semaphore] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        token: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        file: "File | None" = None,
        key: str | None = None,
        in_pieces: bool = False,
    ) -> Part:
        """One call, with a `body` or a `file`. `key` is its Idempotency-Key. What goes wrong on the
        way is a Part with a problem; raises nothing. `in_pieces`: the value is a large file's
        pieces, as they come.
        """
        if _LEADS_ELSEWHERE.search(path):
            return Part(404, problem=_UNKNOWN)
        asked = _given(query)
        if holds_number("&".join([path, *(f"{name}={value}" for name, value in asked)])):
            return Part(422, problem=_NUMBER)
        headers = {"Authorization": f"Bearer {token}"}
        if (parent := current_traceparent()) is not None:
            headers["traceparent"] = parent
        if method != "GET":
            headers["Prefer"] = "wait=2"
        if key is not None:
            headers["Idempotency-Key"] = key
        if file is not None:
            headers["Content-Type"] = file.media_type
            if file.name:
                headers["X-Filename"] = quote(file.name, safe="")
        try:
            request = self._clients[service].build_request(
                method,
                path,
                params=asked,
                json=body,
                content=file.content if file is not None else None,
                headers=headers,
            )
            answer = await self._answer_to(request, service, token, in_pieces=in_pieces)
        except httpx.InvalidURL:  # too long to be the address of anything
            return Part(404, problem=_UNKNOWN)
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("%s does not answer: %s", service, type(error).__name__)
            return Part(503, problem=_silent(service))
        if in_pieces and answer.is_success:
            return Part(answer.status_code, _pieces(answer))
        if answer.is_success:
            is_json = answer.content and "json" in answer.headers.get("content-type", "")
            return Part(answer.status_code, answer.json() if is_json else answer.content)
        return Part(answer.status_code, problem=_problem_of(answer, service))

    async def _answer_to(
        self, request: httpx.Request, service: str, token: str, *, in_pieces: bool
    ) -> httpx.Response:
        """The service's answer; `in_pieces` what has begun to come of it, where it is no problem.
        Raises httpx.HTTPError, and TimeoutError where the user's other calls have taken so long
        that this one has not begun.
        """
        gate = self._gates.setdefault((service, token), asyncio.Semaphore(_AT_ONCE))
        async with asyncio.timeout(ANSWER_SECONDS):
            await gate.acquire()
        try:
            answer = await self._clients[service].send(request, stream=in_pieces)
            if not answer.is_success:
                await answer.aread()
            return answer
        finally:
            gate.release()


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_bytes():
            yield piece
    finally:
        await answer.aclose()


def _given(query: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    """A query without what is not filtered by."""
    found = []
    for name, value in (query or {}).items():
        values = value if isinstance(value, list | tuple) else [value]
        found += [(name, one) for one in values if one not in (None, "")]
    return found


def _problem_of(answer: httpx.Response, service: str) -> Problem:
    try:
        return Problem.model_validate_json(answer.content)
    except ValidationError:
        return _silent(service)


def name_of(service: str) -> str:
    """What people call a service."""
    return _NAMES[service.removesuffix(OF_OPERATORS)]


def _silent(service: str) -> Problem:
    return Problem(
        status=503,
        reason="SERVICE_SILENT",
        title=f"{name_of(service)} svarar inte just nu",
        detail="Delen visas när tjänsten svarar igen. Resten av sidan fungerar.",
        way_on="Vänta en stund och ladda om sidan. Det du har skickat två gånger görs en gång.",
    )
