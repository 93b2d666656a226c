"""What drafts of orders and of applications have in common: gone on with as they were seen, by who
wrote them and colleagues, and removed when nobody has saved them for long (ORD-1e, ACT-5g). No
clock, no database.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Value
from pydantic import Field

Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="Versionen som du såg")]


class DraftSeen(Value):
    """Ett utkast, som någon har sett det."""

    draft_id: Annotated[UUID, Field(description="Utkastet")]
    version: Version


class Reason(StrEnum):
    """Why a draft is refused."""

    DRAFT_CHANGED = "DRAFT_CHANGED"
    NOT_THE_DRAFTS_RECIPIENT = "NOT_THE_DRAFTS_RECIPIENT"


class DraftRefused(Refused):
    """A refusal by a rule of drafts; `reason` is one of Reason."""


def must_be_as_seen(version: int, *, seen: int, rule: str) -> None:
    """A draft is saved, sent and thrown away as somebody saw it, which is the version that is kept.

    Raises DraftRefused (DRAFT_CHANGED): it was changed meanwhile.
    """
    if version != seen:
        way_on = (
            "Utkastet har ändrats sedan du öppnade det. Läs det som är sparat, och försök igen."
        )
        raise DraftRefused(Reason.DRAFT_CHANGED, rule=rule, way_on=way_on)


def removed_on(saved_on: date, policy: RegionPolicy) -> date:
    """The Stockholm day on which a draft is removed that was saved last on another."""
    return saved_on + timedelta(days=policy.order.draft_days)
