"""One call of a receiver: signed by Standard Webhooks, bounded in time and bytes."""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpcore
from kvitt_contracts.envelope import STRUCTURED
from standardwebhooks import Webhook

from notifications.webhooks.addresses import GuardedNetwork, NotPublic

CALL_SECONDS: Final = 10.0
"""So long a call may last, from its name's look-up to the head of the answer."""
_REST_SECONDS: Final = 1.0
_ANSWER_BYTES: Final = 16 * 1024
"""So long, and so much of it, is an answer read, for its connection to be used again."""
_LONGEST_WAIT: Final = 3600


class CallFailed(Exception):
    """The receiver has not got it, or does not say so. `why` is a code, `is_gone`: it wants no more
    (410); `wait_seconds`: it has said that it wants to be left alone for so long.
    """

    def __init__(self, why: str, *, is_gone: bool = False, wait_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.why = why
        self.is_gone = is_gone
        self.wait_seconds = wait_seconds

    @property
    def sort(self) -> str:
        """The same, of a few: a receiver may answer by any of a thousand statuses."""
        is_status = self.why.startswith("HTTP_")
        return f"{self.why[:6]}XX" if is_status else self.why


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: an event's id, and its document."""

    id: str
    body: str


class Receiver:
    """A receiver's address, and connections to it."""

    def __init__(
        self,
        url: str,
        *,
        network: GuardedNetwork,
        context: ssl.SSLContext,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self.url = url
        self._call_seconds = call_seconds
        self._connections = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=4,
            keepalive_expiry=20.0,
            network_backend=network,
        )

    async def call(self, parcel: Parcel, *, secrets: Sequence[str]) -> None:
        """Send it; returns when the receiver has said that it has it. Raises CallFailed."""
        try:
            async with asyncio.timeout(self._call_seconds):
                await self._call(parcel, secrets)
        except TimeoutError:
            raise CallFailed("TIMEOUT") from None
        except httpcore.TimeoutException:
            raise CallFailed("TIMEOUT") from None
        except NotPublic:
            raise CallFailed("ADDRESS_NOT_PUBLIC") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            raise CallFailed(_named(error)) from None

    async def close(self) -> None:
        """Close every connection."""
        with suppress(Exception):
            async with asyncio.timeout(_REST_SECONDS):
                await self._connections.aclose()

    async def _call(self, parcel: Parcel, secrets: Sequence[str]) -> None:
        content = parcel.body.encode()
        headers = _headers(parcel, secrets, now=datetime.now(UTC))
        async with self._connections.stream(
            "POST", self.url, headers=headers, content=content
        ) as answer:
            _judge(answer)
            with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
                async with asyncio.timeout(_REST_SECONDS):
                    await _read_some(answer)


def _headers(parcel: Parcel, secrets: Sequence[str], *, now: datetime) -> list[tuple[bytes, bytes]]:
    signatures = [Webhook(secret).sign(parcel.id, now, parcel.body) for secret in secrets]
    said = {
        "content-type": f"{STRUCTURED}; charset=utf-8",
        "user-agent": "Kvitt-Webhooks/1",
        "accept": "*/*",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return [(name.encode(), value.encode()) for name, value in said.items()]


def _judge(answer: httpcore.Response) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:  # where it leads is for the region to say, not for the receiver
        raise CallFailed("REDIRECT")
    raise CallFailed(f"HTTP_{status}", is_gone=status == 410, wait_seconds=_wait_of(answer))


def _wait_of(answer: httpcore.Response) -> float:
    said = {name.lower(): value for name, value in answer.headers}.get(b"retry-after", b"")
    is_number = answer.status in (429, 503) and said.isdigit() and len(said) < 7
    return float(min(int(said), _LONGEST_WAIT)) if is_number else 0.0


async def _read_some(answer: httpcore.Response) -> None:
    read = 0
    async for piece in answer.aiter_stream():
        read += len(piece)
        if read > _ANSWER_BYTES:
            return


def _named(error: Exception) -> str:
    """What went wrong, without the receiver's words."""
    told: BaseException | None = error
    while told is not None:
        if isinstance(told, ssl.SSLCertVerificationError):
            return "CERTIFICATE"
        if isinstance(told, ssl.SSLError):
            return "TLS"
        told = told.__cause__ or told.__context__
    if isinstance(error, httpcore.ConnectError | OSError):
        return "NO_CONNECTION"
    return "NO_ANSWER"
