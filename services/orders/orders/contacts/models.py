"""The table of users' contacts: a part of the vault, which is never published."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import UserId
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class UserContactRow(Regional, Base):
    """How a user is reached at work, as the region stated it last.

    `words` are the name's, each after a space: what a search compares with.
    """

    __tablename__ = "user_contacts"

    user_id: Mapped[UserId] = mapped_column(primary_key=True)
    name: Mapped[str]
    words: Mapped[str]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    email: Mapped[str | None]
