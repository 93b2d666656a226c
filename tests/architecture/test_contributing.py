"""The code that the page for contributors shows is the code of the files that it names."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def shown(page: str) -> Iterator[tuple[str, str]]:
    """Each piece of code that a page shows, with the file named at its head or above it."""
    for block in re.findall(r"^```python\n(# \S+/\S+\.py\n.*?)^```$", page, re.M | re.S):
        path = ""
        for piece in block.strip("\n").split("\n\n\n"):
            head = re.match(r"# (\S+\.py)\n", piece)
            path = head[1] if head else path
            yield path, piece[head.end() :] if head else piece


def differing(page: str) -> list[str]:
    """The files whose shown code they do not have."""
    return [path for path, code in shown(page) if code not in (ROOT / path).read_text()]


def test_the_page_for_contributors_shows_code_as_it_is() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()

    assert len(list(shown(page))) > 10
    assert differing(page) == []


def test_code_that_a_file_has_not_is_seen() -> None:
    page = "```python\n# services/bmb/bmb/register/handlers.py\nprojections = Other()\n```\n"

    assert differing(page) == ["services/bmb/bmb/register/handlers.py"]
