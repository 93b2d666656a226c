"""What our distributions and tools require directly, for the lock. Resolves nothing.

`python -m kvitt.requirements` prints one requirement a line, read from the pyproject.toml files.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

_OURS = "kvitt"
_DISTRIBUTIONS = (
    "contracts",
    "chassis",
    "documents",
    "files",
    "services/*",
    "portal",
    "deploy",
    "testkit",
)


def direct_requirements(root: Path) -> list[str]:
    """Every requirement of ours and of development, sorted; our own distributions left out."""
    found = {
        requirement
        for file in _project_files(root)
        for requirement in _requirements(tomllib.loads(file.read_text()))
        if not requirement.startswith(_OURS)
    }
    return sorted(found, key=str.lower)


def _project_files(root: Path) -> Iterator[Path]:
    yield root / "pyproject.toml"
    for pattern in _DISTRIBUTIONS:
        yield from sorted(root.glob(f"{pattern}/pyproject.toml"))


def _requirements(project: dict[str, dict[str, list[str]]]) -> Iterable[str]:
    yield from project.get("project", {}).get("dependencies", [])
    for group in project.get("dependency-groups", {}).values():
        yield from group


if __name__ == "__main__":
    sys.stdout.write("\n".join(direct_requirements(Path.cwd())) + "\n")
