"""The rules of drafts: what may be saved, who will acknowledge it, who is proposed to pay.

No clock, no database: what the sender wants is passed looked up, as a `Wish`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kvitt_contracts.bmb import TransferCancelled, TransferDrafted, TransferEvent
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    CareUnitRecipient,
    CustomerId,
    Holder,
    PatientRecipient,
    Reference,
    Role,
    ServicePointId,
    StoreHolder,
    StoreId,
    TransferId,
    UserId,
)

from bmb.domain import Reason as TransferReason
from bmb.domain import Status, Transfer, evolve
from bmb.parties.domain import (
    Parties,
    paying_units,
    refuse_ended,
    refuse_without_lead,
    refuse_without_part,
)
from bmb.register.domain import Customer, Device, Patient, User


class Reason(StrEnum):
    """Why a draft is not saved."""

    SENDER_ELSEWHERE = "SENDER_ELSEWHERE"
    DEVICE_TWICE = "DEVICE_TWICE"
    SEVERAL_RECIPIENTS = "SEVERAL_RECIPIENTS"
    TWO_RECIPIENTS = "TWO_RECIPIENTS"
    NOTHING_CHANGES = "NOTHING_CHANGES"
    NOT_OWN_STORE = "NOT_OWN_STORE"
    PRIVATE_CLINIC_HOLDS_NO_STOCK = "PRIVATE_CLINIC_HOLDS_NO_STOCK"
    PRESCRIBER_NOT_NAMED = "PRESCRIBER_NOT_NAMED"
    RECEIVER_ELSEWHERE = "RECEIVER_ELSEWHERE"
    RECEIVER_NOT_NAMED = "RECEIVER_NOT_NAMED"
    UNKNOWN_CUSTOMER = "UNKNOWN_CUSTOMER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A draft as the sender wants it, with what it names looked up.

    `units` are the customers that the sender and the new prescriber work at; `leading` who leads
    each unit that answers for a device which nobody prescribes. A new recipient that
    has the devices already is no new one (the form starts with the current one).
    """

    sender: User
    sending_service_point: ServicePointId | None = None
    devices: tuple[Device, ...]
    new_recipient: Patient | CareUnitRecipient | None = None
    new_store: StoreId | None = None
    new_prescriber: User | None = None
    receiving_service_point: ServicePointId | None = None
    transfer_date: date | None = None
    attested: bool = False
    has_message: bool = False
    units: tuple[Customer, ...]
    clinics_hold_stock: bool = False
    leading: Mapping[CustomerId, frozenset[UserId]] = field(default_factory=dict)

    @property
    def from_service_point(self) -> ServicePointId:
        """The named service point, or the sender's default one (REF-3)."""
        return self.sending_service_point or self.sender.default_service_point

    @property
    def proposed_customer(self) -> ServicePointId:
        """Whose payer is proposed: the new prescriber's default, else the sender's (BMB-2)."""
        return (self.new_prescriber or self.sender).default_service_point


def save(
    transfer: Transfer | None,
    wish: Wish,
    *,
    transfer_id: TransferId,
    reference: Reference | None,
    today: date,
) -> tuple[TransferDrafted]:
    """Save a draft, or save it anew, with the payer that will be proposed (BMB-1, BMB-2).

    `today` is the Stockholm day, which is the transfer date where none is named (BMB-3).
    Raises Refused: not a draft any more, or what is wished cannot be a transfer.
    """
    _refuse_sender(transfer, wish)
    if transfer is not None and transfer.status is not Status.DRAFT:
        raise Refused(
            TransferReason.NOT_A_DRAFT,
            rule="BMB-2",
            way_on="Spara ett nytt byte under en ny beteckning.",
            status=transfer.status,
        )
    # before anything is said of where they are: who has no part learns nothing of that (REF-18)
    refuse_without_part(wish.sender, wish.devices)
    if wish.new_prescriber is not None:
        refuse_without_lead(wish.sender, wish.devices, wish.leading)
    holder = _shared_holder(wish.devices)
    new_recipient = _new_recipient(wish, holder)
    _refuse_stores(wish, holder, to_recipient=new_recipient is not None)
    refuse_ended(Parties(prescriber=wish.new_prescriber))
    return (
        TransferDrafted(
            transfer_id=transfer_id,
            reference=reference,
            devices=tuple(device.id for device in wish.devices),
            current_recipient=None if isinstance(holder, StoreHolder) else holder,
            current_store=holder.store if isinstance(holder, StoreHolder) else None,
            new_recipient=new_recipient,
            new_store=wish.new_store,
            new_prescriber=_new_prescriber(wish, holder),
            sender=wish.sender.id,
            sending_service_point=wish.from_service_point,
            receiving_service_point=acknowledging_service_point(wish),
            proposed_customer=wish.proposed_customer,
            proposed_payer=_customer(wish, wish.proposed_customer).payer_id,
            transfer_date=wish.transfer_date or today,
            attested=wish.attested,
            has_message=wish.has_message,
        ),
    )


def cancel(transfer: Transfer, *, by: User) -> tuple[TransferEvent, ...]:
    """Throw a draft away: everything is as it was (BMB-2). Raises Refused for a sent one."""
    if transfer.status is Status.CANCELLED:
        return ()
    if transfer.status is not Status.DRAFT:
        raise Refused(
            TransferReason.NOT_A_DRAFT,
            rule="BMB-2",
            way_on="Bytet är skickat: be mottagaren att inte godkänna det.",
            status=transfer.status,
        )
    if not by.works_at(transfer.sending_service_point):
        raise _sender_elsewhere("by", transfer.sending_service_point)
    return (TransferCancelled(transfer_id=transfer.id),)


def save_anew(transfer: Transfer, wish: Wish, *, today: date) -> tuple[TransferEvent, ...]:
    """Judge a draft again before it is executed: `wish` is what it says, looked up today (BMB-2).

    Returns the draft with today's proposed payer, or no event where nothing differs. The place of
    the devices stays the draft's: inventory refuses those that are elsewhere (BMB-12). Raises
    Refused as `save` does.
    """
    if transfer.status is not Status.DRAFT:
        return ()
    (saved,) = save(
        transfer, wish, transfer_id=transfer.id, reference=transfer.reference, today=today
    )
    place = {
        "current_recipient": transfer.current_recipient,
        "current_store": transfer.current_store,
    }
    drafted = saved.model_copy(update=place)
    return () if evolve(transfer, drafted) == transfer else (drafted,)


# decision 0050: the paying unit acknowledges a change of payer; the sender cannot choose who does
def acknowledging_service_point(wish: Wish) -> ServicePointId:
    """Who acknowledges (BMB-4): the new prescriber's service point, else the payer-responsible one.

    Payer-responsible is a unit of the payer who pays now; the sender's own default service point
    where nobody does (a store). Of several units of one payer it is the sender's own, else the one
    that is named. Raises Refused for a receiver that is none of these, for one that has to be
    named, and for devices that several payers pay for.
    """
    named = wish.receiving_service_point
    if wish.new_prescriber is not None:
        derived: ServicePointId | None = wish.new_prescriber.default_service_point
        may = wish.new_prescriber.service_points
    else:
        paying = paying_units(wish.devices) or {wish.sender.default_service_point}
        may = frozenset(ServicePointId(unit) for unit in paying)
        derived = _one_of(may, own=wish.from_service_point)
    if named is not None and named not in may:
        raise Refused(
            Reason.RECEIVER_ELSEWHERE,
            rule="BMB-4",
            field="receiving_service_point",
            way_on="Utelämna mottagande tjänsteställe, eller ange ett av mottagarens egna.",
            service_points=sorted(may),
        )
    receiving = named or derived
    if receiving is None:
        raise Refused(
            Reason.RECEIVER_NOT_NAMED,
            rule="BMB-4",
            field="receiving_service_point",
            way_on="Ange vilket av betalarens tjänsteställen som ska kvittera.",
            service_points=sorted(may),
        )
    return receiving


def _one_of(may: frozenset[ServicePointId], *, own: ServicePointId) -> ServicePointId | None:
    if len(may) == 1:
        return next(iter(may))
    return own if own in may else None


def _new_prescriber(wish: Wish, holder: Holder) -> UserId | None:
    """Whoever is named; a device leaves a store with the sender's name where nobody is (BMB-1)."""
    if wish.new_prescriber is not None:
        return wish.new_prescriber.id
    if not isinstance(holder, StoreHolder):
        return None
    if Role.PRESCRIBER not in wish.sender.roles:
        raise Refused(
            Reason.PRESCRIBER_NOT_NAMED,
            rule="BMB-1",
            field="new_prescriber",
            way_on="Ange förskrivaren: det som lämnar ett förråd har en förskrivare.",
        )
    return wish.sender.id


def _refuse_sender(transfer: Transfer | None, wish: Wish) -> None:
    if not wish.sender.works_at(wish.from_service_point):
        raise _sender_elsewhere("sending_service_point", wish.from_service_point)
    if transfer is not None and not wish.sender.works_at(transfer.sending_service_point):
        raise Refused(  # and no more of a transfer that is not the sender's (REF-18)
            Reason.SENDER_ELSEWHERE,
            rule="BMB-2",
            field="sender",
            way_on="Spara under en annan beteckning: ett annat tjänsteställe har den redan.",
        )


def _sender_elsewhere(field: str, service_point: CustomerId) -> Refused:
    return Refused(
        Reason.SENDER_ELSEWHERE,
        rule="BMB-2",
        field=field,
        way_on="Ange en aktiv användare och ett av användarens egna tjänsteställen.",
        service_point=service_point,
    )


def _shared_holder(devices: tuple[Device, ...]) -> Holder:
    if len({device.id for device in devices}) < len(devices):
        raise Refused(
            Reason.DEVICE_TWICE,
            rule="BMB-1",
            field="devices",
            way_on="Ange varje individ en gång.",
        )
    holders = {device.holder for device in devices}
    if len(holders) > 1:
        raise Refused(
            Reason.SEVERAL_RECIPIENTS,
            rule="BMB-1",
            field="devices",
            way_on="Gör ett byte för varje nuvarande mottagare.",
        )
    return holders.pop()


def _new_recipient(wish: Wish, holder: Holder) -> PatientRecipient | CareUnitRecipient | None:
    wanted = wish.new_recipient
    if wanted is None:
        return None
    recipient = wanted.recipient if isinstance(wanted, Patient) else wanted
    if recipient == holder:
        return None
    if isinstance(wanted, Patient):
        refuse_ended(Parties(recipient=wanted))
    return recipient


def _refuse_stores(wish: Wish, holder: Holder, *, to_recipient: bool) -> None:
    if wish.new_store is not None and to_recipient:
        raise Refused(
            Reason.TWO_RECIPIENTS,
            rule="BMB-1",
            field="new_store",
            way_on="Ange antingen ny mottagare eller eget förråd.",
        )
    if isinstance(holder, StoreHolder):
        if not to_recipient:
            raise Refused(
                Reason.NOTHING_CHANGES,
                rule="BMB-1",
                field="new_recipient",
                way_on="Ange vem som ska ha hjälpmedlet: i ett förråd betalar ingen för det.",
            )
        _own_store(wish, holder.store, field="devices")
    if wish.new_store is not None:
        owner = _own_store(wish, wish.new_store, field="new_store")
        if owner.private_clinic and not wish.clinics_hold_stock:
            raise Refused(
                Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK,
                rule="REF-7",
                field="new_store",
                way_on="Gör en hämtorder till centrallagret.",
            )


def _own_store(wish: Wish, store: StoreId, *, field: str) -> Customer:
    for unit in wish.units:
        if unit.store == store:
            return unit
    raise Refused(  # where a device of others is, is not told (REF-18)
        Reason.NOT_OWN_STORE,
        rule="BMB-1",
        field=field,
        way_on="Ange ett förråd som hör till ett av de egna tjänsteställena.",
    )


def _customer(wish: Wish, wanted: CustomerId) -> Customer:
    for unit in wish.units:
        if unit.id == wanted:
            return unit
    raise Refused(
        Reason.UNKNOWN_CUSTOMER,
        rule="REF-4",
        field="new_prescriber" if wish.new_prescriber else "sender",
        way_on="Skicka tjänsteställets kunduppgift till Kvitt och försök igen.",
        customer=wanted,
    )
