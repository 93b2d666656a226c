"""Plugins that every test may use. Fixtures stand in the plugins, but for what the builders say."""

from collections.abc import Callable

import hypothesis
import pytest
from kvitt_contracts.envelope import Event, Message

from contracts.tests.builders.shapes import check_emitted

# no test asserts how long something takes: a busy machine may take its time
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

pytest.register_assert_rewrite("kvitt_testkit")  # what its helpers assert is shown as a test's own
pytest_plugins = [
    "kvitt_testkit.workers",
    "kvitt_testkit.fixtures",
    "kvitt_testkit.no_skips",
    "kvitt_testkit.thorough",
    "kvitt_testkit.slowest",
    "kvitt_testkit.given",
    "kvitt_testkit.running",
]


@pytest.fixture(scope="session")
def hears() -> Callable[[Message], None]:
    """A service hears of another's events in shapes alone that their owner is seen to emit."""

    def check(message: Message) -> None:
        if isinstance(message, Event):
            check_emitted(message, or_heard=True)

    return check
