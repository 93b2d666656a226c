"""Who may be said to pay instead, as it looks over HTTP."""

from collections.abc import Iterable
from typing import Annotated

from kvitt_contracts.orders import CoverToOrder
from kvitt_contracts.types import PayerId
from pydantic import BaseModel, ConfigDict, Field


class CoverChoice(BaseModel):
    """Någon som kan betala i stället för regionens egna enheter."""

    model_config = ConfigDict(frozen=True)

    cover: Annotated[CoverToOrder, Field(description="Som det anges i ordern")]
    payer_id: Annotated[PayerId, Field(description="Betalaren som står för den")]


class CoverChoices(BaseModel):
    """De som kan betala i stället; tomt där regionen inte har någon."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "choices": [
                        {"cover": {"kind": "home_region", "region": "m"}, "payer_id": "20990"}
                    ]
                }
            ]
        },
    )

    choices: tuple[CoverChoice, ...]

    @classmethod
    def of(cls, found: Iterable[tuple[CoverToOrder, PayerId]]) -> "CoverChoices":
        """The view of covers with their payers."""
        return cls(choices=tuple(CoverChoice(cover=one, payer_id=payer) for one, payer in found))
