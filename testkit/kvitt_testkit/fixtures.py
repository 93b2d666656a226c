"""The pytest plugin that starts the platform once per session. What tests do with it stands in the
chassis's plugin.
"""

from collections.abc import Iterator

import pytest

from kvitt_testkit.platform import Platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Real PostgreSQL and Kafka; begun at the first use, awaited at the first use of each, ended
    with the session.
    """
    started = Platform.start(tmp_path_factory.mktemp("platform"))
    yield started
    started.stop()
