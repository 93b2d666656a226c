"""The rules of cases: what is asked of customer service, by whom, and how it ends (CAS-1). No
clock, no database.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    CaseAnswered,
    CaseAsked,
    CaseEvent,
    CaseReminderDue,
    CaseWithdrawn,
)
from kvitt_contracts.types import (
    CaseId,
    CustomerId,
    DeviceId,
    PickupId,
    ServicePointId,
    Thing,
    UserId,
    Word,
)

from orders.cases.reasons import Reason, refusal
from orders.units.domain import Customer, User, must_act_at
from orders.waits.domain import LISTED, TELLS_CUSTOMER_SERVICE, Owner, Wait

WordT = TypeVar("WordT", bound=StrEnum)


class Status(StrEnum):
    """Where a case is."""

    WAITING = "waiting"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """What is asked."""

    URGENT = "urgent"
    PERSON_MISSING = "person_missing"
    SHORT_DELIVERY = "short_delivery"
    ADDRESS = "address"
    DEVIATION = "deviation"
    COMPLAINT = "complaint"
    PATIENT_MOVES = "patient_moves"
    OTHER = "other"


class About(StrEnum):
    """The kinds of things that a case can be about."""

    ORDER = "order"
    PICKUP = "pickup"
    WORK_ORDER = "work_order"
    DEVICE = "device"
    TRANSFER = "transfer"
    PERSON = "person"


class Outcome(StrEnum):
    """How customer service has answered."""

    DONE = "done"
    REFUSED = "refused"


_CARRIED_OUT: Final = frozenset({About.ORDER, About.PICKUP, About.WORK_ORDER})
_FITS: Final[Mapping[Kind, frozenset[About]]] = {
    Kind.URGENT: _CARRIED_OUT,
    Kind.PERSON_MISSING: frozenset(),
    Kind.SHORT_DELIVERY: frozenset({About.ORDER}),
    Kind.ADDRESS: _CARRIED_OUT | {About.PERSON},
    Kind.DEVIATION: _CARRIED_OUT | {About.DEVICE, About.TRANSFER},
    Kind.COMPLAINT: _CARRIED_OUT | {About.DEVICE, About.TRANSFER},
    Kind.PATIENT_MOVES: frozenset({About.PERSON}),
    Kind.OTHER: frozenset(About),
}
"""What each kind is about; with none of them it is about nothing."""

_ABOUT_NOTHING: Final = frozenset({Kind.PERSON_MISSING, Kind.OTHER})
"""Kinds that need nothing that they are about; they need a text instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case. `about`: from where it arose. `devices`: what is offered to another region."""

    id: CaseId
    status: Status
    kind: Word
    about: Thing | None
    devices: tuple[DeviceId, ...]
    service_point: ServicePointId
    has_text: bool
    asked_by: UserId
    is_reminded: bool = False
    outcome: Word | None = None
    answered_by: UserId | None = None


# decision 0370: a case is anything that users ask of customer service
def ask(
    case_id: CaseId,
    *,
    kind: Word,
    about: Thing | None,
    devices: Sequence[DeviceId | None] = (),
    offered: Collection[DeviceId] = (),
    has_text: bool,
    by: User,
    place: Customer,
) -> CaseAsked:
    """Request something of customer service, from a service point of one's own (CAS-1). What it is
    `about` is known to be something that the user may see. `devices`: those that are named, None
    for one that whom it is about does not have, or that the user does not see; `offered`: those
    that wait for an answer in another case about them.

    Raises Refused naming the field: UNKNOWN_WORD, ABOUT_MISSING, DOES_NOT_FIT, TEXT_MISSING,
    DEVICES_MISSING, UNKNOWN_DEVICE, DEVICE_TWICE, ALREADY_OFFERED (CAS-1), NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3).
    """
    must_act_at(place, by, act="orders.case.ask")
    asked = _word(Kind, kind, field="kind")
    _must_fit(asked, about)
    if about is None and not has_text:
        way_on = "Skriv vad det gäller (över HTTP): ärendet säger annars ingenting."
        raise refusal(Reason.TEXT_MISSING, "CAS-1", "text", way_on)
    named = _offer(asked, devices, offered=offered)
    if named and not has_text:
        way_on = "Skriv vart patienten flyttar, regionens fakturaadress och kontaktperson där."
        raise refusal(Reason.TEXT_MISSING, "CAS-1", "text", way_on)
    return CaseAsked(
        case_id=case_id,
        kind=kind,
        about=about,
        devices=named,
        service_point=ServicePointId(place.customer_id),
        has_text=has_text,
        by=by.user_id,
    )


def answer(
    case: Case, *, outcome: Word, has_text: bool, says_why: bool, by: UserId
) -> tuple[CaseAnswered, ...]:
    """Answer a case, once (CAS-1). `says_why`: whoever answers can say why it is refused here, and
    must.

    Raises CaseRefused (CAS-1): UNKNOWN_WORD, ALREADY_ANSWERED, WITHDRAWN, TEXT_MISSING.
    """
    said = _word(Outcome, outcome, field="outcome")
    _must_wait(case, way_on="Ärendet är redan besvarat. Be den som frågade att göra ett nytt.")
    if said is Outcome.REFUSED and says_why and not has_text:
        way_on = "Skriv varför, så att den som frågade vet vad som gäller."
        raise refusal(Reason.TEXT_MISSING, "CAS-1", "text", way_on)
    return (
        CaseAnswered(
            case_id=case.id, outcome=outcome, has_text=has_text, asked_by=case.asked_by, by=by
        ),
    )


def must_offer(case: Case) -> None:
    """Raises CaseRefused (CAS-1): NOTHING_OFFERED, where there is no list of devices to print."""
    if not case.devices:
        way_on = "Bara ett ärende om en patient som flyttar har en lista: läs ärendet i stället."
        raise refusal(Reason.NOTHING_OFFERED, "CAS-1", None, way_on)


def pickup_to_make_urgent(case: Case) -> PickupId | None:
    """The pickup that is made urgent together with the answer, None where there is no such act
    (CAS-1).
    """
    is_done = case.outcome == Word(Outcome.DONE) and case.kind == Word(Kind.URGENT)
    if not is_done or case.about is None or case.about.kind != Word(About.PICKUP):
        return None
    return PickupId(case.about.id)


def withdraw(case: Case, *, by: User) -> tuple[CaseWithdrawn, ...]:
    """Withdraw a case that nobody has answered: who asked, or a colleague (CAS-1). No event where
    it is withdrawn already.

    Raises CaseRefused: NOT_YOUR_CASE (REF-3), ALREADY_ANSWERED (CAS-1).
    """
    if by.user_id != case.asked_by and not by.works_at(CustomerId(case.service_point)):
        way_on = "Bara den som frågade eller en kollega på tjänstestället tar tillbaka ärendet."
        raise refusal(Reason.NOT_YOUR_CASE, "REF-3", "by", way_on)
    if case.status is Status.WITHDRAWN:
        return ()
    _must_wait(case, way_on="Ärendet är redan besvarat: läs svaret.")
    return (CaseWithdrawn(case_id=case.id, by=by.user_id),)


def remind(case: Case) -> tuple[CaseReminderDue, ...]:
    """Nobody has answered in time: customer service is told, and it waits on (CAS-1)."""
    if case.status is not Status.WAITING or case.is_reminded:
        return ()
    return (CaseReminderDue(case_id=case.id, kind=case.kind),)


def waits_for(case: Case, *, until: date | None) -> Wait | None:
    """What a case waits for: customer service's answer, until the policy's last day (REF-20); None
    when it is over.
    """
    if case.status is not Status.WAITING:
        return None
    then = LISTED if case.is_reminded else TELLS_CUSTOMER_SERVICE
    return Wait(awaits=Word("answer"), on=Owner.CUSTOMER_SERVICE, until=until, then=then)


def evolve(case: Case | None, event: CaseEvent) -> Case:
    """Returns the state after an event; every event of a case is handled.

    Raises ValueError for a first event that cannot begin a case.
    """
    if isinstance(event, CaseAsked):
        asked = {"id": event.case_id, "status": Status.WAITING, "asked_by": event.by}
        return Case(**same_fields(event, Case) | asked)
    if case is None:
        raise ValueError(f"{event.wire_type} cannot be a case's first event")
    match event:
        case CaseReminderDue():
            return replace(case, is_reminded=True)
        case CaseAnswered():
            answered = replace(case, status=Status.ANSWERED, outcome=event.outcome)
            return replace(answered, answered_by=event.by)
        case CaseWithdrawn():
            return replace(case, status=Status.WITHDRAWN)


def _must_fit(kind: Kind, about: Thing | None) -> None:
    if about is None:
        if kind not in _ABOUT_NOTHING:
            way_on = f"Ange vad det gäller: {', '.join(sorted(_FITS[kind]))}."
            raise refusal(Reason.ABOUT_MISSING, "CAS-1", "about", way_on)
        return
    if _word(About, about.kind, field="about.kind") not in _FITS[kind]:
        fits = ", ".join(sorted(_FITS[kind]))
        way_on = f"Ett sådant ärende gäller {fits}." if fits else "Ett sådant gäller ingenting."
        raise refusal(Reason.DOES_NOT_FIT, "CAS-1", "about.kind", f"{way_on} Välj annars other.")


# decision 0385: what a patient who leaves has is offered in one case
def _offer(
    kind: Kind, devices: Sequence[DeviceId | None], *, offered: Collection[DeviceId]
) -> tuple[DeviceId, ...]:
    """What is offered to the region where the patient goes: each device once (CAS-1)."""
    if kind is not Kind.PATIENT_MOVES:
        if devices:
            way_on = "Bara när en patient flyttar nämns hjälpmedel: utelämna dem."
            raise refusal(Reason.DOES_NOT_FIT, "CAS-1", "devices", way_on)
        return ()
    if not devices:
        way_on = "Ange de hjälpmedel som den andra regionen ska erbjudas."
        raise refusal(Reason.DEVICES_MISSING, "CAS-1", "devices", way_on)
    named: list[DeviceId] = []
    for place, device in enumerate(devices):
        field = f"devices.{place}"
        if device is None:
            raise refusal(Reason.UNKNOWN_DEVICE, "CAS-1", field, _NOT_THEIRS)
        if device in named:
            way_on = "Ange varje hjälpmedel en gång."
            raise refusal(Reason.DEVICE_TWICE, "CAS-1", field, way_on)
        if device in offered:
            raise refusal(Reason.ALREADY_OFFERED, "CAS-1", field, _OFFERED)
        named.append(device)
    return tuple(named)


_NOT_THEIRS: Final = (
    "Kontrollera individnumret: patienten har inget sådant hjälpmedel bland dem som du kan se."
)
_OFFERED: Final = (
    "Hjälpmedlet erbjuds redan i ett ärende som väntar på svar: läs det, eller ta tillbaka det."
)


def _must_wait(case: Case, *, way_on: str) -> None:
    if case.status is Status.WITHDRAWN:
        gone = "Den som frågade behöver inget svar längre: ärendet är tillbakataget."
        raise refusal(Reason.WITHDRAWN, "CAS-1", None, gone)
    if case.status is Status.ANSWERED:
        raise refusal(Reason.ALREADY_ANSWERED, "CAS-1", None, way_on)


def says_who(case: Case) -> bool:
    """True for a case whose text says who somebody is that the registry lacks (REF-22)."""
    return case.kind == Word(Kind.PERSON_MISSING)


def _word(words: type[WordT], said: Word, *, field: str) -> WordT:
    try:
        return words(said)
    except ValueError:
        way_on = f"Ange ett av: {', '.join(words)}."
        raise refusal(Reason.UNKNOWN_WORD, "CAS-1", field, way_on) from None
