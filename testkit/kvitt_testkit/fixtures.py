"""The pytest plugin that starts the platform once per session."""

from collections.abc import Iterator

import pytest

from kvitt_testkit.platform import Platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Real PostgreSQL and Kafka: started at the first use, each awaited at its own first use, ended
    with the session.
    """
    started = Platform.start(tmp_path_factory.mktemp("platform"))
    yield started
    started.stop()
