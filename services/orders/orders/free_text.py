"""What people write freely: bounded, and something. It stays in the service, in no event."""

from typing import Annotated

from kvitt_contracts.types import TEXT
from pydantic import StringConstraints

FreeText = Annotated[
    str,  # blanks alone say nothing
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=TEXT),
]
"""A text of one to 2 000 characters, without blanks around it."""
