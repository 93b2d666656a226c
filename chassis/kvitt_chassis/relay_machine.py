"""What the relay decides: a pure machine. Events in, one action out; no await, no clock, no
database, no Kafka.

The shell (`relay.py`) does an action, tells what came of it and when (seconds of a clock that never
goes back), and gets the next one. A simulator can stand in the shell's place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

PAGE = 1_000
"""The most rows that are read, sent and acknowledged together."""

LEASE_SECONDS = 2.0
"""How long a lease holds on the database's clock; a standby asks every STANDBY_SECONDS."""
STANDBY_SECONDS = 0.4
RENEW_SECONDS = 0.6
STORE_SECONDS = 0.1
"""The cursor is stored no more often: a row that is updated all the time is slow beside an old
snapshot.
"""
POLL_SECONDS = 0.5
REFUSED_SECONDS = 5.0
BACK_OFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

REBASE = "kvitt outbox rebase"


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
class Place:
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
    known: Place | None
    found: Place
    cursor_xmax: int
    xmax: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The lease is renewed, the cursor stored."""


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """The lease has another epoch than ours."""


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """The database's snapshot of this moment, as text."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class PageRead:
    """Rows in the order of their ids; fewer than PAGE: there are no more in the window."""

    rows: Sequence[Any]
    last_id: int
    size: int = PAGE

    @property
    def is_full(self) -> bool:
        """True when there may be more in the window."""
        return len(self.rows) >= self.size


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
    | SnapshotTaken
    | PageRead
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
    place: Place


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """Answered by SnapshotTaken or DatabaseFailed."""


@dataclass(frozen=True, slots=True)
class Read:
    """Read one page from the cursor on. Answered by PageRead or DatabaseFailed."""

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


Action = TakeLease | Survey | Keep | TakeSnapshot | Read | Publish | Pause | Leave


class RelayMachine:
    """One relay's decisions. `begin` gives the first action, `next` each further one, None at the
    end.
    """

    def __init__(self, *, page: int = PAGE) -> None:
        self.page_size = page
        self.cursor: Cursor | None = None
        self.is_draining = False
        self._epoch: int | None = None
        self._place: Place | None = None
        self._leased_at = 0.0  # when the lease was asked for, so never later than it began
        self._stored_at = 0.0
        self._asked_at = 0.0
        self._is_unstored = False
        self._is_fresh = (
            False  # a wake-up came in, or the window held something: look again at once
        )
        self._in_hand: PageRead | None = None
        self._failures = 0

    @property
    def is_holder(self) -> bool:
        """True while this relay believes that it holds the lease."""
        return self._epoch is not None

    def begin(self, now: float) -> Action:
        """The first action."""
        return self._ask(TakeLease(), now)

    def drain(self) -> None:
        """Send what is committed now, then leave."""
        self.is_draining = True

    def next(self, happened: Happened, now: float) -> Action | None:
        """What to do after an event; None when the relay has left."""
        action = self._decide(happened, now)
        return None if action is None else self._ask(action, now)

    def _decide(self, happened: Happened, now: float) -> Action | None:
        match happened:
            case LeaseTaken(epoch):
                self._epoch = epoch
                self._leased_at = self._asked_at
                return Survey()
            case Surveyed():
                return self._after_survey(happened, now)
            case Kept():
                self._leased_at = self._stored_at = self._asked_at
                self._is_unstored = False
                return self._work(now)
            case SnapshotTaken(snapshot):
                return self._after_snapshot(snapshot, now)
            case PageRead():
                self._in_hand = happened
                return self._work(now)
            case Published(ahead):
                return self._after_publish(ahead, now)
            case Waited():
                self._is_fresh = True
                return self._work(now) if self.cursor else self._try_again()
            case Left():
                return None
            case LeaseBusy() | InRecovery() | LeaseLost() | PublishFailed() | DatabaseFailed():
                return self._after_trouble(happened)

    def _after_survey(self, found: Surveyed, now: float) -> Action:
        refusal = refusal_to_send(found)
        if refusal is not None:
            self._forget()
            return Leave(None, None) if self.is_draining else Pause(REFUSED_SECONDS, refusal)
        self.cursor = found.cursor
        self._place = found.found
        self._is_unstored = found.known is None
        self._is_fresh = True
        return self._work(now)

    def _after_snapshot(self, snapshot: str, now: float) -> Action:
        assert self.cursor is not None
        self._is_fresh = False
        if snapshot != self.cursor.s1:
            self.cursor = replace(self.cursor, s2=snapshot, last_id=0)
            return Read(self.cursor)
        return self._work(now)

    def _after_publish(self, ahead: PageRead | None, now: float) -> Action:
        assert self.cursor is not None
        assert self._in_hand is not None
        self.cursor = self.cursor.moved(self._in_hand)
        self._in_hand = ahead
        self._is_unstored = True
        self._is_fresh = True
        self._failures = 0
        return self._work(now)

    def _after_trouble(self, happened: Happened) -> Action:
        """Kafka failed: the lease stays, the page is sent again. Else all is forgotten and asked
        anew.
        """
        if isinstance(happened, PublishFailed) and self.cursor is not None:
            self._in_hand = None
            self._is_fresh = True
        else:
            self._forget()
        if self.is_draining and not isinstance(happened, PublishFailed):
            return Leave(None, None)
        match happened:
            case LeaseBusy() | LeaseLost():
                return Pause(STANDBY_SECONDS)
            case InRecovery():
                return Pause(REFUSED_SECONDS, "the database server is a standby in recovery")
        self._failures += 1
        return Pause(BACK_OFF_SECONDS[min(self._failures, len(BACK_OFF_SECONDS)) - 1])

    def _try_again(self) -> Action:
        return Leave(None, None) if self.is_draining else TakeLease()

    def _work(self, now: float) -> Action:
        """Holding the lease and a cursor: the next thing to do."""
        assert self.cursor is not None
        assert self._epoch is not None
        assert self._place is not None
        since_stored = now - self._stored_at
        if now - self._leased_at >= RENEW_SECONDS or (
            self._is_unstored and since_stored >= STORE_SECONDS
        ):
            return Keep(self._epoch, self.cursor, self._place)
        if self._in_hand is not None:
            return self._send(self._in_hand, now)
        if self.cursor.is_resending or self.cursor.s2 is not None:
            return Read(self.cursor)
        if self._is_fresh:
            return TakeSnapshot()
        if self.is_draining:
            return Leave(self._epoch, self.cursor)
        return Pause(STORE_SECONDS - since_stored if self._is_unstored else POLL_SECONDS)

    def _send(self, page: PageRead, now: float) -> Action:
        assert self.cursor is not None
        if page.rows:
            after = self.cursor.moved(page)
            has_more = page.is_full and (after.is_resending or after.s2 is not None)
            return Publish(page, Read(after) if has_more else None)
        self.cursor = self.cursor.moved(page)
        self._in_hand = None
        self._failures = 0
        return self._work(now)

    def _ask(self, action: Action, now: float) -> Action:
        self._asked_at = now
        return action

    def _forget(self) -> None:
        self.cursor = self._epoch = self._place = self._in_hand = None
        self._is_unstored = self._is_fresh = False


def refusal_to_send(found: Surveyed) -> str | None:
    """Why a relay must not go on from a cursor: it is from another server, history or cluster.

    None: it may. A cursor that was never used is of every place.
    """
    if found.known is not None:
        for what, known, here in (
            (
                "the database server",
                found.known.system_identifier,
                found.found.system_identifier,
            ),
            ("the database's timeline", found.known.timeline, found.found.timeline),
            ("the Kafka cluster", found.known.cluster_id, found.found.cluster_id),
        ):
            if known != here:
                return (
                    f"{what} is another one ({here}) than this log was sent from ({known}): "
                    f"what was sent since may be missing here. Decide with `{REBASE}`."
                )
    if found.cursor_xmax > found.xmax:
        return (
            f"the cursor knows transaction {found.cursor_xmax}, the database only {found.xmax}: "
            f"it has been restored. Decide with `{REBASE}`."
        )
    return None
