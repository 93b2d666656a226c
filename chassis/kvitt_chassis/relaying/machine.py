"""The relay's decisions: a pure machine. Events in, one action out; no await, no clock, no
database, no Kafka.

The shell (relay.py) does an action, reports its outcome and the time (seconds of a monotonic
clock), and gets the next action. A simulator can take the shell's place.
"""

from dataclasses import replace

from kvitt_chassis.relaying.steps import (
    PAGE,
    Action,
    Cursor,
    DatabaseFailed,
    Happened,
    InRecovery,
    LeaseBusy,
    LeaseLost,
    LeaseRenewed,
    LeaseTaken,
    Leave,
    Left,
    Look,
    Looked,
    Origin,
    PageRead,
    Pause,
    Publish,
    Published,
    PublishFailed,
    Read,
    RenewLease,
    Survey,
    Surveyed,
    TakeLease,
    Waited,
)

LEASE_SECONDS = 2.0
"""How long a lease lasts by the database's clock; a standby asks every STANDBY_SECONDS."""
STANDBY_SECONDS = 0.4
RENEW_SECONDS = 0.6
STORE_SECONDS = 0.1
"""The cursor is stored at most so often: a row that is updated all the time gets slow beside an old
snapshot.
"""
POLL_SECONDS = 0.5
REFUSED_SECONDS = 5.0
BACK_OFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

REBASE = "kvitt outbox rebase"


# decision 0002: the relay decides in a pure machine
class RelayMachine:
    """One relay's decisions. `begin` gives the first action, `next` each further one, None at the
    end.
    """

    def __init__(self, *, page: int = PAGE) -> None:
        self.page_size = page
        self.cursor: Cursor | None = None
        self.is_draining = False
        self._epoch: int | None = None
        self._place: Origin | None = None
        self._leased_at = 0.0  # when the lease was asked for, so never later than it began
        self._stored_at = 0.0
        self._asked_at = 0.0
        self._is_unstored = False
        self._is_fresh = False  # something may have been committed since we looked
        self._in_hand: PageRead | None = None
        self._failures = 0

    @property
    def is_holder(self) -> bool:
        """True while this relay holds the lease, as far as it knows."""
        return self._epoch is not None

    def begin(self, now: float) -> Action:
        """The first action."""
        return self._ask(TakeLease(), now)

    def drain(self) -> None:
        """Publish what is committed now, then leave."""
        self.is_draining = self._is_fresh = True

    def next(self, happened: Happened, now: float) -> Action | None:
        """The action after an event; None when the relay has left."""
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
            case LeaseRenewed():
                self._leased_at = self._stored_at = self._asked_at
                self._is_unstored = False
                return self._work(now)
            case Looked(snapshot, page):
                return self._after_look(snapshot, page, now)
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

    def _after_look(self, snapshot: str, page: PageRead, now: float) -> Action:
        assert self.cursor is not None
        if page.rows:
            self.cursor = replace(self.cursor, s2=snapshot, last_id=0)
            self._in_hand = page
        else:
            self.cursor = replace(self.cursor, s1=snapshot)
            self._failures = 0
        return self._work(now)

    def _after_publish(self, ahead: PageRead | None, now: float) -> Action:
        assert self.cursor is not None
        assert self._in_hand is not None
        # What this process has committed meanwhile wakes the shell: it will not wait then. What
        # others have is worth a look behind a window of several pages, not behind every event.
        self._is_fresh |= self.is_draining or self.cursor.last_id > 0
        self.cursor = self.cursor.moved(self._in_hand)
        self._in_hand = ahead
        self._is_unstored = True
        self._failures = 0
        return self._work(now)

    def _after_trouble(self, happened: Happened) -> Action:
        """After Kafka's failure the lease remains, and the page is sent again. After any other,
        everything is forgotten and asked anew.
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
        """With the lease and a cursor: the next action."""
        assert self.cursor is not None
        assert self._epoch is not None
        assert self._place is not None
        since_stored = now - self._stored_at
        if now - self._leased_at >= RENEW_SECONDS or (
            self._is_unstored and since_stored >= STORE_SECONDS
        ):
            return RenewLease(self._epoch, self.cursor, self._place)
        if self._in_hand is not None:
            return self._send(self._in_hand, now)
        if self.cursor.is_resending or self.cursor.s2 is not None:
            return Read(self.cursor)
        if self._is_fresh:
            self._is_fresh = False
            return Look(self.cursor)
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


# decision 0003: the relay refuses another place, and an operator decides
def refusal_to_send(found: Surveyed) -> str | None:
    """Why a relay must not go on from a cursor: it is from another server, timeline or Kafka
    cluster, or the database was restored. None when it may.

    A cursor that was never used is valid everywhere.
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
