"""The tables of person references and of users, as orders published them last."""

from kvitt_chassis.models import Json, Regional
from kvitt_chassis.patients_wishes import HeardBlock, HeardConsent, HeardOpening
from kvitt_chassis.users import RegisteredUser
from kvitt_contracts.types import PersonRef, ProductArea, RegionPersonId, StoreId
from sqlalchemy import Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class PersonRow(Regional, Base):
    """The reference of what a region calls a person, whether they are active (REF-14) and
    whether their identity is protected (REF-9).
    """

    __tablename__ = "persons"
    __table_args__ = (
        Index("ix_persons_person", "region", "person"),
        Index("ix_persons_protected", "region", "person", postgresql_where=text("is_protected")),
    )

    region_person_id: Mapped[RegionPersonId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef]
    active: Mapped[bool]
    is_protected: Mapped[bool] = mapped_column(default=False, server_default=false())


class AliasRow(Regional, Base):
    """A reference that another one replaces since two persons were merged."""

    __tablename__ = "person_aliases"
    __table_args__ = (Index("ix_person_aliases_into", "region", "into"),)

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    into: Mapped[PersonRef]


class BlockRow(HeardBlock, Base):
    """What a unit has of a person is out of other units' reach (REF-25)."""

    __table_args__ = (Index("ix_blocks_person", "region", "person"),)


class BlockOpeningRow(HeardOpening, Base):
    """Who has opened a block in an emergency (REF-25)."""

    __table_args__ = (Index("ix_block_openings_user", "region", "user_id"),)


class ConsentRow(HeardConsent, Base):
    """Which unit a person lets see what others have of them (REF-26)."""

    __table_args__ = (Index("ix_consents_service_point", "region", "service_point"),)


class UserRow(RegisteredUser, Base):
    """A user by internal id: their roles, service points and activity (REF-18), and what limits
    them (REF-11): no product areas, no stores, no limit.
    """

    product_areas: Mapped[tuple[ProductArea, ...] | None] = mapped_column(
        Json(tuple[ProductArea, ...])
    )
    stores: Mapped[tuple[StoreId, ...] | None] = mapped_column(Json(tuple[StoreId, ...]))
