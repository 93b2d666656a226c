"""The faults' system with Prometheus, Alertmanager and a receiver beside it."""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from kvitt.local.prometheus import PrometheusServer
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, default_regions_dir

from tests.faults.world import World
from tests.watching.alertmanager import Alertmanager, Received


class WatchedWorld(World):
    """A World whose alarms are `received`, and whose policies lie in a folder of its own."""

    programs: tuple[str, str]
    """Prometheus and Alertmanager; set before it is entered."""

    def __enter__(self) -> Self:
        super().__enter__()
        self.received = Received().__enter__()
        reaper = self.system.servers.reaper
        self._manager = Alertmanager(
            self.programs[1], reaper, self.directory / "alertmanager", self.received.url
        )
        self.prometheus = PrometheusServer(
            self.system.state,
            reaper,
            self.programs[0],
            urls=self.system.urls,
            alertmanagers=[self._manager.address],
        )
        try:
            self._manager.start()
            self.prometheus.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if hasattr(self, "prometheus"):
            self.prometheus.stop()
            self._manager.stop()
            self.received.__exit__(None, None, None)
        super().__exit__(None, None, None)

    def make_system(self, state: State) -> LocalSystem:
        """One whose policies may be changed."""
        self.policies: Path = self.directory / "policies"
        self.policies.mkdir(parents=True, exist_ok=True)
        for file in default_regions_dir().glob("*.yaml"):
            shutil.copy(file, self.policies)
        return LocalSystem(
            state, regions_dir=self.policies, report=lambda part, what: self.say(f"{part}: {what}")
        )
