"""The rules of users' access: applied for, granted, refused, lapsed (REF-5). No clock, no database,
no log.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kvitt_contracts.calendar import months_after
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    AccessApplied,
    AccessGranted,
    AccessLapsed,
    AccessLapsing,
    AccessRefused,
    UserEvent,
    UserRegistered,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Role, ServicePointId, UserId, Word

from orders.units.domain import Customer, User, must_act_at

APPLIED: Final = Word("applied")
GRANTED: Final = Word("granted")
LAPSED: Final = Word("lapsed")
UNIT_HEAD: Final = Word("unit_head")

NOTICE: Final = timedelta(days=14)
"""So long before it lapses are the user and who heads their unit told."""

APPLIED_FOR: Final = frozenset({Role.PRESCRIBER, Role.REQUESTER})
"""The roles that the head of a unit applies for; the region states its staff itself."""


class Reason(StrEnum):
    """Why somebody's access is not applied for, granted or kept."""

    NOT_THEIR_HEAD = "NOT_THEIR_HEAD"
    ASKED_BY_MISSING = "ASKED_BY_MISSING"
    STATED_INACTIVE = "STATED_INACTIVE"
    NOT_APPLIED_FOR = "NOT_APPLIED_FOR"
    ROLE_NOT_GIVEN = "ROLE_NOT_GIVEN"
    SERVICE_POINT_MISSING = "SERVICE_POINT_MISSING"
    NOT_THE_USER = "NOT_THE_USER"


class AccessRuleRefused(Refused):
    """A refusal by a rule of users' access; `reason` is one of Reason."""


def is_granted(user: User) -> bool:
    """True for who is granted access, and for whom the region states itself."""
    return user.access in (None, GRANTED)


def is_active(access: Word | None, stated_active: bool | None) -> bool:
    """May a user act: granted, and not stated as inactive by the region, which always wins."""
    return stated_active is not False and access in (None, GRANTED)


def may_be_told(user: User) -> bool:
    """True for who may act, and for whose access has lapsed: they are told of it (REF-5)."""
    return user.active or (user.access == LAPSED and user.stated_active is not False)


def apply(
    user: User, *, by: User, asked_by: User | None, stated: bool = True
) -> tuple[UserEvent, ...]:
    """Apply for a user's access (REF-5). No event: they have it, or it is applied for already.

    Raises AccessRuleRefused (REF-5): NOT_THEIR_HEAD, ASKED_BY_MISSING (customer service applies for
    a head that asked), STATED_INACTIVE.
    """
    head = _head_who_applies(by, asked_by)
    if not _is_head_of(head, user):
        raise _refusal(
            Reason.NOT_THEIR_HEAD,
            "asked_by" if asked_by is not None else "by",
            "Be den som är chef för ett av användarens tjänsteställen att ansöka.",
        )
    _must_not_be_stated_inactive(user)
    if stated and (is_granted(user) or user.access == APPLIED):
        return ()
    changed = _registered(user, access=APPLIED, by=by.user_id, asked_by=_id_of(asked_by))
    place = user.default_service_point
    return (
        changed,
        AccessApplied(user_id=user.user_id, service_point=place, by=head.user_id),
    )


def apply_anew(
    user_id: UserId,
    *,
    roles: tuple[Role, ...],
    place: Customer | None,
    by: User,
    asked_by: User | None,
) -> tuple[UserEvent, ...]:
    """Apply for the access of somebody whom the region does not state, at a service point of the
    head's (REF-5).

    Raises AccessRuleRefused (REF-5): ROLE_NOT_GIVEN, SERVICE_POINT_MISSING, and as `apply`;
    UnitRefused (REF-3): NOT_A_SERVICE_POINT.
    """
    if not roles or not APPLIED_FOR.issuperset(roles):
        raise _refusal(
            Reason.ROLE_NOT_GIVEN,
            "roles",
            "Ange om användaren ska förskriva (prescriber), registrera (requester) eller båda.",
        )
    if place is None:
        raise _refusal(
            Reason.SERVICE_POINT_MISSING, "service_point", "Ange tjänstestället där de arbetar."
        )
    must_act_at(place, by, act="orders.user.apply")
    point = ServicePointId(place.customer_id)
    user = User(
        user_id=user_id,
        roles=roles,
        service_points=(point,),
        default_service_point=point,
        active=False,
        access=APPLIED,
    )
    return apply(user, by=by, asked_by=asked_by, stated=False)


def grant(
    user: User, *, by: UserId, asked_by: UserId, heads: tuple[UserId, ...]
) -> tuple[UserEvent, ...]:
    """Grant what was applied for (REF-5). No event: it is granted.

    Raises AccessRuleRefused (REF-5): NOT_APPLIED_FOR, STATED_INACTIVE (since it was applied for).
    """
    if is_granted(user):
        return ()
    _must_be_applied_for(user)
    _must_not_be_stated_inactive(user)
    changed = _registered(user, access=GRANTED, by=by, asked_by=asked_by)
    told = AccessGranted(user_id=user.user_id, heads=heads, by=by, asked_by=asked_by)
    return changed, told


def refuse(
    user: User, *, by: UserId, asked_by: UserId, heads: tuple[UserId, ...]
) -> tuple[UserEvent, ...]:
    """Refuse what was applied for (REF-5); it may be applied for again.

    Raises AccessRuleRefused (NOT_APPLIED_FOR, REF-5).
    """
    _must_be_applied_for(user)
    changed = _registered(user, access=LAPSED, by=by, asked_by=asked_by)
    told = AccessRefused(user_id=user.user_id, heads=heads, by=by, asked_by=asked_by)
    return changed, told


def must_be_self(user: User, *, by: UserId) -> None:
    """Check that a user signs in themselves. Raises AccessRuleRefused (NOT_THE_USER, REF-5)."""
    if by != user.user_id:
        raise _refusal(Reason.NOT_THE_USER, "by", "Var och en loggar in själv.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What comes of looking at how long a user has not been active: what is told, on which day
    access lapses, where that is told, and when to look again.
    """

    events: tuple[UserEvent, ...] = ()
    lapses_on: date | None = None
    again_on: date | None = None


# decision 0506: access lapses when it is told in good time, and not before
def look(
    user: User,
    *,
    last_active_on: date,
    lapses_on: date | None,
    today: date,
    policy: RegionPolicy,
    heads: tuple[UserId, ...],
) -> Looked:
    """Look whether a user has been active: tell that access will lapse, or let it lapse (REF-5).

    `last_active_on` is the last day of activity known; `lapses_on` what was told already. A user
    who may not act has nothing to lose, and without `inactive_after_months` nobody has.
    """
    months = policy.inactive_after_months
    if months is None or not user.active:
        return Looked()
    if lapses_on is None:
        last_on = months_after(last_active_on, months)
        if today < last_on - NOTICE:
            return Looked(again_on=last_on - NOTICE)
        at_last = max(last_on, today + NOTICE)
        told = AccessLapsing(user_id=user.user_id, heads=heads, lapses_on=at_last)
        return Looked(events=(told,), lapses_on=at_last, again_on=at_last)
    if today < lapses_on:
        return Looked(lapses_on=lapses_on, again_on=lapses_on)
    changed = _registered(user, access=LAPSED)
    return Looked(events=(changed, AccessLapsed(user_id=user.user_id, heads=heads)))


def _registered(
    user: User, *, access: Word, by: UserId | None = None, asked_by: UserId | None = None
) -> UserRegistered:
    changes = {
        "access": access,
        "active": is_active(access, user.stated_active),
        "by": by,
        "asked_by": asked_by,
    }
    return UserRegistered(**same_fields(user, UserRegistered) | changes)


def _head_who_applies(by: User, asked_by: User | None) -> User:
    if by.has_duty(UNIT_HEAD) and asked_by is None:
        return by
    if by.may_for_all("orders.user.apply"):
        if asked_by is not None:
            return asked_by
        raise _refusal(
            Reason.ASKED_BY_MISSING, "asked_by", "Ange chefen som bad om det: användarnamnet."
        )
    raise _refusal(
        Reason.NOT_THEIR_HEAD, "by", "Be den som är chef för användarens tjänsteställe att ansöka."
    )


def _is_head_of(head: User, user: User) -> bool:
    shared = not set(head.service_points).isdisjoint(user.service_points)
    return UNIT_HEAD in (head.duties or ()) and shared


def _must_be_applied_for(user: User) -> None:
    if user.access != APPLIED:
        raise _refusal(
            Reason.NOT_APPLIED_FOR,
            "user_id",
            "Ingen ansökan väntar för användaren. Be enhetschefen att ansöka om behörighet.",
        )


def _must_not_be_stated_inactive(user: User) -> None:
    if user.stated_active is False:
        raise _refusal(
            Reason.STATED_INACTIVE,
            "user_id",
            "Regionens användarregister säger att användaren inte är aktiv. Be den som sköter det"
            " att rätta det.",
        )


def _id_of(user: User | None) -> UserId | None:
    return user.user_id if user is not None else None


def _refusal(reason: Reason, field: str, way_on: str) -> AccessRuleRefused:
    return AccessRuleRefused(reason, rule="REF-5", field=field, way_on=way_on)
