"""No password stands where another user of the machine may read it."""

import contextlib
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kvitt.local import tokens
from kvitt.local.problems import LocalProblem
from kvitt.local.servers import kafka_principals
from kvitt.local.state import State
from kvitt.local.supervisor import (
    LocalSystem,
    default_regions_dir,
    region_codes,
    require_local,
)
from kvitt_contracts.topics import SERVICES

pytestmark = pytest.mark.long(seconds=40)


def test_no_secret_is_on_a_command_line_or_in_an_open_file(tmp_path: Path) -> None:
    state = State.open(tmp_path / "state")
    with _told() as seen, LocalSystem(state, with_portal=True):
        open_to_others = _open_to_others(state.directory)

    secrets = _secrets(state)
    told = [line for line in seen if any(secret in line for secret in secrets)]
    assert told == []
    assert open_to_others == []
    assert any("postgres" in line for line in seen)
    assert any("kafka.Kafka" in line for line in seen)
    assert any(" @" in line and "java" in line for line in seen)  # the one that creates users
    assert _readable_by_others(state.directory, secrets) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("KVITT_PROFILE", "production"),
        ("KVITT_DATABASE_API_URL", "postgresql+asyncpg://a:hemligt@db.region.example/orders"),
        ("KVITT_KAFKA_BOOTSTRAP", "kafka.region.example:9093"),
    ],
)
def test_the_local_system_does_not_start_where_another_is_meant(said: str, value: str) -> None:
    with pytest.raises(LocalProblem, match=said) as refused:
        require_local({said: value})

    assert "hemligt" not in str(refused.value)
    require_local({"KVITT_PROFILE": "local"})


@contextlib.contextmanager
def _told() -> Iterator[set[str]]:
    """Command lines and environments of each descendant of this process that has run within."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(
                    psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied
                ):
                    seen.add(" ".join(process.cmdline()))
                    seen.add(" ".join(f"{k}={v}" for k, v in process.environ().items()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _secrets(state: State) -> list[str]:
    users = [*kafka_principals(region_codes(default_regions_dir())), "admin", "broker"]
    users.append("controller")
    roles = [f"{service}_{role}" for service in SERVICES for role in ("owner", "api", "worker")]
    named = [*(f"kafka:{one}" for one in users), *(f"postgres:{one}" for one in roles)]
    keys = [tokens.quarantine_key, tokens.portal_key, tokens.person_key, tokens.log_key]
    derived = [key(state.secret) for key in keys]
    return [state.secret, *derived, *map(state.password, [*named, "postgres:postgres"])]


def _open_to_others(directory: Path) -> list[str]:
    """Files and directories of a running system that others than their owner may enter or read."""
    return [
        f"{stat.filemode(one.lstat().st_mode)} {one.relative_to(directory)}"
        for one in [directory, *directory.rglob("*")]
        if not one.is_symlink() and not one.is_socket() and one.lstat().st_mode & 0o077
    ]


def _readable_by_others(directory: Path, secrets: list[str]) -> list[str]:
    """Files with a secret that others than the owner may read, the directories above apart."""
    return [
        str(file.relative_to(directory))
        for file in directory.rglob("*")
        if file.is_file()
        and file.stat().st_mode & 0o077
        and any(secret.encode() in file.read_bytes() for secret in secrets)
    ]
