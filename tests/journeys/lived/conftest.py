from collections.abc import Iterator

import pytest

from tests.journeys.lived.system import Lived, lived


@pytest.fixture(scope="package")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The system that all modules of this folder look at. It ends with them."""
    with lived(tmp_path_factory.mktemp("past")) as found:
        yield found
