"""What users do with blocks over HTTP alone. No wire type: these never travel on a topic."""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import TEXT, Day, PersonRef, ServicePointId, UserId
from pydantic import Field

from orders.blocks.domain import AskedBy

Why = Annotated[str, Field(min_length=10, max_length=500, pattern=TEXT)]


class RegisterBlock(Command):
    """A patient asks a unit for a block (REF-25)."""

    person: PersonRef
    service_point: ServicePointId
    asked_by: AskedBy
    asked_on: Day
    by: UserId


class LiftBlock(Command):
    """The patient wants no block any more (REF-25)."""

    by: UserId


class OpenBlocks(Command):
    """See what is blocked of a person, in an emergency (REF-25)."""

    person: PersonRef
    why: Why
    by: UserId
