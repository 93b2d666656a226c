"""What an attack has left behind: every process lives, no log tells of an exception of ours (that
something rests in quarantine is none), and no line holds a secret or a person's number.
"""

import json
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kvitt.local.supervisor import ServiceProcess
from kvitt_chassis.operating.masking import holds_personal_number

from tests.attack.setting import Attack, Attacked
from tests.faults.registry import NUMBERS


class Logs:
    """The logs of all that is attacked, from now on."""

    def __init__(self, world: Attacked) -> None:
        self._files = {name: world.system.state.log(name) for name in world.pids()}
        self._begins = {name: _size(file) for name, file in self._files.items()}

    def lines(self) -> Iterator[tuple[str, str]]:
        """Whose line it is, and the line."""
        for name, file in self._files.items():
            if not file.exists():
                continue
            with file.open("rb") as opened:
                opened.seek(self._begins[name])
                for line in opened:
                    yield name, line.decode("utf-8", "replace").rstrip("\n")


def judge(on: Attack, logs: Logs) -> None:
    """Find what is dead, what is logged as an error, and what no log may hold."""
    for name, service in on.world.processes().items():
        if on.world.has_died(name):
            on.find(f"{name} has died", times=service.restarts)
        elif not ServiceProcess.answers(service.url) and not ServiceProcess.answers(service.url):
            on.find(f"{name} is not ready afterwards")
    secret = secrets_of(on.world)
    for name, line in logs.lines():
        on.count("lines of logs")
        told = _read(line)
        if told is None:
            on.find(f"{name} writes what is no line of its log", line=line[:200])
        elif told.get("level") == "CRITICAL" or told.get("error"):
            what = f"{name} logs an error: {told.get('error')}"
            on.find(what, said=told.get("message"), at=str(told.get("stack"))[-300:])
        if any(one in line for one in secret):
            on.find(f"{name} logs a secret", line=f"{told.get('message') if told else line[:80]}")
        if holds_personal_number(line) or any(number in line for number in NUMBERS):
            on.find(f"{name} logs a person's number", line=line[:80])


def secrets_of(world: Attacked) -> Sequence[str]:
    """What nobody is to be told."""
    state = world.system.state
    principals = ("kafka:orders", "postgres:orders_api", "kafka:region-ac")
    return [state.secret, *map(state.password, principals), "PRIVATE KEY"]


def place_of(error: BaseException) -> str:
    """Where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _read(line: str) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
