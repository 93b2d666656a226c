"""A service whose Kafka answers nothing any more says so, and says when it is well again. Its log
does not fill the disk meanwhile, and whoever operates it gets answers.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, ServiceProcess

pytestmark = pytest.mark.long(seconds=60)

SERVICE = "notifications"
T = TypeVar("T")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """Servers of their own, since they are frozen, and one service."""
    state = State.open(tmp_path_factory.mktemp("frozen"))
    with LocalSystem(state, services=[SERVICE]) as system:
        yield system


@pytest.fixture
def service(system: LocalSystem) -> ServiceProcess:
    """The service, ready."""
    service = system.services[SERVICE]
    service.await_ready(restarts=service.restarts)
    return service


def test_a_service_is_not_ready_while_kafka_answers_nothing_though_all_is_sent(
    system: LocalSystem, service: ServiceProcess
) -> None:
    log = system.state.log(SERVICE)
    before = lines(log)
    with frozen_kafka(system):
        begun = time.monotonic()
        reason = until(lambda: not_ready(service), seconds=40)
        written, lasted = lines(log) - before, time.monotonic() - begun

    until(service.is_ready, seconds=60)
    assert reason == {"consumer": "Kafka does not answer"}
    assert written < 20 * lasted


def test_what_is_left_to_do_is_answered_by_a_service_that_started_without_kafka(
    system: LocalSystem, service: ServiceProcess
) -> None:
    assert service.child is not None
    with frozen_kafka(system):
        before = service.child.pid
        service.kill()
        service.await_restart(after=before)
        idle = until(lambda: idle_of(system, service), seconds=40)

    assert idle["in_hand"] == 1
    until(service.is_ready, seconds=60)


@contextmanager
def frozen_kafka(system: LocalSystem) -> Iterator[None]:
    """Inside, Kafka keeps its connections and answers nothing."""
    kafka = next(one.pid for one in system.state.processes() if one.name == "kafka")
    os.kill(kafka, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(kafka, signal.SIGCONT)


def not_ready(service: ServiceProcess) -> dict[str, str] | None:
    """Why the service is not ready; None while it is."""
    answer = httpx.get(f"{service.url}/health/ready", timeout=30)
    return dict(answer.json()["why"]) if answer.status_code == 503 else None


def idle_of(system: LocalSystem, service: ServiceProcess) -> dict[str, Any] | None:
    """What the service has left to do; None while it does not listen yet."""
    token = system.tokens.issue("drift", region="ac", roles=["platform"])
    try:
        answer = httpx.get(
            f"{service.admin_url}/admin/idle",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
    except httpx.ConnectError:
        return None
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def lines(log: Path) -> int:
    """How many lines a log has."""
    return len(log.read_text().splitlines())


def until(look: Callable[[], T | None], *, seconds: float) -> T:
    """What `look` answers as soon as that is anything."""
    limit = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.2)
    return found
