"""What is chosen in advance for a user (REF-10, REF-12). No clock, no database, no log."""

from typing import Final

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import UserRegistered
from kvitt_contracts.types import CustomerId, ServicePointId, UserId, Word

from orders.units.domain import Reason, UnitRefused, User

OWN_STORE: Final = Word("own_store")
SUPPLIES: Final = (Word("central"), OWN_STORE)
"""The sources that a user chooses between."""


def set_supply(user: User, *, default_supply: Word, by: UserId) -> tuple[UserRegistered, ...]:
    """Choose the source that is proposed to a user (REF-10). No event: it is so.

    Raises UnitRefused (REF-10): NOT_THE_USER, another chooses; UNKNOWN_SUPPLY.
    """
    if by != user.user_id:
        raise UnitRefused(
            Reason.NOT_THE_USER,
            rule="REF-10",
            field="by",
            way_on="Var och en väljer sitt eget förval. Be användaren att göra det på sin sida.",
        )
    if default_supply not in SUPPLIES:
        raise UnitRefused(
            Reason.UNKNOWN_SUPPLY,
            rule="REF-10",
            field="default_supply",
            way_on="Välj central (hjälpmedelsverksamheten) eller own_store (eget förråd).",
        )
    if user.default_supply == default_supply:
        return ()
    return (_changed(user, default_supply=default_supply),)


def set_service_point(
    user: User, *, service_point: ServicePointId, by: UserId, asked_by: UserId
) -> tuple[UserRegistered, ...]:
    """Choose which of a user's service points is the default, for `asked_by` (REF-12). It counts
    until the region states the user anew. No event: it is so.

    Raises UnitRefused (DEFAULT_NOT_AMONG_SERVICE_POINTS, REF-3).
    """
    if not user.works_at(CustomerId(service_point)):
        raise UnitRefused(
            Reason.DEFAULT_NOT_AMONG_SERVICE_POINTS,
            rule="REF-3",
            field="service_point",
            way_on=f"Välj ett av användarens tjänsteställen: {', '.join(user.service_points)}.",
        )
    if user.default_service_point == service_point:
        return ()
    return (_changed(user, default_service_point=service_point, by=by, asked_by=asked_by),)


def _changed(user: User, **changes: object) -> UserRegistered:
    return UserRegistered(**same_fields(user, UserRegistered) | changes)
