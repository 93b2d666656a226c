"""A copy of the tree that mutants are put into, and the environment in which its packages count."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.mutant import Swap

ROOT = Path(__file__).parents[2]
_SERVICES = ("orders", "bmb", "inventory", "billing", "notifications")
DISTRIBUTIONS = (
    "contracts",
    "chassis",
    "documents",
    "files",
    *(f"services/{one}" for one in _SERVICES),
    "portal",
    "deploy",
)
_PACKAGES = (
    "kvitt_contracts",
    "kvitt_chassis",
    "kvitt_documents",
    "kvitt_files",
    *_SERVICES,
    "kvitt_portal",
    "kvitt",
)


class NotOnce(Exception):
    """A text that a mutant takes out does not stand in its file exactly once."""


class NotTheCopy(Exception):
    """A package would be imported from somewhere else than the copy."""


class Tree:
    """The copy. What is in it stands as it does in the working tree, tracked or not yet."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @classmethod
    def copy(cls, directory: Path) -> "Tree":
        """Copy everything that git tracks or would track. Raises NotTheCopy."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            source, target = ROOT / name, directory / name
            if source.is_file():  # a file may be deleted and not committed so yet
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        # By the hash of its source: a swap may leave a file's size and second as they were.
        compiling = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash"]
        subprocess.run([sys.executable, *compiling, *DISTRIBUTIONS], cwd=directory, check=True)
        tree = cls(directory)
        tree.check()
        return tree

    def environment(self) -> dict[str, str]:
        """This process's, with the copy's packages before those that are installed."""
        places = (str(self.directory / one) for one in DISTRIBUTIONS)
        return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}

    def check(self) -> None:
        """Ask Python itself where it takes each package from. Raises NotTheCopy."""
        for package, place in zip(_PACKAGES, self.places(_PACKAGES), strict=True):
            if not place.is_relative_to(self.directory.resolve()):
                raise NotTheCopy(f"{package} comes from {place}")

    def places(self, packages: Sequence[str]) -> list[Path]:
        """Where a process in the copy imports these packages from."""
        told = "".join(f"import {one}; print({one}.__file__);" for one in packages)
        asked = subprocess.run(
            [sys.executable, "-c", told],
            cwd=self.directory,
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        return [Path(line).resolve() for line in asked.stdout.split()]

    @contextmanager
    def mutated(self, swaps: Sequence[Swap]) -> Iterator[None]:
        """While this is entered, the texts are swapped. Raises NotOnce before any is."""
        before = {one.file: (self.directory / one.file).read_text() for one in swaps}
        after = dict(before)
        for one in swaps:
            after[one.file] = swapped(after[one.file], one)
        try:
            self._write(after)
            yield
        finally:
            self._write(before)

    def _write(self, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            (self.directory / name).write_text(text)


def swapped(text: str, swap: Swap) -> str:
    """The text with the swap done. Raises NotOnce."""
    count = text.count(swap.old)
    if count != 1:
        raise NotOnce(f"stands {count} times in {swap.file}, not once:\n{swap.old}")
    return text.replace(swap.old, swap.new)


def texts_with(swaps: Sequence[Swap], *, root: Path = ROOT) -> dict[str, str]:
    """File → what it says in the tree at `root` with these swaps done. Raises NotOnce."""
    texts = {one.file: (root / one.file).read_text() for one in swaps}
    for one in swaps:
        texts[one.file] = swapped(texts[one.file], one)
    return texts
