"""The log as who reviews it is shown it: by reference, until a line is looked at."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from kvitt_contracts.types import PersonRef, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field

from orders.people.domain import Details, Look
from orders.people.models import PersonAccessRow
from orders.reviews.domain import FollowUp, Outcome
from orders.reviews.models import LogReviewRow, LogSampleRow


class ReviewView(BaseModel):
    """Vad en granskning av en rad kom fram till."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: datetime
    by: UserId
    outcome: Annotated[Outcome, Field(description="in_order eller look_into")]
    follow_up: Annotated[
        FollowUp | None, Field(description="ask_user, ask_unit_head eller incident")
    ]
    case_number: Annotated[str | None, Field(description="Diarienummer")]


class LogLineView(BaseModel):
    """Vem som såg eller gjorde något, när, varifrån och varför; personen som referens."""

    model_config = ConfigDict(frozen=True)

    line: Annotated[UUID, Field(description="Radens id")]
    at: Annotated[datetime, Field(description="Verklig tid")]
    user_id: UserId
    unit: Annotated[ServicePointId | None, Field(description="Från vilken enhet")]
    look: Annotated[Look | None, Field(description="Vad det blev")]
    purpose: Annotated[str, Field(description="Ändamålet, eller händelsen")]
    act: Annotated[str | None, Field(description="Handlingen, i behörighetstabellen")]
    person: Annotated[PersonRef | None, Field(description="Saknas när den inte visas")]
    person_is_withheld: Annotated[
        bool, Field(description="Sant för den med skyddade personuppgifter (REF-19)")
    ] = False
    review: Annotated[ReviewView | None, Field(description="Den senaste granskningen")] = None

    @classmethod
    def of(cls, row: PersonAccessRow) -> "LogLineView":
        """A line, as yet without its review."""
        return cls(
            line=row.access_id,
            at=row.at,
            user_id=row.user_id,
            unit=row.unit,
            look=row.look,
            purpose=row.purpose,
            act=row.act,
            person=row.person,
        )

    def with_review(self, row: LogReviewRow | None, *, is_withheld: bool) -> "LogLineView":
        """The line with its latest review; of who is protected, without the person."""
        changes = {"review": ReviewView.model_validate(row) if row else None}
        withheld = {"person": None, "person_is_withheld": True} if is_withheld else {}
        return self.model_copy(update={**changes, **withheld})


class LookedAtView(LogLineView):
    """En rad med vem det gällde: att den visades är självt loggat."""

    reason: Annotated[str | None, Field(description="Skälet till en nödöppning")] = None
    name: Annotated[str | None, Field(description="Personens namn; saknas när den inte visas")]
    number: Annotated[str | None, Field(description="Personens nummer")]

    @classmethod
    def with_person(
        cls, line: LogLineView, details: Details | None, *, reason: str | None
    ) -> "LookedAtView":
        """A line with who it is about, where that is shown."""
        return cls(
            **dict(line),
            reason=None if line.person_is_withheld else reason,
            name=details.name if details else None,
            number=details.identity.number if details else None,
        )


class FoundView(BaseModel):
    """Personen med numret, som referens."""

    model_config = ConfigDict(frozen=True)

    person: PersonRef


class SampleView(BaseModel):
    """Ett stickprov, och hur många av raderna som är granskade."""

    model_config = ConfigDict(frozen=True)

    sample: Annotated[UUID, Field(description="Stickprovets id")]
    drawn_at: datetime
    by: UserId
    first: Annotated[date, Field(description="Första dagen")]
    last: Annotated[date, Field(description="Sista dagen")]
    unit: ServicePointId | None
    emergencies: Annotated[bool, Field(description="Bara nödöppningar")]
    size: Annotated[int, Field(description="Antal rader som drogs")]
    reviewed: Annotated[int, Field(description="Antal av dem som är granskade")] = 0
    lines: Annotated[tuple[UUID, ...], Field(exclude=True)] = ()

    @classmethod
    def of(cls, row: LogSampleRow) -> "SampleView":
        """A sample, as yet without what is reviewed of it."""
        return cls(
            sample=row.sample_id,
            drawn_at=row.drawn_at,
            by=row.by,
            first=row.first,
            last=row.last,
            unit=row.unit,
            emergencies=row.emergencies,
            size=len(row.lines),
            lines=row.lines,
        )

    def with_reviewed(self, reviewed: Collection[UUID]) -> "SampleView":
        """The sample with how many of its lines are reviewed."""
        return self.model_copy(update={"reviewed": sum(one in reviewed for one in self.lines)})


class UnitView(BaseModel):
    """Hur mycket av en enhets logg som är granskat."""

    model_config = ConfigDict(frozen=True)

    unit: Annotated[ServicePointId | None, Field(description="Saknas för det utan enhet")]
    lines: Annotated[int, Field(description="Rader av de dagarna")]
    emergencies: Annotated[int, Field(description="Nödöppningar bland dem")]
    reviewed: Annotated[int, Field(description="Granskade bland dem")]
    last_reviewed_at: Annotated[
        datetime | None, Field(description="När enhetens logg granskades senast; aldrig: saknas")
    ]


class UnitsView(BaseModel):
    """Enheternas logg under några dagar: den som ingen har granskat först, störst först."""

    model_config = ConfigDict(frozen=True)

    first: date
    last: date
    units: tuple[UnitView, ...]
