"""A projection of orders: the number and the users that messages about an order need."""

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.types import OrderId, OrderNumber, UserId
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class OrderRow(Regional, Base):
    """An order by name. `outstanding`: how many pieces of all lines are not delivered yet; `lines`:
    how many of each, by its id, of orders that were placed since that is kept.
    """

    __tablename__ = "orders"

    order_id: Mapped[OrderId] = mapped_column(primary_key=True)
    name: Mapped[str]
    order_number: Mapped[OrderNumber]
    prescriber: Mapped[UserId]
    outstanding: Mapped[int]
    lines: Mapped[dict[str, int]] = mapped_column(Json(dict[str, int]))
