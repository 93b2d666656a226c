"""`kvitt-contracts` installed alone, as who subscribes to events does: its wheel in an empty
environment, with what it says that it needs and nothing else.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.long(seconds=15)

ROOT = Path(__file__).parents[1]
NAME = "kvitt-contracts"
_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
_WRITES_OUR_TREE = {"asyncapi", "compatibility", "generate", "topics_page", "access_page"}
"""Modules that are for who changes the contracts, and need the extra `tooling`."""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel and what it needs, from what the lock has
    installed here: no index is asked.
    """
    directory = tmp_path_factory.mktemp("alone")
    environment = directory / "environment"
    _run(
        *(*_PIP, "wheel", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", directory, ROOT / "contracts"),
    )
    _run(sys.executable, "-m", "venv", "--without-pip", environment)
    python = environment / "bin" / "python"
    _run(*_PIP, "--python", python, "install", "--no-deps", *directory.glob("*.whl"))
    (packages,) = environment.glob("lib/*/site-packages")
    for needed in _needed(NAME, set()):
        for file in needed.files or ():
            place = packages / file
            if ".." not in file.parts and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(Path(str(needed.locate_file(file))).resolve())
    return python


def test_it_needs_what_it_says_and_nothing_else(python: Path) -> None:
    needed = {one.metadata["Name"].lower() for one in _needed(NAME, set())}

    assert {"pydantic", "holidays"} <= needed
    assert not {name for name in needed if name.startswith(("kvitt", "sqlalchemy", "aiokafka"))}
    assert _run(*_PIP, "--python", python, "check") == ""


def test_every_module_that_a_subscriber_may_use_is_imported(python: Path) -> None:
    modules = [
        "kvitt_contracts." + ".".join(file.relative_to(package).with_suffix("").parts)
        for package in [ROOT / "contracts" / "kvitt_contracts"]
        for file in sorted(package.rglob("*.py"))
        if file.name != "__init__.py" and file.stem not in _WRITES_OUR_TREE
    ]

    _run(python, "-c", "; ".join(f"import {one}" for one in modules))


def test_the_examples_come_with_the_wheel_and_a_schema_is_made_from_its_class(
    python: Path,
) -> None:
    told = json.loads(
        _run(
            python,
            "-c",
            "import json\n"
            "from kvitt_contracts.examples import examples_of\n"
            "from kvitt_contracts.schemas import schema_of\n"
            "from kvitt_contracts.topics import INVENTORY_DEVICES as topic\n"
            "print(json.dumps([len(examples_of(topic.types)), len(topic.types),\n"
            "    schema_of(topic.types[0])['$id']]))",
        )
    )

    found, types, schema = told
    assert found >= types
    committed = [json.loads(one.read_text()) for one in _SCHEMAS.glob("inventory.device.*.json")]
    assert schema in {one["$id"] for one in committed}


_SCHEMAS = ROOT / "contracts" / "schemas"


def _needed(name: str, seen: set[str]) -> Iterator[Distribution]:
    """What a distribution says that it needs, and what that needs, as it is installed here."""
    for told in distribution(name).requires or ():
        one = Requirement(told)
        if one.name.lower() in seen or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        seen.add(one.name.lower())
        yield distribution(one.name)
        yield from _needed(one.name, seen)


def _run(*command: str | Path) -> str:
    """What it prints, in a directory outside the work tree."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.strip()
