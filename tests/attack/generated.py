"""Requests that are made from each OpenAPI, right ones and wrong ones, with a right token:
no error of ours, answers as they are documented, and nobody's number and no secret in what is
refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity
from kvitt_chassis.operating.masking import holds_personal_number
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.attack.routes import documented
from tests.attack.setting import PRESCRIBER, SERVICE_DESK, Attack

_EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 4}
_LEAST_SECONDS = 10.0
_LEFT_OUT = {
    # they change what the attack itself stands on; their own tests drive them
    "/admin/clock:advance",
}
_CODE = re.compile(
    r'Traceback|File "/|sqlalchemy|asyncpg|psycopg|pydantic|kvitt_chassis|0x[0-9a-f]{8}'
)
_CONTENT = ("application/json", "application/problem+json")


@dataclass(frozen=True, slots=True)
class _Asked:
    of: str
    base: str
    operation: Any
    schema: Any

    def __str__(self) -> str:
        return f"{self.of} {self.operation.method.upper()} {self.operation.path}"


def attack(on: Attack) -> None:
    """Operations in an order of chance until the time is used up, each with some requests."""
    asked = list(_operations(on))
    on.chance.shuffle(asked)
    secrets = _secrets(on)
    on.take(_LEAST_SECONDS)
    with httpx.Client(timeout=30.0) as client:
        for number, one in enumerate(asked):
            if not on.has_time:
                on.figures["operations"] = f"{number} of {len(asked)}"
                return
            _try(on, client, one, secrets)
    on.figures["operations"] = f"all {len(asked)}"


def _operations(on: Attack) -> Iterator[_Asked]:
    for of, (base, document) in documented(on.world).items():
        schema = schemathesis.openapi.from_dict(document)
        for result in schema.get_all_operations():
            operation: Any = result.ok() if isinstance(result, Ok) else None
            if operation is None:
                on.find("an operation is not described as OpenAPI wants", of=of)
            elif operation.path not in _LEFT_OUT:
                yield _Asked(of, base, operation, schema)


def _try(on: Attack, client: httpx.Client, one: _Asked, secrets: list[str]) -> None:
    users = [on.world.region_token(), on.world.token(SERVICE_DESK), on.world.token(PRESCRIBER)]
    if one.of.endswith(".admin"):
        users = [on.world.token("operator", roles=("ops",))]
    for mode, most in _EXAMPLES.items():

        @hypothesis.seed(on.chance.randrange(2**32))
        @hypothesis.settings(
            max_examples=most,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @hypothesis.given(case=one.operation.as_strategy(generation_mode=mode))
        def requests(case: Any) -> None:
            _ask(on, client, one, case, on.chance.choice(users), secrets)

        try:
            requests()
        except hypothesis.errors.Unsatisfiable:  # nothing wrong can be sent to it
            on.count("without a request")
        except Exception as error:  # noqa: BLE001  # whatever the tool makes of it is to be seen
            on.find(f"{one} cannot be asked", error=repr(error)[:200])


def _ask(
    on: Attack, client: httpx.Client, one: _Asked, case: Any, token: str, secrets: list[str]
) -> None:
    told = case.as_transport_kwargs(base_url=one.base)
    headers = {
        name: value
        for name, value in dict(told.pop("headers", None) or {}).items()
        if _is_sendable(name, value)
    } | {"Authorization": f"Bearer {token}"}
    sent = {name: told[name] for name in ("params", "json", "data", "files") if told.get(name)}
    if isinstance(sent.get("data"), bytes | str):
        sent["content"] = sent.pop("data")
    try:
        answer = client.request(told["method"], told["url"], headers=headers, **sent)
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
        on.count("no request")  # this client refuses to send it
        return
    except httpx.HTTPError as error:
        on.find("a request gets no answer", operation=one, error=repr(error))
        return
    on.count("requests")
    on.count(f"{answer.status_code // 100}xx")
    _judge(on, one, answer, secrets)


def _judge(on: Attack, one: _Asked, answer: httpx.Response, secrets: list[str]) -> None:
    status, said = answer.status_code, answer.text[:200]
    if status >= 500 and status != 503:
        on.find(f"{one} is answered {status}", said=said)
        return
    if status >= 400 and status not in (404, 405):
        if not answer.headers.get("content-type", "").startswith("application/problem+json"):
            on.find(f"{one} refuses by no problem document", status=status, said=said)
        elif not {"reason", "rule", "way_on"} <= answer.json().keys():
            on.find(f"{one} refuses without a rule or a way on", said=said)
    if status >= 400:
        if holds_personal_number(answer.text) or any(x in answer.text for x in secrets):
            on.find(f"{one} tells what it must not", said=said)
        if _CODE.search(answer.text):
            on.find(f"{one} tells of its code", said=said)
    if str(status) not in one.operation.definition.raw["responses"]:
        on.find(f"{one} answers {status}, which is not documented", said=said)
    elif answer.headers.get("content-type", "").startswith(_CONTENT):
        documented = one.operation.definition.raw["responses"][str(status)]
        if documented.get("content") and (wrong := _wrong(one, answer)):
            on.find(f"{one} answers otherwise than is documented", status=status, what=wrong)


def _wrong(one: _Asked, answer: httpx.Response) -> str:
    """How an answer's body differs from its schema; nothing where it does not."""
    try:
        one.operation.validate_response(answer)
    except Exception as error:  # noqa: BLE001 a failure of schemathesis's, or a group of them
        return " ".join(str(error).split())[:300]
    return ""


def _is_sendable(name: str, value: object) -> bool:
    text = f"{name}{value}"
    return text.isascii() and text.isprintable() and name.lower() not in ("authorization", "host")


def _secrets(on: Attack) -> list[str]:
    state = on.world.system.state
    return [state.secret, *map(state.password, ("kafka:orders", "postgres:orders_api"))]
