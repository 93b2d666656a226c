import random
from dataclasses import dataclass, field, replace

import pytest
from kvitt_chassis.relay_machine import (
    BACK_OFF_SECONDS,
    LEASE_SECONDS,
    POLL_SECONDS,
    RENEW_SECONDS,
    STANDBY_SECONDS,
    STORE_SECONDS,
    Action,
    Cursor,
    DatabaseFailed,
    Happened,
    InRecovery,
    Keep,
    Kept,
    LeaseBusy,
    LeaseLost,
    LeaseTaken,
    Leave,
    Left,
    PageRead,
    Pause,
    Place,
    Publish,
    Published,
    PublishFailed,
    Read,
    RelayMachine,
    SnapshotTaken,
    Survey,
    Surveyed,
    TakeLease,
    TakeSnapshot,
    Waited,
    refusal_to_send,
)

HERE = Place("7", "00000001", "kafka")


def a_survey(
    *, cursor: Cursor | None = None, known: Place | None = HERE, cursor_xmax: int = 10
) -> Surveyed:
    return Surveyed(
        cursor=cursor or Cursor(s1="10:10:"),
        known=known,
        found=HERE,
        cursor_xmax=cursor_xmax,
        xmax=20,
    )


def at_work(**survey: object) -> tuple[RelayMachine, Action]:
    """A machine that holds the lease at second 0, and its next action."""
    machine = RelayMachine(page=2)
    assert machine.begin(0.0) == TakeLease()
    assert machine.next(LeaseTaken(1), 0.0) == Survey()
    action = machine.next(a_survey(**survey), 0.0)  # type: ignore[arg-type]
    assert action is not None
    return machine, action


def a_page(*ids: int) -> PageRead:
    return PageRead(ids, ids[-1] if ids else 0, 2)


def test_a_window_is_read_sent_and_closed() -> None:
    machine, action = at_work()
    assert action == TakeSnapshot()
    assert machine.next(SnapshotTaken("20:20:"), 0.01) == Read(Cursor(s1="10:10:", s2="20:20:"))
    assert machine.next(a_page(5), 0.02) == Publish(a_page(5), None)
    machine.next(Published(None), 0.03)
    assert machine.cursor == Cursor(s1="20:20:")


def test_a_full_page_is_followed_by_the_next_of_the_same_window() -> None:
    machine, _ = at_work()
    machine.next(SnapshotTaken("20:20:"), 0.01)
    after = Cursor(s1="10:10:", s2="20:20:", last_id=6)
    assert machine.next(a_page(5, 6), 0.02) == Publish(a_page(5, 6), Read(after))
    assert machine.next(Published(a_page(7)), 0.03) == Publish(a_page(7), None)


def test_the_cursor_does_not_move_before_the_page_is_acknowledged() -> None:
    machine, _ = at_work()
    machine.next(SnapshotTaken("20:20:"), 0.01)
    machine.next(a_page(5, 6), 0.02)
    before = machine.cursor
    assert machine.next(PublishFailed(), 0.03) == Pause(BACK_OFF_SECONDS[0])
    assert machine.cursor == before
    assert machine.next(Waited(), 0.2) == Read(Cursor(s1="10:10:", s2="20:20:"))


def test_failures_in_a_row_are_tried_ever_later() -> None:
    machine, _ = at_work()
    machine.next(SnapshotTaken("20:20:"), 0.01)
    pauses = []
    for n in range(7):
        machine.next(a_page(5), 0.01 * n)
        pauses.append(machine.next(PublishFailed(), 0.01 * n))
        machine.next(Waited(), 0.01 * n)
    assert [one.seconds for one in pauses if isinstance(one, Pause)] == [
        *BACK_OFF_SECONDS,
        BACK_OFF_SECONDS[-1],
        BACK_OFF_SECONDS[-1],
    ]


def test_an_old_lease_is_renewed_before_anything_is_sent() -> None:
    machine, _ = at_work()
    machine.next(SnapshotTaken("20:20:"), 0.01)
    action = machine.next(a_page(5), RENEW_SECONDS + 0.01)
    assert isinstance(action, Keep)
    assert machine.next(Kept(), RENEW_SECONDS + 0.02) == Publish(a_page(5), None)


def test_a_page_in_hand_is_dropped_with_the_lease() -> None:
    machine, _ = at_work()
    machine.next(SnapshotTaken("20:20:"), 0.01)
    machine.next(a_page(5), RENEW_SECONDS + 0.01)
    assert machine.next(LeaseLost(), RENEW_SECONDS + 0.02) == Pause(STANDBY_SECONDS)
    assert not machine.is_holder
    assert machine.cursor is None
    assert machine.next(Waited(), 2.0) == TakeLease()


def test_the_cursor_is_stored_at_once_when_the_last_store_is_old_and_not_more_often() -> None:
    machine, _ = at_work()
    machine.next(SnapshotTaken("20:20:"), 0.2)
    machine.next(a_page(5, 6), 0.2)
    stored = machine.next(Published(a_page(7)), 0.21)
    assert stored == Keep(1, Cursor(s1="10:10:", s2="20:20:", last_id=6), HERE)
    machine.next(Kept(), 0.22)
    machine.next(Published(None), 0.23)
    action = machine.next(SnapshotTaken("20:20:"), 0.24)
    assert isinstance(action, Pause)
    assert 0 < action.seconds <= STORE_SECONDS


def test_an_idle_relay_polls() -> None:
    machine, _ = at_work()
    assert machine.next(SnapshotTaken("10:10:"), 0.01) == Pause(POLL_SECONDS)
    assert machine.next(Waited(), 0.5) == TakeSnapshot()


def test_a_standby_asks_again_and_again() -> None:
    machine = RelayMachine()
    machine.begin(0.0)
    assert machine.next(LeaseBusy(), 0.0) == Pause(STANDBY_SECONDS)
    assert machine.next(Waited(), 0.4) == TakeLease()
    assert LEASE_SECONDS + STANDBY_SECONDS < 3.0


def test_a_server_in_recovery_is_waited_for() -> None:
    machine = RelayMachine()
    machine.begin(0.0)
    action = machine.next(InRecovery(), 0.0)
    assert isinstance(action, Pause)
    assert "recovery" in (action.refusal or "")


def test_after_a_database_failure_everything_is_asked_anew() -> None:
    machine, _ = at_work()
    assert machine.next(DatabaseFailed(), 0.1) == Pause(BACK_OFF_SECONDS[0])
    assert machine.next(Waited(), 0.2) == TakeLease()


def test_a_first_relay_takes_the_place_it_finds_for_its_own() -> None:
    machine, _ = at_work(known=None)
    machine.next(SnapshotTaken("10:10:"), 0.2)
    action = machine.next(Waited(), 0.7)
    assert isinstance(action, Keep)
    assert action.place == HERE


@pytest.mark.parametrize(
    ("survey", "named"),
    [
        (a_survey(known=replace(HERE, system_identifier="8")), "server"),
        (a_survey(known=replace(HERE, timeline="00000002")), "timeline"),
        (a_survey(known=replace(HERE, cluster_id="another")), "cluster"),
        (a_survey(cursor_xmax=21), "restored"),
    ],
)
def test_a_cursor_of_another_place_or_time_is_refused(survey: Surveyed, named: str) -> None:
    refusal = refusal_to_send(survey)
    assert refusal is not None
    assert named in refusal
    assert "kvitt outbox rebase" in refusal
    machine = RelayMachine()
    machine.begin(0.0)
    machine.next(LeaseTaken(1), 0.0)
    action = machine.next(survey, 0.0)
    assert isinstance(action, Pause)
    assert action.refusal == refusal
    assert machine.next(Waited(), 5.0) == TakeLease()


def test_rows_from_before_a_rebase_come_first() -> None:
    machine, action = at_work(cursor=Cursor(s1="10:10:", base_id=3))
    assert action == Read(Cursor(s1="10:10:", base_id=3))
    machine.next(a_page(1, 2), 0.01)
    assert machine.next(Published(a_page(3)), 0.02) == Publish(a_page(3), None)
    assert machine.next(Published(None), 0.03) == TakeSnapshot()
    assert machine.cursor == Cursor(s1="10:10:", base_id=3, resent_id=3)


def test_a_drain_sends_what_is_there_stores_and_leaves() -> None:
    machine, _ = at_work()
    machine.drain()
    machine.next(SnapshotTaken("20:20:"), 0.01)
    machine.next(a_page(5), 0.02)
    assert machine.next(Published(None), 0.03) == TakeSnapshot()
    assert machine.next(SnapshotTaken("20:20:"), 0.04) == Leave(1, Cursor(s1="20:20:"))
    assert machine.next(Left(), 0.05) is None


# --- against a model of the database's snapshots


@dataclass
class Transactions:
    """PostgreSQL as far as the relay sees it: transactions, snapshots, ids, and each key's lock."""

    xmax: int = 10
    open: dict[int, list[tuple[int, str, int]]] = field(default_factory=dict)
    rows: dict[int, list[tuple[int, str, int]]] = field(default_factory=dict)
    locks: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    next_id: int = 1

    def begin(self) -> None:
        self.open[self.xmax] = []
        self.xmax += 1

    def insert(self, xid: int, key: str) -> None:
        if self.locks.setdefault(key, xid) != xid:
            return  # it waits for the key's lock
        mine = [row for row in self.open[xid] if row[1] == key]
        seq = self.numbers.get(key, 0) + len(mine) + 1
        self.open[xid].append((self.next_id, key, seq))
        self.next_id += 1

    def end(self, xid: int, *, commits: bool) -> None:
        rows = self.open.pop(xid)
        if commits:
            self.rows[xid] = rows
            for _, key, seq in rows:
                self.numbers[key] = max(seq, self.numbers.get(key, 0))
        self.locks = {key: holder for key, holder in self.locks.items() if holder != xid}

    def snapshot(self) -> str:
        return f"{min(self.open, default=self.xmax)}:{self.xmax}:{','.join(map(str, self.open))}"

    def read(self, cursor: Cursor, size: int) -> PageRead:
        assert cursor.s2 is not None
        found = sorted(
            row
            for xid, rows in self.rows.items()
            if _is_visible(xid, cursor.s2) and not _is_visible(xid, cursor.s1)
            for row in rows
            if row[0] > cursor.last_id
        )[:size]
        return PageRead(found, found[-1][0] if found else cursor.last_id, size)


def _is_visible(xid: int, snapshot: str) -> bool:
    _, xmax, under_way = snapshot.split(":")
    return xid < int(xmax) and str(xid) not in under_way.split(",")


@dataclass
class Shell:
    """What stands around two machines: the lease, the stored cursor, the topic; and trouble."""

    database: Transactions
    now: float = 0.0
    epoch: int = 0
    holder: int | None = None
    leased_until: float = 0.0
    stored: Cursor = field(default_factory=lambda: Cursor(s1="3:3:"))
    topic: list[tuple[str, int]] = field(default_factory=list)

    def do(self, action: Action, who: int, trouble: float) -> Happened:
        """`trouble` from 0 to 1: what goes wrong, if anything."""
        match action:
            case TakeLease():
                if self.now < self.leased_until and self.holder != who:
                    return LeaseBusy()
                self.epoch += 1
                self.holder, self.leased_until = who, self.now + LEASE_SECONDS
                return LeaseTaken(self.epoch)
            case Survey():
                return Surveyed(cursor=self.stored, known=None, found=HERE, cursor_xmax=0, xmax=1)
            case Keep():
                return self._keep(action, trouble)
            case TakeSnapshot():
                return SnapshotTaken(self.database.snapshot())
            case Read(cursor):
                return DatabaseFailed() if trouble > 0.97 else self.database.read(cursor, 3)
            case Publish():
                return self._publish(action, trouble)
            case Pause(seconds):
                self.now += seconds
                return Waited()
            case Leave():
                return Left()

    def _keep(self, action: Keep, trouble: float) -> Happened:
        if action.epoch != self.epoch:
            return LeaseLost()
        if trouble > 0.95:
            return DatabaseFailed()
        self.stored, self.leased_until = action.cursor, self.now + LEASE_SECONDS
        return Kept()

    def _publish(self, action: Publish, trouble: float) -> Happened:
        rows = [(key, seq) for _, key, seq in action.page.rows]
        if trouble > 0.85:
            self.topic += rows[: int(trouble * 100) % (len(rows) + 1)]
            return PublishFailed()
        self.topic += rows
        ahead = action.ahead
        return Published(self.database.read(ahead.cursor, 3) if ahead else None)


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_whatever_fails_nothing_is_lost_and_no_key_is_reordered(first: int) -> None:
    for seed in range(first, first + 50):
        _live(seed)


def _live(seed: int) -> None:
    """Two relays and some writers through 200 steps of trouble, then peace; then the topic."""
    chance = random.Random(seed)
    shell = Shell(Transactions())
    relays = [Relaying(0), Relaying(1)]
    for number in range(2, 202):
        _write(shell.database, chance)
        who = chance.randrange(2)
        relays[who].step(shell, chance.random())
        shell.now += chance.random() * 0.2
        if chance.random() < 0.02:
            relays[who] = Relaying(number)  # killed, and started again
        if chance.random() < 0.02:
            shell.now += LEASE_SECONDS * 2  # frozen, both of them, for longer than the lease
    for xid in list(shell.database.open):
        shell.database.end(xid, commits=True)
    for _ in range(400):
        relays[0].step(shell, 0.0)
        shell.now += 0.01

    written = {(key, seq) for rows in shell.database.rows.values() for _, key, seq in rows}
    assert set(shell.topic) == written, f"seed {seed}"
    marks: dict[str, int] = {}
    for key, seq in shell.topic:
        assert seq <= marks.get(key, 0) + 1, f"seed {seed}: a reader would see a gap"
        marks[key] = max(seq, marks.get(key, 0))


class Relaying:
    """One relay process: a machine and what it is about to do."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.machine = RelayMachine(page=3)
        self.action = self.machine.begin(0.0)

    def step(self, shell: Shell, trouble: float) -> None:
        """Do one action and take the next."""
        happened = shell.do(self.action, self.number, trouble)
        action = self.machine.next(happened, shell.now)
        assert action is not None
        self.action = action


def _write(database: Transactions, chance: random.Random) -> None:
    for _ in range(chance.randrange(3)):
        if not database.open or (len(database.open) < 4 and chance.random() < 0.4):
            database.begin()
        xid = chance.choice(list(database.open))
        if chance.random() < 0.6:
            database.insert(xid, chance.choice("abc"))
        else:
            database.end(xid, commits=chance.random() < 0.8)
