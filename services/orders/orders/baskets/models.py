"""The table of basket loans."""

from collections.abc import Sequence
from datetime import date

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.topics import ORDERS_BASKET_LOANS
from kvitt_contracts.types import (
    ActId,
    OrderId,
    OrderNumber,
    PatientRecipient,
    PersonRef,
    PolicyVersion,
    ReasonCode,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)
from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from orders.baskets import domain
from orders.models import Base
from orders.people.done import AboutPersons
from orders.waits.domain import Owner


class BasketLoanRow(
    AboutPersons,
    Aggregate[domain.Basket],
    Base,
    noun="basket-loan",
    topic=ORDERS_BASKET_LOANS,
    state=domain.Basket,
    evolve=domain.evolve,
):
    """A basket loan; `persons`, to whom something of it is delivered, and `due_on` and `waits_on`,
    until when it waits and on whom, are for queries.
    """

    __tablename__ = "basket_loans"
    __table_args__ = (
        UniqueConstraint("region", "order_number", name="uq_basket_loan_number"),
        Index("ix_basket_loans_lent_until", "region", "lent_until", "order_number"),
        Index("ix_basket_loans_service_point", "region", "service_point", "lent_until"),
        Index("ix_basket_loans_prescriber", "region", "prescriber", "lent_until"),
        Index("ix_basket_loans_requester", "region", "requester", "lent_until"),
        Index("ix_basket_loans_status", "region", "status", "lent_until"),
        Index(
            "ix_basket_loans_number_prefix",
            "region",
            "order_number",
            postgresql_ops={"order_number": "text_pattern_ops"},
        ),
        Index(
            "ix_basket_loans_due_on",
            "region",
            "due_on",
            postgresql_where=text("due_on IS NOT NULL"),
        ),
    )

    order_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    status: Mapped[domain.Status]
    prescriber: Mapped[UserId]
    requester: Mapped[UserId]
    service_point: Mapped[ServicePointId]
    store: Mapped[StoreId]
    lent_on: Mapped[date]
    lent_until: Mapped[date]
    policy: Mapped[PolicyVersion] = mapped_column(Json(PolicyVersion))
    lines: Mapped[tuple[domain.Line, ...]] = mapped_column(Json(tuple[domain.Line, ...]))
    is_overdue: Mapped[bool]
    refused_act: Mapped[ActId | None]
    refusal: Mapped[ReasonCode | None]
    persons: Mapped[tuple[PersonRef, ...]] = mapped_column(Json(tuple[PersonRef, ...]))
    due_on: Mapped[date | None]
    waits_on: Mapped[Owner | None]

    def concerned(self) -> Sequence[PersonRef]:
        """To whom something of it is delivered."""
        return self.persons

    def apply(self, state: domain.Basket) -> None:
        """Write a state into the columns, those for queries included."""
        super().apply(state)
        wait = domain.waits_for(state, until=None)
        self.waits_on = wait.on if wait is not None else None
        recipients = [line.recipient for line in state.lines]
        patients = [one.person for one in recipients if isinstance(one, PatientRecipient)]
        self.persons = tuple(dict.fromkeys(patients))


class BasketLoanPersonRow(Regional, Base):
    """A person to whom something of a basket loan is delivered, or was to be: where to look for the
    loans of one. Written by the database beside the loan, and by nobody else (decision 0342).
    """

    __tablename__ = "basket_loan_persons"

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(primary_key=True)
