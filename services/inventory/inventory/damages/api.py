"""Stolen, lost and damaged devices over HTTP. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from uuid import UUID

from kvitt_chassis.http import ApiRouter, Body, Commands, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import DecideDamage
from kvitt_contracts.types import Day, Known, Money, PayerId, Word
from pydantic import Field

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.damages.commands import Note, TellDamage
from inventory.devices.api import SCOPE
from inventory.devices.damage_views import DamageView
from inventory.devices.models import DeviceRow
from inventory.devices.records.domain import DamageKind, Outcome
from inventory.devices.views import DeviceLine

router = ApiRouter(tags=["Hjälpmedel (individer)"])


class DamagedDevice(DeviceLine):
    """Hjälpmedlet, med vad som har hänt och är beslutat."""

    damages: list[DamageView]


DECISIONS: Final = (Outcome.UNIT_PAYS, Outcome.PATIENT_PAYS, Outcome.NOBODY_PAYS)


class DamageBody(Body):
    """Vad som har hänt, och när."""

    kind: Annotated[
        Word,
        Known(DamageKind),
        Field(description="`stolen` (stulet), `lost` (förlorat) eller `damaged` (skadat)"),
    ]
    happened_on: Annotated[Day, Field(description="Dagen då det hände; inte framåt (DAY-1)")]
    outcome: Annotated[
        Word,
        Known(Outcome.UNDECIDED, *DECISIONS),
        Field(
            description="Beslutet: `unit_pays` (en enhet), `patient_pays` eller `nobody_pays`. "
            "Bara kundtjänst beslutar; utelämnat är det obeslutat"
        ),
    ] = Word(Outcome.UNDECIDED)
    payer_id: Annotated[PayerId | None, Field(description="Betalaren, när en enhet betalar")] = None
    amount: Annotated[
        Money | None, Field(description="Vad som ska betalas, utan moms: högst en miljon kronor")
    ] = None
    note: Annotated[
        Note | None,
        Field(
            description="Vad som hände. Skriv bara det som behövs, och inget om patienten: läses "
            "av den som hade hjälpmedlet den dagen, och av kundtjänst"
        ),
    ] = None


class DecisionBody(Body):
    """Vilken registrering det gäller, och vad som beslutas."""

    kind: Annotated[Word, Known(DamageKind), Field(description="`stolen`, `lost` eller `damaged`")]
    happened_on: Annotated[Day, Field(description="Dagen då det hände, som den är registrerad")]
    outcome: Annotated[
        Word,
        Known(*DECISIONS, Outcome.WITHDRAWN),
        Field(
            description="`unit_pays` (en enhet), `patient_pays`, `nobody_pays`, eller `withdrawn`: "
            "skadan har inte hänt"
        ),
    ]
    payer_id: Annotated[PayerId | None, Field(description="Betalaren, när en enhet betalar")] = None
    amount: Annotated[
        Money | None, Field(description="Vad som ska betalas, utan moms: högst en miljon kronor")
    ] = None


@router.post("/devices/{device_id}:report-damage")
async def report_damage(
    device_id: UUID, body: DamageBody, commands: Commands, reader: Reader
) -> DamagedDevice:
    """Registrera att ett hjälpmedel är stulet, förlorat eller skadat (INV-15). Det som är stulet
    eller förlorat lämnar den som hade det, och söks; ingen hyra betalas från den dagen.

    Nekas: UNKNOWN_DEVICE (INV-5), UNKNOWN_USER (REF-3), UNKNOWN_KIND, ALREADY_RECORDED,
    CUSTOMER_SERVICE_ONLY, UNKNOWN_OUTCOME, PAYER_MISSING, PAYER_NOT_A_PATIENT, NO_PATIENT_HAD_IT,
    AMOUNT_MISSING, AMOUNT_OUT_OF_BOUNDS, NOBODY_PAYS_THAT, JUST_MOVED (INV-15), UNKNOWN_PAYER
    (REF-4), DEVICE_GONE (INV-7), ALREADY_MISSING, NO_INVESTIGATION_STORE (INV-10), IN_DISPATCH
    (BMB-12), HAPPENED_BEFORE_IT_CAME (DAY-5), RESERVED_FOR_ORDERS (ORD-4).
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")
    command = TellDamage(device_number=row.device_number, by=commands.caller.user_id, **dict(body))
    return await commands.run(
        command, target=device_id, scope=SCOPE, rule="INV-5", show=_show(device_id)
    )


@router.post("/devices/{device_id}:decide-damage")
async def decide_damage(
    device_id: UUID, body: DecisionBody, commands: Commands, reader: Reader
) -> DamagedDevice:
    """Besluta vem som betalar för ett stulet, förlorat eller skadat hjälpmedel, eller besluta om
    det på nytt (INV-15): det som redan är debiterat tas då tillbaka (BIL-8).

    Nekas: UNKNOWN_DEVICE (INV-5), UNKNOWN_USER (REF-3), UNKNOWN_KIND, NOT_RECORDED, FOUND_AGAIN,
    FIND_IT_INSTEAD, UNKNOWN_OUTCOME, PAYER_MISSING, PAYER_NOT_A_PATIENT, NO_PATIENT_HAD_IT,
    AMOUNT_MISSING, AMOUNT_OUT_OF_BOUNDS, NOBODY_PAYS_THAT (INV-15), UNKNOWN_PAYER (REF-4).
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")
    command = DecideDamage(
        device_number=row.device_number, by=commands.caller.user_id, **dict(body)
    )
    return await commands.run(
        command, target=device_id, scope=SCOPE, rule="INV-5", show=_show(device_id)
    )


def _show(device_id: UUID) -> Callable[[Transaction], Awaitable[DamagedDevice]]:
    async def show(tx: Transaction) -> DamagedDevice:
        row = await tx.get(DeviceRow, device_id)
        article = await tx.get(ArticleRow, article_id(tx, row.article_number))
        damages = [DamageView.of(one) for one in row.damages]
        return DamagedDevice(**dict(DeviceLine.of(row, article)), damages=damages)

    return show
