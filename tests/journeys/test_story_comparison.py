from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt.story.comparison import Difference, Kind, differences, payers_by_day
from kvitt.story.report import kronor

LINE = {"kind": "rent", "device": "R1", "net_ore": 100}
OTHER_LINE = {"kind": "rent", "device": "R2", "net_ore": 100}

_values = st.lists(st.dictionaries(st.sampled_from("ab"), st.integers(0, 3)), max_size=4)


def compared(expected: list[Any], found: list[Any]) -> list[Difference]:
    """How the lines of one payer differ."""
    return differences({"invoices": {"8101": expected}}, {"invoices": {"8101": found}})


def test_what_is_equal_does_not_differ() -> None:
    assert compared([LINE, OTHER_LINE], [OTHER_LINE, LINE]) == []


def test_what_is_missing_is_found() -> None:
    (one,) = compared([LINE, OTHER_LINE], [LINE])

    assert (one.kind, one.expected, one.found) == (Kind.MISSING, OTHER_LINE, None)


def test_what_stands_there_twice_is_found() -> None:
    (one,) = compared([LINE], [LINE, LINE])

    assert (one.kind, one.found) == (Kind.TWICE, LINE)


def test_what_is_other_is_told_by_what_differs() -> None:
    (one,) = compared([LINE], [{**LINE, "net_ore": 101}])

    assert (one.kind, one.expected, one.found) == (
        Kind.OTHER,
        {"net_ore": 100},
        {"net_ore": 101},
    )


def test_what_nobody_expected_is_found() -> None:
    (one,) = differences({"orders": {}}, {"orders": {"VB-1": [{"status": "delivered"}]}})

    assert (one.section, one.name, one.kind) == ("orders", "VB-1", Kind.UNEXPECTED)


def test_a_thing_that_exists_twice_is_found_whatever_the_second_says() -> None:
    order = {"status": "delivered"}
    (one,) = differences(
        {"orders": {"VB-1": [order]}}, {"orders": {"VB-1": [order, {"status": "voided"}]}}
    )

    assert one.kind is Kind.TWICE


@given(_values, _values, st.randoms())
def test_only_the_same_things_are_equal_and_their_order_does_not_matter(
    expected: list[dict[str, int]], found: list[dict[str, int]], random: Random
) -> None:
    shuffled = random.sample(found, len(found))

    same = sorted(map(repr, map(sorted, map(dict.items, expected)))) == sorted(
        map(repr, map(sorted, map(dict.items, found)))
    )

    assert (compared(expected, found) == []) == same
    assert (compared(expected, shuffled) == []) == same


def test_the_payers_of_the_days_follow_from_the_change_points() -> None:
    periods: list[dict[str, Any]] = [
        {"from_day": "2026-05-20", "payer_id": None},
        {"from_day": "2026-05-10", "payer_id": "8102"},
        {"from_day": "2026-04-01", "payer_id": "8101"},
        {"from_day": "2026-05-25", "payer_id": "8102"},
        {"from_day": "2026-05-28", "payer_id": "8102"},
    ]

    spans = payers_by_day(periods, first=date(2026, 5, 1), last=date(2026, 5, 31))

    assert spans == [
        ["2026-05-01", "2026-05-09", "8101"],
        ["2026-05-10", "2026-05-19", "8102"],
        ["2026-05-25", "2026-05-31", "8102"],
    ]


@pytest.mark.parametrize(
    ("ore", "text"),
    [(123450, "1 234,50 kr"), (-5, "-0,05 kr"), (0, "0,00 kr"), (100000000, "1 000 000,00 kr")],
)
def test_an_amount_is_written_as_people_do(ore: int, text: str) -> None:
    assert kronor(ore) == text
