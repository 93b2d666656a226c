"""What the pages name exists: files and folders, wherever a page says them, and topics."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kvitt_contracts.topics import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for pattern in ("*.md", "*/*.md", "docs/*/*.md", "services/*/*.md")
    for page in ROOT.glob(pattern)
    if page.name not in ("CHANGELOG.md", "topics.md")
    and not page.relative_to(ROOT).parts[0].startswith(".")
)
SUFFIXES = "py|md|yaml|json|jsonl|toml|txt|svg"
FOLDERS = {one.name for one in ROOT.iterdir() if one.is_dir() and not one.name.startswith(".")}
NAMES = {
    path.name
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.suffix.removeprefix(".") in SUFFIXES.split("|")
} | {path.name for path in ROOT.iterdir()}
MADE_HERE = (".kvitt/", ".venv/")
"""What a run makes."""


def _named(page: Path) -> Iterator[str]:
    """What a page names between backticks, or at the head of a block of code, that is a path."""
    text = page.read_text()
    yield from re.findall(r"^```\w+\n# (\S+/\S+)$", text, re.MULTILINE)
    for token in re.findall(r"`([^`\s]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)):
        token = token.split("::")[0]
        is_file = re.fullmatch(rf"[\w./<>*{{}},-]+\.({SUFFIXES})", token) is not None
        if token.startswith(MADE_HERE) or not (is_file or token.split("/")[0] in FOLDERS):
            continue
        if "/" in token or is_file:
            yield token


def _one_each(token: str) -> Iterator[str]:
    """Every path that `{a,b}` stands for."""
    if (found := re.search(r"\{([^{}]*)\}", token)) is None:
        yield token
        return
    for choice in found[1].split(","):
        yield from _one_each(token[: found.start()] + choice + token[found.end() :])


def _exists(path: str, page: Path) -> bool:
    if "/" not in path and re.search(r"[<*]", path) is None:
        return path in NAMES
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    places = (
        *(ROOT / place for place in ("", "contracts", "chassis/kvitt_chassis", "docs")),
        *(page.parent / place for place in ("", page.parent.name, "regions/ac")),
    )
    return any(
        (place / pattern).exists() if "*" not in pattern else any(place.glob(pattern))
        for place in places
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    missing = [
        path for token in _named(page) for path in _one_each(token) if not _exists(path, page)
    ]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_layout_names_what_there_is() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    layout = text.split("## 2 Layout")[1].split("```")[1]
    shelves = ROOT / "chassis/kvitt_chassis"

    assert _folders(layout, "  kvitt_chassis/") == _inside(shelves)
    assert set(re.findall(r"^(\w+)/", layout, re.MULTILINE)) == _inside(ROOT)
    named = re.findall(r"[\w.]+\.(?:md|toml|lock|py)|Makefile", layout.splitlines()[1])
    assert [name for name in named if not (ROOT / name).exists()] == []


def _folders(layout: str, below: str) -> set[str]:
    """The folders of a layout that stand one step further in, under a line of it."""
    _, _, rest = layout.partition(below)
    lines = rest.split("\nservices/")[0].splitlines()[1:]
    return {line.strip().split("/")[0] for line in lines if line.startswith("    ")}


def _inside(folder: Path) -> set[str]:
    return {
        one.name
        for one in folder.iterdir()
        if one.is_dir() and not one.name.startswith((".", "_")) and any(one.rglob("*.*"))
    }


def test_the_table_of_services_names_topics_of_the_catalogue() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text().split("## 2 Layout")[0]
    services = "|".join({topic.owner for topic in CATALOGUE} - {"region"})
    named = set(re.findall(rf"`((?:{services})\.[a-z-]+)`", text))

    assert named == {topic.name for topic in CATALOGUE if not topic.is_per_region}
