"""The declarative base of notifications' tables. No table stands here."""

from typing import ClassVar

from kvitt_chassis.models import TYPE_MAP, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """All tables of notifications; the migration makes what this metadata says."""

    metadata = new_metadata()
    type_annotation_map: ClassVar = TYPE_MAP
