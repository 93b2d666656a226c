"""Commands that users send to the vault over HTTP. No wire type: these never travel on a topic."""

from typing import Annotated

from kvitt_contracts.envelope import Command
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.regions import Name
from kvitt_contracts.types import TEXT, Address, PersonRef, UserId
from pydantic import Field

Phone = Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")]
DoorCode = Annotated[str, Field(max_length=20, pattern=TEXT)]
Instructions = Annotated[str, Field(max_length=500, pattern=TEXT)]


class AddPerson(Command):
    """Add a person whom the registry does not have (REF-8), done by customer service for `asked_by`
    (REF-12).
    """

    asked_by: UserId
    identity: Identity
    name: Name
    address: Address | None = None
    home_region: Annotated[str, Field(pattern=r"^[a-z]{1,2}$")]
    protected: bool = False


class KeepContact(Command):
    """Edit what is not the registry's: phone, door code, instructions (REF-1)."""

    phone: Phone | None = None
    door_code: DoorCode | None = None
    instructions: Instructions | None = None


class MergePerson(Command):
    """The target and `into` are one person: the target becomes an alias (REF-1)."""

    into: PersonRef
