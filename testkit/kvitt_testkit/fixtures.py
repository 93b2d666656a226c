"""The pytest plugin that starts the platform once per session."""

import os
from collections.abc import Iterator

import pytest
from kvitt.local import kafka

from kvitt_testkit.platform import Platform
from kvitt_testkit.workers import servers_of_the_session


def pytest_configure() -> None:
    """Each Java process that the session starts, whoever starts it, compiles fast."""
    os.environ.setdefault("JAVA_TOOL_OPTIONS", kafka.BRIEFLY)


@pytest.fixture(scope="session")
def platform(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Platform]:
    """Real PostgreSQL and Kafka: started at the first use, each awaited at its own first use, ended
    with the session. The workers of one session share them.
    """
    directory = tmp_path_factory.mktemp("platform")
    started = Platform.start(directory, named=servers_of_the_session(pytestconfig))
    yield started
    started.stop()
