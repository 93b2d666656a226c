"""What was stored of a person before it was corrected: kept as long as the person is, sealed with
their key.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from kvitt_chassis.models import Regional
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef, UserId
from pydantic import TypeAdapter
from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.people.domain import Details, corrected
from orders.people.keys.sealing import Sealed, SealedForPerson
from orders.people.models import PersonDetailsRow

_DETAILS: TypeAdapter[Details] = TypeAdapter(Details)


class PersonCorrectionRow(SealedForPerson, Regional, Base):
    """What of a person was corrected, from what to what. Without `by` the region stated it."""

    __tablename__ = "person_corrections"
    __table_args__ = (Index("ix_person_corrections_person", "region", "person", "at"),)

    correction_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[PersonRef]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    by: Mapped[UserId | None]
    changed = Sealed[dict[str, tuple[Any, Any]]](dict[str, tuple[Any, Any]])


def keep_correction(row: PersonDetailsRow, before: Details, tx: Transaction) -> None:
    """Store what of a person is other than it was before, if anything."""
    was, now = (_DETAILS.dump_python(one, mode="json") for one in (before, row.details()))
    names = corrected(before, row.details())
    if not names:
        return
    correction = PersonCorrectionRow(
        region=tx.region,
        correction_id=uuid4(),
        person=row.person,
        by=UserId(tx.actor) if tx.actor is not None else None,
    )
    correction.open_with(row.data_key)
    correction.changed = {name: (was[name], now[name]) for name in names}
    tx.put(correction)
