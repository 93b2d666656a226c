"""Topic `orders.consents`, one aggregate kind: the consent by which a unit sees what others have of
a patient (REF-26). Who the patient is is in no event.
"""

from datetime import date

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import ConsentId, PersonRef, ServicePointId, UserId


class ConsentGiven(Event, type="orders.consent.given.v1"):
    """The unit sees what other units have of the person, through the day `until_on` (REF-26).

    `opens_blocks`: what is blocked too (REF-25). `by` received it.
    """

    consent_id: ConsentId
    person: PersonRef
    service_point: ServicePointId
    until_on: date
    opens_blocks: bool
    by: UserId


class ConsentWithdrawn(Event, type="orders.consent.withdrawn.v1"):
    """The patient has taken it back: the unit sees what it saw before (REF-26)."""

    consent_id: ConsentId
    by: UserId


class ConsentEnded(Event, type="orders.consent.ended.v1"):
    """Its last day has passed (REF-26)."""

    consent_id: ConsentId


ConsentEvent = ConsentGiven | ConsentWithdrawn | ConsentEnded
"""Every event of a consent."""
