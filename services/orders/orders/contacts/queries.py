"""Finds users by the beginnings of their names, and what codes are called. Reads only."""

from collections.abc import Sequence
from typing import Any

from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import ServicePointId, UserId
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute

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


async def names_of(
    reader: RegionReader,
    code: InstrumentedAttribute[Any],
    name: InstrumentedAttribute[str],
    codes: Sequence[str],
) -> dict[str, str]:
    """What these codes of a table are called; what is unknown is left out."""
    found = await reader.all(select(code, name).where(code.in_(codes))) if codes else []
    return {str(one): called for one, called in found}


async def contacts_of(reader: RegionReader, users: Sequence[UserId]) -> list[UserContactRow]:
    """How these users are reached at work, active or not; who has left no name is left out."""
    if not users:
        return []
    return await reader.all(select(UserContactRow).where(UserContactRow.user_id.in_(users)))
