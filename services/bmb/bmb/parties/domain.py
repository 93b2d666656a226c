"""The rules of a transfer's parties, as they are on the day on which something takes effect.

Who answers for what is paid, who has a part in a device, and which recipient or prescriber has
ended. Saving, executing, accepting and automatic execution all go by these.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, Role, StoreHolder, UserId

from bmb.register.domain import Device, Patient, User


class Reason(StrEnum):
    """What is wrong with a party of a transfer."""

    INACTIVE_RECIPIENT = "INACTIVE_RECIPIENT"
    NOT_A_PRESCRIBER = "NOT_A_PRESCRIBER"
    NO_PART_IN_DEVICE = "NO_PART_IN_DEVICE"
    SEVERAL_PAYERS = "SEVERAL_PAYERS"
    NO_UNIT_PAYS = "NO_UNIT_PAYS"
    NOT_MAIN_RESPONSIBLE = "NOT_MAIN_RESPONSIBLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """What a transfer names, as it is today. `recipient`: a patient who is to get the devices;
    `responsible`: who may acknowledge, where the receiving service point has named somebody.
    """

    devices: tuple[Device, ...] = ()
    recipient: Patient | None = None
    prescriber: User | None = None
    responsible: frozenset[UserId] = frozenset()


# decision 0235: what has ended is asked at every step that takes effect
def what_ended(parties: Parties) -> Reason | None:
    """Why the transfer cannot take effect today; None where everybody is still there.

    A recipient who is inactive gets nothing (REF-14); a new prescriber prescribes (BMB-1).
    """
    if parties.recipient is not None and not parties.recipient.active:
        return Reason.INACTIVE_RECIPIENT
    prescriber = parties.prescriber
    if prescriber is not None and not (prescriber.active and Role.PRESCRIBER in prescriber.roles):
        return Reason.NOT_A_PRESCRIBER
    return None


def refuse_ended(parties: Parties) -> None:
    """Raises Refused where a party has ended: INACTIVE_RECIPIENT (REF-14), NOT_A_PRESCRIBER
    (BMB-1).
    """
    ended = what_ended(parties)
    if ended is Reason.INACTIVE_RECIPIENT:
        raise Refused(
            Reason.INACTIVE_RECIPIENT,
            rule="REF-14",
            field="new_recipient",
            way_on="Kontakta hjälpmedelsverksamheten: inget nytt registreras på mottagaren.",
        )
    if ended is Reason.NOT_A_PRESCRIBER:
        raise Refused(
            Reason.NOT_A_PRESCRIBER,
            rule="BMB-1",
            field="new_prescriber",
            way_on="Ange en aktiv förskrivare.",
            user=parties.prescriber.id if parties.prescriber else None,
        )


def answering(device: Device) -> frozenset[CustomerId]:
    """The units that answer for what is paid for a device (BMB-4); none in a store.

    The customer of the loan where its own payer pays, else the service points of the payer; the
    customer all the same where the payer has none.
    """
    if device.payer is None:
        return frozenset()
    customer = device.customer
    if customer is not None and customer.payer_id == device.payer:
        return frozenset({customer.id})
    return device.units_of_payer or frozenset({customer.id} if customer else ())


def paying_units(devices: Sequence[Device]) -> frozenset[CustomerId]:
    """The units of which one acknowledges for whoever pays now; none where nobody does (a store).

    Raises Refused: two payers are two acknowledgements (SEVERAL_PAYERS, BMB-4), or the payer has no
    unit (NO_UNIT_PAYS, BMB-4).
    """
    payers = {device.payer for device in devices}
    if payers == {None}:
        return frozenset()
    shared = frozenset.intersection(*(answering(device) for device in devices))
    if len(payers) > 1 or (not shared and any(answering(device) for device in devices)):
        raise Refused(
            Reason.SEVERAL_PAYERS,
            rule="BMB-4",
            field="devices",
            way_on="Gör ett byte för varje betalande enhet: en enhet kvitterar ett byte.",
        )
    if not shared:
        raise Refused(
            Reason.NO_UNIT_PAYS,
            rule="BMB-4",
            field="devices",
            way_on="Skicka kunduppgiften för ett tjänsteställe som har betalaren, och försök igen.",
            payer=next(iter(payers)),
        )
    return shared


def refuse_without_part(sender: User, devices: Sequence[Device]) -> None:
    """Raises Refused unless the sender has a part in every device (NO_PART_IN_DEVICE, BMB-4): he
    has prescribed it, or a unit of his has prescribed it, pays for it or has it.
    """
    for device in devices:
        units = answering(device) | device.prescribed_at | device.kept_by
        if device.prescriber != sender.id and sender.service_points.isdisjoint(units):
            raise Refused(
                Reason.NO_PART_IN_DEVICE,
                rule="BMB-4",
                field="devices",
                way_on="Be den som har förskrivit, betalar för eller har hjälpmedlet att skicka.",
                device=device.id,
            )


# decision 0360: who prescribes what nobody does is the main responsible's to say
def refuse_without_lead(
    sender: User, devices: Sequence[Device], leading: Mapping[CustomerId, Set[UserId]]
) -> None:
    """Raises Refused (NOT_MAIN_RESPONSIBLE, BMB-14) where a new prescriber is named for a device
    that nobody prescribes, by somebody else than who is `leading` the unit that answers for it. A
    unit that has no main responsible is led by whoever works there.
    """
    for device in devices:
        if not device.is_unprescribed:
            continue
        leaders = {one for unit in answering(device) for one in leading.get(unit, ())}
        if leaders and sender.id not in leaders:
            raise Refused(
                Reason.NOT_MAIN_RESPONSIBLE,
                rule="BMB-14",
                field="new_prescriber",
                way_on=f"Ingen förskriver hjälpmedlet: be {', '.join(sorted(leaders))} att ange en "
                "ny förskrivare.",
                device=device.id,
            )


def is_own(device: Device, user: User) -> bool:
    """True where one of the user's units pays for the device, or has it in its store (BMB-4)."""
    in_store = isinstance(device.holder, StoreHolder)
    units = device.kept_by if in_store else answering(device)
    return not user.service_points.isdisjoint(units)
