"""The table of returns that users have registered."""

from datetime import date, datetime

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.types import (
    DeviceNumber,
    LineNumber,
    Quantity,
    Reference,
    ReturnId,
    StoreId,
    UserId,
    Value,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class LineBack(Value):
    """Some of an unmarked line that came back, and whether it was scrapped."""

    order: Reference
    line: LineNumber
    quantity: Quantity
    is_scrapped: bool


class ReturnRow(Regional, Base):
    """A return as it was registered; what it did is in the events that bear its id."""

    __tablename__ = "returns"

    return_id: Mapped[ReturnId] = mapped_column(primary_key=True)
    store: Mapped[StoreId]
    returned_on: Mapped[date]
    devices: Mapped[tuple[DeviceNumber, ...]] = mapped_column(Json(tuple[DeviceNumber, ...]))
    lines: Mapped[tuple[LineBack, ...]] = mapped_column(Json(tuple[LineBack, ...]))
    by: Mapped[UserId]
    registered_at: Mapped[datetime]
