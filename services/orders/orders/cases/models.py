"""The table of cases."""

from datetime import date
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts.topics import ORDERS_CASES
from kvitt_contracts.types import DeviceId, PersonRef, ServicePointId, Thing, UserId, Word
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from orders.cases import domain
from orders.models import Base
from orders.people.done import AboutPersons
from orders.people.keys.sealing import ERASED, Sealed, SealedForPerson
from orders.waits.domain import Owner


class CaseRow(
    SealedForPerson,
    AboutPersons,
    Aggregate[domain.Case],
    Base,
    noun="case",
    topic=ORDERS_CASES,
    state=domain.Case,
    evolve=domain.evolve,
):
    """A case. The texts are in no event; `about_id`, `asked_on`, `due_on` and `waits_on`, until
    when it waits and on whom, are for queries. `person`: whom it concerned when it was asked.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_status", "region", "status", "asked_on"),
        Index("ix_cases_service_point", "region", "service_point", "asked_on"),
        Index("ix_cases_asked_on", "region", "asked_on"),
        Index("ix_cases_about", "region", "about_id"),
        Index("ix_cases_asked_by", "region", "asked_by"),
        Index("ix_cases_late", "region", "asked_on", postgresql_where=text("is_reminded")),
        Index("ix_cases_due_on", "region", "due_on", postgresql_where=text("due_on IS NOT NULL")),
    )

    status: Mapped[domain.Status]
    kind: Mapped[Word]
    about: Mapped[Thing | None] = mapped_column(Json(Thing))
    devices: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
    service_point: Mapped[ServicePointId]
    has_text: Mapped[bool]
    asked_by: Mapped[UserId]
    is_reminded: Mapped[bool]
    outcome: Mapped[Word | None]
    answered_by: Mapped[UserId | None]
    about_id: Mapped[UUID | None]
    asked_on: Mapped[date]
    due_on: Mapped[date | None]
    waits_on: Mapped[Owner | None]
    person: Mapped[PersonRef | None]
    text = Sealed[str | None](str | None, erased=ERASED)
    answer = Sealed[str | None](str | None, erased=ERASED)

    def concerned(self) -> tuple[PersonRef, ...]:
        """Whom it concerned when it was asked."""
        return () if self.person is None else (self.person,)

    def apply(self, state: domain.Case) -> None:
        """Write a state into the columns, that for queries included."""
        super().apply(state)
        wait = domain.waits_for(state, until=None)
        self.waits_on = wait.on if wait is not None else None
        self.about_id = state.about.id if state.about is not None else None
