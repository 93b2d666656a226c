"""A projection of users: who reads which messages."""

from kvitt_chassis.models import Json
from kvitt_chassis.users import RegisteredUser
from kvitt_contracts.types import ProductArea
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class UserRow(RegisteredUser, Base):
    """A user as orders emitted them last. `product_areas`: None where nothing limits them
    (REF-11).
    """

    product_areas: Mapped[tuple[ProductArea, ...] | None] = mapped_column(
        Json(tuple[ProductArea, ...])
    )
