"""Devices over HTTP: the list and the device card of INV-5. No rule here."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Eq, Where, WhereLookedUp
from kvitt_chassis.http import (
    ApiRouter,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    named,
)
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.stories import Story, Told, told
from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import (
    Custody,
    CustodyChanged,
    DeviceEvent,
    DeviceStatedOnLoan,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    CustomerId,
    Day,
    Holder,
    PatientRecipient,
    PersonRef,
    StoreId,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, not_, or_, select, true

from inventory.articles.models import ArticleRow
from inventory.articles.queries import articles_numbered, show_article_row, within_areas
from inventory.devices import domain, story
from inventory.devices.damage_views import damages_of, is_undecided
from inventory.devices.models import CustodyRow, DeviceRow
from inventory.devices.note_views import notes_shown
from inventory.devices.queries import (
    custody_of,
    has_been_out,
    has_no_prescriber,
    hidden_custody_of,
    is_at_protected,
    is_of_units,
    is_origin_hidden,
    sip_number_of,
)
from inventory.devices.views import ChangeView, DeviceLine, DeviceView, OriginView, PeriodView
from inventory.people.queries import WISHES, protected_among, references_of

router = ApiRouter(tags=["Hjälpmedel (individer)"])


def _stands_in(store: StoreId) -> ColumnElement[bool]:
    """Of what was scrapped in a store, the store has nothing."""
    return and_(_held_by("store", store), DeviceRow.status.not_in(domain.GONE))


def _is_due_by(day: date) -> ColumnElement[bool]:
    """Of what is gone nothing is maintained."""
    return and_(DeviceRow.maintenance_due_on <= day, DeviceRow.status.not_in(domain.GONE))


def _held_by(kind: str, *keys: object) -> ColumnElement[bool]:
    names = [str(key) for key in keys]
    return and_(DeviceRow.holder_kind == kind, DeviceRow.holder_key.in_(names))


async def _with_the_person(person: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    """Held by any reference of the person: custody stores the one that it was emitted with."""
    return _held_by("patient", *sorted(await references_of(reader, person), key=str))


class DeviceQuery(ListQuery):
    """Which devices."""

    person: Annotated[
        PersonRef | None, WhereLookedUp(_with_the_person, "Patient, som referens")
    ] = None
    care_unit: Annotated[
        CareUnitId | None, Where(lambda unit, _: _held_by("care_unit", unit), "Vårdenhet")
    ] = None
    store: Annotated[
        StoreId | None, Where(lambda store, _: _stands_in(store), "Förråd som det står i")
    ] = None
    article_number: Annotated[
        ArticleNumber | None, Eq(DeviceRow.article_number, "Artikelnummer")
    ] = None
    device_number: Annotated[
        str | None,
        Where(
            lambda part, _: DeviceRow.number_text.contains(part.lower(), autoescape=True),
            "Del av individ- eller serienummer, också av ett tidigare (INV-5, INV-6)",
        ),
        Field(pattern=r"^[0-9A-Za-z-]{1,30}$"),
    ] = None
    customer_id: Annotated[
        CustomerId | None, Eq(DeviceRow.customer_id, "Kunden, till exempel ett tjänsteställe")
    ] = None
    without_prescriber: Annotated[
        bool | None,
        Where(
            lambda without, _: has_no_prescriber() if without else not_(has_no_prescriber()),
            "Bara de utlånade som (inte) saknar en förskrivare som är kvar (BMB-14)",
        ),
    ] = None
    return_at_once: Annotated[
        bool | None,
        Eq(ArticleRow.return_at_once, "Bara de som (inte) skickas genast tillbaka (PCK-7)"),
    ] = None
    undecided: Annotated[
        bool | None,
        Where(
            lambda undecided, _: is_undecided() if undecided else not_(is_undecided()),
            "Bara de som (inte) väntar på beslut om vem som betalar en skada (INV-15)",
        ),
    ] = None
    maintenance_due_by: Annotated[
        Day | None,
        Where(
            lambda day, _: _is_due_by(day),
            "Bara de som ska ha förebyggande underhåll senast den dagen (INV-5)",
        ),
    ] = None
    claimed: Annotated[
        bool | None,
        Where(
            lambda claimed, _: DeviceRow.claimed_by.is_not(None) == claimed,
            "Bara de som (inte) hålls",
        ),
    ] = None


SCOPE = ScopeOfPersons(
    DeviceRow.region,
    service_points=[DeviceRow.customer_id],
    users=[DeviceRow.prescriber],
    also=is_of_units,
    protected=is_at_protected,
    wishes=WISHES.of(
        DeviceRow.holder_key,
        units=[DeviceRow.customer_id],
        is_under_way=true,
        also=is_of_units,
        may_be_shown=lambda: DeviceRow.holder_kind == "patient",  # as the index of holders begins
    ),
)

DEVICES = ListOf(
    select(DeviceRow, ArticleRow).join(
        ArticleRow,
        and_(
            ArticleRow.region == DeviceRow.region,
            ArticleRow.article_number == DeviceRow.article_number,
        ),
    ),
    scope=SCOPE,
    sorts=named(DeviceRow.device_number, DeviceRow.article_number),
    default="device_number",
    view=lambda row: DeviceLine.of(*row),
)


@router.get("/devices")
async def list_devices(reader: Reader, asked: Annotated[DeviceQuery, Query()]) -> Page[DeviceLine]:
    """Märkta hjälpmedel, efter innehavare, förråd, artikel eller del av individnumret: de som du
    eller dina enheter har, har i förråd eller ska ta över; för kundtjänst alla i regionen, utom de
    hos någon med skyddade personuppgifter. Av det som finns hos patienter visas det som hör till
    dina produktområden (REF-11).
    """
    return await DEVICES.page(asked, reader, *await within_reach_of_areas(reader))


# decision 0346: what is in a store is shown, what is on a patient is of the reader's areas
async def within_reach_of_areas(reader: RegionReader) -> list[ColumnElement[bool]]:
    """What a device that is looked for must be for who reads (REF-11)."""
    areas = await within_areas(reader)
    return [or_(DeviceRow.holder_kind != "patient", *areas)] if areas else []


class NamedDevicesQuery(BaseModel):
    """Vilka hjälpmedel."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[list[UUID], Field(min_length=1, max_length=50, description="Hjälpmedlens id")]


class NamedDevices(BaseModel):
    """Hjälpmedel, i den ordning de nämndes. Det som inte finns, eller inte är ditt, utelämnas."""

    items: list[DeviceLine]


# decision 0339: a page asks once for all that it names
@router.get("/devices:named")
async def list_named_devices(
    reader: Reader, asked: Annotated[NamedDevicesQuery, Query()]
) -> NamedDevices:
    """Flera hjälpmedel på en gång: högst 50."""
    rows = await reader.several(DeviceRow, asked.id, scope=SCOPE)
    articles = await articles_numbered(reader, [row.article_number for row in rows])
    named = {one.article_number: one for one in articles}
    return NamedDevices(items=[DeviceLine.of(row, named[row.article_number]) for row in rows])


@router.get("/devices/{device_id}")
async def show_device(device_id: UUID, reader: Reader) -> DeviceView:
    """Individkortet: vem som har hjälpmedlet, vem som betalar, och hela historiken (INV-5).

    Tiden hos en person med skyddade personuppgifter visas bara för de enheter som den rör.
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")
    article = await show_article_row(reader, row.article_number)
    history = await custody_of(reader, row)
    is_shown = await shown_of(row, history, reader)
    return DeviceView(
        **dict(DeviceLine.of(row, article)),
        supplier=article.supplier,
        supplier_article_number=article.supplier_article_number,
        owner=row.owner,
        bought_on=row.bought_on,
        value=row.value,
        order_id=row.order_id,
        origin=await _origin(row, reader),
        former_numbers=row.former_numbers,
        sip_number=await sip_number_of(reader, row),
        maintained_on=row.maintained_on,
        has_been_out=has_been_out(history),
        damages=await damages_of(reader, row, history),
        notes=await notes_shown(reader, row, history, is_shown),
        history=[_change(change) for change in history if is_shown(change.custody)],
        periods=[
            PeriodView.of(period)
            for period in domain.periods([change.custody for change in history])
            if is_shown(period.custody)
        ],
    )


@router.get("/devices/{device_id}/story")
async def tell_device(device_id: UUID, reader: Reader) -> Story:
    """Varför ett hjälpmedel är som det är: vad som har hänt, av vem och enligt vilken regel, och
    vad som kommer (REF-6). Tiden hos en person med skyddade personuppgifter berättas bara för de
    enheter som den rör.
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")
    is_shown = await shown_of(row, await custody_of(reader, row), reader)
    claims = [row.claimed_by] if row.claimed_by else []
    due = await reader.due(*story.TIMERS, of=claims) if claims else {}

    def tell(event: DeviceEvent) -> Told | None:
        if isinstance(event, CustodyChanged | DeviceStatedOnLoan) and not is_shown(event.custody):
            return None
        return story.tell(event)

    return Story(
        items=told(await reader.log_of(row), by=tell),
        next=list(story.what_comes(row.claim, due=due)),
    )


async def shown_of(
    row: DeviceRow, history: Sequence[CustodyRow], reader: RegionReader
) -> Callable[[Custody], bool]:
    """What of a device's history the caller is shown: of what it is now, what the row shows."""
    caller = reader.caller
    holders = [change.custody.holder for change in history]
    protected = frozenset[PersonRef]()
    if not caller.is_region_system:
        protected = await protected_among(reader, holders)

    blocked = await _blocked_in(row, reader)

    def is_shown(custody: Custody) -> bool:
        if custody == row.custody:
            return True
        return (custody.holder, custody.customer_id) not in blocked and domain.is_shown(
            custody, protected=protected, to=caller.user_id, of=caller.service_points
        )

    return is_shown


async def _blocked_in(
    row: DeviceRow, reader: RegionReader
) -> frozenset[tuple[Holder, CustomerId | None]]:
    """Whom a device has been at, as whose customer, where that is blocked for who reads."""
    if reader.caller.is_region_system:
        return frozenset()
    found = await hidden_custody_of(reader, row)
    return frozenset((one.custody.holder, one.custody.customer_id) for one in found)


async def _origin(row: DeviceRow, reader: RegionReader) -> OriginView | None:
    if row.origin is None:
        return None
    caller, patient = reader.caller, PatientRecipient(person=row.origin.person)
    is_theirs = row.origin.service_point in caller.service_points
    is_shown = is_theirs or caller.is_region_system
    is_shown = is_shown or not (
        await protected_among(reader, [patient]) or await is_origin_hidden(reader, row)
    )
    return OriginView(
        **same_fields(row.origin, OriginView) | ({} if is_shown else {"person": None}),
        **same_fields(row.state(), OriginView),
        is_meant_for_patient=row.meant_for is not None,
    )


def _change(row: CustodyRow) -> ChangeView:
    return ChangeView(
        **same_fields(row.custody, ChangeView),
        order_id=row.order_id,
        transfer_id=row.transfer_id,
        recorded_at=row.recorded_at,
    )
