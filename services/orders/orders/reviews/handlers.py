"""What we do about a review of the log, and about a sample of it."""

from datetime import UTC, datetime
from uuid import UUID

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import UserId

from orders.people.domain import Look
from orders.people.models import PersonAccessRow
from orders.people.writes import log_accesses
from orders.reviews import domain
from orders.reviews.commands import DrawSample, ReviewLine
from orders.reviews.models import LogReviewRow, LogSampleRow
from orders.reviews.queries import draw

messages = Handlers()

LOG_REVIEW = "log_review"
"""The purpose that reading the log, and reviewing it, is logged under."""


# decision 0541: a review is about a line, and says nothing of a person
@messages.command(ReviewLine)
async def review_line(command: ReviewLine, tx: Transaction) -> None:
    """Store what came of the review of a line, whose own row is in the log (REF-21).

    Refused: UNKNOWN_PERSON_ACCESS (contract), OWN_LOOK, FOLLOW_UP_MISSING, FOLLOW_UP_NOT_GIVEN
    (REF-21).
    """
    line = await tx.get(PersonAccessRow, tx.target("log-line"), rule="REF-21")
    by = _reviewer(tx)
    judged = domain.Judged(outcome=command.outcome, follow_up=command.follow_up, by=by)
    domain.must_be_reviewable(judged, looked=line.user_id)
    tx.put(
        LogReviewRow(
            region=tx.region,
            review_id=tx.mint(),
            access_id=line.access_id,
            by=by,
            outcome=command.outcome,
            follow_up=command.follow_up,
            case_number=command.case_number,
            unit=line.unit,
            line_at=line.at,
        )
    )
    log_accesses(tx, by, LOG_REVIEW, [line.person], look=Look.REVIEWED)


@messages.command(DrawSample)
async def draw_sample(command: DrawSample, tx: Transaction) -> None:
    """Draw lines at random, which are the sample's from then on (REF-21).

    Refused: NO_SUCH_PERIOD (REF-21).
    """
    today = stockholm_day(datetime.now(UTC))  # the log's days are real, whatever business time is
    domain.must_be_a_period(command.first, command.last, today=today)
    sample: UUID = tx.target("log-sample")
    lines = await draw(
        sample,
        first=command.first,
        last=command.last,
        unit=command.unit,
        emergencies=command.emergencies,
        size=command.size,
        tx=tx,
    )
    tx.put(
        LogSampleRow(
            region=tx.region,
            sample_id=sample,
            by=_reviewer(tx),
            first=command.first,
            last=command.last,
            unit=command.unit,
            emergencies=command.emergencies,
            lines=lines,
        )
    )


def _reviewer(tx: Transaction) -> UserId:
    assert tx.actor is not None  # over HTTP alone
    return UserId(tx.actor)
