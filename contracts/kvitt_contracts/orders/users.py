"""Topic `orders.users`: users by their internal id."""

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import ProductArea, Role, ServicePointId, StoreId, UserId, Word


class UserRegistered(Event, type="orders.user.registered.v1"):
    """A user is known, or changed (REF-3). Internal id only.

    `active` is the effective answer: may the user act now? `access` is the reason: `applied`,
    `granted` or `lapsed` (REF-5); none means that the region states its users itself.
    `product_areas` and `stores` limit what the user sees (REF-11); none means that nothing does.
    `duties`: `technician`, `unit_head`, `assortment_manager`, `finance`. `profession` and
    `employer_kind` are the region's words; `default_supply` is the user's own choice (REF-10).
    `by` and `asked_by` where customer service has changed it for somebody (REF-12).
    """

    user_id: UserId
    roles: tuple[Role, ...]
    service_points: tuple[ServicePointId, ...]
    default_service_point: ServicePointId
    acts_for: tuple[UserId, ...] = ()
    active: bool
    profession: Word | None = None
    employer_kind: Word | None = None
    product_areas: tuple[ProductArea, ...] | None = None
    stores: tuple[StoreId, ...] | None = None
    duties: tuple[Word, ...] | None = None
    access: Word | None = None
    default_supply: Word | None = None
    by: UserId | None = None
    asked_by: UserId | None = None


UserEvent = UserRegistered
"""Every event of a user."""


class SetDefaultSupply(Command, type="orders.user.set-default-supply.v1"):
    """A user chooses the source that is proposed: `central` or `own_store` (REF-10). Subject: the
    user id.
    """

    user_id: UserId
    default_supply: Word
    by: UserId


class SetDefaultServicePoint(Command, type="orders.user.set-default-service-point.v1"):
    """Customer service chooses which of a user's service points is the default, for `asked_by`
    (REF-12). Subject: the user id.
    """

    user_id: UserId
    service_point: ServicePointId
    by: UserId
    asked_by: UserId


# -- reserved commands ---------------------------------------------------------------------------


class ApplyForAccess(Command, type="orders.user.apply.v1"):
    """The head of a unit applies for a user's access (REF-5). Subject: the user id."""

    user_id: UserId
    by: UserId


class GrantAccess(Command, type="orders.user.grant.v1"):
    """Customer service grants it (REF-5, REF-12). Subject: the user id."""

    user_id: UserId
    by: UserId
    asked_by: UserId
