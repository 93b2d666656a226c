"""The table of reconditionings."""

from datetime import date, datetime

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts import topics
from kvitt_contracts.types import ArticleNumber, DeviceId, ReasonCode, ReturnId, StoreId
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.reconditionings import domain
from inventory.tables import Base


class ReconditioningRow(
    Aggregate[domain.Reconditioning],
    Base,
    noun="reconditioning",
    topic=topics.INVENTORY_RECONDITIONING,
    state=domain.Reconditioning,
    evolve=domain.evolve,
):
    """The work on what came back to the device service (INV-13).

    `opened_at`, `ended_at`: between which instants it was not on the shelf (INV-10).
    """

    __tablename__ = "reconditionings"
    __table_args__ = (
        Index("ix_reconditionings_opened_on", "region", "opened_on", "id"),
        Index("ix_reconditionings_device", "region", "device_id", "opened_on"),
        Index(
            "ix_reconditionings_open",
            "region",
            "opened_on",
            "id",
            postgresql_where=text("status = 'open'"),
        ),
    )

    device_id: Mapped[DeviceId | None]
    article_number: Mapped[ArticleNumber]
    quantity: Mapped[int]
    store: Mapped[StoreId]
    return_id: Mapped[ReturnId | None]
    opened_on: Mapped[date]
    status: Mapped[domain.Status]
    done: Mapped[tuple[domain.Done, ...]] = mapped_column(Json(tuple[domain.Done, ...]))
    reason: Mapped[ReasonCode | None]
    overdue_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
