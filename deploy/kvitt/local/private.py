"""Files that their owner alone may read. Knows nothing of what stands in them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from kvitt_chassis.private_files import write_private

UMASK = 0o077
"""Of every child: what it makes is its owner's alone."""


def make_directory(directory: Path) -> Path:
    """The directory, made where it is missing, with those above it."""
    if not directory.exists():
        make_directory(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)
    return directory


def open_private(file: Path, mode: str) -> IO[bytes]:
    """Open a file for writing (`ab`, `wb`)."""
    return open(file, mode, opener=lambda path, flags: os.open(path, flags, 0o600))


def without_secrets(
    environment: Mapping[str, str], secrets: frozenset[str], directory: Path, *, told_by: str
) -> dict[str, str]:
    """The environment with each secret in a file of its name in `directory`, which the variable
    `told_by` names.
    """
    make_directory(directory)
    for name in secrets & environment.keys():
        write_private(directory / name.lower(), environment[name])
    kept = {name: value for name, value in environment.items() if name not in secrets}
    return {**kept, told_by: str(directory)}
