"""Pictures of every page, at three widths, for a person to look at: `make gallery`."""

import html
import os
import sys
from pathlib import Path

from playwright.async_api import Page

WIDTHS = (320, 768, 1440)
FOLDER = Path(".kvitt", "gallery")


def is_made() -> bool:
    """True where the tests are run to make it."""
    return os.environ.get("KVITT_GALLERY") == "1"


async def take(page: Page, name: str, *, height: int) -> None:
    """A page's pictures, whole: `<name>-<width>.png`. Its window is afterwards as before."""
    before = page.viewport_size
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": height})
        file = FOLDER / f"{name}-{width}.png"
        # the caret as it is: to hide it is a style that the page forbids
        await page.screenshot(path=file, full_page=True, caret="initial")
    if before is not None:
        await page.set_viewport_size(before)


def write_index() -> Path:
    """The page that shows them side by side."""
    names = sorted({file.stem.rpartition("-")[0] for file in FOLDER.glob("*.png")})
    rows = "\n".join(_row(name) for name in names)
    text = (
        "<!doctype html>\n<html lang='en'><meta charset='utf-8'><title>Gallery</title>\n"
        "<style>body{font-family:sans-serif}div{display:flex;gap:1rem;align-items:start}"
        "img{border:1px solid #999;max-width:100%}</style>\n"
        f"<h1>{len(names)} states of pages</h1>\n{rows}\n"
    )
    file = FOLDER / "index.html"
    file.write_text(text, encoding="utf-8")
    return file


def _row(name: str) -> str:
    said = html.escape(name)
    shown = "".join(
        f"<img src='{said}-{width}.png' alt='{said}, {width} px' width='{width // 2}'>"
        for width in WIDTHS
    )
    return f"<h2>{said}</h2><div>{shown}</div>"


if __name__ == "__main__":
    sys.stdout.write(f"Look at them: {write_index()}\n")
