"""The parties of an order or a withdrawal, and whether they fit. No clock, no database, no log."""

from dataclasses import dataclass
from datetime import date

from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    CareUnitRecipient,
    PatientRecipient,
    PersonRef,
    Recipient,
    Role,
    StoreId,
)

from orders.customer_orders.reasons import OrderRefused, Reason
from orders.units.domain import Customer, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A patient on an order: only what a rule needs of who they are."""

    person: PersonRef
    born_on: date
    has_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """Who orders, for whom of the service point."""

    prescriber: User
    requester: User
    service_point: Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties(Ordering):
    """Who has a part in an order. The recipient is active (REF-14)."""

    recipient: Patient | CareUnitRecipient


def recipient_of(parties: Parties) -> Recipient:
    """Returns the recipient as it is published in events."""
    return as_published(parties.recipient)


def as_published(recipient: Patient | CareUnitRecipient) -> Recipient:
    """Returns a recipient as it is published in events."""
    if isinstance(recipient, Patient):
        return PatientRecipient(person=recipient.person)
    return recipient


def must_prescribe_to_patients(
    store: StoreId, recipient: Patient | Recipient | None, *, policy: RegionPolicy
) -> None:
    """Check that what leaves a store from which the region prescribes to patients goes to one, an
    inpatient too, and to no ward. None: nothing goes to anybody.

    Raises OrderRefused (STORE_FOR_PATIENTS_ONLY, ORD-25).
    """
    is_for_ward = isinstance(recipient, CareUnitRecipient)
    if is_for_ward and store in policy.order.prescribes_to_patients_only:
        raise OrderRefused(
            Reason.STORE_FOR_PATIENTS_ONLY,
            rule="ORD-25",
            field="recipient",
            way_on=f"Från förråd {store} förskrivs bara till patienter, också inneliggande. Ange"
            " patienten, eller ta hjälpmedlet från ett annat förråd.",
            store=store,
        )


# decision 0242: looked at when something new is registered, and not afterwards
def must_fit(parties: Ordering) -> None:
    """Check that the parties of something new fit each other, and that each may have a part.

    Raises OrderRefused (REF-3) naming the field.
    """
    place, prescriber, requester = parties.service_point, parties.prescriber, parties.requester
    if not place.is_service_point:
        raise OrderRefused(
            Reason.NOT_A_SERVICE_POINT,
            rule="REF-3",
            field="service_point",
            way_on="Kunden är inget tjänsteställe. Välj ett av förskrivarens tjänsteställen.",
        )
    if not prescriber.has(Role.PRESCRIBER):
        raise OrderRefused(
            Reason.NOT_A_PRESCRIBER,
            rule="REF-3",
            field="prescriber",
            way_on="Välj en aktiv användare med förskrivningsrätt.",
        )
    if not prescriber.works_at(place.customer_id):
        raise OrderRefused(
            Reason.NOT_CONNECTED_TO_SERVICE_POINT,
            rule="REF-3",
            field="service_point",
            way_on="Välj ett av förskrivarens tjänsteställen.",
        )
    if requester.user_id == prescriber.user_id or requester.may_for_all("orders.order.place"):
        return
    if prescriber.user_id not in requester.acts_for:
        raise OrderRefused(
            Reason.NOT_CONNECTED_TO_PRESCRIBER,
            rule="REF-3",
            field="requester",
            way_on="Beställaren är inte kopplad till förskrivaren. Be enhetschefen om koppling.",
        )
