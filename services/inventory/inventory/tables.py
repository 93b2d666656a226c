"""The declarative base of inventory's tables. The tables stand with their nouns."""

from kvitt_chassis.models import TYPE_MAP, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Every table of inventory."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP
