"""What saved selections look like over HTTP. No rule."""

from typing import Annotated, Any, Literal
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.types import TEXT, PayerId
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.models import SelectionRow

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=TEXT),
    Field(description="Vad urvalet heter för dig"),
]


class SelectionFilters(BaseModel):
    """Vad listan av fakturor visar: filter och ordning, som `GET /invoices` tar dem."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    month: Annotated[str | None, Field(pattern=r"^\d{4}-\d{2}$", description="Månad")] = None
    payer_id: Annotated[PayerId | None, Field(description="Betalare")] = None
    is_credit: Annotated[bool | None, Field(description="Kreditnotor, eller fakturor")] = None
    sort: Annotated[
        Literal["issued_on", "-issued_on", "number", "-number", "gross_ore", "-gross_ore"] | None,
        Field(description="Ordning"),
    ] = None

    def stored(self) -> dict[str, str]:
        """Those that are given, as texts of a query."""
        given = self.model_dump(mode="json", exclude_none=True)
        return {name: _text(value) for name, value in given.items()}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class SelectionBody(Body):
    """Ett urval att spara."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Våra kreditnotor", "filters": {"is_credit": True}}]
        }
    )

    name: Name
    filters: SelectionFilters = SelectionFilters()


class RenameSelectionBody(Body):
    """Ett urvals nya namn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Maj"}]})

    name: Name


class RemoveSelectionBody(Body):
    """Inget mer behöver sägas."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class SelectionView(BaseModel):
    """Ett sparat urval."""

    selection_id: UUID
    name: str
    filters: dict[str, str]

    @classmethod
    def of(cls, row: SelectionRow) -> "SelectionView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class NoSelection(BaseModel):
    """Urvalet finns inte kvar."""

    selection_id: UUID
