"""Requests that schemathesis makes from each OpenAPI, and how they are sent. What they are answered
is judged in generated.py and probing.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.attack.setting import Attack

_LEFT_OUT = {
    # they change what the attack itself stands on; their own tests drive them
    "/admin/clock:advance",
}
_OF_OURS = ("authorization", "host", "content-length", "transfer-encoding", "connection")
"""Headers that the client says itself; what is wrong of these is sent in connections.py."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A route as it is documented. `of`: a service's name, with `.admin` for its operators'."""

    of: str
    base: str
    described: Any

    def __str__(self) -> str:
        return f"{self.of} {self.method} {self.path}"

    @property
    def method(self) -> str:
        """GET, POST …"""
        return str(self.described.method).upper()

    @property
    def path(self) -> str:
        """With its parameters in braces."""
        return str(self.described.path)


def operations(on: Attack) -> Iterator[Operation]:
    """All that services and their operators offer."""
    for of, (base, document) in on.world.documents().items():
        schema = schemathesis.openapi.from_dict(document)
        for result in schema.get_all_operations():
            described: Any = result.ok() if isinstance(result, Ok) else None
            if described is None:
                on.find("an operation is not described as OpenAPI wants", of=of)
            elif described.path not in _LEFT_OUT:
                yield Operation(of, base, described)


def make(
    on: Attack,
    one: Operation,
    mode: GenerationMode,
    most: int,
    do: Callable[[Any, Random], None],
) -> None:
    """Do something with as many requests to an operation, and a chance of its own: the same for the
    same seed, whatever was made for other operations.
    """
    chance = Random(f"{on.seed}/{one}/{mode.value}")

    @hypothesis.seed(chance.randrange(2**32))
    @hypothesis.settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @hypothesis.given(case=one.described.as_strategy(generation_mode=mode))
    def requests(case: Any) -> None:
        if on.has_time:
            do(case, chance)

    try:
        requests()
    except hypothesis.errors.Unsatisfiable:  # nothing wrong can be sent to it
        on.count("without a request")
    except Exception as error:  # noqa: BLE001  # whatever the tool makes of it is to be seen
        on.find(f"{one} cannot be asked", error=repr(error)[:200])


def ask(
    on: Attack, client: httpx.Client, one: Operation, case: Any, token: str, **more: str
) -> httpx.Response | None:
    """Its answer; none where this client refuses to send it, or there is none, which is found.
    `more`: further headers.
    """
    told = case.as_transport_kwargs(base_url=one.base)
    headers = {
        name: value
        for name, value in dict(told.pop("headers", None) or {}).items()
        if _is_sendable(name, value)
    } | {"Authorization": f"Bearer {token}", **more}
    sent = {name: told[name] for name in ("params", "json", "data", "files") if told.get(name)}
    if isinstance(sent.get("data"), bytes | str):
        sent["content"] = sent.pop("data")
    try:
        answer = client.request(told["method"], told["url"], headers=headers, **sent)
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
        on.count("no request")
        return None
    except httpx.HTTPError as error:
        on.find("a request gets no answer", operation=one, error=repr(error))
        return None
    on.count("requests")
    on.count(f"{answer.status_code // 100}xx")
    return answer


def _is_sendable(name: str, value: object) -> bool:
    text = f"{name}{value}"
    return text.isascii() and text.isprintable() and name.lower() not in _OF_OURS
