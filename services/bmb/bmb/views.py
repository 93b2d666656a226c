"""How a transfer is shown. Free text only to both sides and to customer service."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from kvitt_chassis.auth import Caller
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    DeviceNumber,
    PayerId,
    Recipient,
    Reference,
    Role,
    ServicePointId,
    StoreId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from bmb.domain import Status
from bmb.models import TransferRow, TransferTextRow


class TransferLine(BaseModel):
    """Ett byte i en lista (BMB-8)."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    status: Annotated[Status, Field(description="Var i sin gång bytet är")]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")]
    sent_at: Annotated[datetime | None, Field(description="När avsändaren verkställde bytet")]
    transfer_date: Annotated[date, Field(description="BMB-datum")]
    deadline: Annotated[datetime | None, Field(description="Kvitteras före denna tidpunkt")]
    recipient: Annotated[
        Recipient | None, Field(description="Mottagaren efter bytet; ingen när det går till förråd")
    ]
    sender: Annotated[UserId, Field(description="Avsändarens användarnamn")]
    sending_service_point: Annotated[ServicePointId, Field(description="Från tjänsteställe")]
    receiving_service_point: Annotated[ServicePointId, Field(description="Kvitteras av")]
    prescriber: Annotated[UserId | None, Field(description="Ny förskrivare, om någon")]
    device_count: Annotated[int, Field(description="Antal hjälpmedel")]
    effective_on: Annotated[date | None, Field(description="Dag då bytet får verkan")]

    @classmethod
    def of(cls, row: TransferRow) -> "TransferLine":
        """The line of a row."""
        stays = row.current_recipient if row.new_store is None else None
        return cls(
            id=row.id,
            status=row.status,
            reference=row.reference,
            sent_at=row.requested_at,
            transfer_date=row.transfer_date,
            deadline=row.deadline,
            recipient=row.new_recipient or stays,
            sender=row.sender,
            sending_service_point=row.sending_service_point,
            receiving_service_point=row.receiving_service_point,
            prescriber=row.new_prescriber,
            device_count=len(row.devices),
            effective_on=row.effective_on,
        )


class DeviceLine(BaseModel):
    """Ett hjälpmedel i ett byte."""

    model_config = ConfigDict(frozen=True)

    device_id: UUID
    device_number: Annotated[DeviceNumber | None, Field(description="Individnummer")]
    waits: Annotated[bool, Field(description="Sant tills bytet har fått verkan för hjälpmedlet")]


class TransferView(TransferLine):
    """Ett byte med sina hjälpmedel och vad som har beslutats om det."""

    pending: Annotated[bool, Field(description="Sant medan lagret prövar om bytet kan göras")]
    devices: Annotated[list[DeviceLine], Field(description="Hjälpmedlen")]
    current_recipient: Annotated[Recipient | None, Field(description="Mottagaren före bytet")]
    current_store: Annotated[StoreId | None, Field(description="Förrådet före bytet")]
    new_store: Annotated[StoreId | None, Field(description="Eget förråd som tar emot")]
    proposed_customer: Annotated[CustomerId, Field(description="Föreslagen kund")]
    proposed_payer: Annotated[PayerId, Field(description="Föreslagen betalare (BMB-2)")]
    customer_id: Annotated[CustomerId | None, Field(description="Vald kund/leveransadress")]
    payer_id: Annotated[PayerId | None, Field(description="Betalare från och med bytet")]
    attested: Annotated[bool, Field(description="Avsändaren har intygat (BMB-11)")]
    message: Annotated[str | None, Field(description="Meddelande till mottagaren")]
    answer: Annotated[str | None, Field(description="Meddelande till avsändaren (BMB-5)")]

    @classmethod
    def with_devices(
        cls,
        row: TransferRow,
        *,
        numbers: Mapping[DeviceId, DeviceNumber],
        texts: TransferTextRow | None,
        caller: Caller,
    ) -> "TransferView":
        """The view of a row for a caller."""
        shown = texts if texts is not None and may_read_texts(row, caller) else None
        return cls(
            **dict(TransferLine.of(row)),
            pending=row.status is Status.REQUESTED,
            devices=[
                DeviceLine(
                    device_id=device,
                    device_number=numbers.get(device),
                    waits=device in row.remaining,
                )
                for device in row.devices
            ],
            current_recipient=row.current_recipient,
            current_store=row.current_store,
            new_store=row.new_store,
            proposed_customer=row.proposed_customer,
            proposed_payer=row.proposed_payer,
            customer_id=row.customer_id,
            payer_id=row.payer_id,
            attested=row.attested,
            message=shown.to_receiver if shown else None,
            answer=shown.to_sender if shown else None,
        )


def may_read_texts(row: TransferRow, caller: Caller) -> bool:
    """True for the two sides of a transfer and for customer service."""
    sides = {row.sending_service_point, row.receiving_service_point}
    return (
        caller.user_id == row.sender
        or not sides.isdisjoint(caller.service_points)
        or caller.has(Role.CUSTOMER_SERVICE)
    )
