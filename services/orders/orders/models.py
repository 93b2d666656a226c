"""The declarative base of orders' tables, which are in the modules of their nouns."""

from kvitt_chassis.models import TYPE_MAP, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Every table of orders."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP
