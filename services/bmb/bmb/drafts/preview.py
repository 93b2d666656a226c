"""A transfer as it would be: what its sender sees before it is sent. Records nothing."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated
from uuid import UUID, uuid4

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import SaveTransfer
from kvitt_contracts.calendar import deadline_after
from kvitt_contracts.policy import ExpiryOutcome
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    CustomerId,
    PayerId,
    Recipient,
    ServicePointId,
    StoreId,
    TransferId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from bmb.acknowledgements.domain import payers_to_choose, refuse_to_accept
from bmb.domain import Transfer, evolve, takes_effect_on
from bmb.drafts import domain
from bmb.drafts.wishes import wish_of
from bmb.parties.domain import Parties
from bmb.parties.queries import parties
from bmb.register import queries
from bmb.register.domain import Customer, User
from bmb.requests.domain import execute


class CustomerChoice(BaseModel):
    """En kund som avsändaren kan kvittera för, med sin betalare."""

    model_config = ConfigDict(frozen=True)

    customer_id: Annotated[CustomerId, Field(description="Kund/leveransadress")]
    payer_id: Annotated[PayerId, Field(description="Kundens betalare, från och med bytet")]


class PreviewedDevice(BaseModel):
    """Ett hjälpmedel i bytet, med vem som betalar det i dag."""

    model_config = ConfigDict(frozen=True)

    device_id: UUID
    payer_now: Annotated[PayerId | None, Field(description="Betalar i dag; ingen i ett förråd")]


class TransferPreview(BaseModel):
    """Ett byte som det skulle bli."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    devices: Annotated[list[PreviewedDevice], Field(description="Hjälpmedlen, som de nämndes")]
    current_recipient: Annotated[Recipient | None, Field(description="Mottagaren före bytet")]
    current_store: Annotated[StoreId | None, Field(description="Förrådet före bytet")]
    recipient: Annotated[
        Recipient | None, Field(description="Mottagaren efter bytet; ingen när det går till förråd")
    ]
    new_store: Annotated[StoreId | None, Field(description="Eget förråd som tar emot")]
    new_prescriber: Annotated[UserId | None, Field(description="Ny förskrivare, om någon")]
    receiving_service_point: Annotated[ServicePointId, Field(description="Kvitteras av")]
    proposed_customer: Annotated[CustomerId, Field(description="Föreslagen kund")]
    proposed_payer: Annotated[PayerId, Field(description="Föreslagen betalare (BMB-2)")]
    payers_now: Annotated[list[PayerId], Field(description="Betalar i dag; ingen i ett förråd")]
    transfer_date: Annotated[date, Field(description="BMB-datum")]
    effective_on: Annotated[date, Field(description="Får verkan, om det kvitteras i dag")]
    deadline: Annotated[datetime, Field(description="Kvitteras före denna tidpunkt (BMB-7)")]
    at_the_deadline: Annotated[
        ExpiryOutcome, Field(description="Vad som sker om ingen har kvitterat då (BMB-7)")
    ]
    attestation: Annotated[str, Field(description="Från patient till patient i regionen: BMB-11")]
    must_be_attested: Annotated[
        bool, Field(description="Sant om avsändaren måste intyga för att få skicka (BMB-11)")
    ]
    accepts_for: Annotated[
        list[CustomerChoice],
        Field(
            description="Kunder som du själv kan kvittera för genast (BMB-4); den första föreslås"
        ),
    ]
    payers: Annotated[
        list[PayerId],
        Field(
            description="Betalare som du kan välja om du kvitterar det sedan, vem kunden än är "
            "(BMB-4); ingen där betalaren följer av kunden, och där du inte själv kan kvittera"
        ),
    ]
    why_not_accept: Annotated[
        str | None, Field(description="Varför du inte själv kan kvittera, om så är")
    ]


async def preview(command: SaveTransfer, tx: Transaction) -> TransferPreview:
    """What the transfer would be, sent now (BMB-2). Refuses as sending it would, except for a
    missing attestation, of which it tells.
    """
    wish = await wish_of(command, tx)
    draft = domain.save(None, wish, transfer_id=TransferId(uuid4()), reference=None, today=tx.today)
    transfer = evolve(None, *draft)
    execute(replace(transfer, attested=True), by=wish.sender, policy=tx.policy, now=tx.now)
    named = await parties(tx, transfer)
    rules = tx.policy.transfer
    choices, why_not = await _choices(transfer, wish.sender, named, tx)
    payers = {one.id: one.payer for one in named.devices}
    own = await queries.customers(tx, {*wish.sender.service_points})
    may_choose = payers_to_choose(
        transfer, own_payers={one.payer_id for one in own}, parties=named, policy=rules
    )
    return TransferPreview(
        devices=[
            PreviewedDevice(device_id=one, payer_now=payers.get(one)) for one in transfer.devices
        ],
        current_recipient=transfer.current_recipient,
        current_store=transfer.current_store,
        recipient=transfer.recipient_after,
        new_store=transfer.new_store,
        new_prescriber=transfer.new_prescriber,
        receiving_service_point=transfer.receiving_service_point,
        proposed_customer=transfer.proposed_customer,
        proposed_payer=transfer.proposed_payer,
        payers_now=sorted({one.payer for one in named.devices if one.payer is not None}),
        transfer_date=transfer.transfer_date,
        effective_on=takes_effect_on(transfer, decided_on=tx.today, policy=rules),
        deadline=deadline_after(tx.now, days=rules.expiry.days),
        at_the_deadline=rules.expiry.outcome,
        attestation=rules.patient_to_patient,
        must_be_attested=transfer.is_patient_to_patient and rules.patient_to_patient == "attested",
        accepts_for=choices,
        payers=sorted(may_choose) if choices else [],
        why_not_accept=why_not,
    )


async def _choices(
    transfer: Transfer, by: User, named: Parties, tx: Transaction
) -> tuple[list[CustomerChoice], str | None]:
    """The customers for which the sender may accept at once, the proposed one first; else why he
    may not.
    """
    units = {*by.service_points, transfer.receiving_service_point, transfer.proposed_customer}
    known = await queries.customers(tx, {*units})
    ordered = sorted(known, key=lambda one: (one.id != transfer.proposed_customer, one.id))
    found = []
    why_not = None
    for customer in ordered:
        refused = _what_hinders(transfer, by, customer, named, tx)
        if refused is None:
            found.append(CustomerChoice(customer_id=customer.id, payer_id=customer.payer_id))
        else:
            why_not = why_not or refused.way_on
    return found, None if found else why_not


def _what_hinders(
    transfer: Transfer, by: User, customer: Customer, named: Parties, tx: Transaction
) -> Refused | None:
    try:
        refuse_to_accept(
            transfer,
            by=by,
            customer=customer,
            payer_id=customer.payer_id,
            parties=named,
            policy=tx.policy,
        )
    except Refused as refused:
        return refused
    return None
