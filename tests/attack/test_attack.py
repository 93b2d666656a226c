"""What the attack itself promises: it ends, says what it has found, and repeats what it did by its
seed. Faults are planted in planted.py.
"""

import json
import subprocess
import sys
from random import Random
from typing import Any, cast

import pytest
from kvitt_contracts.bmb import AcceptTransfer

from tests.attack import __main__ as attack
from tests.attack import aftermath, events
from tests.attack.planted import PLANTED
from tests.attack.records import KINDS
from tests.attack.setting import Attack, Attacked
from tests.mutants.tree import texts_with

_HANGS = """
import threading
from tests.attack.bound import within
with within(0.2, "the part", again="make attack SEED=7"):
    threading.Event().wait()
"""


class _Nothing:
    """A system of which nothing is running."""

    def processes(self) -> dict[str, Any]:
        return {}

    def pids(self) -> dict[str, int]:
        return {}


def test_what_does_not_end_is_ended_and_told() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _HANGS], capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 1
    assert "FOUND: the part has not ended" in ended.stdout
    assert "again: make attack SEED=7" in ended.stdout


def test_what_breaks_off_a_part_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(on: Attack) -> None:
        raise EOFError("nothing came")

    monkeypatch.setitem(attack.PARTS, "kafka", (broken, 1.0))
    monkeypatch.setattr(aftermath, "judge", lambda on, logs: None)

    on = attack.attack("kafka", cast(Attacked, _Nothing()), 7, 1.0, again="make attack SEED=7")

    assert [one.partition(", at")[0] for one in on.findings] == [
        "the part broke off (error EOFError('nothing came')"
    ]
    assert "FOUND, 1 times: the part broke off" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [name for name, _ in KINDS])
def test_the_same_seed_makes_the_same_records(kind: str) -> None:
    make = dict(KINDS)[kind]

    def made(seed: int) -> list[object]:
        chance = Random(seed)
        found: list[object] = []
        for _ in range(5):
            (key, body, headers), message = make(chance, AcceptTransfer)
            without_time = [one for one in headers if one[0] != "ce_time"]
            found.append((key, body if kind != "structured" else key, without_time, message))
        return found

    assert made(7) == made(7)
    assert made(7) != made(8)


@pytest.mark.parametrize("kind", [name for name, _ in KINDS])
def test_an_event_is_the_record_in_each_mode(kind: str) -> None:
    chance, make = Random(7), dict(KINDS)[kind]
    made = [make(chance, AcceptTransfer) for _ in range(5)]

    for event in made:
        for request in (events.structured(event), events.binary(chance, event)):
            assert request.ids == [event[1]]
            assert not any(mark in value for _, value in request.headers for mark in b"\r\n\0")
    readable = [one for one in made if events.is_json(one)]
    batch = events.batch(readable)
    assert (batch.ids, len(json.loads(batch.body))) == (
        [message for _, message in readable],
        len(readable),
    )


def test_the_same_seed_makes_the_same_requests_that_are_no_events() -> None:
    def made(seed: int) -> list[object]:
        chance = Random(seed)
        return [make(chance) for make in events.NO_EVENTS for _ in range(5)]

    assert made(7) == made(7)
    assert made(7) != made(8)


def test_shares_use_all_of_the_time() -> None:
    assert sum(share for _, share in attack.PARTS.values()) == pytest.approx(1.0)
    assert [seconds for _, seconds in attack.shares(["kafka"], 20.0)] == [pytest.approx(20.0)]


@pytest.mark.parametrize("fault", PLANTED, ids=[one.name for one in PLANTED])
def test_each_part_has_a_planted_fault_whose_text_stands_there_once(fault: Any) -> None:
    (text,) = texts_with([fault.swap]).values()

    compile(text, fault.swap.file, "exec")
    assert fault.part in attack.PARTS


def test_faults_are_planted_for_every_part() -> None:
    assert {one.part for one in PLANTED} == set(attack.PARTS)
