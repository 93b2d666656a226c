"""How many looks one user may have in an hour (REF-19)."""

from datetime import UTC, datetime
from math import ceil

from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.problems import Problem, ProblemRaised
from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.types import UserId

from orders.people.domain import Limit
from orders.people.writes import LOOKS, full_until


class TooManyLooks(ProblemRaised):
    """The user has had as many looks as one may have in an hour (429)."""

    def __init__(self, until: datetime) -> None:
        wait = max(1, ceil((until - datetime.now(UTC)).total_seconds()))
        super().__init__(
            Problem(
                status=429,
                reason="TOO_MANY_LOOKS",
                title="För många uppslag",
                detail="Du har slagit upp så många personer som får slås upp på en timme."
                " Uppslagen är loggade och följs upp.",
                rule="REF-19",
                way_on=f"Försök igen efter klockan {until.astimezone(STOCKHOLM):%H.%M}. Kan vården"
                " inte vänta: ring kundtjänst, som kan slå upp personen.",
                values={"until": until.isoformat()},
            ),
            headers={"Retry-After": str(wait)},
        )


async def must_have_a_turn(limit: Limit, user: UserId, tx: Transaction) -> None:
    """Check that a user may have one more look of some kinds, in the transaction that logs it.

    Raises TooManyLooks (429, REF-19).
    """
    until = await full_until(limit, user, tx)
    if until is not None:
        LOOKS.labels("orders", tx.region, "too_many").inc()
        raise TooManyLooks(until)
