"""The register of users as a service has it: a projection of what orders emits (REF-18)."""

from kvitt_contracts.access.asked import user_may_for_all
from kvitt_contracts.types import Role, ServicePointId, UserId, Word
from sqlalchemy.orm import Mapped, mapped_column

from kvitt_chassis.models import Json, Regional


class RegisteredUser(Regional):
    """The columns of a user that access is decided by. A service makes its row class of it:
    `class UserRow(RegisteredUser, Base)`, and projects `UserRegistered` into it.
    """

    __tablename__ = "users"

    user_id: Mapped[UserId] = mapped_column(primary_key=True)
    roles: Mapped[tuple[Role, ...]] = mapped_column(Json(tuple[Role, ...]))
    service_points: Mapped[tuple[ServicePointId, ...]] = mapped_column(
        Json(tuple[ServicePointId, ...])
    )
    default_service_point: Mapped[ServicePointId]
    active: Mapped[bool]
    duties: Mapped[tuple[Word, ...] | None] = mapped_column(Json(tuple[Word, ...]))
    employer_kind: Mapped[Word | None]

    def may_for_all(self, act: str) -> bool:
        """True while the user is active and reaches all of the region by an act of the table."""
        return user_may_for_all(act, self)
