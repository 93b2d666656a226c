"""What patients have said, as the API takes and shows it. No rule."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

from kvitt_chassis.access import Caller
from kvitt_chassis.http import Body
from kvitt_contracts.types import BlockId, ConsentId, Day, PersonRef, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field

from orders.blocks.commands import Why
from orders.blocks.domain import AskedBy
from orders.blocks.domain import Status as BlockStatus
from orders.blocks.models import BlockOpeningRow, BlockRow
from orders.consents.domain import Status as ConsentStatus
from orders.consents.models import ConsentRow


class BlockBody(Body):
    """En spärr som en patient ber en enhet om (REF-25)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"service_point": "40201", "asked_by": "patient", "asked_on": "2026-03-02"}
            ]
        },
    )

    service_point: Annotated[
        ServicePointId, Field(description="Enheten vars uppgifter spärras för andra")
    ]
    asked_by: Annotated[
        AskedBy,
        Field(
            description="Vem som bad om det: patienten, eller en ställföreträdare. Vårdnadshavare"
            " får inte spärra ett barns uppgifter (patientdatalagen 4 kap. 4 §)"
        ),
    ] = AskedBy.PATIENT
    asked_on: Annotated[Day, Field(description="Dagen då det begärdes")]


class OpeningBody(Body):
    """Varför det som är spärrat måste ses."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "Medvetslös, respiratorn larmar"}]},
    )

    reason: Annotated[
        Why,
        Field(description="Skälet, som förseglas: skriv bara det som är nödvändigt (REF-17)"),
    ]


class ConsentBody(Body):
    """Ett samtycke som en patient ger en enhet (REF-26)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"service_point": "40355", "until_on": "2026-06-01", "opens_blocks": False}
            ]
        },
    )

    service_point: Annotated[ServicePointId, Field(description="Enheten som får se")]
    until_on: Annotated[Day, Field(description="Sista dagen")]
    opens_blocks: Annotated[
        bool, Field(description="Sant om samtycket också gäller det som är spärrat")
    ] = False


class BlockView(BaseModel):
    """En spärr, för enheten som har den och för kundtjänst."""

    model_config = ConfigDict(frozen=True)

    block_id: BlockId
    service_point: ServicePointId
    status: Annotated[BlockStatus, Field(description="Gäller, eller hävd")]
    asked_by: Annotated[AskedBy | None, Field(description="Vem som bad om den")]
    asked_on: Annotated[date | None, Field(description="När den begärdes")]
    registered_by: UserId
    lifted_at: datetime | None

    @classmethod
    def of(cls, row: BlockRow) -> "BlockView":
        """The view of a block."""
        return cls(
            block_id=BlockId(row.id),
            service_point=row.service_point,
            status=row.status,
            asked_by=row.asked_by,
            asked_on=row.asked_on,
            registered_by=row.registered_by,
            lifted_at=row.lifted_at,
        )


class ConsentView(BaseModel):
    """Ett samtycke, för enheten som fick det och för kundtjänst."""

    model_config = ConfigDict(frozen=True)

    consent_id: ConsentId
    service_point: ServicePointId
    status: Annotated[ConsentStatus, Field(description="Gäller, återtaget eller slut")]
    until_on: Annotated[date, Field(description="Sista dagen")]
    opens_blocks: Annotated[bool, Field(description="Gäller också det som är spärrat")]
    received_by: Annotated[UserId, Field(description="Vem som tog emot det")]
    given_at: datetime

    @classmethod
    def of(cls, row: ConsentRow) -> "ConsentView":
        """The view of a consent."""
        return cls(
            consent_id=ConsentId(row.id),
            service_point=row.service_point,
            status=row.status,
            until_on=row.until_on,
            opens_blocks=row.opens_blocks,
            received_by=row.received_by,
            given_at=row.given_at,
        )


class OpeningView(BaseModel):
    """En nödöppning av en spärr, för enheten som har den och för kundtjänst."""

    model_config = ConfigDict(frozen=True)

    block_id: BlockId
    user_id: UserId
    opened_at: datetime
    until: datetime
    is_over: bool
    reason: Annotated[str | None, Field(description="Skälet; raderat med personen")]


class WishesView(BaseModel):
    """Vad en patient har sagt om vem som får se vad enheter har om den."""

    model_config = ConfigDict(frozen=True)

    person: PersonRef
    is_blocked: Annotated[
        bool,
        Field(description="Sant när något är spärrat för dig; inte vad, eller hos vem (REF-25)"),
    ]
    open_until: Annotated[
        datetime | None, Field(description="Till när du har öppnat det i en nödsituation")
    ]
    blocks: Annotated[
        tuple[BlockView, ...], Field(description="Dina enheters spärrar; för kundtjänst alla")
    ]
    openings: Annotated[tuple[OpeningView, ...], Field(description="Nödöppningar av dem")]
    consents: Annotated[
        tuple[ConsentView, ...],
        Field(description="Samtycken som dina enheter har fått; för kundtjänst alla"),
    ]


def is_told(unit: ServicePointId, caller: Caller) -> bool:
    """Whether somebody is told of what a patient has said to a unit."""
    serves = caller.may_for_all("orders.block.register")
    return serves or caller.is_region_system or unit in caller.service_points


def wishes_of(
    person: PersonRef,
    caller: Caller,
    *,
    blocks: Iterable[BlockRow],
    openings: Iterable[BlockOpeningRow],
    consents: Iterable[ConsentRow],
) -> WishesView:
    """What a patient has said, as far as somebody is told of it."""
    blocks, openings, consents = tuple(blocks), tuple(openings), tuple(consents)
    told = [row for row in blocks if is_told(row.service_point, caller)]
    mine = [one for one in openings if one.user_id == caller.user_id and not one.is_over]
    known = {BlockId(row.id) for row in told}
    return WishesView(
        person=person,
        is_blocked=is_blocked_for(caller, blocks=blocks, consents=consents),
        open_until=max((one.until for one in mine), default=None),
        blocks=tuple(BlockView.of(row) for row in told),
        openings=tuple(
            OpeningView(
                block_id=one.block_id,
                user_id=one.user_id,
                opened_at=one.opened_at,
                until=one.until,
                is_over=one.is_over,
                reason=one.reason,
            )
            for one in openings
            if one.block_id in known
        ),
        consents=tuple(
            ConsentView.of(row) for row in consents if is_told(row.service_point, caller)
        ),
    )


def is_blocked_for(
    caller: Caller, *, blocks: Iterable[BlockRow], consents: Iterable[ConsentRow]
) -> bool:
    """Whether something of a person's is blocked for somebody, opened in an emergency or not."""
    if caller.is_region_system:
        return False
    may = [
        one.status is ConsentStatus.HOLDS
        and one.opens_blocks
        and one.service_point in caller.service_points
        for one in consents
    ]
    stands = [
        one.status is BlockStatus.STANDS and one.service_point not in caller.service_points
        for one in blocks
    ]
    return any(stands) and not any(may)
