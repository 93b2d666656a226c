"""Messages about users' access: to customer service what is applied for, to the user and who heads
their unit what comes of it, and before it lapses (REF-5).
"""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToStaff, ToUser
from kvitt_contracts.orders import (
    AccessApplied,
    AccessGranted,
    AccessLapsed,
    AccessLapsing,
    AccessRefused,
)
from kvitt_contracts.types import Thing, UserId, identify

from notifications.emails.writes import queue_to_users
from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_user, post
from notifications.preferences.domain import ACCESS

messages = Handlers()


@messages.on(AccessApplied)
async def on_access_applied(event: AccessApplied, tx: Transaction) -> None:
    """Tell customer service that an application waits for its decision (REF-5)."""
    about = _about(event.user_id, tx)
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.ACCESS_APPLIED, about)


@messages.on(AccessGranted)
async def on_access_granted(event: AccessGranted, tx: Transaction) -> None:
    """Tell the user, by mail too where the region or they want that, and who heads their unit
    (REF-5).
    """
    _tell(tx, [event.user_id], NewKind.ACCESS_GRANTED, event.user_id)
    _tell(tx, event.heads, NewKind.USER_ACCESS_GRANTED, event.user_id)
    await _mail(event.user_id, tx)


@messages.on(AccessRefused)
async def on_access_refused(event: AccessRefused, tx: Transaction) -> None:
    """Tell who heads the unit: the user can read nothing (REF-5)."""
    _tell(tx, event.heads, NewKind.USER_ACCESS_REFUSED, event.user_id)


@messages.on(AccessLapsing)
async def on_access_lapsing(event: AccessLapsing, tx: Transaction) -> None:
    """Tell the user, by mail too where the region or they want that, and who heads their unit
    (REF-5).
    """
    _tell(tx, [event.user_id], NewKind.ACCESS_LAPSING, event.user_id)
    _tell(tx, event.heads, NewKind.USER_ACCESS_LAPSING, event.user_id)
    await _mail(event.user_id, tx)


@messages.on(AccessLapsed)
async def on_access_lapsed(event: AccessLapsed, tx: Transaction) -> None:
    """Tell the user, by mail too where the region or they want that, and who heads their unit
    (REF-5).
    """
    _tell(tx, [event.user_id], NewKind.ACCESS_LAPSED, event.user_id)
    _tell(tx, event.heads, NewKind.USER_ACCESS_LAPSED, event.user_id)
    await _mail(event.user_id, tx)


def _about(user: UserId, tx: Transaction) -> Thing:
    return about_user(identify(tx.region, "user", user))


def _tell(tx: Transaction, whom: Iterable[UserId], message: NewKind, user: UserId) -> None:
    for one in whom:
        post(tx, ToUser(user_id=one), message, _about(user, tx))


async def _mail(user: UserId, tx: Transaction) -> None:
    await queue_to_users(tx, [ToUser(user_id=user)], routine=ACCESS, about=_about(user, tx))
