"""The pytest plugin that names what is slowest: `--slowest 20` prints it at the end and writes
the page `.kvitt/slowest.md`.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(".kvitt", "slowest.md")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option."""
    parser.addoption(
        "--slowest",
        type=int,
        default=0,
        metavar="N",
        help=f"name the N slowest tests, modules and folders, also in {PAGE}",
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the page and write it."""
    most: int = config.getoption("slowest")
    if not most:
        return
    reports = [one for several in terminalreporter.stats.values() for one in several]
    page = render([one for one in reports if isinstance(one, pytest.TestReport)], most)
    terminalreporter.write_line("")
    terminalreporter.write(page)
    file = config.rootpath / PAGE
    file.parent.mkdir(exist_ok=True)
    file.write_text(page, encoding="utf-8")


def render(reports: list[pytest.TestReport], most: int) -> str:
    """The page: seconds of whole tests, what they set up included, of whole modules and of all that
    is in a folder.
    """
    tests: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    folders: Counter[str] = Counter()
    for one in reports:
        tests[one.nodeid] += one.duration  # type: ignore[assignment]  # counts in seconds
        module = one.nodeid.partition("::")[0]
        modules[module] += one.duration  # type: ignore[assignment]
        folders[module.rpartition("/")[0]] += one.duration  # type: ignore[assignment]
    return (
        f"# The {most} slowest tests, seconds\n\n{_rows(tests, most)}\n"
        f"# The {most} slowest modules, seconds\n\n{_rows(modules, most)}\n"
        f"# The {most} slowest folders, seconds\n\n{_rows(folders, most)}"
    )


def _rows(seconds: "Counter[str]", most: int) -> str:
    return "".join(f"{took:8.1f}  {name}\n" for name, took in seconds.most_common(most))
