"""The rules of rings. No database, no clock, no log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kvitt_contracts.refusals import Refused

SETTLED_AFTER: Final = timedelta(hours=1)
"""No transaction that knew an older version as the current one is still open by then."""


class Reason(StrEnum):
    """Why older versions are not dropped."""

    KEYS_STILL_IN_USE = "KEYS_STILL_IN_USE"
    KEY_REPLACED_JUST_NOW = "KEY_REPLACED_JUST_NOW"


class RingRefused(Refused):
    """A refusal by a rule of rings; `reason` is one of Reason."""


def must_be_unused(
    persons: Mapping[int, int], *, current: int, current_since: datetime, now: datetime
) -> None:
    """Check that older versions of a ring wrap nobody's key any more: what they wrapped would be
    lost with them. `persons`: how many persons' keys each version wraps.

    Raises RingRefused (KEY_REPLACED_JUST_NOW, KEYS_STILL_IN_USE, REF-22).
    """
    if now < current_since + SETTLED_AFTER:
        raise RingRefused(
            Reason.KEY_REPLACED_JUST_NOW,
            rule="REF-22",
            field="version",
            way_on="Vänta en timme efter bytet, och försök igen.",
            current=current,
        )
    older = sum(count for version, count in persons.items() if version != current)
    if older:
        raise RingRefused(
            Reason.KEYS_STILL_IN_USE,
            rule="REF-22",
            field="version",
            way_on="Vänta tills alla personers nycklar är omslutna av den nya, och försök igen."
            " Blir de inte färre: byt nyckel en gång till.",
            persons=older,
            current=current,
        )
