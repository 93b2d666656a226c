"""Requests that are made from each OpenAPI, right ones and wrong ones, with a right token:
no error of ours, answers as they are documented, and nobody's number and no secret in what is
refused.
"""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

import httpx
from kvitt_chassis.operating.masking import holds_personal_number
from schemathesis import GenerationMode

from tests.attack.aftermath import secrets_of
from tests.attack.asking import Operation, ask, make, operations
from tests.attack.setting import PRESCRIBER, SERVICE_DESK, Attack

_EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 4}
_LEAST_SECONDS = 12.0  # however long it takes to make ready
_CODE = re.compile(
    r'Traceback|File "/|sqlalchemy|asyncpg|psycopg|pydantic|kvitt_chassis|0x[0-9a-f]{8}'
)
_CONTENT = ("application/json", "application/problem+json")


def attack(on: Attack) -> None:
    """Operations in an order of chance until the time is used up, each with some requests."""
    asked = list(operations(on))
    on.chance.shuffle(asked)
    secrets = secrets_of(on.world)
    tried = 0
    on.take(_LEAST_SECONDS)
    with httpx.Client(timeout=30.0) as client:
        while on.has_time and tried < len(asked):
            _try(on, client, asked[tried], secrets)
            tried += 1
    on.figures["operations"] = f"{tried} of {len(asked)}"


def _try(on: Attack, client: httpx.Client, one: Operation, secrets: Sequence[str]) -> None:
    users = [on.world.region_token(), on.world.token(SERVICE_DESK), on.world.token(PRESCRIBER)]
    if one.of.endswith(".admin"):
        users = [on.world.token("operator", roles=("ops",))]

    def request(case: Any, chance: Random) -> None:
        user = chance.randrange(len(users))
        on.note(f"{one} {user} {case.path_parameters} {case.query} {case.body!r}")
        answer = ask(on, client, one, case, users[user])
        if answer is not None:
            _judge(on, one, answer, secrets)

    for mode, most in _EXAMPLES.items():
        make(on, one, mode, most, request)


def _judge(on: Attack, one: Operation, answer: httpx.Response, secrets: Sequence[str]) -> None:
    status, said = answer.status_code, answer.text[:200]
    if status >= 500 and status != 503:
        on.find(f"{one} is answered {status}", said=said, asked=str(answer.request.url)[:200])
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
    responses = one.described.definition.raw["responses"]
    if str(status) not in responses:
        on.find(f"{one} answers {status}, which is not documented", said=said)
        return
    is_json = answer.headers.get("content-type", "").startswith(_CONTENT)
    if is_json and responses[str(status)].get("content") and (wrong := _wrong(one, answer)):
        on.find(f"{one} answers otherwise than is documented", status=status, what=wrong)


def _wrong(one: Operation, answer: httpx.Response) -> str:
    """How an answer's body differs from its schema; nothing where it does not."""
    try:
        one.described.validate_response(answer)
    except Exception as error:  # noqa: BLE001 a failure of schemathesis's, or a group of them
        return " ".join(str(error).split())[:300]
    return ""
