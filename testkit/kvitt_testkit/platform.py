"""One real PostgreSQL and one real Kafka for a whole pytest session; tests are separated by
prefixes. The fixture is in fixtures.py.

KVITT_TEST_DATABASE and KVITT_TEST_KAFKA name servers that run already (a superuser's libpq URL;
`host:port`, with KVITT_TEST_KAFKA_USERNAME and _PASSWORD of a super user where it requires one);
CONTAINERS=1 starts them with testcontainers; else the local servers are started.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

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
    ) -> None:
        self.directory = state.directory
        self.servers = servers  # None when they are not ours to kill and restart
        self.tokens = tokens.TokenIssuer(state.directory)
        self.stop = stop
        self._state = state
        self._await_kafka = kafka
        self._await_databases = databases
        self._templates = Lock()
        self._users: set[str] = set()

    @classmethod
    def start(cls, directory: Path) -> "Platform":
        """Start, or find, both servers; returns at once, the first use of each waits for it."""
        state = State.open(directory)
        named_kafka = os.environ.get("KVITT_TEST_KAFKA")
        named_database = os.environ.get("KVITT_TEST_DATABASE")
        if named_kafka and named_database:
            return _named(state, named_kafka, named_database)
        if named_kafka or named_database:
            raise LocalProblem(
                "Only one of KVITT_TEST_KAFKA and KVITT_TEST_DATABASE is set.",
                remedy="Name both servers, or neither.",
            )
        if os.environ.get("CONTAINERS") == "1":
            return _in_containers(state)
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
        if not migrate:
            return databases.create(service, prefix=prefix)
        with self._templates:
            template = self._template(databases, service)
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
        """Settings of a service process on `<prefix>` topics and its database, on a free port."""
        address = self._await_kafka()
        return ServiceAddresses(
            service=service,
            database=self._await_databases().urls(service, prefix=prefix),
            bootstrap=address.bootstrap,
            credentials=self.credentials(service),
            regions_dir=regions_dir,
            jwks_file=self.tokens.jwks_file,
            quarantine_key=tokens.quarantine_key(self._state.secret),
            person_key=tokens.person_key(self._state.secret),
            http_port=http_port or free_ports(1)[0],
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
        state, kafka=kafka, databases=servers.await_postgres, stop=servers.stop, servers=servers
    )


def _named(state: State, bootstrap: str, database_url: str) -> Platform:
    require_server(database_url)
    username = os.environ.get("KVITT_TEST_KAFKA_USERNAME")
    password = os.environ.get("KVITT_TEST_KAFKA_PASSWORD", "")
    admin = Credentials(username, password) if username else None
    # From what every run against these servers knows, so that two runs agree on their users'
    # passwords.
    kafka = KafkaAddress(bootstrap, admin, lambda name: derived_password(password, f"kafka:{name}"))
    databases = Databases(database_url, lambda role: derived_password(database_url, role))
    return Platform(state, kafka=lambda: kafka, databases=lambda: databases, stop=lambda: None)


def _in_containers(state: State) -> Platform:
    from testcontainers.kafka import KafkaContainer
    from testcontainers.postgres import PostgresContainer

    started: list[Any] = [
        PostgresContainer("postgres:18", driver=None).start(),
        KafkaContainer("confluentinc/cp-kafka:8.3.0").with_kraft().start(),
    ]
    postgres, broker = started
    platform = _named(state, broker.get_bootstrap_server(), postgres.get_connection_url())
    platform.stop = lambda: [one.stop() for one in started].clear()
    return platform


__all__ = ["ADMIN", "SERVICES", "KafkaAddress", "Platform"]
