"""The story of an aggregate, for who asks why it is as it is: what its event log says, in the words
that the service has for its events, and what comes next (REF-6). No rule, and no SQL.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any

from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import UserId
from pydantic import BaseModel, ConfigDict, Field

from kvitt_chassis.operating.row_comparison import read_event
from kvitt_chassis.relaying.outbox import OutboxRow


# decision 0300: a story is the log, told by its owner, with what its timers do
@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event in words: one sentence in Swedish without personal data, and the rule that it
    follows. `by_region`: a region's system stated it, where no user did it.
    """

    summary: str
    rule: str
    by_region: bool = False


Tell = Callable[[Any], Told | None]
"""What a service has to say of an event; None: the caller is not shown it."""


class StoryItem(BaseModel):
    """Något som hände."""

    model_config = ConfigDict(frozen=True)

    at: Annotated[datetime, Field(description="När; det senaste, om det hände flera gånger")]
    type: Annotated[str, Field(description="Händelsens typ")]
    summary: Annotated[str, Field(description="Vad som hände, utan personuppgifter")]
    times: Annotated[int, Field(description="Hur många gånger i rad, samma dag")] = 1
    by: Annotated[
        str | None,
        Field(
            description="Vem som gjorde det: ett användarnamn, eller `regionen` när dess system "
            "angav det. Tomt: det skedde automatiskt"
        ),
    ]
    rule: Annotated[str | None, Field(description="Regeln som det följer")]
    policy_version: Annotated[
        int | None, Field(description="Versionen av regionens regler, där de bestämde")
    ]


class Coming(BaseModel):
    """Något som kommer att hända."""

    model_config = ConfigDict(frozen=True)

    at: Annotated[datetime | None, Field(description="När; tomt: när någon gör det")]
    what: Annotated[str, Field(description="Vad")]


class Story(BaseModel):
    """Varför något är som det är: vad som har hänt, det senaste sist, och vad som kommer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "at": "2026-05-01T08:00:00Z",
                            "type": "bmb.transfer.sent.v1",
                            "summary": "Mottagaren kan kvittera till och med 7 maj 2026.",
                            "times": 1,
                            "by": "k201ema",
                            "rule": "BMB-7",
                            "policy_version": 1,
                        }
                    ],
                    "next": [
                        {
                            "at": "2026-05-07T22:00:00Z",
                            "what": "Har ingen kvitterat genomförs bytet automatiskt.",
                        }
                    ],
                }
            ]
        }
    )

    items: list[StoryItem]
    next: list[Coming]


def told(log: Sequence[OutboxRow], *, by: Tell) -> list[StoryItem]:
    """What an event log says, in the words of `by`; what was told alike several times in a row on
    a day, of as many things, is told once.
    """
    items = [item for row in log if (item := _item(row, by)) is not None]
    return list(_together(items))


def _item(row: OutboxRow, tell: Tell) -> StoryItem | None:
    try:
        event = read_event(row.type, row.payload)
    except LookupError:  # a newer release has written it meanwhile
        said: Told | None = Told(summary="Något hände som visas om en stund.", rule="")
        pin = None
    else:
        said, pin = tell(event), getattr(event, "policy", None)
    if said is None:
        return None
    return StoryItem(
        at=row.time,
        type=row.type,
        summary=said.summary,
        by=_user(row.actor) or ("regionen" if said.by_region else None),
        rule=said.rule or None,
        policy_version=pin.version if pin else None,
    )


def _user(actor: str | None) -> str | None:
    """Who acted, where it is an internal id: a region's message may say anything."""
    try:
        return None if actor is None else UserId(actor)
    except ValueError:
        return None


def _together(items: Sequence[StoryItem]) -> Iterator[StoryItem]:
    alike = groupby(items, key=lambda one: (stockholm_day(one.at), one.model_copy(update=_NO_TIME)))
    for _, run in alike:
        of_run = list(run)
        yield of_run[-1].model_copy(update={"times": len(of_run)})


_NO_TIME = {"at": None}
