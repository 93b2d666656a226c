"""The pytest plugin of a session with several workers (pytest-xdist): one PostgreSQL and one Kafka
for all of them, which modules go together, and the longest first. Of no effect with one process,
but for folders whose modules share a system: it ends with the last of them.
"""

import gc
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kvitt.local.problems import LocalProblem
from kvitt.local.servers import LocalServers
from kvitt.local.state import State
from xdist.scheduler import LoadFileScheduling, Scheduling

from kvitt_testkit.platform import NamedServers, start_containers

_HANDED_OVER = "kvitt_servers"
_IN_TURN = "in_turn"
_SHARED = "one_system"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Folders whose modules share something that takes long to make."""
    parser.addini(_IN_TURN, "modules and folders that one worker runs one by one", "args", [])
    parser.addini(_SHARED, "folders whose fixtures of scope package end with them", "args", [])


# decision 0446: a shared system ends with the last test that needs it
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A folder whose modules share something, as a package is one: what a fixture of scope
    `package` has made there ends when a worker goes on to another folder.
    """
    if path in _shared(parent.config):
        return _Shared.from_parent(parent, path=path)
    return None


def servers_of_the_session(config: pytest.Config) -> NamedServers | None:
    """In a worker: the servers that all workers share. None in a session of one process, which
    starts its own, and where the environment names some.
    """
    handed_over: dict[str, Any] | None = _worker_input(config).get(_HANDED_OVER)
    return NamedServers.from_plain(handed_over) if handed_over else None


def pytest_configure(config: pytest.Config) -> None:
    """Where this process is the one that has workers: be ready to hand them servers, and whole
    modules in the order in which they were collected, since a module's databases are one worker's.
    """
    if _is_worker(config) or not config.getoption("numprocesses", None):
        return
    config.pluginmanager.register(_Controller(config), "kvitt-controller")
    config.option.loadscopereorder = False
    if config.option.dist == "load":  # what xdist takes where nothing was chosen
        config.option.dist = "loadfile"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: the folders that share a system first, so that none is made twice; then the
    modules that take longest (`@pytest.mark.long`), so that no worker begins one when the others
    are done.
    """
    if _is_worker(config):
        seconds = {item.path: _seconds(item) for item in items}
        for folder in (config.rootpath / one for one in config.getini(_IN_TURN)):
            within = [path for path in seconds if folder in path.parents]
            seconds |= dict.fromkeys(within, max((seconds[one] for one in within), default=0.0))
        shared = _shared(config)
        apart = {path: not shared & set(path.parents) for path in seconds}
        items.sort(key=lambda item: (apart[item.path], -seconds[item.path]))


def pytest_collection_finish() -> None:
    """What is there before the first test is there after the last: no garbage to look for."""
    gc.collect()
    gc.freeze()


class _Controller:
    """Starts the servers when the first worker is made ready, and ends them with the session. The
    process reaper ends them when this process is killed.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._local: LocalServers | None = None
        self._named: NamedServers | None = None
        self._stop: Callable[[], None] = lambda: None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if self._named is None and NamedServers.in_environment() is None:
            self._start()
        if self._named is not None:
            node.workerinput[_HANDED_OVER] = self._named.plain()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """Collecting took a while already; the first test begins when both servers answer."""
        if self._local is None:
            return
        try:
            self._local.await_postgres()
            self._local.await_kafka()
        except LocalProblem as problem:
            pytest.exit(str(problem), returncode=1)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Scheduling | None:
        """Whole modules, and those that run in turn together."""
        return _Modules(config, log) if config.option.dist == "loadfile" else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Name what failed at once: a run that is ended before it is over never comes to its
        summary.
        """
        terminal: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.write_line(f"\n{report.when} of {report.nodeid} failed", red=True)

    def pytest_unconfigure(self) -> None:
        self._stop()

    def _start(self) -> None:
        if os.environ.get("CONTAINERS") == "1":
            self._named, self._stop = start_containers()
            return
        directory = tempfile.TemporaryDirectory(prefix="kvitt-servers-")
        self._local = LocalServers(State.open(Path(directory.name)))
        self._named = NamedServers.of(self._local)
        self._local.begin()

        def stop() -> None:
            assert self._local is not None
            self._local.stop()
            directory.cleanup()

        self._stop = stop


class _Shared(pytest.Package):
    """A folder whose modules share something."""

    def setup(self) -> None:
        """There is no `__init__.py` to run."""


class _Modules(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        module = str(super()._split_scope(nodeid))
        if any(f"{module}/".startswith(f"{one}/") for one in self.config.getini(_IN_TURN)):
            return _IN_TURN
        return module


def _shared(config: pytest.Config) -> set[Path]:
    return {config.rootpath / folder for folder in config.getini(_SHARED)}


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _worker_input(config: pytest.Config) -> dict[str, Any]:
    given: dict[str, Any] = getattr(config, "workerinput", {})
    return given


def _seconds(item: pytest.Item) -> float:
    long = item.get_closest_marker("long")
    return float(long.kwargs["seconds"]) if long else 0.0
