"""The gate as a whole: every published version, the frozen folder, the message to a person."""

import copy
from pathlib import Path

import pytest
from kvitt_contracts.compatibility import (
    as_read,
    breaks,
    current,
    main,
    publish,
    published,
    tampered,
)
from kvitt_contracts.schema_comparison import Schema
from kvitt_contracts.topics import COMING

TYPE = "bmb.transfer.accepted.v1"


def _now() -> dict[str, Schema]:
    return {TYPE: copy.deepcopy(current()[TYPE])}


def test_todays_models_read_all_that_was_published_and_are_read_by_what_is_deployed() -> None:
    assert breaks(current(), published(), read=as_read()) == []
    assert tampered() == []


def test_every_declared_message_is_compatible_with_itself() -> None:
    now = current()

    assert breaks(now, {wire_type: [schema] for wire_type, schema in now.items()}) == []


def test_a_reserved_type_is_not_published_and_may_change() -> None:
    reserved = {message.wire_type for message in COMING}

    assert reserved
    assert not reserved & set(current())
    assert not reserved & set(published())


def test_a_message_that_was_published_and_is_renamed_is_caught() -> None:
    renamed = {"bmb.transfer.agreed.v1": _now()[TYPE]}

    (found,) = breaks(renamed, {TYPE: [_now()[TYPE]]})

    assert found.rule == "type-removed"


def test_a_version_long_ago_is_still_read() -> None:
    first, second = _now()[TYPE], _now()[TYPE]
    second["properties"]["note"] = {"type": "string", "default": ""}
    third = copy.deepcopy(second)
    third["properties"]["note"] = {"type": "integer", "default": 0}

    without = breaks({TYPE: third}, {TYPE: [first]})
    against_all = breaks({TYPE: third}, {TYPE: [first, second, first]})

    assert without == []
    assert {(found.path, found.rule) for found in against_all} == {
        ("note", "type"),
        ("note", "default-changed"),
    }


def test_only_the_deployed_reader_must_read_the_new_writer() -> None:
    deployed = _now()[TYPE]
    deployed["properties"]["note"] = {"type": "string", "maxLength": 10, "default": ""}
    writer = copy.deepcopy(deployed)
    writer["properties"]["note"]["maxLength"] = 20

    (found,) = breaks({TYPE: writer}, {TYPE: [deployed]})

    assert "the deployed reader" in found.problem


def test_the_message_names_type_path_rule_and_what_to_do() -> None:
    now = _now()
    now[TYPE]["required"].append("has_message")

    (found,) = breaks(now, {TYPE: [_now()[TYPE]]})

    assert str(found).startswith(f"{TYPE} has_message: required-field: ")
    assert str(found).endswith(
        "Give a new field a default that means what its absence meant, and go on writing every"
        " field that a deployed reader needs."
    )


def test_publishing_appends_only_what_differs_in_meaning(tmp_path: Path) -> None:
    now = _now()
    assert publish(now, tmp_path) == [tmp_path / TYPE / "1.json"]

    now[TYPE]["description"] = "Said better."
    assert publish(now, tmp_path) == []

    now[TYPE]["properties"]["note"] = {"type": "string", "default": ""}
    assert publish(now, tmp_path) == [tmp_path / TYPE / "2.json"]
    assert len(published(tmp_path)[TYPE]) == 2
    assert tampered(tmp_path) == []


def test_an_edited_published_file_is_caught(tmp_path: Path) -> None:
    publish(_now(), tmp_path)
    file = tmp_path / TYPE / "1.json"
    file.write_text(file.read_text(encoding="utf-8").replace("date", "uuid"), encoding="utf-8")

    (found,) = tampered(tmp_path)

    assert found.rule == "frozen"


def test_a_removed_published_file_is_caught(tmp_path: Path) -> None:
    publish(_now(), tmp_path)
    (tmp_path / TYPE / "1.json").unlink()

    (found,) = tampered(tmp_path)

    assert found.path == f"{TYPE}/1.json"


def test_the_command_fails_and_publishes_nothing_on_a_breaking_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stricter = _now()
    stricter[TYPE]["properties"]["has_message"] = {"type": "string", "default": ""}
    publish(stricter, tmp_path)

    assert main(["--publish"], root=tmp_path) == 1

    assert f"{TYPE} has_message: type:" in capsys.readouterr().err
    assert not (tmp_path / TYPE / "2.json").exists()


def test_the_baseline_is_not_empty() -> None:
    assert published()
