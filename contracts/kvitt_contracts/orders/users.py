"""Topic `orders.users`: users by their internal id."""

from datetime import date

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import ProductArea, Role, ServicePointId, StoreId, UserId, Word


class UserRegistered(Event, type="orders.user.registered.v1"):
    """A user is known, or changed (REF-3). Internal id only.

    `active` is the effective answer: may the user act now? `access` is the reason: `applied`,
    `granted` or `lapsed` (REF-5); none means that the region states its users itself, which counts
    as granted. Beside one of the three, `stated_active` is what the region states; none where it
    does not state the user.
    `product_areas` and `stores` limit what the user sees (REF-11); none means that nothing does.
    `duties`: `technician`, `unit_head`, `assortment_manager`, `finance`. `profession` is the
    region's word; `employer_kind` is `region`, `municipality` or `contractor` (REF-16);
    `default_supply` is the user's own choice (REF-10).
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
    stated_active: bool | None = None
    default_supply: Word | None = None
    by: UserId | None = None
    asked_by: UserId | None = None


class AccessApplied(Event, type="orders.user.access-applied.v1"):
    """A head of the user's unit has applied for their access (REF-5); customer service decides.
    `UserRegistered` says beside it what the user is.
    """

    user_id: UserId
    service_point: ServicePointId
    by: UserId


class AccessGranted(Event, type="orders.user.access-granted.v1"):
    """Customer service has granted a user's access (REF-5): the user may act from now on.
    `heads` head the user's unit now.
    """

    user_id: UserId
    heads: tuple[UserId, ...] = ()
    by: UserId
    asked_by: UserId


class AccessRefused(Event, type="orders.user.access-refused.v1"):
    """Customer service has refused the application (REF-5); it may be made anew."""

    user_id: UserId
    heads: tuple[UserId, ...] = ()
    by: UserId
    asked_by: UserId


class AccessLapsing(Event, type="orders.user.access-lapsing.v1"):
    """A user has not been active for long, and loses access on `lapses_on` unless they are before
    then (REF-5). Told once until they are.
    """

    user_id: UserId
    heads: tuple[UserId, ...] = ()
    lapses_on: date


class AccessLapsed(Event, type="orders.user.access-lapsed.v1"):
    """A user was not active for as long as the policy says, and may do nothing until access is
    granted anew (REF-5).
    """

    user_id: UserId
    heads: tuple[UserId, ...] = ()


UserEvent = (
    UserRegistered | AccessApplied | AccessGranted | AccessRefused | AccessLapsing | AccessLapsed
)
"""Every event of a user. What a user is, `UserRegistered` alone says."""


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


class ApplyForAccess(Command, type="orders.user.apply.v1"):
    """The head of a unit applies for a user's access, and customer service in the name of
    `asked_by` (REF-5). Subject: the user id.

    `roles` and `service_point` are of somebody whom the region does not state; of another user they
    are what the register says.
    """

    user_id: UserId
    roles: tuple[Role, ...] = ()
    service_point: ServicePointId | None = None
    by: UserId
    asked_by: UserId | None = None


class GrantAccess(Command, type="orders.user.grant.v1"):
    """Customer service grants what `asked_by` has applied for (REF-5, REF-12). Subject: the user
    id.
    """

    user_id: UserId
    by: UserId
    asked_by: UserId


class RefuseAccess(Command, type="orders.user.refuse.v1"):
    """Customer service refuses what `asked_by` has applied for (REF-5, REF-12). Subject: the user
    id.
    """

    user_id: UserId
    by: UserId
    asked_by: UserId


class SignIn(Command, type="orders.user.sign-in.v1"):
    """A user signs in, by which access does not lapse (REF-5). Subject: the user id."""

    user_id: UserId
    by: UserId
