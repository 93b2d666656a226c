"""What persons are searched by, and where their re-keying is."""

from datetime import datetime

from kvitt_chassis.models import Regional
from kvitt_contracts.types import PersonRef, UserId
from sqlalchemy import Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class PersonTermRow(Regional, Base):
    """A term of a person: found by being equal, which needs no plain text and is leakproof."""

    __tablename__ = "person_terms"
    __table_args__ = (Index("ix_person_terms_person", "region", "person"),)

    term: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[PersonRef] = mapped_column(primary_key=True)


class RekeyingRow(Regional, Base):
    """That what a region's persons are found by is hashed anew, by the key of a version. Stopped,
    it goes on from where it was when it is begun again: what is left is what has another version.
    """

    __tablename__ = "rekeyings"
    locked_when_loaded = True

    index_name: Mapped[str] = mapped_column(primary_key=True)
    to_version: Mapped[int] = mapped_column(SmallInteger)
    is_stopped: Mapped[bool]
    begun_at: Mapped[datetime]
    begun_by: Mapped[UserId]
