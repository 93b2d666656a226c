"""One real PostgreSQL and one real Kafka for a pytest session and all its workers; tests are
separated by prefixes. The fixture is in fixtures.py.

A session with several workers hands each of them its servers' addresses (workers.py).
KVITT_TEST_DATABASE and KVITT_TEST_KAFKA name servers that run already (a superuser's libpq URL;
`host:port`, with KVITT_TEST_KAFKA_USERNAME and _PASSWORD of a super user where it requires one);
CONTAINERS=1 starts them with testcontainers; else the local servers are started.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from kvitt.local import access, migrations, tokens
from kvitt.local.databases import Databases, DatabaseUrls, require_server
from kvitt.local.environment import ServiceAddresses
from kvitt.local.kafka import ADMIN, Credentials
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import free_ports
from kvitt.local.servers import LocalServers, admin_client, kafka_principals
from kvitt.local.state import State, derived_password
from kvitt_contracts.topics import SERVICES, Topic, catalogue

_TEMPLATE_PREFIX = "template_"
_CREATING = 0x6B76697474
"""The advisory lock of who creates roles and databases: workers, and runs on named servers, share
them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedServers:
    """Servers that are there already. `kafka_username` is a super user's, None where the broker
    asks nobody who they are; `kafka_controller_port` is known of a broker of ours alone.
    """

    database_url: str
    kafka: str
    kafka_username: str | None = None
    kafka_password: str = ""
    kafka_controller_port: int | None = None

    @classmethod
    def of(cls, servers: LocalServers) -> "NamedServers":
        """Local servers, begun or not: their ports are chosen at once."""
        admin = servers.kafka_credentials(ADMIN)
        return cls(
            database_url=servers.postgres.admin_url,
            kafka=f"127.0.0.1:{servers.state.port('kafka')}",
            kafka_username=admin.username,
            kafka_password=admin.password,
            kafka_controller_port=servers.state.port("kafka-controller"),
        )

    @classmethod
    def in_environment(cls) -> "NamedServers | None":
        """Those that KVITT_TEST_… name. Raises LocalProblem when only one server is named."""
        kafka = os.environ.get("KVITT_TEST_KAFKA")
        database = os.environ.get("KVITT_TEST_DATABASE")
        if kafka and database:
            return cls(
                database_url=database,
                kafka=kafka,
                kafka_username=os.environ.get("KVITT_TEST_KAFKA_USERNAME") or None,
                kafka_password=os.environ.get("KVITT_TEST_KAFKA_PASSWORD", ""),
            )
        if kafka or database:
            raise LocalProblem(
                "Only one of KVITT_TEST_KAFKA and KVITT_TEST_DATABASE is set.",
                remedy="Name both servers, or neither.",
            )
        return None

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> "NamedServers":
        """What `plain` gave to another process."""
        return cls(**values)

    def plain(self) -> dict[str, Any]:
        """Texts and numbers alone, as one process hands them to another."""
        return asdict(self)


class Platform:
    """The servers of a test session. Made with `Platform.start(directory)`, ended with `stop()`."""

    def __init__(
        self,
        state: State,
        *,
        kafka: "Callable[[], KafkaAddress]",
        databases: Callable[[], Databases],
        stop: Callable[[], None],
        servers: LocalServers | None = None,
        kafka_controller_port: int | None = None,
    ) -> None:
        self.directory = state.directory
        self.servers = servers  # None when they are not ours to kill and restart
        self.kafka_controller_port = kafka_controller_port  # None when the broker is not ours
        self.tokens = tokens.TokenIssuer(state.directory)
        self.stop = stop
        self._state = state
        self._await_kafka = kafka
        self._await_databases = databases
        self._users: set[str] = set()

    @classmethod
    def start(cls, directory: Path, *, named: NamedServers | None = None) -> "Platform":
        """Start, or find, both servers; returns at once, the first use of each waits for it.

        `named` comes before what the environment names.
        """
        state = State.open(directory)
        found = named or NamedServers.in_environment()
        if found:
            return _named(state, found)
        if os.environ.get("CONTAINERS") == "1":
            servers, stop = start_containers()
            platform = _named(state, servers)
            platform.stop = stop
            return platform
        return _local(state)

    @property
    def bootstrap(self) -> str:
        """Kafka's address. Waits until it answers."""
        return self._await_kafka().bootstrap

    @property
    def admin(self) -> Credentials | None:
        """Kafka's super user; None where the broker requires no authentication."""
        return self._await_kafka().admin

    @property
    def database_admin_url(self) -> str:
        """libpq URL of PostgreSQL's superuser. Waits until it answers."""
        return self._await_databases().admin_url

    def credentials(self, principal: str) -> Credentials | None:
        """The Kafka user of a service (`orders`), a region (`region-ac`) or `admin`; None as for
        `admin`.
        """
        address = self._await_kafka()
        return address.user(principal) if address.admin else None

    def database(self, service: str, prefix: str = "", *, migrate: bool = True) -> DatabaseUrls:
        """A fresh database `<prefix><service>`, migrated; cheap, since it is copied from a
        template.

        Without `migrate` it is empty, for tests that make their own tables as its owner; such a
        service need not be one of ours.
        """
        databases = self._await_databases()
        with _alone(databases):
            template = self._template(databases, service) if migrate else None
            return databases.create(service, prefix=prefix, template=template)

    def drop_database(self, service: str, prefix: str = "") -> None:
        """Drop it, ending the connections to it."""
        self._await_databases().drop(service, prefix=prefix)

    def create_topics(
        self,
        prefix: str,
        regions: Sequence[str] = (),
        *,
        topics: Sequence[Topic] | None = None,
    ) -> tuple[Topic, ...]:
        """Topics (the whole catalogue, or those given) under a prefix, with users and ACLs."""
        wanted = tuple(catalogue(regions) if topics is None else topics)
        address = self._await_kafka()
        client = admin_client(address.bootstrap, address.admin)
        if address.admin:
            named = {one for topic in wanted for one in topic.readers | topic.writers}
            new = sorted((named | set(kafka_principals(regions))) - self._users)
            access.create_users(client, [address.user(one) for one in new])
            self._users.update(new)
        access.create_topics(client, wanted, prefix=prefix)
        if address.admin:
            access.grant(client, access.permissions(wanted, prefix=prefix))
        return wanted

    def delete_topics(self, prefix: str) -> None:
        """Delete every topic under a prefix, so that a long session keeps few partitions."""
        address = self._await_kafka()
        access.delete_topics(admin_client(address.bootstrap, address.admin), prefix=prefix)

    def service_environment(
        self, service: str, prefix: str, regions_dir: Path, *, http_port: int | None = None
    ) -> dict[str, str]:
        """Settings of a service process on `<prefix>` topics and its database, on free ports."""
        address = self._await_kafka()
        regions = [one.stem for one in regions_dir.glob("*.yaml")]
        free_port, admin_port = free_ports(2)
        return ServiceAddresses(
            service=service,
            database=self._await_databases().urls(service, prefix=prefix),
            bootstrap=address.bootstrap,
            credentials=self.credentials(service),
            regions_dir=regions_dir,
            issuers_file=self.tokens.issuers_file_of(service, regions),
            quarantine_key=tokens.quarantine_key(self._state.secret),
            person_key=tokens.person_key(self._state.secret),
            person_keys=tokens.person_keys_file(self._state),
            log_key=tokens.log_key(self._state.secret),
            http_port=http_port or free_port,
            admin_port=admin_port,
            files_dir=(self._state.directory / "files").resolve(),
            topic_prefix=prefix,
        ).environment()

    def _template(self, databases: Databases, service: str) -> str | None:
        """The migrated database to copy, made once per revision; None without migrations."""
        revision = migrations.newest(service)
        if revision is None:
            return None
        # A half-made one keeps its draft name, so that it is never copied.
        prefix = f"{_TEMPLATE_PREFIX}{revision[:12]}_"
        if not databases.exists(prefix + service):
            databases.drop(service, prefix="draft_")
            draft = databases.create(service, prefix="draft_")
            migrations.run({service: draft})
            databases.rename(f"draft_{service}", prefix + service)
        else:
            databases.create(service, prefix=prefix)
        return prefix + service


class KafkaAddress:
    """A broker's address, and how its users' passwords are derived."""

    def __init__(self, bootstrap: str, admin: Credentials | None, secret: Callable[[str], str]):
        self.bootstrap = bootstrap
        self.admin = admin
        self._secret = secret

    def user(self, principal: str) -> Credentials:
        if self.admin and principal == self.admin.username:
            return self.admin
        return Credentials(principal, self._secret(principal))


def _local(state: State) -> Platform:
    servers = LocalServers(state)
    servers.begin()

    def kafka() -> KafkaAddress:
        server = servers.await_kafka()
        return KafkaAddress(
            server.bootstrap, server.admin, lambda name: state.password(f"kafka:{name}")
        )

    return Platform(
        state,
        kafka=kafka,
        databases=servers.await_postgres,
        stop=servers.stop,
        servers=servers,
        kafka_controller_port=state.port("kafka-controller"),
    )


def _named(state: State, servers: NamedServers) -> Platform:
    require_server(servers.database_url)
    admin = (
        Credentials(servers.kafka_username, servers.kafka_password)
        if servers.kafka_username
        else None
    )
    # From what every run against these servers knows, so that two runs agree on their users'
    # passwords.
    kafka = KafkaAddress(
        servers.kafka,
        admin,
        lambda name: derived_password(servers.kafka_password, f"kafka:{name}"),
    )
    databases = Databases(
        servers.database_url, lambda role: derived_password(servers.database_url, role)
    )
    return Platform(
        state,
        kafka=lambda: kafka,
        databases=lambda: databases,
        stop=lambda: None,
        kafka_controller_port=servers.kafka_controller_port,
    )


def start_containers() -> tuple[NamedServers, Callable[[], None]]:
    """Both servers in containers of their own, and what ends them."""
    from testcontainers.kafka import KafkaContainer
    from testcontainers.postgres import PostgresContainer

    postgres: Any = PostgresContainer("postgres:18", driver=None).start()
    broker: Any = KafkaContainer("confluentinc/cp-kafka:8.3.0").with_kraft().start()

    def stop() -> None:
        postgres.stop()
        broker.stop()

    servers = NamedServers(
        database_url=postgres.get_connection_url(), kafka=broker.get_bootstrap_server()
    )
    return servers, stop


@contextmanager
def _alone(databases: Databases) -> Iterator[None]:
    """Within: nobody else creates roles or databases on the server."""
    with psycopg.connect(databases.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", (_CREATING,))
        yield


__all__ = ["ADMIN", "SERVICES", "KafkaAddress", "NamedServers", "Platform", "start_containers"]
