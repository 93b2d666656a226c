"""The table of what was booked."""

from datetime import date

from kvitt_chassis.models import Regional
from kvitt_contracts.inventory import MoveKind
from kvitt_contracts.types import ArticleNumber, StoreId
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class DeliveryRow(Regional, Base):
    """A delivery or a stated balance that was booked, by what the region calls it."""

    __tablename__ = "deliveries"

    reference: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[MoveKind]
    store: Mapped[StoreId]
    article_number: Mapped[ArticleNumber]
    quantity: Mapped[int]
    booked_on: Mapped[date]
