"""Who answers for a service point, over HTTP. No rule here."""

from typing import Annotated

from fastapi import Path, Query
from kvitt_chassis.filters import Eq, Where
from kvitt_chassis.http import ApiRouter, Body, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.types import Day, ServicePointId, UserId
from pydantic import Field
from sqlalchemy import ColumnElement, select

from bmb.register.models import CustomerRow
from bmb.responsibles import story
from bmb.responsibles.commands import SetResponsibles, Substitutes
from bmb.responsibles.domain import responsibles_id
from bmb.responsibles.models import ResponsiblesRow
from bmb.responsibles.queries import OF_UNITS, PLACES, responsibles_of, waiting
from bmb.responsibles.views import ResponsiblesLine, ResponsiblesView

router = ApiRouter(tags=["Kvitteringsansvariga"])

Place = Annotated[ServicePointId, Path(description="Tjänstestället")]


class ResponsiblesBody(Body):
    """Vilka som kvitterar för ett tjänsteställe, allt på en gång."""

    main: Annotated[UserId, Field(description="Huvudansvarig: får meddelanden, och är kontakt")]
    substitutes: Substitutes = ()
    stand_in: Annotated[
        UserId | None, Field(description="Vikarie: som huvudansvarig under frånvaron")
    ] = None
    absent_from_on: Annotated[Day | None, Field(description="Frånvarons första dag")] = None
    absent_to_on: Annotated[Day | None, Field(description="Frånvarons sista dag")] = None
    asked_by: Annotated[
        UserId | None, Field(description="Vem som bad om det; krävs av kundtjänst (REF-12)")
    ] = None


@router.put("/responsibles/{service_point}")
async def set_responsibles(
    service_point: Place, body: ResponsiblesBody, commands: Commands
) -> ResponsiblesView:
    """Ange vilka som kvitterar för ett tjänsteställe. Det gör den som är huvudansvarig, vem som
    helst som arbetar där när ingen är det, och kundtjänst.

    Nekas: UNKNOWN_CUSTOMER, NOT_A_SERVICE_POINT, NOT_RESPONSIBLE (BMB-9), UNKNOWN_USER (REF-3),
    ASKED_BY_MISSING (REF-12), TWICE_RESPONSIBLE, NOT_AT_SERVICE_POINT (BMB-9), ABSENCE_INCOMPLETE
    (BMB-10), ABSENCE_ENDS_FIRST (DAY-5).
    """

    async def show(tx: Transaction) -> ResponsiblesView:
        return await _shown(service_point, tx)

    command = SetResponsibles(by=commands.caller.user_id, service_point=service_point, **dict(body))
    return await commands.run(
        command,
        target=responsibles_id(commands.caller.region, service_point),
        scope=PLACES,
        named=service_point,
        rule="BMB-9",
        show=show,
    )


class ResponsiblesQuery(ListQuery):
    """Which service points."""

    service_point: Annotated[
        ServicePointId | None, Eq(ResponsiblesRow.service_point, "Tjänstestället")
    ] = None
    vacant: Annotated[
        bool | None,
        Where(lambda vacant, _: _is_vacant(vacant), "Bara de som saknar, eller har, huvudansvarig"),
    ] = None


def _is_vacant(vacant: bool) -> ColumnElement[bool]:
    return ResponsiblesRow.main.is_(None) if vacant else ResponsiblesRow.main.is_not(None)


RESPONSIBLES = ListOf(
    select(ResponsiblesRow, waiting().label("waiting")),
    scope=OF_UNITS,
    sorts=named(ResponsiblesRow.service_point),
    default="service_point",
    view=ResponsiblesLine.of,
)


@router.get("/responsibles")
async def list_responsibles(
    reader: Reader, asked: Annotated[ResponsiblesQuery, Query()]
) -> Page[ResponsiblesLine]:
    """Vilka som kvitterar för dina tjänsteställen, för kundtjänst för alla, och hur många byten som
    väntar där. Ett tjänsteställe som inte har angett någon står inte här.
    """
    return await RESPONSIBLES.page(asked, reader)


@router.get("/responsibles/{service_point}")
async def show_responsibles(
    service_point: Place, reader: Reader, tx: ReadTransaction
) -> ResponsiblesView:
    """Vilka som kvitterar för ett tjänsteställe."""
    await reader.get(CustomerRow, service_point, scope=PLACES, rule="BMB-9")
    return await _shown(service_point, tx)


@router.get("/responsibles/{service_point}/story")
async def tell_responsibles(service_point: Place, reader: Reader) -> Story:
    """Vem som har angett vilka som kvitterar för ett tjänsteställe, och när (REF-6)."""
    key = responsibles_id(reader.region, service_point)
    row = await reader.get(ResponsiblesRow, key, scope=OF_UNITS, rule="BMB-9")
    return Story(items=told(await reader.log_of(row), by=story.tell), next=[])


async def _shown(service_point: ServicePointId, tx: Transaction) -> ResponsiblesView:
    known = await responsibles_of(tx, service_point)
    return ResponsiblesView.of(service_point, known, today=tx.today)
