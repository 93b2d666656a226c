"""Kafka's files are used only when they are those that were committed. A small local repository
stands in for Maven's.
"""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from kvitt.local.jars import Jar, provide, read_list
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import free_ports

CONTENT = b"a jar"
JAR = Jar("org.example", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A Maven repository over HTTP, and the file in it."""
    root = tmp_path / "repository"
    file = JAR.path(root)
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    handler = partial(SimpleHTTPRequestHandler, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield file, {"local": f"http://127.0.0.1:{server.server_port}"}
        server.shutdown()
        thread.join()


def test_a_jar_is_fetched_once(repository: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    file, address = repository
    fetched: list[tuple[int, int]] = []
    cache = tmp_path / "cache"

    (path,) = provide(
        [JAR], cache, repositories=address, on_fetched=lambda done, of: fetched.append((done, of))
    )
    file.unlink()
    again = provide([JAR], cache, repositories=address)

    assert path.read_bytes() == CONTENT
    assert again == [path]
    assert fetched == [(1, 1)]


def test_a_jar_with_another_sum_is_refused_and_removed(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    file, address = repository
    file.write_bytes(b"another jar")
    cache = tmp_path / "cache"

    with pytest.raises(LocalProblem, match=r"thing 1\.0 .* SHA-256 sum differs"):
        provide([JAR], cache, repositories=address)

    assert not JAR.path(cache / "maven").exists()


def test_a_cached_jar_that_was_changed_is_fetched_anew(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    _, address = repository
    cache = tmp_path / "cache"
    (path,) = provide([JAR], cache, repositories=address)
    path.write_bytes(CONTENT[:2])

    provide([JAR], cache, repositories=address)

    assert path.read_bytes() == CONTENT


def test_without_network_the_first_run_says_what_to_do(tmp_path: Path) -> None:
    nowhere = {"local": f"http://127.0.0.1:{free_ports(1)[0]}"}

    with pytest.raises(LocalProblem) as told:
        provide([JAR], tmp_path, repositories=nowhere)

    assert "could not be downloaded" in told.value.what
    assert "KVITT_CACHE" in told.value.remedy


def test_the_committed_list_is_complete() -> None:
    jars = read_list()

    assert len(jars) == 46
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert {jar.version for jar in jars if jar.group == "org.apache.kafka"} == {"4.3.1"}
