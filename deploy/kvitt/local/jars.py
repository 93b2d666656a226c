"""Kafka's jars: downloaded once by exact coordinate into the user's cache, never used unless their
SHA-256 sum is the committed one.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.maven import MavenContext, PythonResolver

from kvitt.local.problems import LocalProblem

# decision 0214: raised one by one where a fault is known
LIST = Path(__file__).with_name("kafka-jars.txt")

_THREADS = 8
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of kafka-jars.txt: a Maven coordinate and the SHA-256 sum of its jar."""

    group: str
    artifact: str
    version: str
    sha256: str

    def path(self, repository: Path) -> Path:
        """The jar's path in a Maven repository cache."""
        folder = repository.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


def read_list(file: Path = LIST) -> list[Jar]:
    """The jars that Kafka needs, in the order of its class path."""
    return [Jar(*line.replace(":", " ").split()) for line in file.read_text().splitlines() if line]


def provide(
    jars: Sequence[Jar],
    cache: Path,
    *,
    on_fetched: Callable[[int, int], None] = lambda done, of: None,
    repositories: Mapping[str, str] | None = None,
) -> list[Path]:
    """Paths of all jars; missing ones are downloaded first. Each one's sum is checked at every
    call.

    `on_fetched(done, of)` is called as downloads end. `repositories` (name to address) replace
    Maven's central one. Raises LocalProblem without a network where one is needed, or when a sum
    differs; that file is removed.
    """
    repository = cache / "maven"
    repository.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(repository):
        for jar in jars:
            if jar.path(repository).exists() and not _is_genuine(jar, repository):
                jar.path(repository).unlink()  # cut short or changed: fetched anew
        missing = [jar for jar in jars if not jar.path(repository).exists()]
        if missing:
            _fetch_all(missing, repository, on_fetched, repositories)
    return [jar.path(repository) for jar in jars]


def _fetch_all(
    missing: Sequence[Jar],
    repository: Path,
    on_fetched: Callable[[int, int], None],
    repositories: Mapping[str, str] | None,
) -> None:
    context = MavenContext(
        repo_cache=repository,
        remote_repos=dict(repositories) if repositories is not None else None,
        resolver=PythonResolver(),
        timeout=_TIMEOUT_SECONDS,
    )
    with ThreadPoolExecutor(_THREADS) as pool:
        for done, _ in enumerate(pool.map(lambda jar: _fetch(jar, context), missing), start=1):
            on_fetched(done, len(missing))
    for jar in missing:
        if not _is_genuine(jar, repository):
            jar.path(repository).unlink()
            raise LocalProblem(
                f"The downloaded {jar.artifact} {jar.version} is not the file that Kvitt was made "
                "with: its SHA-256 sum differs. It was removed and nothing was started.",
                remedy="Try again; if it stays so, something on the way to you changes files.",
            )


def _fetch(jar: Jar, context: MavenContext) -> None:
    project = context.project(jar.group, jar.artifact)
    try:
        project.at_version(jar.version).artifact().resolve()
    except (requests.RequestException, RuntimeError, OSError) as error:
        raise LocalProblem(
            f"{jar.artifact} {jar.version} could not be downloaded ({type(error).__name__}).",
            remedy="The first run needs the network, later ones do not. "
            "Where there is none, copy a filled cache and name it with KVITT_CACHE.",
        ) from error


# decision 0010: the library that fetches them only warns
def _is_genuine(jar: Jar, repository: Path) -> bool:
    with jar.path(repository).open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == jar.sha256


@contextmanager
def _one_at_a_time(repository: Path) -> Iterator[None]:
    """A lock: two first runs at once must not write the same files."""
    with (repository / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
