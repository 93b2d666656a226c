"""How a transfer is shown. Free text only to both sides and to customer service."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from kvitt_chassis.access import Caller
from kvitt_contracts.copying import same_fields
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    DeviceNumber,
    Known,
    PayerId,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from bmb.domain import LineEnd, Status, end_of_line
from bmb.models import TransferRow, TransferTextRow
from bmb.parties.domain import Reason
from bmb.responsibles.views import ResponsiblesView


class TransferLine(BaseModel):
    """Ett byte i en lista (BMB-8)."""

    model_config = ConfigDict(frozen=True, from_attributes=True, populate_by_name=True)

    id: UUID
    status: Annotated[Status, Field(description="Var i sin gång bytet är")]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")]
    sent_at: Annotated[
        datetime | None,
        Field(validation_alias="requested_at", description="När avsändaren verkställde bytet"),
    ]
    transfer_date: Annotated[date, Field(description="BMB-datum")]
    deadline: Annotated[datetime | None, Field(description="Kvitteras före denna tidpunkt")]
    recipient: Annotated[
        Recipient | None,
        Field(
            validation_alias="recipient_after",
            description="Mottagaren efter bytet; ingen när det går till förråd",
        ),
    ]
    sender: Annotated[UserId, Field(description="Avsändarens användarnamn")]
    sending_service_point: Annotated[ServicePointId, Field(description="Från tjänsteställe")]
    receiving_service_point: Annotated[ServicePointId, Field(description="Kvitteras av")]
    prescriber: Annotated[
        UserId | None,
        Field(validation_alias="new_prescriber", description="Ny förskrivare, om någon"),
    ]
    device_count: Annotated[int, Field(description="Antal hjälpmedel")]
    effective_on: Annotated[date | None, Field(description="Dag då bytet får verkan")]
    unlock_asked_by: Annotated[
        UserId | None, Field(description="Vem som har bett kundtjänst låsa upp det (BMB-7)")
    ]
    unlock_asked_at: Annotated[datetime | None, Field(description="När det begärdes")]

    @classmethod
    def of(cls, row: TransferRow) -> "TransferLine":
        """The line of a row."""
        return cls.model_validate(row.state())


class LockedTransfer(BaseModel):
    """Ett låst byte, som den ser det som kan låsa upp det: utan mottagare och utan meddelanden."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")]
    transfer_date: Annotated[date, Field(description="BMB-datum")]
    deadline: Annotated[datetime | None, Field(description="Låst från och med denna tidpunkt")]
    sender: Annotated[UserId, Field(description="Avsändarens användarnamn")]
    sending_service_point: Annotated[ServicePointId, Field(description="Från tjänsteställe")]
    receiving_service_point: Annotated[ServicePointId, Field(description="Skulle kvitteras av")]
    device_count: Annotated[int, Field(description="Antal hjälpmedel")]
    unlock_asked_by: Annotated[UserId | None, Field(description="Vem som har bett om det")]
    unlock_asked_at: Annotated[datetime | None, Field(description="När det begärdes")]
    recipient_is_withheld: Annotated[
        bool,
        Field(description="Sant där bytet, som rör någon med skyddade personuppgifter, inte visas"),
    ]

    @classmethod
    def of(cls, found: tuple[TransferRow, bool]) -> "LockedTransfer":
        """The view of a row, and of whether it is of a protected person."""
        row, is_of_protected = found
        state = row.state()
        added = {"device_count": state.device_count, "recipient_is_withheld": is_of_protected}
        return cls(**same_fields(state, cls) | added)


class DeviceLine(BaseModel):
    """Ett hjälpmedel i ett byte."""

    model_config = ConfigDict(frozen=True)

    device_id: UUID
    device_number: Annotated[DeviceNumber | None, Field(description="Individnummer")]
    waits: Annotated[bool, Field(description="Sant tills bytet har fått verkan för hjälpmedlet")]
    end: Annotated[
        LineEnd | None,
        Field(
            description="Hur bytet slutade för just det hjälpmedlet; tomt medan det är kvar (BMB-5)"
        ),
    ]


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
    by_line: Annotated[
        bool,
        Field(description="Sant där en del av hjälpmedlen kan avslås och resten godkännas (BMB-5)"),
    ] = False
    payers: Annotated[
        list[PayerId],
        Field(
            description="Betalare som du kan välja när du kvitterar, vem kunden än är (BMB-4); "
            "ingen där betalaren följer av kunden"
        ),
    ] = []
    would_take_effect_on: Annotated[
        date | None,
        Field(description="Får verkan, om det godkänns i dag (BMB-4); tomt när det är avgjort"),
    ]
    void_reason: Annotated[
        str | None,
        Known(Reason.INACTIVE_RECIPIENT, Reason.NOT_A_PRESCRIBER),
        Field(description="Varför bytet blev ogiltigt i stället för att genomföras (BMB-7)"),
    ]
    recipient_is_withheld: Annotated[
        bool,
        Field(description="Sant när mottagaren, som har skyddade personuppgifter, inte visas här"),
    ] = False
    responsibles: Annotated[
        list[UserId],
        Field(description="Vilka som kan kvittera i dag (BMB-9); ingen där alla på stället kan"),
    ]
    contact: Annotated[
        UserId | None,
        Field(description="Mottagarens kontakt: huvudansvarig, vid frånvaro vikarien (BMB-10)"),
    ]
    sender_contact: Annotated[
        UserId | None, Field(description="Det avsändande tjänsteställets kontakt (BMB-9)")
    ]
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
        policy: RegionPolicy | None,
        receiving: ResponsiblesView,
        sending: ResponsiblesView,
        caller: Caller,
        payers: Sequence[PayerId],
        would_take_effect_on: date | None,
    ) -> "TransferView":
        """The view of a row for a caller, with who answers at its two service points; `policy` is
        the one that it was sent under, `payers` are those that the caller may choose.
        `would_take_effect_on`: the Stockholm day, were it accepted now; None once it is decided.
        """
        state = row.state()
        shown = texts if texts is not None and may_read_texts(row, caller) else None
        lines = [
            DeviceLine(
                device_id=device,
                device_number=numbers.get(device),
                waits=device in state.remaining,
                end=end_of_line(state, device),
            )
            for device in state.devices
        ]
        added = {
            "pending": state.is_pending,
            "devices": lines,
            "by_line": policy is not None and policy.transfer.bundle == "by_line",
            "responsibles": receiving.acts_today,
            "contact": receiving.contact,
            "sender_contact": sending.contact,
            "payers": list(payers),
            "would_take_effect_on": would_take_effect_on,
            "message": shown.to_receiver if shown else None,
            "answer": shown.to_sender if shown else None,
        }
        return cls(**same_fields(state, cls) | dict(TransferLine.of(row)) | added)

    def without_recipient(self) -> "TransferView":
        """The view for who may act on the transfer and not see whom it concerns (REF-19)."""
        return self.model_copy(update=_WITHHELD)


_WITHHELD: Final[Mapping[str, object]] = {
    **dict.fromkeys(("recipient", "current_recipient", "message", "answer")),
    "recipient_is_withheld": True,
}
"""What names or may name the recipient."""


def may_read_texts(row: TransferRow, caller: Caller) -> bool:
    """True for the two sides of a transfer and for customer service."""
    sides = {row.sending_service_point, row.receiving_service_point}
    return (
        caller.user_id in {row.sender, row.new_prescriber}
        or not sides.isdisjoint(caller.service_points)
        or caller.may("bmb.transfer.unlock")
    )
