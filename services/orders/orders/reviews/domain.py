"""The rules of reviewing the log. No database, no clock, no log."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId

MOST_LINES: Final = 100
"""So many lines are drawn at once: as many as somebody looks through in a day."""
_LONGEST_DAYS: Final = 366


class Reason(StrEnum):
    """Why a review, or a sample, is refused."""

    OWN_LOOK = "OWN_LOOK"
    FOLLOW_UP_MISSING = "FOLLOW_UP_MISSING"
    FOLLOW_UP_NOT_GIVEN = "FOLLOW_UP_NOT_GIVEN"
    NO_SUCH_PERIOD = "NO_SUCH_PERIOD"


class ReviewRefused(Refused):
    """A refusal by a rule of reviewing the log; `reason` is one of Reason."""


class Outcome(StrEnum):
    """What a review came to."""

    IN_ORDER = "in_order"
    LOOK_INTO = "look_into"


class FollowUp(StrEnum):
    """What is done about a line that is to be looked into."""

    ASK_USER = "ask_user"
    ASK_UNIT_HEAD = "ask_unit_head"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A review as its reviewer writes it."""

    outcome: Outcome
    follow_up: FollowUp | None
    by: UserId


def must_be_reviewable(judged: Judged, *, looked: UserId) -> None:
    """Check a review of a line; `looked`: whose look the line is.

    Raises ReviewRefused: OWN_LOOK, FOLLOW_UP_MISSING, FOLLOW_UP_NOT_GIVEN (REF-21).
    """
    if judged.by == looked:
        way_on = "Det är din egen rad: låt en annan loggranskare granska den."
        raise ReviewRefused(Reason.OWN_LOOK, rule="REF-21", way_on=way_on)
    if judged.outcome is Outcome.LOOK_INTO and judged.follow_up is None:
        way_on = "Välj vad som görs nu."
        raise _refusal(Reason.FOLLOW_UP_MISSING, way_on)
    if judged.outcome is Outcome.IN_ORDER and judged.follow_up is not None:
        way_on = "Det som är i sin ordning följs inte upp: ta bort valet."
        raise _refusal(Reason.FOLLOW_UP_NOT_GIVEN, way_on)


def must_be_a_period(first: date, last: date, *, today: date) -> None:
    """Check the days that a sample is drawn from, or lines are counted of: both passed or today, at
    most a year.

    Raises ReviewRefused (NO_SUCH_PERIOD, REF-21). `today` is a real day, as the log's time is.
    """
    if not first <= last <= today or (last - first).days >= _LONGEST_DAYS:
        raise ReviewRefused(
            Reason.NO_SUCH_PERIOD,
            rule="REF-21",
            field="last",
            way_on="Välj en första och en sista dag som har varit, högst ett år isär.",
        )


def _refusal(reason: Reason, way_on: str) -> ReviewRefused:
    return ReviewRefused(reason, rule="REF-21", field="follow_up", way_on=way_on)
