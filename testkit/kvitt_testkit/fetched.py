"""Jars that tests need and no distribution brings: fetched as Kafka's are, by their sums."""

from pathlib import Path

import pytest
from kvitt.local import jars
from kvitt.local.problems import LocalProblem
from kvitt.local.state import cache_dir


def provide(listed: Path, what: str) -> list[Path]:
    """The jars of a list, in its order. Where they cannot be had the test is skipped, and says so:
    `what` cannot be had.
    """
    try:
        return jars.provide(jars.read_list(listed), cache_dir())
    except LocalProblem as problem:
        pytest.skip(f"{what} cannot be had here: {problem}")
