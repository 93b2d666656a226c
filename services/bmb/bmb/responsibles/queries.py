"""Looks up who answers for a service point. No rule here."""

from collections.abc import Iterable
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import Scope
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.responsibles import who_answers
from kvitt_contracts.types import ServicePointId, UserId
from sqlalchemy import ScalarSelect, func, select

from bmb.domain import Status
from bmb.models import TransferRow
from bmb.register.models import CustomerRow
from bmb.responsibles.domain import Responsibles, responsibles_id, who_acts
from bmb.responsibles.models import ResponsiblesRow

OF_UNITS: Final = Scope(ResponsiblesRow.region, service_points=[ResponsiblesRow.service_point])
"""Whose it is who answers for a service point: those who work there."""

PLACES: Final = Scope(CustomerRow.region, service_points=[CustomerRow.customer_id])
"""Whose a service point is, also where nobody has been named."""


def rows_of_responsibles(service_point: ServicePointId, tx: Transaction) -> Iterable[RowKey]:
    """Names the row that `responsible_today` reads."""
    yield ResponsiblesRow, responsibles_id(tx.region, service_point)


async def responsible_today(tx: Transaction, service_point: ServicePointId) -> frozenset[UserId]:
    """Who may acknowledge for a service point today; none where whoever works there may (BMB-9)."""
    return frozenset(who_acts(await responsibles_of(tx, service_point), on=tx.today))


async def leading_today(tx: Transaction, service_point: ServicePointId) -> frozenset[UserId]:
    """Who leads a service point today; none where it has no main responsible (BMB-14)."""
    return frozenset(who_answers(await responsibles_of(tx, service_point), on=tx.today))


async def responsibles_of(tx: Transaction, service_point: ServicePointId) -> Responsibles | None:
    """Who answers for a service point; None where nobody has been named, ever."""
    row = await tx.look_up(ResponsiblesRow, responsibles_id(tx.region, service_point))
    return row.state() if row is not None else None


def waiting() -> ScalarSelect[int]:
    """How many transfers wait for an answer at the service point of a row."""
    here = TransferRow.receiving_service_point == ResponsiblesRow.service_point
    found = select(func.count()).select_from(TransferRow)
    mine = TransferRow.region == ResponsiblesRow.region
    return found.where(mine, here, TransferRow.status == Status.SENT).scalar_subquery()
