import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from kvitt_documents.showing import FONTS, MAX_CHARACTERS, REPLACEMENT, covered, shown


@pytest.mark.parametrize("font", sorted(FONTS.glob("*.ttf")), ids=lambda font: font.name)
def test_what_is_said_to_have_a_glyph_has_one(font: Path) -> None:
    glyphs = TTFont(font).getBestCmap()

    assert covered() <= {point for point, glyph in glyphs.items() if glyph != ".notdef"}
    assert covered() >= set(map(ord, "aåäöÅÄÖéüßøæ0123456789 .,-/()&%×½²µ€§<>#$[]{}\\*_`~@^|'\""))


@pytest.mark.parametrize(
    "text", ["Åsa Öberg & Söner AB", "<b>", "#let", "[x] $y$", "مستشفى", "בית", "Алёна", "😀 ♿"]
)
def test_what_a_font_has_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


@pytest.mark.rule("BIL-9l")
@pytest.mark.parametrize(
    "character",
    ["\x00", "\n", "\t", "\x1b", "\u202e", "\u200d", "\ufeff", "\ud800", "\ue000", "轮", "\u2028"],
)
def test_what_has_no_shape_of_ours_is_shown_as_a_replacement(character: str) -> None:
    assert shown(f"a{character}b") == f"a{REPLACEMENT}b"


def test_a_long_text_is_cut_where_one_sees_it() -> None:
    cut = shown("ett två " * 100)

    assert len(cut) == MAX_CHARACTERS
    assert cut.endswith("…")


@given(st.text())
def test_nothing_of_a_text_vanishes(text: str) -> None:
    whole = unicodedata.normalize("NFC", text)[:MAX_CHARACTERS]
    there = shown(text).replace("\N{ZERO WIDTH SPACE}", "")

    assert len(there) == len(whole)
    assert all(one in (was, REPLACEMENT, "…") for one, was in zip(there, whole, strict=True))
