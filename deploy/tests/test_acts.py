"""Decision 0389: what a user's act was answered, on its day and when the month is published again.
That acts are done, each once, is seen by the month itself (tests/test_readme.py).
"""

from dataclasses import replace

import httpx
import pytest
from kvitt.local.problems import LocalProblem
from kvitt.story.acts import Act, Answered, answered
from kvitt.story.comparison import of_their_day
from kvitt.story.services import Json

DECIDES = Act(
    name="VB-AN-01/decide",
    by="kundtjanst1",
    service="orders",
    path="/work-orders/1:decide",
    data={"is": "so"},
)


def test_a_refusal_that_says_that_it_is_done_is_a_refusal_on_its_day() -> None:
    ended = httpx.Response(409, json={"reason": "ENDED", "rule": "PCK-1"})

    assert answered(DECIDES, ended, is_over=False) == Answered(reason="ENDED", rule="PCK-1")
    assert answered(DECIDES, ended, is_over=True) == Answered()


def test_what_a_look_shows_is_compared_on_its_own_day_alone() -> None:
    """Decision 0475: later a look shows what there is by then."""
    asks = replace(DECIDES, path="/articles:alternatives?number=39913-01", data=None)
    showing = httpx.Response(200, json={"items": []})
    expected: Json = {"asks": {"reason": None, "rule": None, "found": {}}}

    on_its_day = answered(asks, showing, is_over=False)
    later = answered(asks, showing, is_over=True)

    assert on_its_day == Answered(found={})
    assert of_their_day(expected, acts={"asks": on_its_day}) == expected
    assert later == Answered()
    assert of_their_day(expected, acts={"asks": later}) == {"asks": {"reason": None, "rule": None}}


def test_any_other_refusal_is_one_on_every_day() -> None:
    incomplete = httpx.Response(422, json={"reason": "INCOMPLETE", "rule": "ACT-5"})

    for is_over in (False, True):
        found = answered(DECIDES, incomplete, is_over=is_over)
        assert found == Answered(reason="INCOMPLETE", rule="ACT-5")


@pytest.mark.parametrize("status", [401, 500, 503])
def test_a_service_that_fails_or_knows_nobody_ends_the_month(status: int) -> None:
    with pytest.raises(LocalProblem, match="decide"):
        answered(DECIDES, httpx.Response(status, json={"reason": "LOCKED"}), is_over=False)
