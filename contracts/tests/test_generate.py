"""What is generated: the committed files are those, and a difference is told with what to run."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from kvitt_contracts import asyncapi
from kvitt_contracts.envelope import Command, Message
from kvitt_contracts.examples import examples
from kvitt_contracts.generate import ROOT, differences, generated, main, write
from kvitt_contracts.schemas import schema_as_read, schema_of
from kvitt_contracts.topics import CATALOGUE

SCHEMA = Path("contracts/schemas/bmb.transfer.accepted.v1.json")


def test_the_committed_files_are_as_generated() -> None:
    assert differences(generated()) == []


def test_the_schemas_have_an_id_each_that_their_messages_name() -> None:
    for path in (ROOT / "contracts/schemas").glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))

        assert schema["$id"] == f"urn:kvitt:schema:{path.stem}"  # ce_dataschema of each message


def _over_http_only() -> list[tuple[type[Command], str]]:
    return [
        (message, path)
        for message in Message.registry.values()
        if issubclass(message, Command)
        for path in message.over_http_only
    ]


VALUES_OVER_HTTP = {
    "to:one_off": {
        "kind": "one_off",
        "address": {"street": "Storgatan 1", "postal_code": "90101", "city": "Umeå"},
    },
    "order_phone": "090-123 45",
    "recipient_phone": "090-123 45",
}


@pytest.mark.parametrize(("message", "path"), _over_http_only())
def test_what_is_taken_over_http_only_is_forbidden_in_the_schema(
    message: type[Command], path: str
) -> None:
    body: dict[str, Any] = copy.deepcopy(examples(message.wire_type)[0].data)
    *ways, last = path.split(".")
    here = body
    for way in ways:
        here = here.setdefault(way, {})
    here[last.partition(":")[0]] = VALUES_OVER_HTTP.get(last, "vid porten")

    assert Draft202012Validator(schema_as_read(message)).is_valid(body)
    assert not Draft202012Validator(schema_of(message)).is_valid(body)


def test_an_edited_file_is_told_by_its_path(tmp_path: Path) -> None:
    files = {SCHEMA: "{}\n"}
    write(files, root=tmp_path)
    (tmp_path / SCHEMA).write_text("[]\n", encoding="utf-8")

    assert differences(files, root=tmp_path) == [f"{SCHEMA} differs from what the models say"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert differences({SCHEMA: "{}\n"}, root=tmp_path) == [f"{SCHEMA} is missing"]


def test_a_schema_of_no_message_is_told_and_removed(tmp_path: Path) -> None:
    write({SCHEMA: "{}\n"}, root=tmp_path)

    assert differences({}, root=tmp_path) == [f"{SCHEMA} belongs to no declared message"]

    write({}, root=tmp_path)
    assert differences({}, root=tmp_path) == []


def test_the_check_says_what_to_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvitt_contracts.generate.generated", lambda: {Path("no.json"): "{}"})

    assert main(["--check"]) == 1
    assert "Run `python -m kvitt_contracts.generate`" in capsys.readouterr().err


def test_a_message_without_example_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kvitt_contracts.examples.ROOT", tmp_path)

    assert main(["--check"]) == 1
    assert "no file contracts/examples/" in capsys.readouterr().err


def test_every_topic_is_a_channel_with_all_its_messages() -> None:
    channels = asyncapi.document()["channels"]

    assert len(channels) == len(CATALOGUE)
    for topic in CATALOGUE:
        assert set(channels[topic.name.replace("<code>", "code")]["messages"]) == topic.wire_types


def test_every_consumer_and_owner_has_its_operation() -> None:
    operations = asyncapi.document()["operations"]

    for topic in CATALOGUE:
        name = topic.name.replace("<code>", "code")
        readers = {one.split(".")[0] for one in operations if one.endswith(f".receive.{name}")}
        assert readers == topic.consumers
        assert (f"{topic.owner}.send.{name}" in operations) == (not topic.is_inbound)


def test_every_reference_in_asyncapi_leads_somewhere() -> None:
    document = yaml.safe_load((ROOT / "contracts/asyncapi.yaml").read_text(encoding="utf-8"))

    for reference in _references(document):
        if reference.startswith("./"):
            assert (ROOT / "contracts" / reference).is_file()
            continue
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_asyncapi_examples_keep_the_declared_headers_and_key() -> None:
    components = asyncapi.document()["components"]
    for name, message in components["messages"].items():
        headers = Draft202012Validator(message["headers"] | {"components": components})
        key = Draft202012Validator(message["bindings"]["kafka"]["key"])
        assert message["examples"], name
        for one in message["examples"]:
            assert [error.message for error in headers.iter_errors(one["headers"])] == []
            assert key.is_valid(one["headers"]["ce_subject"]), name
        wrong = message["examples"][0]["headers"] | {"ce_type": "another.thing.said.v1"}
        assert not headers.is_valid(wrong), name


@pytest.mark.parametrize("message", Message.registry.values(), ids=lambda one: one.wire_type)
def test_every_message_says_when_it_is_sent(message: type[Message]) -> None:
    assert schema_of(message).get("description")


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in _references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for item in value.values() for found in _references(item)]
