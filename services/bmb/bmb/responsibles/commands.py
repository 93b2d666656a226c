"""What a user says of who answers for a service point. Over HTTP alone: never sent as a message."""

from typing import Annotated

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ServicePointId, UserId
from pydantic import Field

Substitutes = Annotated[
    tuple[UserId, ...], Field(max_length=100, description="Ersättare: kvitterar, utan meddelanden")
]


class SetResponsibles(Command):
    """Set who answers for a service point, as a whole (BMB-9, BMB-10)."""

    by: UserId
    asked_by: UserId | None = None
    service_point: ServicePointId
    main: UserId
    substitutes: Substitutes = ()
    stand_in: UserId | None = None
    absent_from_on: PlannedOn | None = None
    absent_to_on: PlannedOn | None = None
