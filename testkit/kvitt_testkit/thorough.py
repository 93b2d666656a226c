"""The pytest plugin that says what a whole run of the tests leaves out: with KVITT_BRIEFLY=1 (`make
test`) the tests that are marked `thorough`, but for those that alone hold a clause of the rules.
`make thorough` runs them all.
"""

import os
from collections.abc import Iterator, Sequence

import pytest

MARK = "thorough"


# decision 0577: a clause is held by a test of every whole run
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every worker leaves out the same: what is collected is the same in each."""
    if os.environ.get("KVITT_BRIEFLY") != "1":
        return
    left = set(left_out(items))
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]


def left_out(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Those marked so, whose clauses are held by others too."""
    marked = [item for item in items if item.get_closest_marker(MARK)]
    held = {clause for item in set(items) - set(marked) for clause in clauses(item)}
    for item in sorted(marked, key=lambda item: -len(clauses(item))):  # few that hold many
        if clauses(item) <= held:
            yield item
        held |= clauses(item)


def clauses(item: pytest.Item) -> set[str]:
    """The clauses of docs/domain.md that a test is marked with."""
    return {clause for mark in item.iter_markers("rule") for clause in mark.args}
