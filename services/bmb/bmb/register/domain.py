"""The values of users, customers, persons and devices that the rules of transfers read.

Others decide them; no rules here.
"""

from dataclasses import dataclass

from kvitt_contracts.access.asked import user_may_for_all
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    Holder,
    PatientRecipient,
    PayerId,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    Word,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as the region reports them (REF-3)."""

    id: UserId
    roles: frozenset[Role]
    service_points: frozenset[ServicePointId]
    default_service_point: ServicePointId
    active: bool = True
    duties: frozenset[Word] = frozenset()

    def may_for_all(self, act: str) -> bool:
        """True while the user is active and reaches all of the region by an act of the table."""
        return user_may_for_all(act, self)

    def works_at(self, service_point: CustomerId) -> bool:
        """True when the user is active and the service point is one of theirs."""
        return self.active and service_point in self.service_points


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer with its base link to a payer (REF-4); a service point may own a store."""

    id: CustomerId
    payer_id: PayerId
    private_clinic: bool = False
    store: StoreId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whom a transfer may go to; nothing new is registered on the inactive (REF-14)."""

    recipient: PatientRecipient
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device with its latest custody: who has it, pays for it and has prescribed it.

    A patient's reference is today's: aliases are followed. `kept_by`: the units whose store or
    care unit has it; `prescribed_at`: where the prescriber works. `units_of_payer`: the service
    points with this payer. `is_unprescribed`: it is on loan, and nobody prescribes it any more.
    """

    id: DeviceId
    holder: Holder
    payer: PayerId | None = None
    customer: Customer | None = None
    units_of_payer: frozenset[CustomerId] = frozenset()
    prescriber: UserId | None = None
    prescribed_at: frozenset[ServicePointId] = frozenset()
    kept_by: frozenset[CustomerId] = frozenset()
    is_unprescribed: bool = False
