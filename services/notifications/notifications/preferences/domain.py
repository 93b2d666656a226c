"""The rules of what a user wants mailed: chosen as a whole, beside what the region's own routines
mail. No clock, no database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from kvitt_contracts.notifications import PreferencesEvent, PreferencesSet
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, UserId, Word, identify

TRANSFER: Final = Word("transfer")
"""Transfers of which one is the sender, or for which one answers (BMB-9)."""

ORDER: Final = Word("order")
"""Orders that one has prescribed or placed (ORD-4)."""

DIRECT_DELIVERY: Final = Word("direct_delivery")
"""Direct deliveries that one's unit is to order or to receive (ORD-12)."""

BASKET_LOAN: Final = Word("basket_loan")
"""What one has lent to try (ORD-10)."""

WORK_ORDER: Final = Word("work_order")
"""Work that one has asked for (ACT-3)."""

PICKUP_BY_RELATIVES: Final = Word("pickup_by_relatives")
"""What relatives have ordered at one's unit (PCK-3)."""

STOCKTAKING: Final = Word("stocktaking")
"""That a store of one's unit is counted (INV-10)."""

ACCESS: Final = Word("access")
"""One's own access, of who is seldom in Kvitt then (REF-5)."""

ROUTINES: Final = (
    TRANSFER,
    ORDER,
    DIRECT_DELIVERY,
    BASKET_LOAN,
    WORK_ORDER,
    PICKUP_BY_RELATIVES,
    STOCKTAKING,
    ACCESS,
)
"""What users may be mailed by, in the order in which they are shown."""


class Reason(StrEnum):
    """Why nothing is chosen."""

    UNKNOWN_ROUTINE = "UNKNOWN_ROUTINE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What one user has chosen: the routines by which they want mail."""

    user_id: UserId
    email: tuple[Word, ...]


def preferences_id(region: RegionCode, user_id: UserId) -> UUID:
    """The id of what a user has chosen."""
    return identify(region, "preferences", user_id)


def choose(
    known: Preferences | None, user_id: UserId, *, email: Collection[Word]
) -> tuple[PreferencesSet, ...]:
    """A user wants mail by these routines and no other of their own (NTF-4). No event: they have
    said so before, or nothing ever.

    Raises Refused (UNKNOWN_ROUTINE, NTF-4), naming the field, for one that mails no user.
    """
    if not set(email) <= set(ROUTINES):
        raise Refused(
            Reason.UNKNOWN_ROUTINE,
            rule="NTF-4",
            field="email",
            way_on="Välj bland de slag av meddelanden som listan visar: bara de kan också komma"
            " med e-post.",
        )
    chosen = tuple(one for one in ROUTINES if one in email)
    if chosen == (known.email if known is not None else ()):
        return ()
    return (PreferencesSet(user_id=user_id, email=chosen),)


def is_of_region(routine: Word, policy: RegionPolicy) -> bool:
    """True where the region mails it to everybody, whatever they have chosen (NTF-4)."""
    return routine in policy.email


def evolve(_: Preferences | None, event: PreferencesEvent) -> Preferences:
    """Returns the state after an event, which says all of it."""
    return Preferences(user_id=event.user_id, email=event.email)
