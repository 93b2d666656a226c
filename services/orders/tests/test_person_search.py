"""REF-2: the search for persons by any combination, and the choice among its hits."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st
from kvitt_contracts.types import Address
from orders.people.domain import Details
from orders.people.terms.domain import (
    MOST_LETTERS,
    Kind,
    Reason,
    SearchRefused,
    terms_of,
    understand,
    words_of,
)

from contracts.tests.builders.regions import OLD_WOMAN
from services.orders.tests.builders import an_identity

TODAY = date(2026, 3, 2)
HOME = Address(street="Storgatan 1", postal_code="21145", city="Malmö")


def details(name: str = "Anna-Lisa Öberg", **others: Any) -> Details:
    """Of somebody born on 1890-01-01."""
    given: dict[str, Any] = {"identity": an_identity(), "home_region": "m", "address": HOME}
    return Details(**{**given, "name": name, **others})


def finds(text: str, of: Details) -> bool:
    """Whether a search finds somebody: by their terms, and by what it asks."""
    sought = understand(text, today=TODAY)
    met = sought.is_met_by(of)
    if sought.number is None and met:  # what is found must be led to
        assert set(sought.beginnings()) <= terms_of(of)
    return met


@pytest.mark.rule("REF-2a")
@pytest.mark.parametrize(
    "text",
    [
        "anna",
        "ANNA öberg",
        "Öberg, Anna".replace(",", ""),
        "öbe ann",
        "öber annal",
        "Anna-Lisa",
        "annalisa",
        "anna lisa öberg 1890",
        "Ànna 18900101",
        "1890-01-01",
        "18900101 21145",
        "lis 211 45",
        OLD_WOMAN,
        f"{OLD_WOMAN[:8]}-{OLD_WOMAN[8:]} anna",
        f"{OLD_WOMAN[:8]} \u2013 {OLD_WOMAN[8:]}",
        "Anna 18900101 1890 21145 Öberg",
    ],
)
def test_any_combination_finds_a_person_who_has_all_of_it(text: str) -> None:
    assert finds(text, details())


@pytest.mark.rule("REF-2a")
@pytest.mark.parametrize(
    "more", ["Oberg", "Annan", "Lisan", "1891", "18900102", "21146", "bo", "öb", "nna"]
)
def test_whatever_a_person_has_not_narrows_them_away(more: str) -> None:
    assert not finds(f"anna {more}", details())


@pytest.mark.rule("REF-2e")
def test_a_word_of_one_or_two_letters_is_a_whole_name() -> None:
    assert finds("bo testsson", details("Bo Testsson"))
    assert not finds("bo testsson", details("Bosse Testsson"))


@pytest.mark.rule("REF-2e")
def test_a_persons_terms_are_words_their_beginnings_birth_and_postal_code_and_no_more() -> None:
    assert terms_of(details("Bo Öberg")) == {
        (Kind.WORD, "bo"),
        (Kind.WORD, "öberg"),
        (Kind.BEGINNING, "öbe"),
        (Kind.BORN_ON, "1890-01-01"),
        (Kind.BORN_IN, "1890"),
        (Kind.POSTAL_CODE, "21145"),
    }


@pytest.mark.rule("REF-9a")
@pytest.mark.rule("REF-2f")
def test_no_postal_code_finds_who_is_protected() -> None:
    hidden = details(protected=True)

    assert Kind.POSTAL_CODE not in {kind for kind, _ in terms_of(hidden)}
    assert not finds("anna 21145", hidden)
    assert finds("anna 1890", hidden)


@pytest.mark.rule("REF-2c")
@pytest.mark.parametrize("text", ["1980", "21145", "an", "bo 1980", "a b 21145", "o'"])
def test_what_half_a_town_has_is_refused_with_what_to_add(text: str) -> None:
    refused = refusal(text)

    assert refused.reason == Reason.SEARCH_TOO_WIDE
    assert "minst tre bokstäver" in refused.way_on


@pytest.mark.rule("REF-2c")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("   ", Reason.SEARCH_TOO_WIDE),
        ("a" * (MOST_LETTERS + 1), Reason.SEARCH_TOO_LONG),
        ("anna bea cia dia eva fia gia hia ida", Reason.SEARCH_TOO_LONG),
        ("anna 19800231", Reason.NO_SUCH_DAY),
        ("anna 1980-13-01", Reason.NO_SUCH_DAY),
        ("anna 20260303", Reason.NO_SUCH_DAY),
        ("anna 17000101", Reason.NO_SUCH_DAY),
        ("anna 2027", Reason.NO_SUCH_DAY),
        ("anna 0000", Reason.NO_SUCH_DAY),
        ("189001019803", Reason.NO_SUCH_NUMBER),
        ("anna%", Reason.SEARCH_NOT_UNDERSTOOD),
        ("an_a", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna'; DROP TABLE persons;--", Reason.SEARCH_NOT_UNDERSTOOD),
        ("<script>alert(1)</script>", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna 👵", Reason.SEARCH_NOT_UNDERSTOOD),
        ("\u202eanna", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna\x00", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna1980", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna 800512", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna 8005121234", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna ١٩٨٠", Reason.SEARCH_NOT_UNDERSTOOD),
        ("anna 1980 1981", Reason.SEARCH_NOT_UNDERSTOOD),
        ("- - -", Reason.SEARCH_NOT_UNDERSTOOD),
    ],
)
def test_what_cannot_be_searched_is_refused_and_not_repeated(text: str, reason: Reason) -> None:
    refused = refusal(text)

    assert (refused.reason, refused.rule, refused.field) == (reason, "REF-2", "text")
    assert refused.way_on
    assert refused.values == {}


@whatever(st.text(max_size=200))
def test_whatever_is_written_is_understood_or_refused(text: str) -> None:
    try:
        sought = understand(text, today=TODAY)
    except SearchRefused:
        return
    assert sought.is_narrow


@whatever(st.text(min_size=3, max_size=60))
def test_whoever_has_a_name_is_found_by_each_beginning_of_its_words(name: str) -> None:
    for word in words_of(name):
        for end in range(3, len(word) + 1):
            begun = word[:end]
            if words_of(begun) == (begun,):  # else its letters are others by themselves
                assert finds(begun, details(name))


def refusal(text: str) -> SearchRefused:
    """The refusal of a text."""
    with pytest.raises(SearchRefused) as refused:
        understand(text, today=TODAY)
    return refused.value
