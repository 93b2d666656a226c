"""Topic `orders.persons`: the reference of a person, never who it is."""

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import PersonRef, RegionPersonId


class PersonRegistered(Event, type="orders.person.registered.v1"):
    """A person has got a reference. `active` is False for the deceased and the moved (REF-14).

    `is_protected`: what is theirs is shown to the units concerned alone (REF-9).
    """

    person: PersonRef
    region_person_id: RegionPersonId
    active: bool
    is_protected: bool = False


class PersonInactivated(Event, type="orders.person.inactivated.v1"):
    """Nothing new may be registered on the person from now on (REF-14)."""

    person: PersonRef


class PersonReactivated(Event, type="orders.person.reactivated.v1"):
    """The person may be registered on again."""

    person: PersonRef


class PersonProtectionChanged(Event, type="orders.person.protection-changed.v1"):
    """The person's identity is protected from now on, or no more (REF-9)."""

    person: PersonRef
    is_protected: bool


class PersonsMerged(Event, type="orders.person.merged.v1"):
    """`person` (the subject) is an alias from now on: read `into` wherever it is named."""

    person: PersonRef
    region_person_id: RegionPersonId
    into: PersonRef


class PersonErased(Event, type="orders.person.erased.v1"):
    """Nobody knows any more who the person is: the key of what was sealed is destroyed (REF-23).

    Delete what people have written freely of what concerns them. Their things stay under the
    reference; who is stated again under the region's id is another person.
    """

    person: PersonRef

    @property
    def former_id(self) -> RegionPersonId:
        """What stands where the region's id stood: letters alone, that name nobody else."""
        letters = self.person.hex.translate(str.maketrans("0123456789", "ghijklmnop"))
        return RegionPersonId(f"erased-{letters}")


PersonEvent = (
    PersonRegistered
    | PersonInactivated
    | PersonReactivated
    | PersonProtectionChanged
    | PersonsMerged
    | PersonErased
)
"""Every event of a person's reference."""
