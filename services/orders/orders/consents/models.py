"""The table of consents."""

from datetime import date, datetime

from kvitt_chassis.models import Aggregate
from kvitt_contracts.topics import ORDERS_CONSENTS
from kvitt_contracts.types import PersonRef, ServicePointId, UserId
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from orders.consents import domain
from orders.models import Base
from orders.people.done import AboutPersons


class ConsentRow(
    AboutPersons,
    Aggregate[domain.Consent],
    Base,
    noun="consent",
    topic=ORDERS_CONSENTS,
    state=domain.Consent,
    evolve=domain.evolve,
):
    """A consent. `given_at`: when it was received, for queries."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_person", "region", "person"),
        Index(
            "ix_consents_that_hold",
            "region",
            "service_point",
            "person",
            postgresql_where=text("status = 'holds'"),
        ),
    )

    status: Mapped[domain.Status]
    person: Mapped[PersonRef]
    service_point: Mapped[ServicePointId]
    until_on: Mapped[date]
    opens_blocks: Mapped[bool]
    received_by: Mapped[UserId]
    given_at: Mapped[datetime]

    def concerned(self) -> tuple[PersonRef, ...]:
        """The person who gave it."""
        return (self.person,)
