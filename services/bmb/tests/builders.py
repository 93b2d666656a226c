"""bmb's values for tests, with only what matters to say; of region ac unless told."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from bmb.domain import Status, Transfer
from bmb.drafts.domain import Wish
from bmb.register.domain import Customer, Device, Patient, User
from kvitt_contracts.calendar import deadline_after
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import Custody, CustodyCause, CustodyChanged, DeviceRegistered
from kvitt_contracts.inventory import DeviceStatedOnLoan as OnLoan
from kvitt_contracts.orders import (
    CareUnitRegistered,
    CustomerRegistered,
    PayerRegistered,
    PersonRegistered,
    UserRegistered,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    CareUnitRecipient,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    PatientRecipient,
    PayerId,
    PersonRef,
    RegionCode,
    RegionPersonId,
    Role,
    ServicePointId,
    StoreHolder,
    StoreId,
    TransferId,
    UserId,
    identify,
)
from kvitt_testkit.world import stockholm

SENDING, RECEIVING, OTHER = "40201", "40355", "40400"
SENDER, RECEIVER, OUTSIDER, SERVICE = "k082lno", "k201ema", "k300ola", "kundtjanst1"
PAYER, RECEIVING_PAYER, OTHER_PAYER = "20011", "20311", "20499"
SENT_AT = stockholm("2026-05-01 10:00")

_NAMESPACE = UUID("0f5d1f5e-9f0b-4c52-8df4-6e9d7a0d2c11")


def device_id(number: str = "170098", *, region: str = "ac") -> DeviceId:
    """The id of a device by its first number."""
    return DeviceId(identify(region, "device", number))


def transfer_id(reference: str = "BMB-1", *, region: str = "ac") -> TransferId:
    """The id of the transfer that the region calls `reference`."""
    return TransferId(identify(region, "transfer", reference))


def person(name: str = "P-20417") -> PersonRef:
    """The reference of the person that the region calls `name`."""
    return PersonRef(uuid5(_NAMESPACE, name))


def a_patient(name: str = "P-20417") -> PatientRecipient:
    """A patient as recipient."""
    return PatientRecipient(person=person(name))


def a_unit(code: str = "30110") -> CareUnitRecipient:
    """A care unit as recipient."""
    return CareUnitRecipient(unit=CareUnitId(code))


def a_store(store: str = "402") -> StoreHolder:
    """A store as holder."""
    return StoreHolder(store=StoreId(store))


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
    number: str = "170098", *, holder: Holder | None = None, customer: str | None = OTHER
) -> Device:
    """A device on loan to a patient, paid for by a customer."""
    where = holder or a_patient()
    paying = None if isinstance(where, StoreHolder) or customer is None else CustomerId(customer)
    return Device(id=device_id(number), holder=where, customer=paying)


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


# -- what others say ------------------------------------------------------------------------------


def a_customer_registered(
    customer: str, *, payer: str, store: str | None = None, private_clinic: bool = False
) -> CustomerRegistered:
    """orders knows a service point."""
    return CustomerRegistered(
        customer_id=CustomerId(customer),
        name=f"Arbetsplats {customer}",
        payer_id=PayerId(payer),
        is_service_point=True,
        private_clinic=private_clinic,
        store=StoreId(store) if store else None,
    )


def a_user_registered(
    user: str, *points: str, roles: tuple[Role, ...] = (Role.PRESCRIBER,)
) -> UserRegistered:
    """orders knows a user; the first service point is the default one."""
    return UserRegistered(
        user_id=UserId(user),
        roles=roles,
        service_points=tuple(ServicePointId(point) for point in points),
        default_service_point=ServicePointId(points[0]),
        active=True,
    )


def a_person_registered(name: str = "P-20417", *, active: bool = True) -> PersonRegistered:
    """orders has a reference for a person."""
    return PersonRegistered(
        person=person(name), region_person_id=RegionPersonId(name), active=active
    )


def a_device_registered(number: str, *, store: str = "402", region: str = "ac") -> DeviceRegistered:
    """inventory knows a device in a store."""
    return DeviceRegistered(
        device_id=device_id(number, region=region),
        device_number=DeviceNumber(number),
        article_number=ArticleNumber("10156"),
        store=StoreId(store),
        registered_on=date(2026, 1, 7),
    )


def a_custody(
    holder: Holder | None = None,
    *,
    payer: str = OTHER_PAYER,
    customer: str | None = OTHER,
    since: str = "2026-02-02",
) -> Custody:
    """A patient has the device, a customer pays."""
    return Custody(
        holder=holder or a_patient(),
        payer_id=PayerId(payer),
        customer_id=CustomerId(customer) if customer else None,
        prescriber=UserId(SENDER),
        since=date.fromisoformat(since),
    )


def on_loan(
    number: str = "170098", *, custody: Custody | None = None, region: str = "ac"
) -> OnLoan:
    """inventory states a device of the old stock on loan."""
    return OnLoan(
        device_id=device_id(number, region=region),
        device_number=DeviceNumber(number),
        article_number=ArticleNumber("10156"),
        custody=custody or a_custody(),
    )


def a_custody_change(
    number: str = "170098",
    *,
    transfer: TransferId | None = None,
    to: Custody | None = None,
    region: str = "ac",
) -> CustodyChanged:
    """A device has changed custody, by a transfer or without one."""
    return CustodyChanged(
        device_id=device_id(number, region=region),
        article_number=ArticleNumber("10156"),
        custody=to or a_custody(payer=RECEIVING_PAYER, customer=RECEIVING, since="2026-05-04"),
        before=a_custody(),
        cause=CustodyCause(transfer_id=transfer),
    )


def the_registry() -> tuple[Event, ...]:
    """Two units with a prescriber each, a third that pays, customer service, two patients."""
    return (
        PayerRegistered(payer_id=PayerId(PAYER), name="Habiliteringen"),
        PayerRegistered(payer_id=PayerId(RECEIVING_PAYER), name="Rehab Lycksele"),
        PayerRegistered(payer_id=PayerId(OTHER_PAYER), name="Hälsocentralen"),
        a_customer_registered(SENDING, payer=PAYER, store="402"),
        a_customer_registered(RECEIVING, payer=RECEIVING_PAYER, store="602"),
        a_customer_registered(OTHER, payer=OTHER_PAYER),
        CareUnitRegistered(
            unit=CareUnitId("30110"), name="Avdelning 3", customer_id=CustomerId(SENDING)
        ),
        a_user_registered(SENDER, SENDING),
        a_user_registered(RECEIVER, RECEIVING),
        a_user_registered(OUTSIDER, OTHER),
        a_user_registered(SERVICE, SENDING, roles=(Role.CUSTOMER_SERVICE,)),
        a_person_registered("P-20417"),
        a_person_registered("P-30771"),
    )
