"""What a sender is told of a message that is not refused, by its verdict and its cause.

Pure. The reasons are codes, the ways on Swedish; they repeat nothing that came in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kvitt_chassis.consuming.verdicts import Cause, Verdict


class Outcome(StrEnum):
    """What becomes of an inbound message that is not refused."""

    QUARANTINED = "quarantined"
    WAITING = "waiting"  # behind a quarantined message of its key
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    OBSOLETE = "obsolete"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, for the sender: a code, the field at fault, and what the sender can do now."""

    code: str
    way_on: str
    field: str | None = None


_ENDS = {
    Verdict.APPLY: Outcome.APPLIED,
    Verdict.PASS_OVER: Outcome.APPLIED,
    Verdict.DUPLICATE: Outcome.DUPLICATE,
    Verdict.OBSOLETE: Outcome.OBSOLETE,
}


def end_of(verdict: Verdict) -> Outcome | None:
    """What a message of this verdict has ended as; None where it is refused or still parked."""
    return _ENDS.get(verdict)


def why_quarantined(cause: Cause, field: str | None) -> Reason:
    """The reason for the sender of a message whose key is quarantined with this cause."""
    return Reason(cause.upper(), _WAYS_ON.get(cause, _LOOKED_INTO), field)


WAITS = Reason(
    "BEHIND",
    "Ett tidigare meddelande med samma avsändare (source) och subject ligger i karantän. Det här"
    " prövas när det har fått sitt besked; skicka det inte igen.",
)
"""For a message that waits behind a quarantined one."""

OLDER = Reason(
    "OLDER_VERSION",
    "En nyare version av samma uppgift gäller redan. Ska den här gälla, skicka den med en högre"
    " version och ett nytt ce_id.",
    "version",
)
"""For a fact with an older version than the one that is known."""

_LOOKED_INTO = (
    "Kvitt ser över meddelandet; senare meddelanden med samma avsändare (source) och subject väntar"
    " på det. Besked kommer på flödet. Skicka det inte igen."
)
_WAYS_ON: Mapping[Cause, str] = {
    Cause.UNREADABLE: "Meddelandet kan inte läsas. Rätta attributet efter"
    " docs/integrators/topics.md och skicka det med ett nytt ce_id; det här tas om hand hos Kvitt.",
    Cause.UNKNOWN_VERSION: "Kvitt känner inte versionen än. Skicka en version som står i"
    " docs/integrators/topics.md, med ett nytt ce_id, eller vänta tills den har tagits i bruk.",
    Cause.REGION_OUT: "Regionen är tagen ur drift hos Kvitt. Meddelandet prövas när den är"
    " tillbaka; skicka det inte igen.",
    Cause.NOT_YET_KNOWN: "Meddelandet nämner något som Kvitt inte känner. Skicka det som saknas;"
    " Kvitt prövar sedan det här igen. Senare meddelanden med samma avsändare (source) och"
    " subject väntar på det.",
}
