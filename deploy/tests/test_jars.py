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


# decision 0214: raised one by one where a fault is known
@pytest.mark.parametrize(
    ("named", "oldest", "mends"),
    [
        ("org.apache.logging.log4j:log4j-core", "2.25.5", "CVE-2026-49844"),
        ("com.fasterxml.jackson.core:jackson-databind", "2.21.6", "CVE-2026-83557"),
        ("at.yawk.lz4:lz4-java", "1.11.1", "CVE-2026-59949"),
        ("org.bitbucket.b_c:jose4j", "0.9.6", "CVE-2024-29371"),
        ("commons-beanutils:commons-beanutils", "1.11.0", "CVE-2025-48734"),
        ("commons-collections:commons-collections", "3.2.2", "CVE-2015-7501"),
        ("org.xerial.snappy:snappy-java", "1.1.10.4", "CVE-2023-43642"),
        ("org.yaml:snakeyaml", "2.0", "CVE-2022-1471"),
    ],
)
def test_no_jar_is_older_than_what_mended_its_fault(named: str, oldest: str, mends: str) -> None:
    (jar,) = [one for one in read_list() if f"{one.group}:{one.artifact}" == named]

    assert _numbers(jar.version) >= _numbers(oldest), mends


def test_jars_of_one_project_have_one_version() -> None:
    versions: dict[str, set[str]] = {}
    for jar in read_list():
        if jar.artifact != "jackson-annotations":  # its versions have no third number
            family = "jackson" if "jackson" in jar.group else jar.group
            versions.setdefault(family, set()).add(jar.version)

    families = ("org.apache.kafka", "org.apache.logging.log4j", "jackson")
    assert [len(versions[family]) for family in families] == [1, 1, 1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
