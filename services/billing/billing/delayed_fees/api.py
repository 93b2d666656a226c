"""Delayed fees over HTTP: customer service puts one off. No rule here."""

from typing import Annotated
from uuid import UUID

from kvitt_chassis.http import ApiRouter, Body, Commands
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Day, UserId
from pydantic import Field

from billing import queries
from billing.delayed_fees.commands import PauseDelayedFee
from billing.models import ChargeRow
from billing.views import ChargeView

router = ApiRouter(tags=["Betalning"])


class PauseBody(Body):
    """Till vilken dag avgiften pausas, och vem som bad om det."""

    until_on: Annotated[
        Day, Field(description="Den debiteras den första vardagen i en månad från och med dagen")
    ]
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


@router.post("/charges/{charge_id}:pause", summary="Pausa en avgift som väntar")
async def pause_charge(charge_id: UUID, body: PauseBody, commands: Commands) -> ChargeView:
    """Skjut upp en patients avgift som ännu inte är debiterad (BIL-4): det gör kundtjänst, senast
    `last_pause_on`. Den kan pausas igen, men inte tidigareläggas.

    Nekas: UNKNOWN_CHARGE, NOT_DEFERRED, ALREADY_CHARGED, CHARGE_CANCELLED, PAUSE_TOO_LATE,
    NOT_LATER (BIL-4), UNKNOWN_USER (REF-3), DAY_TOO_FAR_AHEAD, DAY_TOO_LONG_AGO (DAY-2),
    CUSTOMER_SERVICE_ONLY (REF-12).
    """
    command = PauseDelayedFee(
        until_on=body.until_on, by=commands.caller.user_id, asked_by=body.asked_by
    )

    async def show(tx: Transaction) -> ChargeView:
        return ChargeView.of(await tx.get(ChargeRow, charge_id))

    return await commands.run(
        command, target=charge_id, scope=queries.CHARGES_REACH, rule="BIL-4", show=show
    )
