"""Look-ups of who heads a user's unit. Reads only."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import UserId
from sqlalchemy import cast, select
from sqlalchemy.dialects.postgresql import JSONB

from orders.units.access.domain import UNIT_HEAD
from orders.units.models import UserRow


async def heads_of(user: UserRow, tx: Transaction) -> tuple[UserId, ...]:
    """Who heads the unit where a user works by default, and may act; never the user themselves."""
    query = (
        select(UserRow.user_id)
        .where(
            UserRow.region == tx.region,
            UserRow.active,
            UserRow.user_id != user.user_id,
            cast(UserRow.duties, JSONB).contains([UNIT_HEAD]),
            cast(UserRow.service_points, JSONB).contains([user.default_service_point]),
        )
        .order_by(UserRow.user_id)
    )
    return tuple((await tx.session.execute(query)).scalars())
