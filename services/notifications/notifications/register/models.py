"""Projections of users, who read messages, and of persons, whom regions name by their own ids."""

from kvitt_chassis.models import Json, Regional
from kvitt_chassis.users import RegisteredUser
from kvitt_contracts.types import PersonRef, ProductArea, RegionPersonId
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class UserRow(RegisteredUser, Base):
    """A user as orders emitted them last. `product_areas`: None where nothing limits them
    (REF-11).
    """

    product_areas: Mapped[tuple[ProductArea, ...] | None] = mapped_column(
        Json(tuple[ProductArea, ...])
    )


class PersonRow(Regional, Base):
    """A person's reference and the region's own opaque id of them; `merged_into` makes it an alias.
    Who it is nobody knows here.
    """

    __tablename__ = "persons"

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    region_person_id: Mapped[RegionPersonId]
    merged_into: Mapped[PersonRef | None]
