"""Person facts, on `region.<code>.persons`: the one topic with personal data."""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Fact
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.regions.fields import EmailAddress, Name, Version
from kvitt_contracts.types import Address, RegionPersonId, UserId


class PersonStated(Fact, type="region.person.stated.v1"):
    """A person as the population registry has them (REF-1). Subject: the region's own opaque id.

    The only message that carries a number, a name or an address. Read by orders alone.
    `version` counts statements of the person.
    """

    version_of = ()

    version: Version
    identity: Identity
    name: Name
    address: Address | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    home_region: Annotated[str, Field(pattern=r"^[a-z]{1,2}$")]
    protected: bool = False
    deceased: bool = False
    active: bool = True


class PersonsJoined(Fact, type="region.person.joined.v1"):
    """Two of the region's ids turned out to be one person. Subject: the id that stays.

    `version` counts statements of the joining of one id.
    """

    version_of = ("joined",)

    version: Version
    joined: RegionPersonId


class UserContactStated(Fact, type="region.user-contact.stated.v1"):
    """How a user is reached at work (BMB-8, NTF-4). Subject: the user id. Read by orders alone.

    Stored in the vault, read when it is shown or a mail is sent.
    `version` counts statements of the user.
    """

    version_of = ()

    version: Version
    user_id: UserId
    name: Name
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    mobile: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    email: EmailAddress | None = None
