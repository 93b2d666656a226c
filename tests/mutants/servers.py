"""One PostgreSQL and one Kafka for all runs, named to them in their environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kvitt.local.servers import LocalServers
from kvitt.local.state import State


@contextmanager
def running(directory: Path) -> Iterator[dict[str, str]]:
    """Start both; give the variables that name them (kvitt_testkit.platform); end them after."""
    servers = LocalServers(State.open(directory))
    servers.begin()
    try:
        kafka = servers.await_kafka()
        yield {
            "KVITT_TEST_DATABASE": servers.await_postgres().admin_url,
            "KVITT_TEST_KAFKA": kafka.bootstrap,
            "KVITT_TEST_KAFKA_USERNAME": kafka.admin.username,
            "KVITT_TEST_KAFKA_PASSWORD": kafka.admin.password,
        }
    finally:
        servers.stop()
