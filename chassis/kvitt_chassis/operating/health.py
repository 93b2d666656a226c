"""Liveness and readiness of this process. The checks themselves are defined by the process.

Live: the event loop turns, and the consumer's watchdog has not given up. Ready: every check passes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from types import MappingProxyType

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse

from kvitt_chassis import metrics

Check = Callable[[], Awaitable[str | None]]
"""Gives None when all is well, else what is wrong, in a few words without values."""

CHECK_SECONDS = 2.0
_LOOP_STUCK_SECONDS = 15.0
_BEAT_SECONDS = 0.5
_KEPT_SECONDS = 0.5

LOOP_LATE = metrics.declare(
    "gauge",
    "process_loop_late_seconds",
    "How late the event loop came to its last beat",
    "Above 0.1: something computes or blocks in the loop; take a profile (py-spy dump)",
)
READY = metrics.declare(
    "gauge",
    "process_ready",
    "1 for what /health/ready has found well, 0 for what keeps the process from being ready: its"
    " database, policies, consumer or outbox.",
    "0: /health/ready of the process says why in words; docs/runbooks/alarms/NotReady.md.",
    ("check",),
)


class Health:
    """The health of one process. `checks` are run when readiness is asked for; `remarks` is said
    beside the answer: what an operator should know of a process that is ready all the same.
    """

    def __init__(
        self,
        service: str,
        checks: Mapping[str, Check],
        *,
        alive: Check | None = None,
        remarks: Callable[[], Mapping[str, object]] = dict,
    ) -> None:
        self._service = service
        self.remarks = remarks
        self._checks = dict(checks)
        self._alive = alive
        self._beat = monotonic()
        self._stopping = False
        self._known: tuple[float, dict[str, str]] | None = None

    def stop(self) -> None:
        """From now on not ready, so that no new work is routed here while the process ends."""
        self._stopping = True

    async def beat(self) -> None:
        """Watch the event loop, until cancelled."""
        while True:
            started = monotonic()
            await asyncio.sleep(_BEAT_SECONDS)
            self._beat = monotonic()
            LOOP_LATE.labels(self._service).set(max(0.0, self._beat - started - _BEAT_SECONDS))

    async def not_ready(self) -> dict[str, str]:
        """What is wrong, by check; empty when ready. The checks run at most twice a second."""
        if self._stopping:
            return {"process": "is ending"}
        if self._known is not None and monotonic() - self._known[0] < _KEPT_SECONDS:
            return self._known[1]
        said = await asyncio.gather(*(_ask(check) for check in self._checks.values()))
        wrong = {name: word for name, word in zip(self._checks, said, strict=True) if word}
        self._known = (monotonic(), wrong)
        for name in self._checks:
            READY.labels(self._service, name).set(name not in wrong)
        return wrong

    async def not_alive(self) -> dict[str, str]:
        """What is wrong that only a restart mends; empty when alive."""
        if monotonic() - self._beat > _LOOP_STUCK_SECONDS:
            return {"loop": "has not turned"}
        word = await _ask(self._alive) if self._alive is not None else None
        return {"watchdog": word} if word else {}


def routes(health: Health) -> APIRouter:
    """`/health/live`, `/health/ready` and `/metrics`: for probes, without a token, without values
    of messages.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> Response:
        return _answer(await health.not_alive())

    @router.get("/health/ready")
    async def ready() -> Response:
        return _answer(await health.not_ready(), health.remarks())

    @router.get("/metrics")
    async def measured() -> Response:
        await health.not_ready()  # what is measured says whether it is ready
        return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return router


async def _ask(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s"
    except Exception as error:
        return type(error).__name__


def _answer(
    wrong: dict[str, str], remarks: Mapping[str, object] = MappingProxyType({})
) -> Response:
    if wrong:
        return JSONResponse({"status": "no", "why": wrong, **remarks}, 503)
    return JSONResponse({"status": "yes", **remarks})
