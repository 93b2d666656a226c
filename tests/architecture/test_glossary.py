"""The chassis' glossary names modules that exist, and says where each word is used."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "chassis/GLOSSARY.md"
ROWS = re.findall(
    r"^\| (?!word|---)([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.M
)


def test_every_module_that_the_glossary_names_exists() -> None:
    named = {module for _, _, modules, _ in ROWS for module in re.findall(r"`([^`]+)`", modules)}
    package = ROOT / "chassis/kvitt_chassis"

    assert len(ROWS) > 35
    assert [module for module in sorted(named) if not (package / module).is_file()] == []


def test_every_word_has_a_module_and_the_fields_term() -> None:
    words = [word for word, *_ in ROWS]

    assert len(words) == len(set(words))
    assert [word for word, _, modules, _ in ROWS if "`" not in modules] == []
    assert [word for word, _, _, term in ROWS if not re.fullmatch(r"\*[^*]+\*", term)] == []


def test_the_chassis_page_leads_to_the_glossary() -> None:
    assert "(GLOSSARY.md)" in (ROOT / "chassis/README.md").read_text()
