"""A policy file is checked offline: file, line, field, the value found and what is allowed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from kvitt_chassis.policy_files import MAX_BYTES, PolicyFile, read_policy_file
from kvitt_contracts.types import RegionCode
from kvitt_testkit.world import regions_dir

Wrong = tuple[str, str, str, str]


@pytest.fixture
def delivered(pytestconfig: pytest.Config) -> str:
    return (regions_dir(pytestconfig) / "ac.yaml").read_text(encoding="utf-8")


@pytest.fixture
def check(tmp_path: Path) -> Callable[[str | bytes], PolicyFile]:
    def check(content: str | bytes, name: str = "ac.yaml") -> PolicyFile:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_policy_file(file)

    return check


def test_the_delivered_files_are_right(pytestconfig: pytest.Config) -> None:
    files = [read_policy_file(path) for path in regions_dir(pytestconfig).glob("*.yaml")]

    assert [one.reason for one in files] == [""] * 4
    assert all(one.history for one in files)


@pytest.mark.parametrize(
    ("old", "new", "field", "found", "problem"),
    [
        (
            "outcome: auto_execute",
            "outcome: voided",
            "versions.0.transfer.expiry.outcome",
            '"voided"',
            "'auto_execute', 'lock' or 'void'",
        ),
        (
            "back_dating:",
            "back_datting:",
            "versions.0.transfer.back_datting",
            "false",
            "did you mean back_dating?",
        ),
        ("  sender: prescriber\n", "\n", "versions.0.transfer.sender", "", "is required"),
        ("days: 6", "days: six", "versions.0.transfer.expiry.days", '"six"', "valid integer"),
        (
            "days: 6",
            "days: 61",
            "versions.0.transfer.expiry.days",
            "61",
            "equal to 60",
        ),
        ("days: 6", "days: yes", "versions.0.transfer.expiry.days", "true", "valid integer"),
        ("days: 6", 'days: "6"', "versions.0.transfer.expiry.days", '"6"', "valid integer"),
        ('central: "500"', "central: 500", "versions.0.stores.central", "500", "valid string"),
        ("region: ac", "region: bd", "region", '"bd"', "the file's name says ac"),
        ("region: ac", "region: AC", "region", '"AC"', "pattern"),
        ("region: ac", "regoin: ac", "regoin", '"ac"', "did you mean region?"),
        ("version: 1", "version: 2", "versions", "", "version 1 is expected"),
        (
            '"2026-01-01T00:00:00+01:00"',
            '"2026-02-30T00:00:00+01:00"',
            "versions.0.effective_from",
            '"2026-02-30T00:00:00+01:00"',
            "valid datetime",
        ),
        (
            '"2026-01-01T00:00:00+01:00"',
            "2026-13-45",
            "versions.0.effective_from",
            '"2026-13-45"',
            "no such date",
        ),
        (
            '"2026-01-01T00:00:00+01:00"',
            '"2026-01-01T00:00:00"',
            "versions.0.effective_from",
            '"2026-01-01T00:00:00"',
            "timezone",
        ),
        ("    stores:", "    stores: 5\n    stores:", "versions.0.stores", "", "twice"),
        (
            "    stores:",
            '    "\\e[31m": 1\n    stores:',
            "versions.0.\\x1b[31m",
            "1",
            "no such key",
        ),
        ("  - version", "  - 5\n  - version", "versions.0", "5", "is to be a version"),
    ],
)
def test_what_is_wrong_is_named_with_field_value_and_what_is_allowed(
    check: Callable[[str], PolicyFile],
    delivered: str,
    old: str,
    new: str,
    field: str,
    found: str,
    problem: str,
) -> None:
    assert old in delivered
    content = delivered.replace(old, new, 1)

    file = check(content)

    assert file.history is None
    named = next(one for one in file.faults if one.field == field)
    assert problem in named.problem
    assert named.found == found
    assert named.line is not None
    if found:  # the line is the one where it stands
        shown = json.loads(found) if found.startswith('"') else found
        line = content.splitlines()[named.line - 1]
        assert str(shown) in line or shown == "true"


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        ("", "is empty", None),
        ("# nothing but this\n", "is empty", None),
        ("region: ac\n\tname: X\n", "is not YAML", 2),
        ("region: [ac\n", "is not YAML", 2),
        ("a: b\n---\nc: d\n", "another document", 2),
        ("- ac\n", "keys region, name, versions", 1),
        ("region: &a ac\nname: *a\n", "aliases", 1),
        ("region: &a [*a]\n", "aliases", 1),
        ("region: !!python/object:os.system x\n", "is not YAML", 1),
        ("[" * 5000, "nested too deep", None),
        (bytes(range(256)), "is not UTF-8", 2),
        ("region: ac\nname: \0\n", "character that YAML forbids", 2),
        ("a: b\n" * MAX_BYTES, "is larger than", None),
    ],
)
def test_a_file_that_is_none_is_told_so(
    check: Callable[[str | bytes], PolicyFile], content: str | bytes, problem: str, line: int | None
) -> None:
    file = check(content)

    (fault,) = file.faults
    assert problem in fault.problem
    assert fault.line == line
    assert file.reason.startswith("ac.yaml: ")


def test_a_file_that_cannot_be_opened_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "ac.yaml").mkdir()

    assert "Is a directory" in read_policy_file(tmp_path / "ac.yaml").reason
    assert "No such file" in read_policy_file(tmp_path / "bd.yaml").reason


def test_a_name_that_is_no_region_is_a_fault(
    check: Callable[[str, str], PolicyFile], delivered: str
) -> None:
    file = check(delivered, "sverige.yaml")

    assert file.region is None
    assert "the file's name" in file.reason


def test_every_fault_is_named_at_once(check: Callable[[str], PolicyFile], delivered: str) -> None:
    content = delivered.replace("days: 6", "days: 0", 1).replace("clock_starts: sent", "", 1)

    fields = {one.field for one in check(content).faults}

    assert fields == {"versions.0.transfer.expiry.days", "versions.0.transfer.clock_starts"}


def test_a_date_without_quotes_is_one(check: Callable[[str], PolicyFile], delivered: str) -> None:
    content = delivered.replace('"2026-01-01T00:00:00+01:00"', "2026-01-01T00:00:00+01:00")

    plain, quoted = check(content).history, check(delivered).history

    assert plain is not None
    assert quoted is not None
    assert plain.versions[0].pin == quoted.versions[0].pin


def test_a_file_of_another_name_is_read_as_the_region_that_is_asked_for(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    file = tmp_path / "new.yaml"
    file.write_bytes((regions_dir(pytestconfig) / "ac.yaml").read_bytes())

    assert read_policy_file(file).faults != ()
    assert read_policy_file(file, of=RegionCode("ac")).faults == ()
    assert "asked for is bd" in read_policy_file(file, of=RegionCode("bd")).reason
