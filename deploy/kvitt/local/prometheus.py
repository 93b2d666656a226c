"""Prometheus, which reads what the services measure and judges the alarms: where it is installed,
and on this machine alone. What is alarmed about stands in deploy/watching/alarms.yaml.
"""

import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from kvitt_chassis.private_files import write_private

import kvitt
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import Child, ProcessReaper, require_free_port
from kvitt.local.server import Server
from kvitt.local.servers import Report
from kvitt.local.state import State

NAME = "prometheus"
MISSING = (
    "not installed, so no alarm is judged (Debian: apt-get install prometheus; elsewhere name it"
    " with KVITT_PROMETHEUS)"
)
SCRAPED_EVERY = "5s"

_START_SECONDS = 120.0
_PAUSE_SECONDS = 0.1


def find_prometheus() -> str | None:
    """The program: KVITT_PROMETHEUS, else the one on the path; None where there is none."""
    return os.environ.get("KVITT_PROMETHEUS") or shutil.which("prometheus")


def default_alarms() -> Path:
    """The rules that are judged."""
    return Path(kvitt.__file__).parents[1] / "watching" / "alarms.yaml"


# decision 0585: Prometheus runs beside the services where it is installed
class PrometheusServer(Server):
    """One Prometheus with its data in the state directory. `urls` are the services' addresses by
    name, `alertmanagers` those (`host:port`) that are told of alarms.
    """

    name = NAME

    def __init__(
        self,
        state: State,
        reaper: ProcessReaper,
        program: str,
        *,
        urls: Mapping[str, str],
        alarms: Path | None = None,
        alertmanagers: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._reaper = reaper
        self._program = program
        self._directory = state.directory / NAME
        self._log = state.log(NAME)
        self._urls = dict(urls)
        self._alarms = (alarms or default_alarms()).resolve()
        self._alertmanagers = list(alertmanagers)
        self.port = state.port(NAME)

    @property
    def url(self) -> str:
        """Where its own pages are, alarms included."""
        return f"http://127.0.0.1:{self.port}"

    def _spawn(self) -> Child:
        require_free_port(self.port, purpose="Prometheus")
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = self._directory / "prometheus.yaml"
        write_private(settings, yaml.safe_dump(self.settings(), sort_keys=False))
        return self._reaper.start(
            NAME,
            [
                self._program,
                f"--config.file={settings}",
                f"--storage.tsdb.path={self._directory / 'data'}",
                "--storage.tsdb.retention.time=3d",
                "--storage.tsdb.retention.size=512MB",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=warn",
            ],
            log=self._log,
            directory=self._directory,
        )

    def settings(self) -> dict[str, object]:
        """What it is told to read, and how often."""
        return {
            "global": {"scrape_interval": SCRAPED_EVERY, "evaluation_interval": SCRAPED_EVERY},
            "rule_files": [str(self._alarms)],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": self._alertmanagers}]}]},
            "scrape_configs": [
                {
                    "job_name": "kvitt",
                    "honor_labels": True,  # each metric says itself whose it is
                    "static_configs": [
                        {"targets": [url.removeprefix("http://")], "labels": {"service": name}}
                        for name, url in self._urls.items()
                    ],
                }
            ],
        }

    def _await_answer(self) -> None:
        limit = time.monotonic() + _START_SECONDS
        while time.monotonic() < limit and self.child and self.child.is_running():
            try:
                with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2.0) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(_PAUSE_SECONDS)
        raise LocalProblem(
            "Prometheus did not start.", remedy=f"The reason stands at the end of {self._log}."
        )


def watch(
    state: State, reaper: ProcessReaper, urls: Mapping[str, str], report: Report
) -> PrometheusServer | None:
    """Have Prometheus read what the services measure. All else runs without it, too: None where it
    is not installed, or does not start, which is reported.
    """
    program = find_prometheus()
    if program is None:
        report(NAME, MISSING)
        return None
    found = PrometheusServer(state, reaper, program, urls=urls)
    try:
        found.start()
    except LocalProblem as problem:
        found.stop()
        report(NAME, f"{problem.what} {problem.remedy}")
        return None
    report(NAME, f"ready on {found.url}: alarms on {found.url}/alerts")
    return found
