"""The rules of payers, customers, care units and users. No database, no clock, no log."""

from dataclasses import dataclass, replace
from enum import StrEnum

from kvitt_contracts.access import DUTIES
from kvitt_contracts.access.asked import user_may_for_all
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    AccessApplied,
    CareUnitRegistered,
    CustomerRegistered,
    PayerRegistered,
    UserEvent,
    UserRegistered,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import CareUnitStated, CustomerStated, PayerStated, UserStated
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
    UnitCode,
    UserId,
    VatNumber,
    Word,
)


class Reason(StrEnum):
    """Why a unit or a user is refused."""

    WRONG_LENGTH = "WRONG_LENGTH"
    PRIVATE_CLINIC_HOLDS_NO_STOCK = "PRIVATE_CLINIC_HOLDS_NO_STOCK"
    DEFAULT_NOT_AMONG_SERVICE_POINTS = "DEFAULT_NOT_AMONG_SERVICE_POINTS"
    NO_OWN_STORE = "NO_OWN_STORE"
    NOT_A_SERVICE_POINT = "NOT_A_SERVICE_POINT"
    NOT_THE_USER = "NOT_THE_USER"
    UNKNOWN_SUPPLY = "UNKNOWN_SUPPLY"
    NOT_CONNECTED_TO_SERVICE_POINT = "NOT_CONNECTED_TO_SERVICE_POINT"
    UNKNOWN_PRODUCT_AREA = "UNKNOWN_PRODUCT_AREA"
    UNKNOWN_DUTY = "UNKNOWN_DUTY"


class UnitRefused(Refused):
    """A refusal by a rule of units or users; `reason` is one of Reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who can pay, with what an electronic invoice to it needs (BIL-9)."""

    payer_id: PayerId
    name: str
    organisation_number: OrganisationNumber | None = None
    vat_number: VatNumber | None = None
    address: Address | None = None
    endpoint: Endpoint | None = None
    reference: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A workplace; `payer_id` is its base link (REF-4), `store` its own store."""

    customer_id: CustomerId
    name: str
    payer_id: PayerId
    is_service_point: bool
    private_clinic: bool
    store: StoreId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CareUnit:
    """A possible recipient."""

    unit: CareUnitId
    name: str
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user by internal id; `acts_for` are the prescribers whom a requester registers for.

    `product_areas` and `stores` limit what they order and from where; None limits nothing (REF-11).
    `profession` is the region's word for it (REF-15), `default_supply` the user's own choice
    (REF-10). `access` is why they are active or not, `stated_active` what the region states beside
    it, `applied_by` who has applied for what waits (REF-5); `employer_kind` who employs them
    (REF-16).
    """

    user_id: UserId
    roles: tuple[Role, ...]
    service_points: tuple[ServicePointId, ...]
    default_service_point: ServicePointId
    acts_for: tuple[UserId, ...] = ()
    active: bool
    profession: Word | None = None
    product_areas: tuple[ProductArea, ...] | None = None
    stores: tuple[StoreId, ...] | None = None
    default_supply: Word | None = None
    duties: tuple[Word, ...] | None = None
    employer_kind: Word | None = None
    access: Word | None = None
    stated_active: bool | None = None
    applied_by: UserId | None = None

    def has_duty(self, duty: Word) -> bool:
        """True while the user is active and has the duty."""
        return self.active and duty in (self.duties or ())

    def has(self, role: Role) -> bool:
        """True while the user is active and has the role."""
        return self.active and role in self.roles

    def may_for_all(self, act: str) -> bool:
        """True while the user is active and reaches all of the region by an act of the table."""
        return user_may_for_all(act, self)

    def works_at(self, service_point: CustomerId) -> bool:
        """True for each of the user's service points."""
        return service_point in self.service_points

    def has_area(self, area: ProductArea | None) -> bool:
        """True for what is of no product area, and for each of the user's (REF-11)."""
        return area is None or self.product_areas is None or area in self.product_areas

    def may_draw_from(self, store: StoreId) -> bool:
        """True for each store that the user is connected to (REF-11)."""
        return self.stores is None or store in self.stores


def must_act_at(place: Customer, by: User, *, act: str) -> None:
    """Check that somebody acts for a service point of theirs; who reaches the region by what they
    do acts for any.

    Raises UnitRefused naming `service_point`: NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT
    (REF-3).
    """
    if not place.is_service_point:
        raise UnitRefused(
            Reason.NOT_A_SERVICE_POINT,
            rule="REF-3",
            field="service_point",
            way_on="Kunden är inget tjänsteställe. Välj ett av dina tjänsteställen.",
        )
    is_theirs = by.active and by.works_at(place.customer_id)
    if not (is_theirs or by.may_for_all(act)):
        raise UnitRefused(
            Reason.NOT_CONNECTED_TO_SERVICE_POINT,
            rule="REF-3",
            field="service_point",
            way_on="Välj ett av dina egna tjänsteställen, eller kontakta kundservice.",
        )


def register_payer(
    fact: PayerStated, *, known: Payer | None, policy: RegionPolicy
) -> tuple[PayerRegistered, ...]:
    """A payer as the region states it; nothing when it is known so.

    Raises UnitRefused: its code has the wrong length.
    """
    _must_be_long(fact.payer_id, policy.id_format.payer, field="payer_id")
    event = PayerRegistered(**same_fields(fact, PayerRegistered))
    return () if known == evolve_payer(known, event) else (event,)


def register_customer(
    fact: CustomerStated, *, known: Customer | None, policy: RegionPolicy
) -> tuple[CustomerRegistered, ...]:
    """A customer with its base link to a payer (REF-4).

    Raises UnitRefused: its code has the wrong length, or a private clinic is to own a store where
    the policy gives them none (REF-7).
    """
    _must_be_long(fact.customer_id, policy.id_format.customer, field="customer_id")
    if fact.private_clinic and fact.store is not None and not policy.private_clinics_hold_stock:
        raise UnitRefused(
            Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK,
            rule="REF-7",
            field="store",
            way_on="En privat mottagning har inget eget förråd. Ta bort förrådet.",
            customer_id=fact.customer_id,
        )
    event = CustomerRegistered(**same_fields(fact, CustomerRegistered))
    return () if known == evolve_customer(known, event) else (event,)


def register_care_unit(
    fact: CareUnitStated, *, known: CareUnit | None, policy: RegionPolicy
) -> tuple[CareUnitRegistered, ...]:
    """A care unit. Raises UnitRefused: its code has the wrong length."""
    _must_be_long(fact.unit, policy.id_format.care_unit, field="unit")
    event = CareUnitRegistered(**same_fields(fact, CareUnitRegistered))
    return () if known == evolve_care_unit(known, event) else (event,)


def register_user(
    fact: UserStated,
    *,
    known: User | None,
    service_points: tuple[Customer, ...],
    policy: RegionPolicy,
) -> tuple[UserRegistered, ...]:
    """A user with service points, one of them the default (REF-3).

    Raises UnitRefused: the default is not among them, one is no service point, the policy has no
    such product area (REF-11), or there is no such duty (REF-18).
    """
    if fact.default_service_point not in fact.service_points:
        raise UnitRefused(
            Reason.DEFAULT_NOT_AMONG_SERVICE_POINTS,
            rule="REF-3",
            field="default_service_point",
            way_on="Välj ett av användarens tjänsteställen som förvalt.",
        )
    for number, customer in enumerate(service_points):
        if not customer.is_service_point:
            raise UnitRefused(
                Reason.NOT_A_SERVICE_POINT,
                rule="REF-3",
                field=f"service_points.{number}",
                way_on="Kunden är inget tjänsteställe. Skicka kunden som tjänsteställe först.",
                customer_id=customer.customer_id,
            )
    for number, area in enumerate(fact.product_areas or ()):
        if policy.product_area(area) is None:
            raise UnitRefused(
                Reason.UNKNOWN_PRODUCT_AREA,
                rule="REF-11",
                field=f"product_areas.{number}",
                way_on="Ange ett produktområde som finns i regionens policy (product_areas).",
                product_area=area,
            )
    for number, duty in enumerate(fact.duties or ()):
        if duty not in DUTIES:
            raise UnitRefused(
                Reason.UNKNOWN_DUTY,
                rule="REF-18",
                field=f"duties.{number}",
                way_on=f"Välj bland {', '.join(sorted(DUTIES))}.",
                duty=duty,
            )
    # the register says nothing of what users choose themselves (REF-10)
    chosen = {"default_supply": known.default_supply if known is not None else None}
    access = _access_beside(fact, known)
    event = UserRegistered(**same_fields(fact, UserRegistered) | chosen | access)
    return () if known == evolve_user(known, event) else (event,)


def evolve_payer(_: Payer | None, event: PayerRegistered) -> Payer:
    """The payer after an event: each states the whole."""
    return Payer(**same_fields(event, Payer))


def evolve_customer(_: Customer | None, event: CustomerRegistered) -> Customer:
    """The customer after an event: each states the whole."""
    return Customer(**same_fields(event, Customer))


def evolve_care_unit(_: CareUnit | None, event: CareUnitRegistered) -> CareUnit:
    """The care unit after an event: each states the whole."""
    return CareUnit(**same_fields(event, CareUnit))


def evolve_user(user: User | None, event: UserEvent) -> User:
    """The user after an event: UserRegistered states the whole, but for who has applied.

    Raises ValueError for a first event that cannot begin a user.
    """
    if isinstance(event, UserRegistered):
        stated = event.active if event.access is None else event.stated_active
        applied = user.applied_by if user is not None and event.access == user.access else None
        return User(**same_fields(event, User) | {"stated_active": stated, "applied_by": applied})
    if user is None:
        raise ValueError(f"{event.wire_type} cannot be a user's first event")
    if isinstance(event, AccessApplied):
        return replace(user, applied_by=event.by)
    return user


def _access_beside(fact: UserStated, known: User | None) -> dict[str, object]:
    """What is kept of a user's access when the region states them (REF-5). Who is stated counts as
    granted; what has lapsed since then is granted anew, and not by stating it once more.
    """
    if known is None or known.access is None or known.stated_active is None:
        return {}
    active = fact.active and known.access == "granted"
    return {"access": known.access, "stated_active": fact.active, "active": active}


def _must_be_long(code: UnitCode, length: int, *, field: str) -> None:
    if len(code) != length:
        raise UnitRefused(
            Reason.WRONG_LENGTH,
            rule="contract",
            field=field,
            way_on=f"Regionens koder av det slaget har {length} tecken (policy id_format).",
            length=length,
        )
