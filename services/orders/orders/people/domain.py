"""The rules of persons: references, merging, who may see what. No database, no clock, no log."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum

from kvitt_contracts.orders import (
    PersonErased,
    PersonEvent,
    PersonInactivated,
    PersonProtectionChanged,
    PersonReactivated,
    PersonRegistered,
    PersonsMerged,
)
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Address, PersonRef, RegionPersonId


class Reason(StrEnum):
    """Why a person is refused."""

    RECIPIENT_INACTIVE = "RECIPIENT_INACTIVE"
    PERSON_IS_MERGED = "PERSON_IS_MERGED"
    PERSON_IS_ERASED = "PERSON_IS_ERASED"


class PersonRefused(Refused):
    """A refusal by a rule of persons; `reason` is one of Reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A reference to a person: which of the region's ids it replaces, without identity."""

    id: PersonRef
    region_person_id: RegionPersonId
    active: bool
    is_protected: bool = False
    is_erased: bool = False
    merged_into: PersonRef | None = None


class Purpose(StrEnum):
    """Why somebody wants to see who a reference is. Written into the log for reading."""

    DISPLAY = "display"  # name and number beside an order, a device, a transfer
    ORDERING = "ordering"  # the proposed address and phone while an order is registered
    DELIVERY = "delivery"  # where goods are taken
    INVOICING = "invoicing"  # what stands on a patient's invoice


class Finding(StrEnum):
    """Why somebody looks for a person by their number. Written into the log for reading."""

    NEW_PATIENT = "new_patient"  # who is to have something prescribed
    CASE = "case"  # whom a call or a letter is about


_SEARCHES = "orders.persons.search"
_DELIVERS = "orders.delivery.resolve"
_ACTS: dict[Purpose | Finding, str] = {
    Purpose.DISPLAY: _SEARCHES,
    Purpose.ORDERING: _SEARCHES,
    Purpose.DELIVERY: _DELIVERS,
    Purpose.INVOICING: _DELIVERS,
    Finding.NEW_PATIENT: _SEARCHES,
    Finding.CASE: _DELIVERS,
}
_WITH_ADDRESS = frozenset({Purpose.ORDERING, Purpose.DELIVERY, Purpose.INVOICING})
OF_AN_ORDER = frozenset({Purpose.DELIVERY, Purpose.INVOICING})
"""Purposes for which it is an order that gives a person to those who serve the whole region."""


class Look(StrEnum):
    """What came of somebody's access to a person. Written into the log for reading (REF-19)."""

    FOUND = "found"  # by the full number
    NOT_FOUND = "not_found"
    ADDED = "added"  # by hand, or found when that was tried
    OPENED = "opened"  # in an emergency
    LISTED = "listed"  # a hit of a search, with what tells hits apart
    SHOWN = "shown"
    OUT_OF_REACH = "out_of_reach"  # asked for by a reference, and not shown
    EDITED = "edited"
    DONE = "done"  # something was registered about them, or decided on it
    MERGED = "merged"  # two references became one
    ERASED = "erased"
    EXPORTED = "exported"
    REVIEWED = "reviewed"  # lines of the log about them were read, or one was reviewed


OPENING = frozenset({Look.FOUND, Look.ADDED, Look.OPENED})
"""Looks that open a person to who looks."""

# decision 0276: an opening is a line of the log, and ends with the day's work
OPEN_FOR = timedelta(hours=8)
"""A day's work: who goes on with a person has registered something on them by then, and has a part
in their care; who has not, says why anew.
"""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many looks of some kinds a user may have in an hour."""

    looks: frozenset[Look]
    an_hour: int


_FINDS = frozenset({Look.FOUND, Look.NOT_FOUND, Look.ADDED})
EMERGENCIES = Limit(looks=frozenset({Look.OPENED}), an_hour=5)
"""Who has more in an hour has a list of persons, not an emergency."""
MISSES = Limit(looks=frozenset({Look.OUT_OF_REACH}), an_hour=1000)
"""Twenty pages of a list whose persons are others'. A miss tells nothing, and is a line of the log.
"""

LOG_FINDS = Limit(looks=frozenset({Look.NOT_FOUND, Look.REVIEWED}), an_hour=300)
"""A page of the log, or a number sought in it, twelve seconds apart."""


def finds_of(*, is_region_system: bool) -> Limit:
    """How many numbers somebody may look for in an hour.

    A user one a minute, more than anybody has patients; a region's system speaks for all its users.
    """
    return Limit(looks=_FINDS, an_hour=1000 if is_region_system else 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The personal data that the vault stores of a person."""

    identity: Identity
    name: str
    address: Address | None = None
    phone: str | None = None
    door_code: str | None = None
    instructions: str | None = None
    home_region: str
    protected: bool = False
    deceased: bool = False

    @property
    def born_on(self) -> date:
        """The day of birth."""
        return self.identity.born


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A person without an address: all that is shown of a protected person (REF-9)."""

    name: str
    number: str
    protected: bool
    deceased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(Shown):
    """A person with where they are found."""

    address: Address | None
    phone: str | None
    door_code: str | None
    instructions: str | None
    home_region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phones:
    """A person's phone, and the one that the region stated last."""

    phone: str | None
    stated: str | None


def register(
    ref: PersonRef, *, region_person_id: RegionPersonId, active: bool, is_protected: bool
) -> PersonRegistered:
    """Register a person whom the region states for the first time, under an id of its own."""
    return PersonRegistered(
        person=ref,
        region_person_id=region_person_id,
        active=active,
        is_protected=is_protected,
    )


def state_activity(
    person: Person, *, active: bool
) -> tuple[PersonInactivated | PersonReactivated, ...]:
    """Set whether anything new may be registered on the person (REF-14); no event when
    unchanged.
    """
    if person.active == active:
        return ()
    changed = PersonReactivated if active else PersonInactivated
    return (changed(person=person.id),)


def state_protection(person: Person, *, is_protected: bool) -> tuple[PersonProtectionChanged, ...]:
    """Set whether the person's identity is protected (REF-9); no event when unchanged."""
    if person.is_protected == is_protected:
        return ()
    return (PersonProtectionChanged(person=person.id, is_protected=is_protected),)


def merge(person: Person, *, into: Person) -> tuple[PersonsMerged, ...]:
    """Merge two references that turned out to be one person; no event when they are one already.

    Both must be current (merged into nothing): a caller follows aliases first. Raises ValueError
    when one is not; PersonRefused (PERSON_IS_ERASED, REF-23): an erasure is not undone.
    """
    if person.id == into.id:
        return ()
    if person.is_erased or into.is_erased:
        raise PersonRefused(
            Reason.PERSON_IS_ERASED,
            rule="REF-23",
            field="into",
            way_on="Personen är raderad. Kontrollera referenserna.",
        )
    if person.merged_into is not None or into.merged_into is not None:
        raise ValueError("only current references are merged")
    return (
        PersonsMerged(person=person.id, region_person_id=person.region_person_id, into=into.id),
    )


# decision 0030: a number belongs to one reference, and only the newest number finds it
def must_state_same_number(alias: Person, *, stated: Identity, kept: Identity) -> None:
    """Check that a fact under an alias states the number that is stored for the person.

    Raises PersonRefused (PERSON_IS_MERGED, REF-1): else two ids of one person would take turns in
    changing its number.
    """
    if stated.number != kept.number:
        raise PersonRefused(
            Reason.PERSON_IS_MERGED,
            rule="REF-1",
            field="identity.number",
            way_on="Personen är sammanslagen med en annan. Skicka under det id som gäller.",
            person=alias.id,
        )


def must_be_active(person: Person) -> None:
    """Raises PersonRefused (RECIPIENT_INACTIVE, REF-14): nothing new is registered on them."""
    if not person.active:
        raise PersonRefused(
            Reason.RECIPIENT_INACTIVE,
            rule="REF-14",
            field="recipient",
            way_on="Mottagaren är inaktiv. Kontakta hjälpmedelsservice.",
        )


# decision 0209: a region's repetition does not undo what was edited here
def phone_after(known: Phones, *, stated: str | None) -> Phones:
    """The phone after a region has stated a person (REF-1).

    The region's counts when it is another than it stated before, or when there was none; a phone
    that was edited here, or removed, outlives a repetition. No phone in the fact changes nothing.
    """
    if stated is None or stated == known.stated:
        return known
    was_edited = known.stated is None and known.phone is not None
    return Phones(phone=known.phone if was_edited else stated, stated=stated)


def act_for(purpose: Purpose | Finding) -> str:
    """The act whose grantees may resolve references, or look for a number, for a purpose."""
    return _ACTS[purpose]


def show(details: Details, *, purpose: Purpose) -> Shown | Located:
    """What a purpose lets one see. A protected person's address: delivery alone (REF-9)."""
    hidden = details.protected and purpose is not Purpose.DELIVERY
    if hidden or purpose not in _WITH_ADDRESS:
        return Shown(
            name=details.name,
            number=details.identity.number,
            protected=details.protected,
            deceased=details.deceased,
        )
    return Located(
        name=details.name,
        number=details.identity.number,
        protected=details.protected,
        deceased=details.deceased,
        address=details.address,
        phone=details.phone,
        door_code=details.door_code,
        instructions=details.instructions,
        home_region=details.home_region,
    )


def corrected(before: Details, after: Details) -> tuple[str, ...]:
    """The names of what is told otherwise of a person than before (REF-24)."""
    names = (field.name for field in fields(Details))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def evolve(person: Person | None, event: PersonEvent) -> Person:
    """Returns the state after an event; every event of a person is handled.

    Raises ValueError for any event before the person is registered.
    """
    if isinstance(event, PersonRegistered):
        return Person(
            id=event.person,
            region_person_id=event.region_person_id,
            active=event.active,
            is_protected=event.is_protected,
        )
    if person is None:
        raise ValueError(f"{event.wire_type} before the person is registered")
    match event:
        case PersonInactivated():
            return replace(person, active=False)
        case PersonReactivated():
            return replace(person, active=True)
        case PersonsMerged():
            return replace(person, merged_into=event.into)
        case PersonProtectionChanged():
            return replace(person, is_protected=event.is_protected)
        case PersonErased():
            return replace(person, active=False, is_erased=True)
