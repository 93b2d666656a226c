"""The pytest plugin that starts the platform once per session. What tests do with it stands in the
chassis's plugin.
"""

from collections.abc import Iterator

import pytest

from kvitt_testkit.platform import Platform
from kvitt_testkit.workers import servers_of_the_session


@pytest.fixture(scope="session")
def platform(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Platform]:
    """Real PostgreSQL and Kafka; begun at the first use, awaited at the first use of each, ended
    with the session. The workers of one session share them.
    """
    directory = tmp_path_factory.mktemp("platform")
    started = Platform.start(directory, named=servers_of_the_session(pytestconfig))
    yield started
    started.stop()
