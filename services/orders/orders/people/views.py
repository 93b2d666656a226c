"""Persons as the API shows them: references, and the log of looks. Nothing here says who it is."""

from datetime import datetime
from typing import Annotated

from kvitt_contracts.types import PersonRef, RegionPersonId, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field

from orders.people.domain import Look
from orders.people.models import PersonRow


class PersonView(BaseModel):
    """En referens till en person. Säger inte vem det är."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    person: Annotated[
        PersonRef,
        Field(validation_alias="id", description="Referensen som alla andra anrop tar"),
    ]
    region_person_id: Annotated[RegionPersonId, Field(description="Regionens eget id")]
    active: Annotated[bool, Field(description="Nytt får registreras på personen (REF-14)")]
    merged_into: Annotated[
        PersonRef | None, Field(description="Sammanslagen med denna: använd den i stället")
    ]

    @classmethod
    def of(cls, row: PersonRow) -> "PersonView":
        """A row as it is shown."""
        return cls.model_validate(row)


class AccessView(BaseModel):
    """Vem som såg en person, när och varför."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: Annotated[datetime, Field(description="Verklig tid, aldrig verksamhetens klocka")]
    user_id: UserId
    look: Annotated[
        Look | None, Field(description="Vad det blev; saknas för det som loggades tidigare")
    ]
    purpose: Annotated[str, Field(description="Ändamålet, eller händelsen som det blev")]
    unit: Annotated[
        ServicePointId | None,
        Field(description="Enheten som användaren arbetade vid; saknas för det som är äldre"),
    ] = None
    act: Annotated[str | None, Field(description="Handlingen, som behörighetstabellen har den")] = (
        None
    )
    reason: Annotated[str | None, Field(description="Skälet till en nödöppning")]
    person: Annotated[
        PersonRef | None, Field(description="Saknas när ingen fanns, och när den inte visas här")
    ]
    person_is_withheld: Annotated[
        bool,
        Field(
            description="Sant när personen inte visas: den har skyddade personuppgifter, eller har"
            " spärrat det som enheten har om den (REF-19, REF-25)"
        ),
    ] = False

    def without_person(self) -> "AccessView":
        """The line for who is not to know where a protected person is cared for (REF-19)."""
        return self.model_copy(update={"person": None, "person_is_withheld": True})
