"""The lock of a dead PostgreSQL server, which it would take for a live one's."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kvitt.local.postmaster import remove_lock_left_behind
from kvitt.local.problems import LocalProblem

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]


def test_a_lock_that_names_a_zombie_is_removed(tmp_path: Path) -> None:
    with _sleeper(tmp_path) as zombie:
        zombie.kill()
        lock = _lock(tmp_path, zombie.pid)

        remove_lock_left_behind(tmp_path)

        assert not lock.exists()


def test_a_lock_that_names_another_program_is_removed(tmp_path: Path) -> None:
    with _sleeper(Path("/")) as other:
        lock = _lock(tmp_path, other.pid)

        remove_lock_left_behind(tmp_path)

        assert not lock.exists()
        assert other.poll() is None


def test_a_lock_beside_a_live_process_stays_and_the_process_is_named(tmp_path: Path) -> None:
    with _sleeper(tmp_path) as left_over:
        lock = _lock(tmp_path, left_over.pid + 1)

        with pytest.raises(LocalProblem, match=f"pid {left_over.pid}"):
            remove_lock_left_behind(tmp_path, timeout=0.1)

        assert lock.exists()


@contextmanager
def _sleeper(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works in the directory; nobody waits for it before the end."""
    process = subprocess.Popen(SLEEPER, cwd=directory)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _lock(data: Path, pid: int) -> Path:
    lock = data / "postmaster.pid"
    lock.write_text(f"{pid}\n{data}\n")
    return lock
