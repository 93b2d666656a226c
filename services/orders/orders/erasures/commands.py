"""The command of erasure, over HTTP alone. No wire type."""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import TEXT
from pydantic import Field

Why = Annotated[str, Field(min_length=10, max_length=500, pattern=TEXT)]


class ErasePerson(Command):
    """Erase who a person is, for a reason that is logged (REF-23)."""

    why: Why
    is_ordered: bool = False
