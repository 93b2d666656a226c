"""A running Alertmanager, and the receiver that it calls: what was alarmed, and when."""

import json
import shutil
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import yaml
from kvitt.local.processes import Child, ProcessReaper, free_ports

PROGRAMS = ("alertmanager", "prometheus-alertmanager")  # upstream's name, and Debian's
_START_SECONDS = 120.0
_PAUSE_SECONDS = 0.2


def find_alertmanager() -> str | None:
    """The program, where there is one."""
    return next((found for one in PROGRAMS if (found := shutil.which(one))), None)


class Received:
    """Alarms as a receiver hears them. A context manager: within, it listens."""

    def __init__(self) -> None:
        self._told: list[tuple[float, dict[str, Any]]] = []
        self._changed = threading.Condition()
        told, changed = self._told, self._changed

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with changed:
                    told.extend((time.monotonic(), one) for one in body["alerts"])
                    changed.notify_all()
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="receiver")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for(
        self, labels: Mapping[str, str], status: str, *, since: float, timeout: float
    ) -> float:
        """Wait until an alarm with these labels has come with this status (`firing`, `resolved`)
        after `since`; seconds since then. Raises TimeoutError, with what has come.
        """
        with self._changed:
            limit = time.monotonic() + timeout
            while (at := self._first(labels, status, since)) is None:
                if not self._changed.wait(limit - time.monotonic()) and time.monotonic() > limit:
                    came = {(one["labels"]["alertname"], one["status"]) for _, one in self._told}
                    raise TimeoutError(f"it is not {status}; there came {sorted(came)}")
            return at - since

    def _first(self, labels: Mapping[str, str], status: str, since: float) -> float | None:
        return next(
            (
                at
                for at, one in self._told
                if at >= since
                and one["status"] == status
                and labels.items() <= one["labels"].items()
            ),
            None,
        )


class Alertmanager:
    """The program with one receiver: each alarm for itself, without delay."""

    def __init__(self, program: str, reaper: ProcessReaper, directory: Path, receiver: str) -> None:
        self._program = program
        self._reaper = reaper
        self._directory = directory
        self._receiver = receiver
        (self._port,) = free_ports(1)
        self._child: Child | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it; returns when it is ready. Raises TimeoutError."""
        self._directory.mkdir(parents=True)
        file = self._directory / "alertmanager.yaml"
        file.write_text(yaml.safe_dump(self._settings()), encoding="utf-8")
        self._child = self._reaper.start(
            "alertmanager",
            [
                self._program,
                f"--config.file={file}",
                f"--storage.path={self._directory / 'data'}",
                f"--web.listen-address={self.address}",
                "--cluster.listen-address=",
            ],
            log=self._directory / "alertmanager.log",
        )
        limit = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if time.monotonic() > limit:
                raise TimeoutError(f"Alertmanager is not ready: {self._directory}")
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """End it."""
        if self._child is not None:
            self._child.stop()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://{self.address}/-/ready", timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False

    def _settings(self) -> dict[str, Any]:
        every_label = ["..."]
        return {
            "route": {
                "receiver": "ops",
                "group_by": every_label,
                "group_wait": "0s",
                "group_interval": "1s",
            },
            "receivers": [{"name": "ops", "webhook_configs": [{"url": self._receiver}]}],
        }
