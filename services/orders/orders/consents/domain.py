"""The rules of consents (REF-26). No clock, no database."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import ConsentEnded, ConsentEvent, ConsentGiven, ConsentWithdrawn
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ConsentId, PersonRef, ServicePointId, UserId

from orders.units.domain import Customer, User, must_act_at


class Status(StrEnum):
    """Whether a consent holds."""

    HOLDS = "holds"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Reason(StrEnum):
    """Why a consent is not registered."""

    UNTIL_IS_PAST = "UNTIL_IS_PAST"


class ConsentRefused(Refused):
    """A refusal by a rule of consents; `reason` is one of Reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent. `opens_blocks`: to what is blocked too (REF-25)."""

    id: ConsentId
    status: Status
    person: PersonRef
    service_point: ServicePointId
    until_on: date
    opens_blocks: bool
    received_by: UserId


def give(
    consent_id: ConsentId,
    *,
    person: PersonRef,
    place: Customer,
    until_on: date,
    opens_blocks: bool,
    by: User,
    today: date,
) -> ConsentGiven:
    """Register that a patient lets a unit see what others have of them, through a day (REF-26).

    Raises Refused: NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3), where who receives
    it does not act for the unit; UNTIL_IS_PAST (REF-26).
    """
    must_act_at(place, by, act="orders.consent.give")
    if until_on < today:
        raise ConsentRefused(
            Reason.UNTIL_IS_PAST,
            rule="REF-26",
            field="until_on",
            way_on="Samtycket kan inte sluta gälla innan det har börjat. Ange i dag eller senare.",
        )
    return ConsentGiven(
        consent_id=consent_id,
        person=person,
        service_point=ServicePointId(place.customer_id),
        until_on=until_on,
        opens_blocks=opens_blocks,
        by=by.user_id,
    )


def withdraw(consent: Consent, *, by: UserId) -> tuple[ConsentWithdrawn, ...]:
    """Take a consent back, at any time (REF-26); no event where it holds no more."""
    if consent.status is not Status.HOLDS:
        return ()
    return (ConsentWithdrawn(consent_id=consent.id, by=by),)


def end(consent: Consent) -> tuple[ConsentEnded, ...]:
    """The last day has passed (REF-26)."""
    return (ConsentEnded(consent_id=consent.id),) if consent.status is Status.HOLDS else ()


def evolve(consent: Consent | None, event: ConsentEvent) -> Consent:
    """Returns the state after an event; every event of a consent is handled.

    Raises ValueError for a first event that cannot begin a consent.
    """
    if isinstance(event, ConsentGiven):
        given = {"id": event.consent_id, "status": Status.HOLDS, "received_by": event.by}
        return Consent(**same_fields(event, Consent) | given)
    if consent is None:
        raise ValueError(f"{event.wire_type} cannot be a consent's first event")
    match event:
        case ConsentWithdrawn():
            return replace(consent, status=Status.WITHDRAWN)
        case ConsentEnded():
            return replace(consent, status=Status.ENDED)
