"""REF-16: each employer's users have a way to log in of their own; the page says whose it is."""

import re

import pytest
from kvitt_contracts.types import Word
from kvitt_portal.log_in import EMPLOYERS
from kvitt_portal.providers import Provider
from kvitt_portal.rendering import environment


def a_provider(name: str, *kinds: str) -> Provider:
    """A region's identity provider."""
    issuer = f"https://{name.lower().replace(' ', '-')}.example"
    kinds_of = tuple(map(Word, kinds))
    return Provider(name=name, issuer=issuer, client_id="kvitt", employer_kinds=kinds_of)


@pytest.mark.rule("REF-16b")
def test_the_log_in_offers_the_ways_that_there_are_and_says_whose_each_is() -> None:
    page = environment().get_template("log_in/providers.html")
    shown = page.render(
        providers=[
            a_provider("Region Dalarna", "region"),
            a_provider("Siths", "municipality", "contractor"),
            a_provider("Reserv"),
        ],
        employers=EMPLOYERS,
        till="/",
        said="",
        fault="",
        word=str,
    )

    ways = re.findall(r'<a class="button[^>]*>([^<]*)</a>(?: <span>([^<]*)</span>)?', shown)
    assert ways == [
        ("Region Dalarna", "För anställda i regionen"),
        ("Siths", "För anställda i en kommun, För anställda hos en privat utförare"),
        ("Reserv", ""),
    ]


@pytest.mark.rule("REF-16b")
def test_who_came_by_another_way_is_told_to_take_their_own() -> None:
    page = environment().get_template("log_in/nobody.html")

    other = page.render(user="k082lno", is_other_way=True, word=str)
    unknown = page.render(user="k082lno", is_other_way=False, word=str)

    assert "är inte för din arbetsgivares användare" in other
    assert "ansöka om behörighet" in unknown
