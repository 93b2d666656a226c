"""The keys' tables. Nothing in them opens without the key that no database holds."""

from datetime import datetime

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.types import PersonRef
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base

PERSONS = "persons"
"""The name of the one ring that a region has."""


# decision 0514: a region's ring wraps its persons' keys, and a Vault wraps the ring
class KeyRingRow(Regional, Base):
    """The versions of the key that a region's persons' keys are wrapped by, each wrapped itself by
    who keeps the key of keys. `current` wraps what is new.
    """

    __tablename__ = "key_rings"
    locked_when_loaded = True

    name: Mapped[str] = mapped_column(primary_key=True)
    current: Mapped[int]
    current_since: Mapped[datetime]
    versions: Mapped[dict[int, str]] = mapped_column(Json(dict[int, str]))


class PersonKeyRow(Regional, Base):
    """The key of what is stored of one reference, wrapped by a version of the ring. Erasure deletes
    this row, and with it everything that was sealed.
    """

    __tablename__ = "person_keys"
    __table_args__ = (Index("ix_person_keys_version", "region", "version"),)

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    version: Mapped[int]
    wrapped: Mapped[str]
