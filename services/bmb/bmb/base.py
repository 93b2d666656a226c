"""The declarative base of bmb's tables. No tables."""

from typing import ClassVar

from kvitt_chassis.models import TYPE_MAP, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base of all tables of bmb; migrations create what its metadata declares."""

    metadata = new_metadata()
    type_annotation_map: ClassVar = TYPE_MAP
