"""The tests' platform on servers that are there already, named in the environment."""

from pathlib import Path

import psycopg
import pytest
from confluent_kafka.admin import AdminClient
from kvitt.local.databases import DatabaseUrls
from kvitt.local.kafka import client_settings
from kvitt.local.problems import LocalProblem
from kvitt.local.servers import LocalServers
from kvitt.local.state import State
from kvitt_testkit.platform import Platform

pytestmark = pytest.mark.long(seconds=10)


@pytest.mark.thorough
def test_two_runs_share_servers_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = LocalServers(State.open(tmp_path / "servers"))
    servers.begin()
    databases, kafka = servers.await_postgres(), servers.await_kafka()
    monkeypatch.setenv("KVITT_TEST_DATABASE", databases.admin_url)
    monkeypatch.setenv("KVITT_TEST_KAFKA", kafka.bootstrap)
    monkeypatch.setenv("KVITT_TEST_KAFKA_USERNAME", kafka.admin.username)
    monkeypatch.setenv("KVITT_TEST_KAFKA_PASSWORD", kafka.admin.password)
    first, second = (Platform.start(tmp_path / run) for run in ("first", "second"))

    urls = [
        run.database("orders", prefix, migrate=False)
        for run, prefix in ((first, "first-"), (second, "second-"))
    ]
    first.create_topics("first-", ["ac"])
    second.create_topics("second-", ["ac"])

    for url in urls:
        psycopg.connect(DatabaseUrls.libpq(url.worker)).close()
    for run, prefix in ((first, "first-"), (second, "second-")):
        settings = client_settings(run.bootstrap, run.credentials("region-ac"))
        names = AdminClient(settings).list_topics(timeout=10).topics
        assert f"{prefix}region.ac.orders" in names
        run.stop()
    assert servers.postgres.child is not None
    assert servers.postgres.child.is_running()
    servers.stop()


def test_naming_one_server_alone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_TEST_KAFKA", "127.0.0.1:9092")
    monkeypatch.delenv("KVITT_TEST_DATABASE", raising=False)

    with pytest.raises(LocalProblem, match="Name both servers"):
        Platform.start(tmp_path)
