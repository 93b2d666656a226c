"""Payers, customers, care units, users and stores."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from kvitt_contracts.day_bounds import HappenedOn, PlannedOn
from kvitt_contracts.envelope import Fact
from kvitt_contracts.regions.fields import EmailAddress, Name, Version
from kvitt_contracts.types import (
    Address,
    CareUnitId,
    CustomerId,
    Endpoint,
    OrganisationNumber,
    PayerId,
    ProductArea,
    Reference,
    Role,
    ServicePointId,
    StoreId,
    SupplierId,
    UserId,
    VatNumber,
    Word,
)
from kvitt_contracts.types.check_digits import ADDRESSES, luhn_holds


class PayerStated(Fact, type="region.payer.stated.v1"):
    """A payer. Subject: the payer id.

    A payer with an `endpoint` gets electronic invoices (BIL-9), with `reference` as the buyer's
    reference; the address is the unit's. `version` counts statements of the payer.
    """

    version_of = ()

    version: Version
    payer_id: PayerId
    name: Name
    organisation_number: OrganisationNumber | None = None
    vat_number: VatNumber | None = None
    address: Address | None = None
    endpoint: Endpoint | None = None
    reference: Reference | None = None

    @field_validator("organisation_number")
    @classmethod
    def _is_a_number_of_an_organisation(
        cls, value: OrganisationNumber | None
    ) -> OrganisationNumber | None:
        if value is not None and not luhn_holds(value.replace("-", "")):
            raise ValueError("BIL-9: kontrollsiffran i organisationsnumret stämmer inte")
        return value

    @field_validator("endpoint")
    @classmethod
    def _is_an_address_of_its_kind(cls, value: Endpoint | None) -> Endpoint | None:
        holds = ADDRESSES.get(value.scheme) if value is not None else None
        if value is not None and (holds is None or not holds(value.id)):
            raise ValueError(
                "BIL-9: adressen är varken ett organisationsnummer av 10 siffror (0007)"
                " eller ett GLN av 13 (0088) med rätt kontrollsiffra"
            )
        return value


class CustomerStated(Fact, type="region.customer.stated.v1"):
    """A customer with its base link to a payer (REF-4). Subject: the customer id.

    A service point is a customer that users work at; a private clinic has no stock of its own
    (REF-7).
    `version` counts statements of the customer.
    """

    version_of = ()

    version: Version
    customer_id: CustomerId
    name: Name
    payer_id: PayerId
    is_service_point: bool = False
    private_clinic: bool = False
    store: StoreId | None = None
    address: Address | None = None


class CareUnitStated(Fact, type="region.care-unit.stated.v1"):
    """A care unit, a possible recipient, with the customer that it belongs to.

    Subject: its code.
    `version` counts statements of the care unit.
    """

    version_of = ()

    version: Version
    unit: CareUnitId
    name: Name
    customer_id: CustomerId


class UserStated(Fact, type="region.user.stated.v1"):
    """A user by internal id, never by name (REF-3).

    Subject: the user id. `acts_for`: prescribers whom a requester registers for. `product_areas`
    and `stores` limit what the user sees and orders (REF-11); not given, nothing does.
    `profession` is the region's word for it, as its policy names those who may prescribe (REF-15).
    `duties`: `unit_head` (who applies for the access of users, REF-5), `technician`, `finance`,
    `assortment_manager`, `log_reviewer` (who reviews the log of persons, REF-21).
    `employer_kind`: who employs them, by which they sign in (REF-16).
    A user who is stated counts as granted access; one who is stated inactive has none.
    `version` counts statements of the user.
    """

    version_of = ()

    version: Version
    user_id: UserId
    roles: tuple[Role, ...]
    service_points: Annotated[tuple[ServicePointId, ...], Field(min_length=1)]
    default_service_point: ServicePointId
    acts_for: tuple[UserId, ...] = ()
    active: bool = True
    profession: Word | None = None
    product_areas: tuple[ProductArea, ...] | None = None
    stores: tuple[StoreId, ...] | None = None
    duties: Annotated[tuple[Word, ...], Field(max_length=10)] | None = None
    employer_kind: Literal["region", "municipality", "contractor"] | None = None


class StoreStated(Fact, type="region.store.stated.v1"):
    """A store (INV-4). Subject: the store id. An own store belongs to a service point.

    `version` counts statements of the store.
    """

    version_of = ()

    version: Version
    store: StoreId
    name: Name
    kind: Literal["central", "purchasing", "own", "investigation"]
    service_point: ServicePointId | None = None


class ResponsiblesStated(Fact, type="region.responsibles.stated.v1"):
    """Who answers for a service point, as a whole (BMB-9, BMB-10). Subject: the service point.

    `version` counts statements of the service point.
    """

    version_of = ()

    version: Version
    service_point: ServicePointId
    main: UserId | None = None
    substitutes: Annotated[tuple[UserId, ...], Field(max_length=100)] = ()
    stand_in: UserId | None = None
    absent_from_on: PlannedOn | None = None
    absent_to_on: PlannedOn | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.absent_from_on and self.absent_to_on and self.absent_to_on < self.absent_from_on:
            raise ValueError("DAY-5: frånvaron kan inte sluta innan den börjar")
        return self


class UserActivityStated(Fact, type="region.user-activity.stated.v1"):
    """A user was active in a system of the region's own: signed in, or sent something (REF-5), by
    which access does not lapse. Subject: the user id.

    `version` counts statements of the sign-ins of one day.
    """

    version_of = ("signed_in_on",)

    version: Version
    user_id: UserId
    signed_in_on: HappenedOn


class SupplierStated(Fact, type="region.supplier.stated.v1"):
    """A supplier of the register (REF-13). Subject: the supplier's id.

    `order_email` is where Kvitt sends purchase orders (ORD-11); the contact details are a
    company's.
    `version` counts statements of the supplier.
    """

    version_of = ()

    version: Version
    supplier_id: SupplierId
    name: Name
    organisation_number: OrganisationNumber | None = None
    is_active: bool = True
    order_email: EmailAddress | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    address: Address | None = None
