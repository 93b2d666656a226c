"""Topic `orders.users`: users by their internal id."""

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import Role, ServicePointId, UserId


class UserRegistered(Event, type="orders.user.registered.v1"):
    """A user is known, or changed (REF-3). Internal id only."""

    user_id: UserId
    roles: tuple[Role, ...]
    service_points: tuple[ServicePointId, ...]
    default_service_point: ServicePointId
    acts_for: tuple[UserId, ...] = ()
    active: bool


UserEvent = UserRegistered
"""Every event of a user."""
