"""INV-2, INV-4, INV-13: what an article's page says of its prices, lead time and balances."""

import re
from pathlib import Path
from typing import Any

import pytest
from kvitt_portal.iso_classes import CLASSES
from kvitt_portal.pages.articles import prices_noted
from kvitt_portal.rendering import environment

REGIONS = Path(__file__).parents[2] / "examples" / "regions"
PRICES = [{"valid_from": day} for day in ("2026-01-01", "2027-01-01", "2025-01-01", "2026-05-01")]


def said(template: str, macro: str, thing: dict[str, Any]) -> str:
    """What a macro writes of a thing."""
    written = getattr(environment().get_template(template).module, macro)(thing)
    return str(written).strip()


@pytest.mark.rule("INV-2b")
def test_every_price_is_shown_the_newest_first_with_what_it_is_beside_the_valid_one() -> None:
    shown = prices_noted(PRICES, "2026-03-02")

    assert [(one["valid_from"], one["note"]) for one in shown] == [
        ("2027-01-01", "kommande"),
        ("2026-05-01", "kommande"),
        ("2026-01-01", ""),
        ("2025-01-01", "tidigare"),
    ]
    assert [one["note"] for one in prices_noted(PRICES, "")] == ["", "", "", ""]


@pytest.mark.rule("INV-2c")
@pytest.mark.parametrize(
    ("days", "is_short", "text"),
    [
        (4, True, "Kort: 3–5 arbetsdagar"),
        (1, False, "1 arbetsdag"),
        (10, False, "10 arbetsdagar"),
    ],
)
def test_a_lead_time_is_the_contracts_short_or_its_days(
    days: int, is_short: bool, text: str
) -> None:
    article = {"lead_time_days": days, "is_lead_time_short": is_short}

    assert said("articles/parts.html", "lead_time", article) == text


@pytest.mark.rule("INV-4e")
@pytest.mark.parametrize(
    ("colour", "word"), [("green", "Finns"), ("yellow", "Väntas"), ("red", "Slut")]
)
def test_a_balances_colour_has_its_word(colour: str, word: str) -> None:
    assert f">{word}</span>" in said("stores/parts.html", "colour", {"colour": colour})


@pytest.mark.rule("INV-13b")
@pytest.mark.parametrize(("number", "is_said"), [(2, True), (0, False)])
def test_what_is_being_reconditioned_is_said_beside_what_is_available(
    number: int, is_said: bool
) -> None:
    written = said("stores/parts.html", "reconditioned", {"in_reconditioning": number})

    assert ("2 rekonditioneras" in written) is is_said


@pytest.mark.rule("INV-3a")
def test_every_class_of_the_examples_has_a_name_at_each_level() -> None:
    catalogues = list(REGIONS.glob("*/catalogue.jsonl"))
    said_codes = (re.findall(r'"iso_code":"([0-9]+)"', file.read_text()) for file in catalogues)
    codes = {code for found in said_codes for code in found}

    levels = {code[:digits] for code in codes for digits in (2, 4, 6) if len(code) >= digits}
    assert levels
    assert levels - CLASSES.keys() == set()
