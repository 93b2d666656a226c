"""bmb's values for tests, with only what matters to say; of region ac unless told."""

from dataclasses import replace
from datetime import date
from typing import Any

from bmb.domain import Status, Transfer
from bmb.drafts.domain import Wish
from bmb.parties.domain import Parties
from bmb.register.domain import Customer, Device, Patient, User
from kvitt_contracts.calendar import deadline_after
from kvitt_contracts.envelope import Event
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    CustomerId,
    Holder,
    PayerId,
    RegionCode,
    Role,
    ServicePointId,
    StoreHolder,
    StoreId,
    UserId,
)
from kvitt_testkit.world import stockholm

from contracts.tests.builders.orders import (
    a_care_unit_registered,
    a_customer_registered,
    a_payer_registered,
    a_person_registered,
    a_user_registered,
)
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PATIENT,
    OTHER_PAYER,
    OUTSIDER,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    SERVICE,
    a_patient,
    device_id,
    transfer_id,
)

SENT_AT = stockholm("2026-05-01 10:00")


def a_user(
    user: str = SENDER,
    *,
    at: str = SENDING,
    also_at: tuple[str, ...] = (),
    role: Role = Role.PRESCRIBER,
    active: bool = True,
) -> User:
    """A user; a prescriber unless another role is given."""
    return User(
        id=UserId(user),
        roles=frozenset({role}),
        service_points=frozenset(ServicePointId(point) for point in (at, *also_at)),
        default_service_point=ServicePointId(at),
        active=active,
    )


def a_receiver(**changes: Any) -> User:
    """A prescriber at the receiving service point."""
    return a_user(**{"user": RECEIVER, "at": RECEIVING, **changes})


def a_customer(
    customer: str = RECEIVING,
    *,
    payer: str = RECEIVING_PAYER,
    private_clinic: bool = False,
    store: str | None = None,
) -> Customer:
    """A customer with its payer."""
    return Customer(
        id=CustomerId(customer),
        payer_id=PayerId(payer),
        private_clinic=private_clinic,
        store=StoreId(store) if store else None,
    )


def a_device(
    number: str = "170098",
    *,
    holder: Holder | None = None,
    customer: str | None = OTHER,
    payer: str = OTHER_PAYER,
    **changes: Any,
) -> Device:
    """A device on loan to a patient, prescribed by the sender and paid for by a customer; one of
    the old stock without; or in the sender's store.
    """
    where = holder or a_patient()
    stored = isinstance(where, StoreHolder)
    known = None if stored or customer is None else a_customer(customer, payer=payer)
    values: dict[str, Any] = {
        "payer": None if stored else PayerId(payer),
        "customer": known,
        "prescriber": None if stored else UserId(SENDER),
        "prescribed_at": frozenset() if stored else frozenset({ServicePointId(SENDING)}),
        "kept_by": frozenset({CustomerId(SENDING)}) if stored else frozenset(),
    }
    return Device(id=device_id(number), holder=where, **values | changes)


def the_parties(**changes: Any) -> Parties:
    """The sender's device goes to the receiver, who prescribes."""
    return replace(Parties(devices=(a_device(),), prescriber=a_receiver()), **changes)


def a_wish(**changes: Any) -> Wish:
    """What a sender wants: responsibility for one device goes to another prescriber."""
    units = (a_customer(SENDING, payer=PAYER, store="402"), a_customer())
    wish = Wish(sender=a_user(), devices=(a_device(),), new_prescriber=a_receiver(), units=units)
    return replace(wish, **changes)


def to_patient(name: str = "P-30771", *, active: bool = True) -> Patient:
    """A patient to receive the devices."""
    return Patient(recipient=a_patient(name), active=active)


def a_policy(region: str = "ac", **transfer: Any) -> RegionPolicy:
    """A region's policy: unanswered transfers are executed after six days unless told otherwise."""
    rules = {
        "expiry": {"days": 6, "outcome": "auto_execute"},
        "clock_starts": "sent",
        "sender": "prescriber",
        "ack_payer": "follows_customer",
        "rejection_message": "optional",
        "patient_to_patient": "allowed",
        "notify": "main_responsible",
        **transfer,
    }
    return RegionPolicy.model_validate(
        {
            "region": RegionCode(region),
            "name": "Provregionen",
            "version": 1,
            "effective_from": "2026-01-01T00:00:00+01:00",
            "transfer": rules,
            "stores": {"central": "500"},
            "id_format": {"customer": 5, "payer": 5, "care_unit": 5},
        }
    )


def a_transfer(status: Status = Status.SENT, **changes: Any) -> Transfer:
    """A transfer of one device from a patient's prescriber to another, sent on 1 May 2026."""
    sent = status not in {Status.DRAFT, Status.CANCELLED, Status.REQUESTED, Status.REFUSED}
    devices = changes.pop("devices", (device_id(),))
    transfer = Transfer(
        id=transfer_id(),
        status=status,
        reference=None,
        devices=devices,
        remaining=devices,
        current_recipient=a_patient(),
        current_store=None,
        new_recipient=None,
        new_store=None,
        new_prescriber=UserId(RECEIVER),
        sender=UserId(SENDER),
        sending_service_point=ServicePointId(SENDING),
        receiving_service_point=ServicePointId(RECEIVING),
        proposed_customer=CustomerId(RECEIVING),
        proposed_payer=PayerId(RECEIVING_PAYER),
        transfer_date=date(2026, 5, 1),
        attested=False,
        has_message=False,
        policy=None if status in {Status.DRAFT, Status.CANCELLED} else a_policy().pin,
        requested_at=None if status in {Status.DRAFT, Status.CANCELLED} else SENT_AT,
        deadline=deadline_after(SENT_AT, days=6) if sent else None,
    )
    return replace(transfer, **changes)


def the_registry() -> tuple[Event, ...]:
    """Two units with a prescriber each, a third that pays, customer service, two patients."""
    return (
        a_payer_registered(PAYER),
        a_payer_registered(RECEIVING_PAYER),
        a_payer_registered(OTHER_PAYER),
        a_customer_registered(SENDING, payer=PAYER, store="402"),
        a_customer_registered(RECEIVING, payer=RECEIVING_PAYER, store="602"),
        a_customer_registered(OTHER, payer=OTHER_PAYER),
        a_care_unit_registered(),
        a_user_registered(SENDER, SENDING),
        a_user_registered(RECEIVER, RECEIVING),
        a_user_registered(OUTSIDER, OTHER),
        a_user_registered(SERVICE, SENDING, role="customer_service"),
        a_person_registered(),
        a_person_registered(OTHER_PATIENT),
    )
