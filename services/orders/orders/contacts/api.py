"""Users found by name, what codes are called, and where a user is mailed. Names stand in bodies
alone, in no address.
"""

import logging
from typing import Annotated

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Body, Reader, RegionWide
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import CareUnitId, CustomerId, PayerId, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field

from orders.contacts.domain import address_to_mail
from orders.contacts.models import UserContactRow
from orders.contacts.queries import active_users_called, contacts_of, names_of
from orders.units.access.domain import may_be_told
from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow
from orders.units.queries import user_key

router = ApiRouter(tags=["Enheter och användare"])

log = logging.getLogger(__name__)

MAX_HITS = 50
"""How many users a search shows; who seeks one among more gives more of the name."""

SCOPE = RegionWide(
    UserContactRow.region, because="whoever hands over chooses among all of the region's staff"
)


class FindUsers(Body):
    """Vem som söks. Namnet står i anropets kropp, aldrig i adressen."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "anna lind"}]}
    )

    name: Annotated[
        str,
        Field(
            min_length=2,
            max_length=120,
            pattern=r"\p{L}{2}",
            description="Början av ett eller flera av namnets ord, minst två bokstäver",
        ),
    ]


class FoundUser(BaseModel):
    """En användare med namn, och hur hen nås på arbetet."""

    model_config = ConfigDict(frozen=True)

    user_id: Annotated[UserId, Field(description="Internt id")]
    name: Annotated[str, Field(description="Namn")]
    service_points: Annotated[tuple[ServicePointId, ...], Field(description="Tjänsteställen")]
    phone: Annotated[str | None, Field(description="Telefon på arbetet")]
    mobile: Annotated[str | None, Field(description="Mobil på arbetet")]
    email: Annotated[str | None, Field(description="E-post på arbetet")]


class FoundUsers(BaseModel):
    """Svaret: högst 50 användare."""

    users: list[FoundUser]
    more: Annotated[bool, Field(description="Fler träffas: skriv mer av namnet")]


# decision 0279: users are found by name in a register of staff, and that is not logged
@router.post("/users:find")
async def find_users(body: FindUsers, reader: Reader) -> FoundUsers:
    """Sök aktiva användare i regionen på början av namnet, med telefon och e-post på arbetet.

    Den som regionen inte har lämnat namn på visas inte. Inget Idempotency-Key behövs.
    """
    asked = active_users_called(body.name).where(SCOPE.within(reader.grant))
    found = await reader.all(asked.limit(MAX_HITS + 1))
    shown = [_view(contact, places) for contact, places in found[:MAX_HITS]]
    return FoundUsers(users=shown, more=len(found) > MAX_HITS)


class ResolveContact(Body):
    """Vem som ska få ett brev."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"user_id": "k082lno"}]}
    )

    user_id: Annotated[UserId, Field(description="Internt id")]


class MailContact(BaseModel):
    """Vart en användares brev skickas."""

    model_config = ConfigDict(frozen=True)

    to: Annotated[str, Field(description="E-post på arbetet")]


@router.post("/users:resolve-contact")
async def resolve_contact(body: ResolveContact, reader: Reader, tx: ReadTransaction) -> MailContact:
    """E-postadressen på arbetet till en aktiv användare, eller till en vars behörighet har upphört
    (REF-5). Bara för tjänsten som skickar (NTF-4).

    Nekas: UNKNOWN_USER (REF-3), NO_ADDRESS (NTF-4).
    """
    user = await tx.get(UserRow, user_key(body.user_id, tx), rule="REF-3", field="user_id")
    contact = await tx.look_up(UserContactRow, body.user_id)
    email = contact.email if contact else None
    to = address_to_mail(email, may_be_mailed=may_be_told(user.state()))
    log.info(
        "a user's address is fetched to be mailed",
        extra={"user": str(body.user_id), "by": str(reader.caller.user_id)},
    )
    return MailContact(to=to)


class NamesQuery(BaseModel):
    """Vilka koder."""

    model_config = ConfigDict(extra="forbid")

    payer: Annotated[list[PayerId], Field(max_length=200, description="Betalare")] = []
    customer: Annotated[
        list[CustomerId], Field(max_length=200, description="Kunder och tjänsteställen")
    ] = []
    care_unit: Annotated[list[CareUnitId], Field(max_length=200, description="Vårdenheter")] = []
    user: Annotated[list[UserId], Field(max_length=200, description="Användares interna id")] = []


class NamedUser(BaseModel):
    """En användares namn, och hur hen nås på arbetet."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: Annotated[str, Field(description="Namn")]
    phone: Annotated[str | None, Field(description="Telefon på arbetet")]
    mobile: Annotated[str | None, Field(description="Mobil på arbetet")]
    email: Annotated[str | None, Field(description="E-post på arbetet")]


class Names(BaseModel):
    """Vad koder heter. Det som inte finns, och den som regionen inte lämnat namn på, utelämnas."""

    payers: dict[str, str]
    customers: dict[str, str]
    care_units: dict[str, str]
    users: dict[str, NamedUser]


# decision 0301: a page asks once what all its codes are called
@router.get("/names")
async def show_names(reader: Reader, asked: Annotated[NamesQuery, Query()]) -> Names:
    """Vad betalare, kunder, vårdenheter och användare heter, efter deras koder: för den som ska
    läsa en sida. Också den som har slutat har kvar sitt namn.
    """
    contacts = await contacts_of(reader, asked.user)
    return Names(
        payers=await names_of(reader, PayerRow.payer_id, PayerRow.name, asked.payer),
        customers=await names_of(reader, CustomerRow.customer_id, CustomerRow.name, asked.customer),
        care_units=await names_of(reader, CareUnitRow.unit, CareUnitRow.name, asked.care_unit),
        users={str(one.user_id): NamedUser.model_validate(one) for one in contacts},
    )


def _view(contact: UserContactRow, service_points: tuple[ServicePointId, ...]) -> FoundUser:
    return FoundUser(
        user_id=contact.user_id,
        name=contact.name,
        service_points=service_points,
        phone=contact.phone,
        mobile=contact.mobile,
        email=contact.email,
    )
