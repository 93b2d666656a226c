"""The verdict on one message, by its key's mark and by its content.

Pure: values in, a verdict out. No await, no clock, no IO.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

# decision 0008: a mark remembers the ids of its key's last eight events
REMEMBERED_IDS = 8
"""How many of a key's last event ids its mark stores: so far back a fork is distinguished from a
duplicate.
"""


class Cause(StrEnum):
    """Why a key is parked or quarantined."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    UNKNOWN_VERSION = "unknown_version"
    FORK = "fork"
    GAP = "gap"
    NOT_YET_KNOWN = "not_yet_known"
    UNKNOWN_POLICY = "unknown_policy"
    REGION_OUT = "region_out"
    FAULT = "fault"
    BEHIND = "behind"  # its head has left, what came after it has not been tried yet

    @property
    def is_final(self) -> bool:
        """True when trying again cannot help: the key is quarantined at once."""
        return self in _FINAL


_FINAL = {
    Cause.UNREADABLE,
    Cause.TOO_LARGE,
    Cause.INVALID,
    Cause.UNKNOWN_VERSION,
    Cause.REGION_OUT,
    Cause.FORK,
}

OF_THIS_START = (Cause.UNKNOWN_VERSION, Cause.UNKNOWN_POLICY, Cause.REGION_OUT)
"""Causes that another release or another policy file ends: their keys are tried at each start."""


class Verdict(StrEnum):
    """What is done with one message."""

    APPLY = "apply"
    PASS_OVER = "pass_over"  # nobody here handles it; the mark advances
    DUPLICATE = "duplicate"
    REUSED = "reused"  # the id of an earlier inbound message, with other content
    OBSOLETE = "obsolete"  # an older version of a fact than the one that is known
    TAKEN = "taken"  # the known version of a fact, with other content
    REFUSE = "refuse"
    JOIN = "join"  # behind its key's parked messages
    GAP = "gap"
    FORK = "fork"
    QUARANTINE = "quarantine"
    WAIT = "wait"  # it names what is not known here yet; only its handler can tell


ADVANCES = {Verdict.APPLY, Verdict.PASS_OVER, Verdict.OBSOLETE, Verdict.TAKEN, Verdict.REFUSE}
"""Verdicts that advance the key's mark to the message's number."""
PARKS = {Verdict.JOIN, Verdict.GAP, Verdict.FORK, Verdict.QUARANTINE, Verdict.WAIT}
"""Verdicts that put the message into the park."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What `judge` needs to know of a message. `sequence` is None for inbound messages and where it
    is unreadable. `content` and `statement` are hashes: of what an inbound message holds, and of
    what a fact states with this version.
    """

    event_id: UUID | None
    sequence: int | None
    version: int | None = None
    content: str | None = None
    statement: str | None = None
    is_readable: bool = True
    is_refused: bool = False
    is_handled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """The state of a message's key, read under the lock of its mark.

    `event_ids` are those of the last numbers, newest last; `None` where a number was discarded
    unread. A `content` or `statement` that was not stored is None: any is the same.
    """

    sequence: int = 0
    event_ids: tuple[UUID | None, ...] = ()
    is_parked: bool = False
    is_seen: bool = False  # this very message, from outside, or discarded where it stood
    content: str | None = None  # of the message that was seen
    version: int | None = None
    statement: str | None = None


def judge(facts: MessageFacts, known: KeyState) -> Verdict:
    """The verdict on a message. The mark decides before the content does."""
    if known.is_seen:
        return Verdict.REUSED if _differs(facts.content, known.content) else Verdict.DUPLICATE
    if facts.sequence is not None and facts.sequence <= known.sequence:
        return Verdict.FORK if _is_fork(facts, known) else Verdict.DUPLICATE
    if known.is_parked:
        return Verdict.JOIN
    if facts.sequence is not None and facts.sequence > known.sequence + 1:
        return Verdict.GAP
    return _by_content(facts, known)


def _by_content(facts: MessageFacts, known: KeyState) -> Verdict:
    if not facts.is_readable:
        return Verdict.QUARANTINE
    if facts.is_refused:
        return Verdict.REFUSE
    if not facts.is_handled:
        return Verdict.PASS_OVER
    if facts.version is None or known.version is None or facts.version > known.version:
        return Verdict.APPLY
    if facts.version < known.version or known.statement is None:
        return Verdict.OBSOLETE
    return Verdict.TAKEN if facts.statement != known.statement else Verdict.DUPLICATE


def _differs(content: str | None, known: str | None) -> bool:
    return content is not None and known is not None and content != known


def _is_fork(facts: MessageFacts, known: KeyState) -> bool:
    back = known.sequence - (facts.sequence or 0)
    if back >= len(known.event_ids):
        return False
    return known.event_ids[-1 - back] not in (None, facts.event_id)
