"""The tables of person references, as orders published them last."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import PersonRef, RegionPersonId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class PersonRow(Regional, Base):
    """The reference of what a region calls a person, and whether they are active (REF-14)."""

    __tablename__ = "persons"
    __table_args__ = (Index("ix_persons_person", "region", "person"),)

    region_person_id: Mapped[RegionPersonId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef]
    active: Mapped[bool]


class AliasRow(Regional, Base):
    """A reference that another one replaces since two persons were merged."""

    __tablename__ = "person_aliases"
    __table_args__ = (Index("ix_person_aliases_into", "region", "into"),)

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    into: Mapped[PersonRef]
