"""Sets the quotas of a broker's users, and reads them. confluent-kafka's admin client cannot; the
two requests are made with aiokafka's means.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import DescribeClientQuotasRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String
from kvitt_contracts.quotas import Quota

from kvitt.local.kafka import Credentials

_USER = "user"
_EXACTLY = 0


class _Altered(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "entries",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("entity", Array(("type", String("utf-8")), ("name", String("utf-8")))),
            ),
        ),
    )


class _Alter(RequestStruct):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _Altered
    SCHEMA = Schema(
        (
            "entries",
            Array(
                ("entity", Array(("type", String("utf-8")), ("name", String("utf-8")))),
                (
                    "ops",
                    Array(("key", String("utf-8")), ("value", Float64), ("remove", Boolean)),
                ),
            ),
        ),
        ("validate_only", Boolean),
    )


class _AlterRequest(Request[_Alter]):  # type: ignore[misc]
    API_KEY = 49

    def __init__(self, quotas: Mapping[str, Quota]) -> None:
        self._quotas = quotas

    def build(self, request_struct_class: type[_Alter]) -> _Alter:
        entries = [
            ([(_USER, user)], [(key, float(value), False) for key, value in asdict(quota).items()])
            for user, quota in self._quotas.items()
        ]
        return request_struct_class(entries, False)


def set_quotas(bootstrap: str, admin: Credentials, quotas: Mapping[str, Quota]) -> None:
    """Set the quotas of these users, whatever they were. Raises KafkaError."""
    if quotas:
        _wait_for(_set(bootstrap, admin, quotas))


def quota_of(bootstrap: str, admin: Credentials, user: str) -> dict[str, float]:
    """A user's own quotas by name, as the broker has them. Raises KafkaError."""
    answer = _wait_for(
        _ask(bootstrap, admin, DescribeClientQuotasRequest([(_USER, _EXACTLY, user)], True))
    )
    _check(answer.error_code, answer.error_message)
    return {name: value for _, values in answer.entries for name, value in values}


def _wait_for(asked: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: who starts a system may have a running loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asked).result()


async def _set(bootstrap: str, admin: Credentials, quotas: Mapping[str, Quota]) -> None:
    answer = await _ask(bootstrap, admin, _AlterRequest(quotas))
    for code, told, _ in answer.entries:
        _check(code, told)


async def _ask(bootstrap: str, admin: Credentials, request: Request[Any]) -> Any:
    client = AIOKafkaClient(
        bootstrap_servers=bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=admin.username,
        sasl_plain_password=admin.password,
    )
    try:
        await client.bootstrap()
        return await client.send(client.get_random_node(), request)
    finally:
        await client.close()


def _check(code: int, told: str | None) -> None:
    if code:
        raise for_code(code)(told)
