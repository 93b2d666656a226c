"""Decisions: each page is listed once, and named from what it explains; no reference is dead."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "decisions"
INDEX = PAGES / "README.md"
REFERENCE = re.compile(r"\bdecisions? ((?:\d{4}(?:, | and )?)+)", re.IGNORECASE)
SUFFIXES = {".py", ".md", ".toml", ".sql"}
MADE = {".git", ".venv", ".kvitt", ".mypy_cache", ".ruff_cache", "__pycache__"}


def pages() -> dict[str, Path]:
    """The pages by their number."""
    return {page.name[:4]: page for page in PAGES.glob("[0-9]*.md")}


def named_in(text: str) -> list[str]:
    """The numbers that a text names: `decision 0042`, `decisions 0041 and 0042`."""
    return [number for found in REFERENCE.findall(text) for number in re.findall(r"\d{4}", found)]


def texts() -> Iterator[Path]:
    """The repository's own texts, without what tools make; docs/decisions and this left out."""
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [one for one in inner if one not in MADE and Path(folder, one) != PAGES]
        for name in files:
            file = Path(folder, name)
            ours = file.suffix in SUFFIXES or name == "Makefile"
            if ours and file != Path(__file__):
                yield file


def references() -> dict[str, list[str]]:
    """By number: the files that name it."""
    found: dict[str, list[str]] = {}
    for file in texts():
        for number in named_in(file.read_text(encoding="utf-8")):
            found.setdefault(number, []).append(str(file.relative_to(ROOT)))
    return found


def test_a_number_belongs_to_one_page_whose_heading_begins_with_it() -> None:
    files = sorted(PAGES.glob("[0-9]*.md"))

    assert len(pages()) == len(files) > 0
    wrong = [one.name for one in files if not one.read_text().startswith(f"# {one.name[:4]} ")]
    assert wrong == []


def test_each_page_stands_in_the_index_once_under_its_heading() -> None:
    listed = re.findall(r"\[(\d{4} .+?)\]\((.+?\.md)\)", INDEX.read_text(encoding="utf-8"))
    headings = {
        page.name: page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        for page in pages().values()
    }

    assert Counter(name for _, name in listed) == Counter(headings.keys())
    assert {name: title for title, name in listed} == headings


def test_each_page_is_named_from_the_code_or_page_that_it_explains() -> None:
    assert set(pages()) - set(references()) == set()


def test_every_reference_names_a_page() -> None:
    dead = {number: files for number, files in references().items() if number not in pages()}

    assert dead == {}
