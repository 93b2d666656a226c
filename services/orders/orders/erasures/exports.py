"""Everything that orders stores of who a person is, for the person (REF-24)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import Address, PersonRef, RegionPersonId, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field

from orders.blocks.domain import AskedBy
from orders.blocks.domain import Status as BlockStatus
from orders.consents.domain import Status as ConsentStatus
from orders.erasures.queries import (
    blocks_among,
    consents_among,
    corrections_of,
    looks_of,
    references_of,
)
from orders.erasures.written import WrittenView, written_of
from orders.people.domain import Look
from orders.people.keys.opening import all_opened
from orders.people.models import PersonRow
from orders.people.queries import current_row, details_of
from orders.people.writes import log_accesses

EXPORT = "export"
"""The purpose that an export is logged under."""


class CorrectionView(BaseModel):
    """Vad som rättades, från vad till vad."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    by: Annotated[UserId | None, Field(description="Saknas när regionen sade det")]
    field: Annotated[str, Field(description="Uppgiften")]
    was: Annotated[Any, Field(description="Som det var")]
    now: Annotated[Any, Field(description="Som det blev")]


class LookView(BaseModel):
    """Vem som såg personen."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: datetime
    user_id: UserId
    look: Look | None
    purpose: str


class BlockSaid(BaseModel):
    """En spärr: vilken enhets uppgifter som andra inte ser."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    service_point: ServicePointId
    status: BlockStatus
    asked_by: AskedBy | None
    asked_on: date | None
    lifted_at: datetime | None


class ConsentSaid(BaseModel):
    """Ett samtycke: vilken enhet som får se, till och med vilken dag."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    service_point: ServicePointId
    status: ConsentStatus
    until_on: date
    opens_blocks: bool
    given_at: datetime


class PersonExport(BaseModel):
    """Vad orders vet om vem en person är."""

    model_config = ConfigDict(frozen=True)

    person: PersonRef
    references: Annotated[tuple[PersonRef, ...], Field(description="Alla referenser till personen")]
    region_person_id: RegionPersonId
    identity: Identity
    name: str
    address: Address | None
    phone: str | None
    door_code: str | None
    instructions: str | None
    home_region: str
    protected: bool
    deceased: bool
    corrections: tuple[CorrectionView, ...]
    blocks: Annotated[tuple[BlockSaid, ...], Field(description="Spärrar som personen har bett om")]
    consents: Annotated[tuple[ConsentSaid, ...], Field(description="Samtycken som personen gett")]
    written: Annotated[
        tuple[WrittenView, ...], Field(description="Det som skrevs fritt om det som rör personen")
    ] = ()
    looks: Annotated[tuple[LookView, ...], Field(description="De senaste tusen, den senaste först")]


async def export(person: PersonRef, by: UserId, tx: Transaction) -> PersonExport | None:
    """What is stored of who a person is, and that it was taken out is logged; None where there is
    no such person any more, which is logged too.
    """
    row = await tx.look_up(PersonRow, person)
    current = None if row is None else await current_row(row, tx)
    details = None if current is None else await details_of(PersonRef(current.id), tx)
    if current is None or details is None:
        log_accesses(tx, by, EXPORT, [person], look=Look.OUT_OF_REACH)
        return None
    refs = await references_of(person, tx)
    looks = await looks_of(refs, tx)
    log_accesses(tx, by, EXPORT, [PersonRef(current.id)], look=Look.EXPORTED)
    told = details.details()
    return PersonExport(
        person=PersonRef(current.id),
        references=tuple(refs),
        region_person_id=current.region_person_id,
        identity=told.identity,
        name=told.name,
        address=told.address,
        phone=told.phone,
        door_code=told.door_code,
        instructions=told.instructions,
        home_region=told.home_region,
        protected=told.protected,
        deceased=told.deceased,
        corrections=await _corrections(refs, tx),
        blocks=tuple(map(BlockSaid.model_validate, await blocks_among(refs, tx))),
        consents=tuple(map(ConsentSaid.model_validate, await consents_among(refs, tx))),
        written=await written_of(refs, tx),
        looks=tuple(LookView.model_validate(one) for one in looks),
    )


async def _corrections(refs: Sequence[PersonRef], tx: Transaction) -> tuple[CorrectionView, ...]:
    rows = await all_opened(await corrections_of(refs, tx), tx)
    return tuple(
        CorrectionView(at=row.at, by=row.by, field=name, was=was, now=now)
        for row in rows
        for name, (was, now) in row.changed.items()
    )
