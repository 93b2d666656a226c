"""The dashboards as deploy/watching/dashboards.yaml has them."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter
from yaml import safe_load

from kvitt.dashboards.panels import Page

FILE = Path(__file__).parents[2] / "watching" / "dashboards.yaml"
_PAGES: TypeAdapter[tuple[Page, ...]] = TypeAdapter(tuple[Page, ...])


def read_pages(file: Path = FILE) -> Sequence[Page]:
    """Every dashboard. Raises ValueError for what is none."""
    return _PAGES.validate_python(safe_load(file.read_text(encoding="utf-8")))
