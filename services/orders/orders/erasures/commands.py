"""The commands of erasure, over HTTP alone. No wire type."""

from typing import Annotated
from uuid import UUID

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import TEXT
from pydantic import Field

Why = Annotated[str, Field(min_length=10, max_length=500, pattern=TEXT)]


class ErasePerson(Command):
    """Erase who a person is, for a reason that is logged (REF-23)."""

    why: Why
    is_ordered: bool = False


class ErasePersonAgain(Command):
    """Erase anew who was erased before a restore (REF-23). `seq` and `event_id` are those of the
    event that told it, where one did.
    """

    why: Why
    seq: int | None = None
    event_id: UUID | None = None
