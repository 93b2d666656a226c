"""The tables of stores and of the customers that own them: what was stated last."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import CustomerId, PayerId, ServicePointId, StoreId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.stores.domain import StoreKind
from inventory.tables import Base


class StoreRow(Regional, Base):
    """A store as its region states it (INV-4)."""

    __tablename__ = "stores"

    store: Mapped[StoreId] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[StoreKind]
    service_point: Mapped[ServicePointId | None]


class CustomerRow(Regional, Base):
    """The part of a customer that inventory needs: whether it is a private clinic, its store
    (REF-7) and its payer (REF-4).
    """

    __tablename__ = "customers"
    __table_args__ = (Index("ix_customers_payer", "region", "payer_id"),)

    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    private_clinic: Mapped[bool]
    store: Mapped[StoreId | None]
    payer_id: Mapped[PayerId | None]
