"""A projection of users: who reads which messages."""

from kvitt_chassis.users import RegisteredUser

from notifications.base import Base


class UserRow(RegisteredUser, Base):
    """A user as orders emitted them last."""
