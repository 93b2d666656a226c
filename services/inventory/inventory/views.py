"""What the views of every noun are made with."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class FromRow(BaseModel):
    """A view whose fields are those of a row, or of another value, by the same names."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, row: Any) -> Self:
        """The view of a row or a value."""
        return cls.model_validate(row)
