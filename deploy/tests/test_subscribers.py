"""Subscribers: each entry is judged for itself; the broker lets each read that and no more."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from kvitt.app import app
from kvitt.local import subscribers as local
from kvitt.local.kafka import Credentials, client_settings
from kvitt.local.quotas import quota_of
from kvitt_contracts.subscribers import Subscriber
from kvitt_contracts.topics import BMB_TRANSFERS, INVENTORY_DEVICES
from kvitt_testkit.platform import Platform
from typer.testing import CliRunner

PREFIX = "subscribers-"
DENIED = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED}


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the entries, and no local system."""
    monkeypatch.setenv("KVITT_SUBSCRIBERS_DIR", str(tmp_path / "entries"))
    monkeypatch.setenv("KVITT_STATE", str(tmp_path / "none"))
    return tmp_path / "entries"


@pytest.fixture(scope="module")
def broker(platform: Platform) -> Iterator[Platform]:
    platform.create_topics(PREFIX, topics=[INVENTORY_DEVICES, BMB_TRANSFERS])
    yield platform
    platform.delete_topics(PREFIX)


@pytest.fixture
def subscriptions(broker: Platform, tmp_path: Path) -> local.Subscriptions:
    if broker.admin is None:
        pytest.skip("the broker asks nobody who they are")
    return local.Subscriptions(
        bootstrap=broker.bootstrap, admin=broker.admin, folder=tmp_path, prefix=PREFIX
    )


def test_an_entry_is_written_once_however_often_it_is_added(entries: Path) -> None:
    first = _kvitt("add", "board", "--reads", "inventory.devices,bmb.transfers", "--json")
    written = (entries / "board.yaml").read_text()
    again = _kvitt("add", "board", "--reads", "bmb.transfers", "--reads", "inventory.devices")

    assert first["connection"] is None
    assert first["user"] == first["group"] == "sub-board"
    assert {"topic", "group"} == {one["resource"] for one in first["permissions"]}
    assert written == (entries / "board.yaml").read_text()
    assert "No local system runs here" in again["told"]


def test_what_may_not_be_read_is_refused_and_leaves_no_entry(entries: Path) -> None:
    result = CliRunner().invoke(
        app, ["subscriber", "add", "board", "--reads", "region.ac.persons,orders.refusals"]
    )

    assert "between a region and Kvitt" in str(result.exception)
    assert not entries.exists()


def test_a_wrong_entry_keeps_its_own_subscriber_out_and_no_other(entries: Path) -> None:
    _kvitt("add", "board", "--reads", "inventory.devices")
    (entries / "other.yaml").write_text("name: other\nreads: [orders.persons]\n")
    (entries / "broken.yaml").write_text("name: [\n")
    (entries / "misnamed.yaml").write_text("name: board\nreads: [inventory.devices]\n")

    result = CliRunner().invoke(app, ["subscriber", "list", "--json"])

    told = {one["name"]: one for one in json.loads(result.stdout)["subscribers"]}
    assert result.exit_code == 1
    assert {name for name, one in told.items() if one["wrong"]} == {"other", "broken", "misnamed"}
    assert "the region's own id of the person" in told["other"]["wrong"][0]
    assert [one.name for one in local.subscribers(entries)] == ["board"]


def test_a_removed_entry_is_gone(entries: Path) -> None:
    _kvitt("add", "board", "--reads", "inventory.devices")

    assert _kvitt("remove", "board", "--json")["removed"] is True
    assert _kvitt("remove", "board", "--json")["removed"] is False
    assert list(entries.iterdir()) == []


@pytest.mark.long(seconds=20)
def test_a_subscriber_reads_its_topics_in_its_groups_and_nothing_else(
    broker: Platform, subscriptions: local.Subscriptions
) -> None:
    one = _subscriber("inventory.devices")

    file = subscriptions.grant(one)

    connection = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert _refused(connection, "inventory.devices", one.principal) is None
    assert _refused(connection, "inventory.devices", f"{one.principal}-again") is None
    assert _refused(connection, "bmb.transfers", one.principal) in DENIED
    assert _refused(connection, "inventory.devices", "inventory") in DENIED
    assert broker.admin is not None
    assert quota_of(broker.bootstrap, broker.admin, one.principal) == local.quota()


@pytest.mark.long(seconds=20)
def test_an_entry_that_changed_takes_what_the_earlier_one_gave_and_keeps_the_password(
    subscriptions: local.Subscriptions,
) -> None:
    one = _subscriber("inventory.devices")
    before = subscriptions.grant(one).read_text()

    same = subscriptions.grant(one).read_text()
    changed = json.loads(subscriptions.grant(_subscriber("bmb.transfers", one.name)).read_text())

    assert same == before
    assert changed["password"] == json.loads(before)["password"]
    assert _refused(changed, "bmb.transfers", one.principal) is None
    assert _refused(changed, "inventory.devices", one.principal) in DENIED


@pytest.mark.long(seconds=20)
def test_who_is_removed_reads_nothing_and_comes_back_by_another_password(
    subscriptions: local.Subscriptions,
) -> None:
    one = _subscriber("inventory.devices")
    file = subscriptions.grant(one)
    old = json.loads(file.read_text())

    subscriptions.revoke(one.principal)
    subscriptions.revoke(one.principal)

    assert not file.exists()
    assert one.principal not in subscriptions.granted()
    assert not _may_log_in(old)
    new = json.loads(subscriptions.grant(one).read_text())
    assert new["password"] != old["password"]
    assert _may_log_in(new)
    assert not _may_log_in(old)


def _subscriber(topic: str, name: str = "") -> Subscriber:
    return Subscriber.model_validate({"name": name or f"b{uuid4().hex[:8]}", "reads": [topic]})


def _refused(connection: dict[str, Any], topic: str, group: str) -> int | None:
    """The code with which the broker refuses to let it read; None where it reads to the end."""
    who = Credentials(connection["username"], connection["password"])
    consumer = Consumer(
        {
            **client_settings(connection["bootstrap"], who),
            "log_level": 0,
            "group.id": PREFIX + group,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    try:
        consumer.subscribe([PREFIX + topic])
        message = consumer.poll(20)
        error = message.error() if message is not None else None
        assert message is not None, "nothing came within 20 s"
        code = error.code() if error is not None else None
        return None if code == KafkaError._PARTITION_EOF else code
    except KafkaException as error:
        return int(error.args[0].code())
    finally:
        consumer.close()


def _may_log_in(connection: dict[str, Any]) -> bool:
    who = Credentials(connection["username"], connection["password"])
    settings = client_settings(connection["bootstrap"], who)
    try:
        AdminClient({**settings, "log_level": 0}).list_topics(timeout=5)
    except KafkaException:
        return False
    return True


def _kvitt(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["subscriber", *arguments])
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = (
        json.loads(result.stdout) if "--json" in arguments else {"told": result.stdout}
    )
    return told
