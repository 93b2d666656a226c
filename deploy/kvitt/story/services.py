"""A client of the services' HTTP, for a region's system and an operator: tokens, paging."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx
from kvitt_chassis.trust import trusted
from kvitt_contracts.access import Grantee

from kvitt.admin import who_operates
from kvitt.local.problems import LocalProblem
from kvitt.local.tokens import TokenIssuer
from kvitt.troubles import of_answer

Json = dict[str, Any]

_PAGE = 200
_AT_ONCE = 8  # in each service
_SECONDS = 30.0


class Services:
    """The services at their addresses, for who uses them (`urls`) and who operates them
    (`admin_urls`). Inside, connections are reused.
    """

    def __init__(
        self, urls: Mapping[str, str], admin_urls: Mapping[str, str], tokens: TokenIssuer
    ) -> None:
        self.names = tuple(urls)
        self._urls = dict(urls)
        self._admin_urls = dict(admin_urls)
        self._tokens = tokens
        self._issued: dict[str, str] = {}
        self._gates = {name: asyncio.Semaphore(_AT_ONCE) for name in urls}
        self._client = httpx.AsyncClient(
            timeout=_SECONDS,
            verify=trusted(),
            # shorter than the services keep one: a request never meets its end
            limits=httpx.Limits(max_keepalive_connections=64, keepalive_expiry=3.0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    def as_system(self, region: str) -> "Caller":
        """A caller as the region's own system."""
        if region not in self._issued:
            self._issued[region] = self._tokens.issue(
                f"{region}-system", region=region, roles=(Grantee.REGION_SYSTEM,)
            )
        return Caller(self, self._issued[region])

    def as_user(self, user: str, *, region: str) -> "Caller":
        """A caller as a user, who is what the region's register says."""
        name = f"{region} {user}"
        if name not in self._issued:
            self._issued[name] = self._tokens.issue(user, region=region)
        return Caller(self, self._issued[name])

    def as_operator(self) -> "Caller":
        """A caller who operates all regions, in the name of who runs this: only such a one moves
        business time (REF-18). Raises LocalProblem where the audit cannot name them.
        """
        return Caller(self, self._tokens.issue_to_operator(who_operates()))

    async def request(
        self,
        method: str,
        service: str,
        path: str,
        *,
        token: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Send a request; a limited number at once to each service. Raises httpx.TransportError."""
        urls = self._admin_urls if path.startswith("/admin/") else self._urls
        async with self._gates[service]:
            return await self._client.request(
                method,
                f"{urls[service]}{path}",
                headers={"Authorization": f"Bearer {token}", **(headers or {})},
                **more,
            )


class Caller:
    """Sends requests with one token."""

    def __init__(self, services: Services, token: str) -> None:
        self.services = services
        self._token = token

    async def get(self, service: str, path: str, **query: Any) -> Any:
        """The answer to GET. Raises LocalProblem for anything but success."""
        answer = await self.try_to("GET", service, path, params=query or None)
        return _good(answer, service, path)

    async def file(self, service: str, path: str, **query: Any) -> bytes:
        """The file that GET answers with. Raises LocalProblem for anything but success."""
        answer = await self.try_to("GET", service, path, params=query or None)
        return _successful(answer, service, path).content

    async def try_to(self, method: str, service: str, path: str, **more: Any) -> httpx.Response:
        """The response, whatever its status. Raises httpx.TransportError."""
        return await self.services.request(method, service, path, token=self._token, **more)

    async def all(self, service: str, path: str, **query: Any) -> list[Json]:
        """Every item of a list, page by page. Raises LocalProblem when it was counted otherwise."""
        items: list[Json] = []
        page = await self.get(service, path, limit=_PAGE, **query)
        while True:
            items += page["items"]
            if page["next"] is None:
                break
            page = await self.get(service, page["next"])
        if page["total_is_exact"] and len(items) != page["total"]:
            raise LocalProblem(
                f"{service} lists {len(items)} of {page['total']} under {path}.",
                remedy="Something moves still: kvitt idle shows what.",
            )
        return items

    async def each(
        self, service: str, path: Callable[[Json], str], listed: Iterable[Json]
    ) -> list[Json]:
        """The single view of each listed item, in the list's order."""
        return list(await asyncio.gather(*(self.get(service, path(one)) for one in listed)))


def _good(answer: httpx.Response, service: str, path: str) -> Any:
    return _successful(answer, service, path).json()


def _successful(answer: httpx.Response, service: str, path: str) -> httpx.Response:
    if answer.is_success:
        return answer
    problem = of_answer(service, answer)
    raise LocalProblem(f"{problem.what} Asked: {path}", remedy=problem.remedy)
