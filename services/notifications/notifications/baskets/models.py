"""A projection of basket loans: their numbers."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import OrderId, OrderNumber, UserId
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class BasketLoanRow(Regional, Base):
    """A basket loan, what people call it, and whose it is."""

    __tablename__ = "basket_loans"

    order_id: Mapped[OrderId] = mapped_column(primary_key=True)
    order_number: Mapped[OrderNumber]
    prescriber: Mapped[UserId]
