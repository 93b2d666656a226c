"""Fields that several facts share."""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.types import NAME

Version = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=2**31 - 1,
        description="The source's own version of this fact: a counter, or a time in seconds.",
    ),
]

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=NAME)]
EmailAddress = Annotated[
    str, Field(max_length=120, pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
]
