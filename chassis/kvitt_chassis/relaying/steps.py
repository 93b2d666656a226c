"""The words that the relay's machine and its shell speak: what has happened, what is to be done.
Nothing is decided or done here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

PAGE = 1_000
"""The most rows that are read, sent and acknowledged together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the log is sent.

    All rows visible in snapshot `s1` are sent, and those visible in `s2` up to the id `last_id`.
    Rows up to `base_id` are from before a re-base, when transactions had other numbers; of them,
    those up to `resent_id` are sent.
    """

    s1: str
    s2: str | None = None
    last_id: int = 0
    base_id: int = 0
    resent_id: int = 0

    @property
    def is_resending(self) -> bool:
        """True while rows from before a re-base are still to be sent."""
        return self.resent_id < self.base_id

    def moved(self, page: "PageRead") -> "Cursor":
        """The cursor once a page that was read from here is acknowledged; an empty one ends the
        window.
        """
        if self.is_resending:
            return replace(self, resent_id=page.last_id if page.is_full else self.base_id)
        if page.is_full or self.s2 is None:
            return replace(self, last_id=page.last_id)
        return replace(self, s1=self.s2, s2=None, last_id=0)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which database server, which of its histories, which Kafka cluster."""

    system_identifier: str
    timeline: str
    cluster_id: str


# --- what the shell tells


@dataclass(frozen=True, slots=True)
class LeaseTaken:
    """The lease is ours, under a new epoch."""

    epoch: int


@dataclass(frozen=True, slots=True)
class LeaseBusy:
    """Another relay holds the lease."""


@dataclass(frozen=True, slots=True)
class InRecovery:
    """The database server is a standby: it has no snapshots of its own and takes no lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """Where we are, where the cursor is from (None: never used), the next transaction's number."""

    cursor: Cursor
    known: Origin | None
    found: Origin
    cursor_xmax: int
    xmax: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The lease is renewed, the cursor stored."""


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """The lease has another epoch than ours."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """Rows in the order of their ids; fewer than `size`: there are no more in the window."""

    rows: Sequence[Any]
    last_id: int
    size: int = PAGE

    @property
    def is_full(self) -> bool:
        """True when there may be more in the window."""
        return len(self.rows) >= self.size


@dataclass(frozen=True, slots=True)
class Looked:
    """The database's snapshot of this moment, as text; the first page of what it sees and the
    cursor's did not, taken in the same moment.
    """

    snapshot: str
    page: PageRead


@dataclass(frozen=True, slots=True)
class Published:
    """Kafka has acknowledged the whole page. `ahead` is the next one, when it was asked for."""

    ahead: PageRead | None


@dataclass(frozen=True, slots=True)
class PublishFailed:
    """Some or nothing of the page has arrived; the producer is closed."""


@dataclass(frozen=True, slots=True)
class DatabaseFailed:
    """A statement failed; the connection is closed."""


@dataclass(frozen=True, slots=True)
class Waited:
    """The pause is over, or somebody woke us."""


@dataclass(frozen=True, slots=True)
class Left:
    """The lease is given back."""


Happened = (
    LeaseTaken
    | LeaseBusy
    | InRecovery
    | Surveyed
    | Kept
    | LeaseLost
    | PageRead
    | Looked
    | Published
    | PublishFailed
    | DatabaseFailed
    | Waited
    | Left
)


# --- what the shell is to do


@dataclass(frozen=True, slots=True)
class TakeLease:
    """Answered by LeaseTaken, LeaseBusy, InRecovery or DatabaseFailed."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Answered by Surveyed, PublishFailed (Kafka does not say who it is) or DatabaseFailed."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Renew the lease and store the cursor, if the epoch is still ours. Answered by Kept, LeaseLost
    or DatabaseFailed.
    """

    epoch: int
    cursor: Cursor
    place: Origin


@dataclass(frozen=True, slots=True)
class Look:
    """Take a snapshot and read the first page of the window that it ends. Answered by Looked or
    DatabaseFailed.
    """

    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Read:
    """Read one page from the cursor on, of a window that is open. Answered by PageRead or
    DatabaseFailed.
    """

    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Publish:
    """Send a page and wait for all of it, reading `ahead` meanwhile. Answered by Published,
    PublishFailed or DatabaseFailed.
    """

    page: PageRead
    ahead: Read | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait, or be woken. Answered by Waited. `refusal` says why nothing will be sent until an
    operator acts.
    """

    seconds: float
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Store the cursor and give the lease back; or, without one, just end. Answered by Left."""

    epoch: int | None
    cursor: Cursor | None


Action = TakeLease | Survey | Keep | Look | Read | Publish | Pause | Leave
