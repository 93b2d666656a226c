"""Which characters of a text a document can show, and what stands in place of the others."""

import re
import struct
import textwrap
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")
"""The only fonts of a document: what is not in them cannot be shown."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MAX_CHARACTERS = 300
"""A longer text is cut, and ends with an ellipsis."""

_WITHOUT_SHAPE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Categories of characters that have none: controls, directions, surrogates, line separators."""
_UNBROKEN = re.compile(r"(\S{16})(?=\S)")
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"


def shown(text: str) -> str:
    """A text as a document shows it: each character as it is, or `REPLACEMENT` for one that no
    font of ours has or that has no shape. A long word may be broken, a long text is cut.
    """
    whole = unicodedata.normalize("NFC", text)
    if len(whole) > MAX_CHARACTERS:
        whole = whole[: MAX_CHARACTERS - 1] + "…"
    kept = "".join(one if _can_be_shown(one) else REPLACEMENT for one in whole)
    return _UNBROKEN.sub(rf"\1{_MAY_BREAK}", kept)


def pieces(text: str) -> list[str]:
    """A text in pieces that are each shown whole: cut between words where there are any."""
    return textwrap.wrap(unicodedata.normalize("NFC", text), MAX_CHARACTERS)


@cache
def covered() -> frozenset[int]:
    """The code points for which every font of ours has a glyph."""
    return frozenset.intersection(*(_code_points(font) for font in sorted(FONTS.glob("*.ttf"))))


def _can_be_shown(character: str) -> bool:
    return ord(character) in covered() and unicodedata.category(character) not in _WITHOUT_SHAPE


def _code_points(font: Path) -> frozenset[int]:
    """What a font's table `cmap` has a glyph for, of its subtable of groups (format 12)."""
    content = font.read_bytes()
    (tables,) = struct.unpack_from(">H", content, 4)
    (start,) = (
        offset
        for tag, _, offset, _ in struct.iter_unpack(">4sLLL", content[12 : 12 + 16 * tables])
        if tag == b"cmap"
    )
    (subtables,) = struct.unpack_from(">H", content, start + 2)
    records = struct.iter_unpack(">HHL", content[start + 4 : start + 4 + 8 * subtables])
    whole = next(
        start + offset for platform, kind, offset in records if (platform, kind) == (3, 10)
    )
    (groups,) = struct.unpack_from(">L", content, whole + 12)
    return frozenset(
        point
        for first, last, _ in struct.iter_unpack(">LLL", content[whole + 16 :][: 12 * groups])
        for point in range(first, last + 1)
    )
