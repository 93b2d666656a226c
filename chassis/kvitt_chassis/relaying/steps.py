"""The relay's machine's inputs (what happened) and actions (what to do): data only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

PAGE = 1_000
"""The most rows that are read, published and acknowledged together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the log is published.

    All rows visible in snapshot `s1` are published, and those visible in `s2` up to the id
    `last_id`. Rows up to `base_id` are from before a re-base, when transactions had other numbers;
    of them, those up to `resent_id` are published.
    """

    s1: str
    s2: str | None = None
    last_id: int = 0
    base_id: int = 0
    resent_id: int = 0

    @property
    def is_resending(self) -> bool:
        """True while rows from before a re-base are still to be published."""
        return self.resent_id < self.base_id

    def moved(self, page: "PageRead") -> "Cursor":
        """The cursor after a page that was read from here is acknowledged; an empty page ends the
        window.
        """
        if self.is_resending:
            return replace(self, resent_id=page.last_id if page.is_full else self.base_id)
        if page.is_full or self.s2 is None:
            return replace(self, last_id=page.last_id)
        return replace(self, s1=self.s2, s2=None, last_id=0)


@dataclass(frozen=True, slots=True)
class Origin:
    """The database server, its timeline, and the Kafka cluster."""

    system_identifier: str
    timeline: str
    cluster_id: str


# --- what happened


@dataclass(frozen=True, slots=True)
class LeaseTaken:
    """This relay holds the lease, under a new epoch."""

    epoch: int


@dataclass(frozen=True, slots=True)
class LeaseBusy:
    """Another relay holds the lease."""


@dataclass(frozen=True, slots=True)
class InRecovery:
    """The database server is a standby: no snapshots can be taken and no lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """The servers here, the servers that the cursor is from (None: never used), the next
    transaction's number.
    """

    cursor: Cursor
    known: Origin | None
    found: Origin
    cursor_xmax: int
    xmax: int


@dataclass(frozen=True, slots=True)
class LeaseRenewed:
    """The lease is renewed, the cursor stored."""


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """The lease has another epoch: another relay holds it."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """Rows in the order of their ids; fewer than `size` when there are no more in the window."""

    rows: Sequence[Any]
    last_id: int
    size: int = PAGE

    @property
    def is_full(self) -> bool:
        """True when there may be more in the window."""
        return len(self.rows) >= self.size


@dataclass(frozen=True, slots=True)
class Looked:
    """The database's snapshot of this moment, as text; and the first page of what it sees and the
    cursor's snapshot did not, read in the same moment.
    """

    snapshot: str
    page: PageRead


@dataclass(frozen=True, slots=True)
class Published:
    """Kafka has acknowledged the whole page. `ahead` is the next one, when it was asked for."""

    ahead: PageRead | None


@dataclass(frozen=True, slots=True)
class PublishFailed:
    """Some or nothing of the page was acknowledged; the producer is closed."""


@dataclass(frozen=True, slots=True)
class DatabaseFailed:
    """A statement failed; the connection is closed."""


@dataclass(frozen=True, slots=True)
class Waited:
    """The pause is over, or the relay was woken."""


@dataclass(frozen=True, slots=True)
class Left:
    """The lease is released."""


Happened = (
    LeaseTaken
    | LeaseBusy
    | InRecovery
    | Surveyed
    | LeaseRenewed
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
    """Answered by Surveyed, PublishFailed (Kafka does not answer with its cluster's id) or
    DatabaseFailed.
    """


@dataclass(frozen=True, slots=True)
class RenewLease:
    """Renew the lease and store the cursor, if the epoch is still current. Answered by
    LeaseRenewed, LeaseLost or DatabaseFailed.
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
    """Publish a page and wait for its acknowledgement, reading `ahead` meanwhile. Answered by
    Published, PublishFailed or DatabaseFailed.
    """

    page: PageRead
    ahead: Read | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait, or be woken. Answered by Waited. `refusal`: why nothing is published until an operator
    acts.
    """

    seconds: float
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Store the cursor and release the lease; without a lease, only end. Answered by Left."""

    epoch: int | None
    cursor: Cursor | None


Action = TakeLease | Survey | RenewLease | Look | Read | Publish | Pause | Leave
