"""What users do with templates over HTTP alone: they name them freely. A region names a template by
its reference.
"""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import TEXT, Goods, StoreId, UserId
from pydantic import Field, StringConstraints

TemplateName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=TEXT)
]


class SaveNamedTemplate(Command):
    """Save a template anew under a name; without lines it is removed (ORD-9)."""

    name: TemplateName
    store: StoreId
    lines: Annotated[tuple[Goods, ...], Field(max_length=200)] = ()
    by: UserId
