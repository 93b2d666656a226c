"""Servers that die: killed for real, and back with what they had stored."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import psutil
import psycopg
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from kvitt.local.kafka import client_settings
from kvitt.local.keeping import Pauses
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem

pytestmark = pytest.mark.long(seconds=115)

KVITT = [sys.executable, "-m", "kvitt"]
TOPIC = "region.ac.orders"


@pytest.mark.parametrize(
    ("lives", "expected"),
    [
        ([0.1, 0.1, 0.1], [0.5, 1.0, 2.0]),
        ([0.1] * 8, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
        ([0.1, 0.1, 61.0, 0.1], [0.5, 1.0, 0.5, 1.0]),
    ],
)
def test_pauses_grow_and_are_short_again_after_a_long_life(
    lives: list[float], expected: list[float]
) -> None:
    pauses = Pauses()

    assert [pauses.after(lived) for lived in lives] == expected


def test_killed_servers_come_back_with_their_data(tmp_path: Path) -> None:
    steps: Queue[tuple[str, str]] = Queue()
    state = State.open(tmp_path / "state")
    with LocalSystem(state, services=[], report=lambda *step: steps.put(step)) as system:
        _store(system)
        for server in (system.servers.postgres, system.servers.await_kafka()):
            assert server.child is not None
            killed = server.child.pid

            os.kill(killed, signal.SIGKILL)

            _await(steps, server.name, "was killed by SIGKILL, starts again in 0.5 s")
            assert set(state.dead_parts()) == {server.name}
            _await(steps, server.name, "runs again")
            assert state.dead_parts() == system.dead_parts() == {}
            running = {one.name: one.pid for one in state.processes() if one.is_alive()}
            assert running[server.name] == server.child.pid != killed
        assert _stored(system) == ("a row", b"a record")


@pytest.mark.thorough
def test_what_somebody_has_ended_is_not_started_again(tmp_path: Path) -> None:
    steps: Queue[tuple[str, str]] = Queue()
    with LocalSystem(
        State.open(tmp_path / "state"), services=[], report=lambda *step: steps.put(step)
    ) as system:
        postgres = system.servers.postgres
        postgres.stop_immediately()
        postgres.revive()

        assert postgres.child is not None
        assert not postgres.child.is_running()
        assert not postgres.has_died
        postgres.start()
        _store(system)
    assert ("postgres", "runs again") not in list(steps.queue)


def test_a_system_whose_supervisor_was_killed_is_mended_by_up(tmp_path: Path) -> None:
    with _detached(tmp_path):
        state = State.existing(tmp_path)
        before = state.processes()
        _kill_supervisor_and_reaper(state)
        assert {one.name for one in before if one.is_alive()} == {"postgres", "kafka"}
        half_dead = _kvitt("status", state=tmp_path)

        mended = _kvitt("up", "--detach", "--service", "none", state=tmp_path)

        assert half_dead.returncode == 1
        assert "dead: kvitt up" in half_dead.stdout
        assert mended.returncode == 0, mended.stdout + mended.stderr
        assert "ends what an earlier run has left" in mended.stdout
        assert not any(one.is_alive() for one in before)
        assert all(one.is_alive() for one in state.processes())


@pytest.mark.thorough
def test_a_part_is_restarted_by_command(tmp_path: Path) -> None:
    with _detached(tmp_path):
        state = State.existing(tmp_path)
        kafka = {one.name: one for one in state.processes()}["kafka"]
        os.kill(kafka.pid, signal.SIGSTOP)  # it hangs: nobody sees it die

        back = _kvitt("restart", "kafka", state=tmp_path)
        unknown = _kvitt("restart", "zookeeper", state=tmp_path)

        assert back.returncode == 0, back.stdout + back.stderr
        assert not kafka.is_alive()
        assert {one.name: one for one in state.processes()}["kafka"].is_alive()
        assert unknown.returncode == 1
        assert "There are postgres, kafka, orders" in unknown.stderr


def _store(system: LocalSystem) -> None:
    with psycopg.connect(system.servers.postgres.admin_url) as database:
        database.execute("CREATE TABLE kept (what text)")
        database.execute("INSERT INTO kept VALUES ('a row')")
    producer = Producer(_admin(system))
    producer.produce(TOPIC, b"a record", partition=0)
    assert producer.flush(30) == 0


def _stored(system: LocalSystem) -> tuple[str, bytes | None]:
    with psycopg.connect(system.servers.postgres.admin_url) as database:
        row = database.execute("SELECT what FROM kept").fetchone()
    assert row is not None
    consumer = Consumer({**_admin(system), "group.id": "test", "enable.auto.commit": False})
    consumer.assign([TopicPartition(TOPIC, 0, 0)])
    record = consumer.poll(30)
    consumer.close()
    assert record is not None
    return row[0], record.value()


def _admin(system: LocalSystem) -> dict[str, str | int | float | bool]:
    kafka = system.servers.await_kafka()
    return client_settings(kafka.bootstrap, kafka.admin)


def _await(steps: Queue[tuple[str, str]], part: str, what: str) -> None:
    while steps.get(timeout=60) != (part, what):
        pass


@contextmanager
def _detached(directory: Path) -> Iterator[None]:
    up = _kvitt("up", "--detach", "--service", "none", state=directory)
    assert up.returncode == 0, up.stdout + up.stderr
    try:
        yield
    finally:
        _kvitt("down", state=directory)


def _kill_supervisor_and_reaper(state: State) -> None:
    supervisor = psutil.Process(state.processes()[0].pid)
    known = {one.pid for one in state.processes()}
    helpers = [one for one in supervisor.children() if one.pid not in known]
    for process in (*helpers, supervisor):
        process.kill()
    psutil.wait_procs([supervisor], timeout=30)


def _kvitt(*arguments: str, state: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KVITT, *arguments, "--state", str(state)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
