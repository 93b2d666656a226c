"""The whole system, lived through once by the test persons, for all tests of this directory."""

from collections.abc import Iterator

import pytest

from tests.privacy.world import World, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Five services as processes after a month; what was found then stands in `world.findings`.
    They end with the module: whoever is tested next has the machine for itself.
    """
    with running(tmp_path_factory.mktemp("privacy")) as world:
        yield world
