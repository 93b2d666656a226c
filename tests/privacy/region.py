"""A region and its users before the services' doors: publishes, asks, waits, moves the clock.

What is said stands in business.py.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import httpx
from confluent_kafka import KafkaError, Message, Producer
from kvitt.local.kafka import client_settings
from kvitt.local.supervisor import LocalSystem
from kvitt_contracts.access import Grantee
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.types import RegionCode

from tests.privacy.search import Piece

REGION = RegionCode("ac")
SOURCE = "urn:region:ac:hjalpmedelssystem"

_REST_SECONDS = 60.0
_PAUSE_SECONDS = 0.05


class Region:
    """Everybody of one region, at one running system."""

    def __init__(self, system: LocalSystem) -> None:
        self.problems: list[Piece] = []
        self._urls = system.urls
        self._admin_urls = system.admin_urls
        self._tokens = system.tokens
        self._http = httpx.Client(timeout=30.0)
        self._failed: list[KafkaError] = []
        self._producer = Producer(
            client_settings(system.bootstrap, system.credentials(f"region-{REGION}"))
            | {"partitioner": "murmur2_random", "enable.idempotence": True}
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    # -- Kafka -------------------------------------------------------------------------------------

    def say(
        self,
        topic: str,
        subject: str,
        wire_type: str,
        body: object,
        *,
        headers: Mapping[str, bytes | None] | None = None,
    ) -> None:
        """Publish one message; a body of bytes goes as it is, headers are set or (None) removed."""
        envelope = Envelope(
            id=uuid4(),
            source=SOURCE,
            type=wire_type,
            time=datetime.now(UTC),
            subject=subject,
            region=REGION,
        )
        sent: dict[str, bytes | None] = {**dict(envelope.headers()), **(headers or {})}
        self._producer.produce(
            f"region.{REGION}.{topic}",
            key=subject.encode(),
            value=body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False),
            headers=[(name, value) for name, value in sent.items() if value is not None],
            on_delivery=self._delivered,
        )

    def wait_for_kafka(self) -> None:
        """Until everything said is acknowledged."""
        assert self._producer.flush(30.0) == 0
        assert self._failed == []

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._failed.append(error)

    # -- HTTP --------------------------------------------------------------------------------------

    def ask(
        self,
        method: str,
        service: str,
        path: str,
        *,
        user: str = "kundtjanst1",
        roles: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request as a user of the register, or as a system with roles that a token alone
        says; the answer's problem documents are kept.
        """
        token = self._tokens.issue(user, region=REGION, roles=tuple(roles))
        urls = self._admin_urls if path.startswith("/admin/") else self._urls
        answer = self._http.request(
            method,
            f"{urls[service]}{path}",
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": str(uuid4()),
                **(headers or {}),
            },
            **more,
        )
        if not answer.is_success:
            told = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            self.problems.append((f"{method} {service} {answer.status_code}", told + answer.text))
        return answer

    def operate(self, method: str, service: str, path: str, **more: Any) -> Any:
        """One request of who operates the services. Raises httpx.HTTPStatusError."""
        answer = self.ask(method, service, path, user="drift", roles=(Grantee.PLATFORM,), **more)
        return answer.raise_for_status().json()

    def read(self, service: str, path: str) -> Any:
        """What the region's own system reads. Raises httpx.HTTPStatusError."""
        answer = self.ask("GET", service, path, user="system", roles=(Grantee.REGION_SYSTEM,))
        return answer.raise_for_status().json()

    # -- time --------------------------------------------------------------------------------------

    def move_clock(self, to: datetime) -> None:
        """Everybody's business time, at a point of rest."""
        first, *others = self._urls
        moved = self.operate("POST", first, "/admin/clock:advance", json={"to": to.isoformat()})
        for name in others:
            body = {"offset_seconds": moved["offset_seconds"]}
            self.operate("POST", name, "/admin/clock:advance", json=body)

    def come_to_rest(self) -> None:
        """Until two looks in a row find nobody with anything in hand, and nothing new between."""
        self.wait_for_kafka()
        until = monotonic() + _REST_SECONDS
        before: list[int] | None = None
        while monotonic() < until:
            looks = {name: self.operate("GET", name, "/admin/idle") for name in self._urls}
            recorded = [look.pop("recorded") for look in looks.values()]
            for look in looks.values():
                look.pop("quarantined")
            if recorded == before and not any(any(look.values()) for look in looks.values()):
                return
            before = recorded
            sleep(_PAUSE_SECONDS)
        raise TimeoutError(f"after {_REST_SECONDS:g} s something is still in hand: {looks}")
