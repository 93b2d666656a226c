"""Commands of who reviews the log, over HTTP alone. No wire type."""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import Day, ServicePointId
from pydantic import Field

from orders.reviews.domain import MOST_LINES, FollowUp, Outcome

CaseNumber = Annotated[str, Field(pattern=r"^[A-ZÅÄÖ]{2,8}[ /-]?(19|20)[0-9]{2}[-:/][0-9]{1,5}$")]
"""A number of the region's register of documents; too narrow for anybody's personal number."""


class ReviewLine(Command):
    """Say what came of the review of a line of the log (REF-21)."""

    outcome: Outcome
    follow_up: FollowUp | None = None
    case_number: CaseNumber | None = None


class DrawSample(Command):
    """Draw lines of some days of the log at random (REF-21)."""

    first: Day
    last: Day
    unit: ServicePointId | None = None
    emergencies: bool = False
    size: Annotated[int, Field(ge=1, le=MOST_LINES)]
