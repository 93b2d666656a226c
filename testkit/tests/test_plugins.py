"""The plugins of the testkit, in sessions of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from kvitt_testkit.world import wait_for

pytestmark = pytest.mark.long(seconds=110)

ALL = tuple(
    f"kvitt_testkit.{name}" for name in ("workers", "fixtures", "no_skips", "slowest", "thorough")
)
NO_SKIPS, SLOWEST, THOROUGH = ALL[2:]  # without what servers need, which takes seconds to import
SHARING = """
import json, time
from pathlib import Path


def test_it(platform, worker_id):
    platform.database("notifications", f"{worker_id}_")
    platform.create_topics(f"{worker_id}-", ["ac"])
    servers = {"kafka": platform.bootstrap, "database": platform.database_admin_url}
    Path(__file__).with_suffix(f".{worker_id}.draft").write_text(json.dumps(servers))
    Path(__file__).with_suffix(f".{worker_id}.draft").rename(f"{__file__}.{worker_id}.json")
    while Path(__file__).with_name("hang").exists():
        time.sleep(0.1)
"""
UNLOADED = ("schemathesis", "faker", "anyio", "hypothesispytest")
"""Plugins of others that a session here has no use for: each takes a while to import."""
UNUSED = {
    "KVITT_TEST_KAFKA": "127.0.0.1:9",
    "KVITT_TEST_DATABASE": "postgresql://nobody@127.0.0.1:9/none",
}
"""Servers of a session whose tests use none, so that none are started."""
NOTING = """
import time
from pathlib import Path


def test_it(worker_id):
    time.sleep(0.2)
    Path(__file__).with_suffix(f".{worker_id}.txt").touch()
"""
LASTING = """
from pathlib import Path

import pytest

NOTED = Path(__file__).parents[1] / "noted.txt"


@pytest.fixture(scope="package")
def lasting():
    with NOTED.open("a") as noted:
        noted.write("begins ")
    yield
    with NOTED.open("a") as noted:
        noted.write("ends ")
"""
SHARING_WHAT_LASTS = """
from pathlib import Path


def test_it(lasting):
    with (Path(__file__).parents[1] / "noted.txt").open("a") as noted:
        noted.write("shared ")
"""
NEEDING_NONE = """
from pathlib import Path

import pytest

pytestmark = pytest.mark.long(seconds=90)


def test_it():
    with (Path(__file__).parents[1] / "noted.txt").open("a") as noted:
        noted.write("other ")
"""
SKIPPING = """
import pytest


def test_without_the_tool():
    pytest.skip("the tool is missing")


def test_with_it():
    pass
"""

AT_LENGTH = """
import pytest


@pytest.mark.rule("BMB-1a")
def test_in_brief():
    pass


@pytest.mark.thorough
@pytest.mark.rule("BMB-1a")
def test_at_length():
    pass


@pytest.mark.thorough
@pytest.mark.rule("BMB-1a", "BMB-1b")
def test_what_nothing_else_holds():
    pass


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(3))
def test_without_a_clause(number):
    pass
"""


def started(
    directory: Path, *arguments: str, plugins: Sequence[str] = ALL, **environment: str
) -> "subprocess.Popen[str]":
    """A session over the tests of a directory."""
    (directory / "conftest.py").write_text(f"pytest_plugins = {list(plugins)}\n")
    shared = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ("-q", *(f"-pno:{name}" for name in UNLOADED), f"--rootdir={directory}")
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *arguments, directory],
        cwd=directory,
        env={**shared, "TMPDIR": str(directory), **environment},  # what a kill leaves behind
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def reached(directory: Path) -> list[dict[str, str]]:
    """The servers that each worker's test has used."""
    return [json.loads(one.read_text()) for one in directory.glob("*.json")]


def _workers(directory: Path) -> set[str]:
    """The workers that ran a folder's tests."""
    return {one.name.split(".")[-2] for one in directory.glob("*.txt")}


async def test_workers_share_their_servers_which_end_when_the_session_is_killed(
    tmp_path: Path,
) -> None:
    for name in ("test_one.py", "test_other.py"):
        (tmp_path / name).write_text(SHARING)
    (tmp_path / "hang").touch()
    session = started(tmp_path, "-n", "2")
    await wait_for(lambda: len(reached(tmp_path)) == 2 or session.poll() is not None, within=120)
    family = psutil.Process(session.pid).children(recursive=True)
    names = {one.name() for one in family}

    session.kill()
    output, _ = session.communicate()

    first, other = reached(tmp_path)
    assert first == other, output
    assert names >= {"java", "postgres"}
    _, left = psutil.wait_procs(family, timeout=60)
    assert left == []


@pytest.mark.thorough
def test_modules_that_are_run_in_turn_are_run_by_one_worker(tmp_path: Path) -> None:
    # so many of the others that the worker of the first four has its part of them
    for folder, modules in (("together", 4), ("apart", 30)):
        (tmp_path / folder).mkdir()
        for number in range(modules):
            (tmp_path / folder / f"test_{folder}_{number}.py").write_text(NOTING)

    session = started(tmp_path, "-n", "2", "-o", "in_turn=together", **UNUSED)
    output, _ = session.communicate(timeout=240)

    assert session.returncode == 0, output
    assert [len(_workers(tmp_path / one)) for one in ("together", "apart")] == [1, 2], output


@pytest.mark.thorough
@pytest.mark.parametrize("arguments", [("--numprocesses", "1"), ()])
def test_what_a_folder_shares_is_made_once_and_ends_before_others_begin(
    tmp_path: Path, arguments: Sequence[str]
) -> None:
    for folder in ("together", "unlike"):
        (tmp_path / folder).mkdir()
    (tmp_path / "together" / "conftest.py").write_text(LASTING)
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / "together" / name).write_text(SHARING_WHAT_LASTS)
    (tmp_path / "unlike" / "test_other.py").write_text(NEEDING_NONE)

    marks = ("-o", "markers=long(seconds): how long it takes", "-o", "one_system=together")
    session = started(tmp_path, *arguments, *marks, **UNUSED)
    output, _ = session.communicate(timeout=240)

    assert session.returncode == 0, output
    noted = (tmp_path / "noted.txt").read_text().split()
    assert noted == ["begins", "shared", "shared", "ends", "other"], output


@pytest.mark.thorough
def test_modules_that_are_run_in_turn_come_folder_by_folder(tmp_path: Path) -> None:
    for folder in ("together", "unlike"):
        (tmp_path / folder).mkdir()
    (tmp_path / "together" / "__init__.py").touch()
    (tmp_path / "together" / "conftest.py").write_text(LASTING)
    longest = "import pytest\npytestmark = pytest.mark.long(seconds=120)\n"
    (tmp_path / "together" / "test_one.py").write_text(longest + SHARING_WHAT_LASTS)
    (tmp_path / "together" / "test_two.py").write_text(SHARING_WHAT_LASTS)
    (tmp_path / "unlike" / "test_other.py").write_text(NEEDING_NONE)

    marks = ("-o", "markers=long(seconds): how long it takes", "-o", "in_turn=together unlike")
    session = started(tmp_path, "--numprocesses", "1", *marks, **UNUSED)
    output, _ = session.communicate(timeout=240)

    assert session.returncode == 0, output
    noted = (tmp_path / "noted.txt").read_text().split()
    assert noted == ["begins", "shared", "shared", "ends", "other"], output


@pytest.mark.thorough
def test_servers_end_with_the_session(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(SHARING)

    session = started(tmp_path, "-n", "1")
    output, _ = session.communicate(timeout=240)

    assert session.returncode == 0, output
    assert output.splitlines()[-1].startswith("1 passed")
    ports = {one["kafka"].rpartition(":")[2] for one in reached(tmp_path)}
    listening = {str(one.laddr.port) for one in psutil.net_connections("tcp") if one.laddr}
    assert ports
    assert not ports & listening


@pytest.mark.parametrize(
    ("no_skips", "line"), [("0", "1 passed, 1 skipped"), ("1", "1 failed, 1 passed")]
)
def test_a_skip_is_a_failure_where_nothing_may_be_skipped(
    tmp_path: Path, no_skips: str, line: str
) -> None:
    (tmp_path / "test_tool.py").write_text(SKIPPING)

    session = started(tmp_path, "-rA", plugins=[NO_SKIPS], KVITT_NO_SKIPS=no_skips)
    output, _ = session.communicate()

    assert output.splitlines()[-1].startswith(line)
    assert "the tool is missing" in output


def test_a_module_that_is_skipped_is_a_failure_too(tmp_path: Path) -> None:
    (tmp_path / "test_tool.py").write_text('import pytest\n\npytest.importorskip("nothing")\n')

    session = started(tmp_path, plugins=[NO_SKIPS], KVITT_NO_SKIPS="1")
    output, _ = session.communicate()

    assert session.returncode != 0
    assert "could not import 'nothing'" in output


def test_what_failed_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "test_wrong.py").write_text("def test_wrong():\n    assert False\n")

    session = started(
        tmp_path, "--numprocesses", "1", "-o", "console_output_style=classic", **UNUSED
    )
    output, _ = session.communicate()

    assert "call of test_wrong.py::test_wrong failed" in output.partition("FAILURES")[0]


def test_the_slowest_tests_are_printed_and_written(tmp_path: Path) -> None:
    (tmp_path / "test_tool.py").write_text(
        "import time\n\ndef test_slow():\n    time.sleep(0.2)\n\ndef test_fast():\n    pass\n"
    )

    session = started(tmp_path, "--slowest", "1", plugins=[SLOWEST])
    output, _ = session.communicate()

    page = (tmp_path / ".kvitt" / "slowest.md").read_text()
    assert page in output
    assert "test_tool.py::test_slow" in page
    assert "test_fast" not in page
    assert output.splitlines()[-1].startswith("2 passed")


@pytest.mark.parametrize(
    ("briefly", "line"), [("1", "2 passed, 4 deselected"), ("0", "6 passed")], ids=["brief", "all"]
)
def test_a_whole_run_leaves_out_what_holds_no_clause_alone(
    tmp_path: Path, briefly: str, line: str
) -> None:
    (tmp_path / "test_rules.py").write_text(AT_LENGTH)

    marks = ("-o", "markers=thorough: at length\nrule(*clauses): what it holds")
    session = started(tmp_path, *marks, plugins=[THOROUGH], KVITT_BRIEFLY=briefly)
    output, _ = session.communicate()

    assert output.splitlines()[-1].startswith(line)
