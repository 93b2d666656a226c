"""The table of what users have chosen. Who never chose anything has no row."""

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts.topics import NOTIFICATIONS_PREFERENCES
from kvitt_contracts.types import UserId, Word
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from notifications.preferences.domain import Preferences, evolve


class PreferencesRow(
    Aggregate[Preferences],
    Base,
    noun="preferences",
    topic=NOTIFICATIONS_PREFERENCES,
    state=Preferences,
    evolve=evolve,
):
    """The routines by which a user wants mail, beside those of their region."""

    __tablename__ = "preferences"

    user_id: Mapped[UserId]
    email: Mapped[tuple[Word, ...]] = mapped_column(Json(tuple[Word, ...]))
