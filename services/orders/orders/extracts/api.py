"""The extract of the log that a person asks for, over HTTP (REF-21). Giving it is a look too."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import From, To
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionWide, named
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import PersonRef, ServicePointId
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from orders.extracts.queries import is_given_to, names_of
from orders.extracts.words import said_of
from orders.people.models import PersonAccessRow, PersonRow
from orders.people.writes import log_accesses

router = ApiRouter(tags=["Personer"])

EXTRACT = "extract"
"""The purpose that giving an extract is logged under."""


class ExtractLine(BaseModel):
    """När, från vilken enhet och för vad någon såg personen, eller gjorde något om den."""

    model_config = ConfigDict(frozen=True)

    at: Annotated[datetime, Field(description="Verklig tid")]
    unit: Annotated[ServicePointId | None, Field(description="Enheten, som regionen kallar den")]
    unit_name: Annotated[str | None, Field(description="Enhetens namn")]
    what: Annotated[str, Field(description="Vad det var, i ord till personen")]

    @classmethod
    def of(cls, row: PersonAccessRow) -> "ExtractLine":
        """A line of the log; the name of its unit is put in by the page."""
        return cls(at=row.at, unit=row.unit, unit_name=None, what=said_of(row.look, row.purpose))


class ExtractQuery(ListQuery):
    """Which lines."""

    since: Annotated[AwareDatetime | None, From(PersonAccessRow.at, "Från och med")] = None
    until: Annotated[AwareDatetime | None, To(PersonAccessRow.at, "Till och med")] = None


LINES = ListOf(
    select(PersonAccessRow),
    scope=RegionWide(PersonAccessRow.region, because="the act is of who may give an extract"),
    sorts=named(PersonAccessRow.at),
    default="-at",
    view=ExtractLine.of,
)
_PERSONS = RegionWide(PersonRow.region, because="a reference says nothing of who it is (REF-8)")


@router.get("/persons/{person}/accesses")
async def list_accesses_of_person(
    person: PersonRef, reader: Reader, tx: ReadTransaction, asked: Annotated[ExtractQuery, Query()]
) -> Page[ExtractLine]:
    """Utdraget ur loggen som en person har rätt till: när och från vilken enhet någon såg den eller
    gjorde något om den, och för vad, under alla referenser som den har haft (REF-21). Vem det var
    sägs inte. Av den som har skyddade personuppgifter får bara regionens system allt: enheterna
    skulle säga var den vårdas (REF-19). Varje sida loggas.
    """
    await reader.get(PersonRow, person, scope=_PERSONS, rule="REF-21")
    page = await LINES.page(asked, reader, is_given_to(person, reader))
    names = await names_of({line.unit for line in page.items if line.unit}, reader)
    log_accesses(tx, reader.caller.user_id, EXTRACT, [person])
    items = [
        line.model_copy(update={"unit_name": names.get(line.unit)}) if line.unit else line
        for line in page.items
    ]
    return page.model_copy(update={"items": items})
