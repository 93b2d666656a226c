"""Finds users by the beginnings of their names. Reads only."""

from kvitt_contracts.types import ServicePointId
from sqlalchemy import Select, and_, select

from orders.contacts.domain import words_of
from orders.contacts.models import UserContactRow
from orders.units.models import UserRow


def active_users_called(
    name: str,
) -> Select[UserContactRow, tuple[ServicePointId, ...]]:
    """The active users in whose names each word of `name` begins one, with their service points;
    in the order of their names.
    """
    is_called = (
        UserContactRow.words.contains(f" {word}", autoescape=True) for word in words_of(name)
    )
    return (
        select(UserContactRow, UserRow.service_points)
        .join(
            UserRow,
            and_(
                UserRow.region == UserContactRow.region, UserRow.user_id == UserContactRow.user_id
            ),
        )
        .where(UserRow.active, *is_called)
        .order_by(UserContactRow.words, UserContactRow.user_id)
    )
