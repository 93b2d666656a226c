"""What our distributions and tools require directly, for the locks. Resolves nothing.

`python -m kvitt.requirements` prints one requirement a line, read from the pyproject.toml files;
with `image`, what the image of the services has alone.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

_OURS = "kvitt"
IN_IMAGE = ("contracts", "chassis", "documents", "files", "services/*", "portal")
"""Our distributions that an image has, by their folders."""
_OTHERS = ("deploy", "testkit")


def direct_requirements(root: Path) -> list[str]:
    """Every requirement of ours and of development, sorted; our own distributions left out."""
    projects = [root / "pyproject.toml", *_project_files(root, (*IN_IMAGE, *_OTHERS))]
    return _sorted(projects)


def requirements_of_the_image(root: Path) -> list[str]:
    """What the distributions that an image has require, sorted; our own left out."""
    return _sorted(_project_files(root, IN_IMAGE))


def _sorted(projects: Iterable[Path]) -> list[str]:
    found = {
        requirement
        for file in projects
        for requirement in _requirements(tomllib.loads(file.read_text()))
        if not requirement.startswith(_OURS)
    }
    return sorted(found, key=str.lower)


def _project_files(root: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(root.glob(f"{pattern}/pyproject.toml"))


def _requirements(project: dict[str, dict[str, list[str]]]) -> Iterable[str]:
    yield from project.get("project", {}).get("dependencies", [])
    for group in project.get("dependency-groups", {}).values():
        yield from group


if __name__ == "__main__":
    asked = requirements_of_the_image if sys.argv[1:] == ["image"] else direct_requirements
    sys.stdout.write("\n".join(asked(Path.cwd())) + "\n")
