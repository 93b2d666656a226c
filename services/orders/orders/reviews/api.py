"""The log of persons over HTTP, for who reviews it (REF-21). Reading it is logged itself."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, In, Where, WhereLookedUp
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    NotFound,
    Page,
    Reader,
    RegionWide,
    named,
)
from kvitt_chassis.parameters import read_from_texts
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import Looking, ReadTransaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import Day, PersonRef, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema
from sqlalchemy import select

from orders.people.domain import LOG_FINDS, Look
from orders.people.models import PersonAccessRow
from orders.people.queries import (
    current_reference,
    details_of,
    find_by_number,
    is_told_of,
    protected_among,
)
from orders.people.turns import must_have_a_turn
from orders.people.writes import log_accesses
from orders.reviews import queries
from orders.reviews.commands import CaseNumber, DrawSample, ReviewLine
from orders.reviews.domain import MOST_LINES, FollowUp, Outcome, must_be_a_period
from orders.reviews.handlers import LOG_REVIEW
from orders.reviews.models import LogSampleRow
from orders.reviews.views import (
    FoundView,
    LogLineView,
    LookedAtView,
    ReviewView,
    SampleView,
    UnitsView,
    UnitView,
)

router = ApiRouter(tags=["Loggen"])

_ALL = RegionWide(PersonAccessRow.region, because="who reviews the log reviews all of it (REF-21)")
_DAYS = 30
_NOT_FOUND = "Kontrollera numret: ingen i registret har det."


class FindInLog(Body):
    """Vems rader som söks. Numret står i anropets kropp, aldrig i adressen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"identity": {"kind": "personal_number", "number": "189001019802"}}]
        },
    )

    identity: Annotated[
        Identity, Field(description="Personnummer, samordnings- eller reservnummer")
    ]


class ReviewBody(Body):
    """Vad granskningen av en rad kom fram till. Ingen fri text: den skulle handla om någon."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"outcome": "in_order"},
                {
                    "outcome": "look_into",
                    "follow_up": "ask_unit_head",
                    "case_number": "HSN 2026/114",
                },
            ]
        },
    )

    outcome: Annotated[
        Outcome, Field(description="in_order (i sin ordning) eller look_into (ska utredas)")
    ]
    follow_up: Annotated[
        FollowUp | None,
        Field(
            description="Vad som görs nu, när den ska utredas: ask_user (fråga användaren),"
            " ask_unit_head (fråga enhetschefen) eller incident (anmäl personuppgiftsincident)"
        ),
    ] = None
    case_number: Annotated[CaseNumber | None, Field(description="Diarienummer")] = None


class SampleBody(Body):
    """Vad ett stickprov dras ur."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"first": "2026-04-01", "last": "2026-04-30", "size": 20}]},
    )

    first: Annotated[Day, Field(description="Första dagen")]
    last: Annotated[Day, Field(description="Sista dagen")]
    unit: Annotated[ServicePointId | None, Field(description="Bara från en enhet")] = None
    emergencies: Annotated[bool, Field(description="Bara nödöppningar")] = False
    size: Annotated[int, Field(ge=1, le=MOST_LINES, description="Antal rader")] = 20


class LogQuery(ListQuery):
    """Which lines."""

    person: Annotated[PersonRef | None, Where(is_told_of, "Vem det gällde, som referens")] = None
    user_id: Annotated[UserId | None, Eq(PersonAccessRow.user_id, "Vem som såg")] = None
    unit: Annotated[ServicePointId | None, Eq(PersonAccessRow.unit, "Från vilken enhet")] = None
    act: Annotated[
        str | None,
        Eq(PersonAccessRow.act, "Handlingen, i behörighetstabellen"),
        Field(max_length=120),
    ] = None
    look: Annotated[
        list[Look] | None, In(PersonAccessRow.look, "Vad det blev; opened är nödöppning")
    ] = None
    first: Annotated[Day | None, Where(queries.is_from, "Första dagen")] = None
    last: Annotated[Day | None, Where(queries.is_until, "Sista dagen")] = None
    reviewed: Annotated[
        bool | None, Where(queries.is_reviewed, "Granskade (true) eller inte (false)")
    ] = None
    sample: Annotated[UUID | None, WhereLookedUp(queries.is_drawn, "Bara ett stickprovs rader")] = (
        None
    )


LINES = ListOf(
    select(PersonAccessRow).where(queries.is_no_review()),
    scope=_ALL,
    sorts=named(PersonAccessRow.at),
    default="-at",
    view=LogLineView.of,
)
OF_REVIEWS = ListOf(
    select(PersonAccessRow),
    scope=_ALL,
    sorts=named(PersonAccessRow.at),
    default="-at",
    view=LogLineView.of,
)


@router.get("/log-lines")
async def list_log_lines(
    reader: Reader, tx: ReadTransaction, asked: Annotated[LogQuery, Query()]
) -> Page[LogLineView]:
    """Loggen över vem som har sett eller gjort vad om vem, för den som granskar den (REF-21). Vem
    personen är visas på raden för sig (`:look`). Granskarnas egna läsningar är med bara när de
    efterfrågas med `look=reviewed`. Varje läst sida loggas.
    """
    listed = OF_REVIEWS if asked.look and Look.REVIEWED in asked.look else LINES
    page = await listed.page(asked, reader)
    reviews = await queries.latest_reviews([one.line for one in page.items], reader)
    me = reader.caller.user_id
    others = {one.person for one in page.items if one.person and one.user_id != me}
    withheld = await protected_among(others, reader)
    items = [
        one.with_review(
            reviews.get(one.line), is_withheld=one.person in withheld and one.user_id != me
        )
        for one in page.items
    ]
    log_accesses(tx, me, LOG_REVIEW, [asked.person], look=Look.REVIEWED)
    return page.model_copy(update={"items": items})


@router.post("/log-lines:find")
async def find_in_log(body: FindInLog, looker: Looking) -> FoundView:
    """Personen med ett nummer, som referens att söka i loggen med. Den öppnas inte för dig, och
    sökningen loggas, också den som inget finner (REF-21).

    Finns ingen med numret: 404. Nekas: TOO_MANY_LOOKS (REF-19).
    """
    by = looker.caller.user_id
    async with looker.looking() as tx:
        await must_have_a_turn(LOG_FINDS, by, tx)
        found = await find_by_number(body.identity, tx)
        look = Look.NOT_FOUND if found is None else Look.REVIEWED
        log_accesses(tx, by, LOG_REVIEW, [found], look=look)
    if found is None:
        raise NotFound("person", rule="REF-21", field="identity.number", way_on=_NOT_FOUND)
    return FoundView(person=found)


@router.post("/log-lines/{line}:look")
async def look_at_line(line: UUID, looker: Looking, reader: Reader) -> LookedAtView:
    """En rad med vem personen är och skälet till en nödöppning: att den visas är ett uppslag, och
    loggas (REF-21). Den som har skyddade personuppgifter visas inte (REF-19).
    """
    row = await reader.get(PersonAccessRow, line, scope=_ALL, rule="REF-21")
    reviews = await queries.latest_reviews([line], reader)
    by = looker.caller.user_id
    known = frozenset({row.person} if row.person else ())
    is_withheld = row.user_id != by and bool(await protected_among(known, reader))
    shown = LogLineView.of(row).with_review(reviews.get(line), is_withheld=is_withheld)
    async with looker.looking() as tx:
        log_accesses(tx, by, LOG_REVIEW, [row.person], look=Look.REVIEWED)
        details = None
        if row.person is not None and not is_withheld:
            stored = await details_of(await current_reference(row.person, tx), tx)
            details = stored.details() if stored else None
    return LookedAtView.with_person(shown, details, reason=row.reason)


@router.post("/log-lines/{line}:review")
async def review_line(line: UUID, body: ReviewBody, commands: Commands) -> ReviewView:
    """Registrera att en rad är granskad, och vad det kom fram till (REF-21). En rad kan granskas
    igen: den senaste granskningen visas, och alla står kvar.

    Nekas: UNKNOWN_PERSON_ACCESS (REF-21), OWN_LOOK, FOLLOW_UP_MISSING, FOLLOW_UP_NOT_GIVEN
    (REF-21).
    """

    async def show(tx: Transaction) -> ReviewView:
        return ReviewView.model_validate(await queries.latest_review(line, tx))

    command = ReviewLine(**dict(body))
    return await commands.run(command, target=line, scope=_ALL, rule="REF-21", show=show)


@router.post("/log-samples", status_code=201)
async def draw_sample(body: SampleBody, commands: Commands) -> SampleView:
    """Dra ett stickprov ur loggen: så många slumpvisa rader av några dagar (HSLF-FS 2016:40 4 kap.
    9 §). Ingen väljer raderna, och de hör till stickprovet sedan.

    Nekas: NO_SUCH_PERIOD (REF-21).
    """
    sample = uuid4()

    async def show(tx: Transaction) -> SampleView:
        return SampleView.of(await tx.get(LogSampleRow, sample))

    return await commands.run(DrawSample(**dict(body)), target=sample, rule="REF-21", show=show)


class SampleQuery(ListQuery):
    """Which samples."""

    by: Annotated[UserId | None, Eq(LogSampleRow.by, "Vem som drog dem")] = None


SAMPLES = ListOf(
    select(LogSampleRow),
    scope=queries.SAMPLES_OF_ALL,
    sorts=named(LogSampleRow.drawn_at),
    default="-drawn_at",
    view=SampleView.of,
)


@router.get("/log-samples")
async def list_samples(reader: Reader, asked: Annotated[SampleQuery, Query()]) -> Page[SampleView]:
    """Stickproven, med hur många av raderna som är granskade (REF-21)."""
    page = await SAMPLES.page(asked, reader)
    reviewed = await queries.reviewed_among(
        [line for one in page.items for line in one.lines], reader
    )
    items = [one.with_reviewed(reviewed) for one in page.items]
    return page.model_copy(update={"items": items})


class UnitsQuery(BaseModel):
    """Vilka dagar."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Annotated[Day | None, Field(description="Första dagen; trettio dagar före")] = None
    last: Annotated[Day | None, Field(description="Sista dagen; i dag")] = None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        """Read each parameter in one form."""
        return read_from_texts(cls, handler, source)


@router.get("/log-units")
async def list_units(reader: Reader, asked: Annotated[UnitsQuery, Query()]) -> UnitsView:
    """Vilka enheters logg som är granskad, när, och vilken som inte är det: av högst ett år i taget
    (REF-21).

    Nekas: NO_SUCH_PERIOD (REF-21).
    """
    today = stockholm_day(datetime.now(UTC))
    until = asked.last or today
    since = asked.first or until - timedelta(days=_DAYS)
    must_be_a_period(since, until, today=today)
    latest = {row.unit: row.at for row in await queries.last_reviews(reader)}
    units = [
        UnitView(
            unit=row.unit,
            lines=row.lines,
            emergencies=row.emergencies,
            reviewed=row.reviewed,
            last_reviewed_at=latest.get(row.unit),
        )
        for row in await queries.units_of(since, until, reader)
    ]
    in_order = sorted(units, key=lambda one: (one.reviewed > 0, -one.lines, one.unit or ""))
    return UnitsView(first=since, last=until, units=tuple(in_order))
