"""How it is shown who answers for a service point."""

from datetime import date
from typing import Annotated, Any

from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field

from bmb.responsibles.domain import Responsibles, contact, who_acts


class ResponsiblesLine(BaseModel):
    """Vilka som kvitterar för ett tjänsteställe (BMB-9)."""

    model_config = ConfigDict(frozen=True)

    service_point: Annotated[ServicePointId, Field(description="Tjänstestället")]
    main: Annotated[UserId | None, Field(description="Huvudansvarig")]
    substitutes: Annotated[list[UserId], Field(description="Ersättare")]
    stand_in: Annotated[UserId | None, Field(description="Vikarie under frånvaron (BMB-10)")]
    absent_from_on: Annotated[date | None, Field(description="Frånvarons första dag")]
    absent_to_on: Annotated[date | None, Field(description="Frånvarons sista dag")]
    is_vacant: Annotated[
        bool, Field(description="Sant där en huvudansvarig har funnits och ingen finns")
    ]
    waiting: Annotated[int, Field(description="Hur många byten som väntar på svar")]

    @classmethod
    def of(cls, found: Any) -> "ResponsiblesLine":
        """The line of a row and of how many transfers wait there: (row, number)."""
        row, waiting = found
        state: Responsibles = row.state()
        values = same_fields(state, cls) | {"is_vacant": state.is_vacant, "waiting": waiting}
        return cls(**values)


class ResponsiblesView(BaseModel):
    """Vilka som kvitterar för ett tjänsteställe, och vilka som gör det i dag (BMB-9)."""

    model_config = ConfigDict(frozen=True)

    service_point: Annotated[ServicePointId, Field(description="Tjänstestället")]
    main: Annotated[UserId | None, Field(description="Huvudansvarig")] = None
    substitutes: Annotated[list[UserId], Field(description="Ersättare")] = []
    stand_in: Annotated[UserId | None, Field(description="Vikarie under frånvaron")] = None
    absent_from_on: Annotated[date | None, Field(description="Frånvarons första dag")] = None
    absent_to_on: Annotated[date | None, Field(description="Frånvarons sista dag")] = None
    is_vacant: Annotated[
        bool, Field(description="Sant där en huvudansvarig har funnits och ingen finns")
    ] = False
    acts_today: Annotated[
        list[UserId],
        Field(description="Vilka som kan kvittera i dag; ingen där alla som arbetar där kan det"),
    ] = []
    contact: Annotated[
        UserId | None, Field(description="Vems kontaktuppgifter som gäller i dag (BMB-10)")
    ] = None

    @classmethod
    def of(
        cls, service_point: ServicePointId, known: Responsibles | None, *, today: date
    ) -> "ResponsiblesView":
        """The view of who answers for a service point on a Stockholm day."""
        if known is None:
            return cls(service_point=service_point)
        added = {
            "is_vacant": known.is_vacant,
            "acts_today": list(who_acts(known, on=today)),
            "contact": contact(known, on=today),
        }
        return cls(**same_fields(known, cls) | added)
