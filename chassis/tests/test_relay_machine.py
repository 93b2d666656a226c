from dataclasses import replace

import pytest
from kvitt_chassis.relaying.machine import (
    BACK_OFF_SECONDS,
    LEASE_SECONDS,
    POLL_SECONDS,
    RENEW_SECONDS,
    STANDBY_SECONDS,
    STORE_SECONDS,
    RelayMachine,
    refusal_to_send,
)
from kvitt_chassis.relaying.steps import (
    Action,
    Cursor,
    DatabaseFailed,
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

HERE = Origin("7", "00000001", "kafka")


def a_survey(
    *, cursor: Cursor | None = None, known: Origin | None = HERE, cursor_xmax: int = 10
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


def looked(*ids: int, snapshot: str = "20:20:") -> Looked:
    return Looked(snapshot, a_page(*ids))


def test_a_window_is_read_sent_and_closed() -> None:
    machine, action = at_work()
    assert action == Look(Cursor(s1="10:10:"))
    assert machine.next(looked(5), 0.01) == Publish(a_page(5), None)
    machine.next(Published(None), 0.02)
    assert machine.cursor == Cursor(s1="20:20:")


def test_a_full_page_is_followed_by_the_next_of_the_same_window() -> None:
    machine, _ = at_work()
    after = Cursor(s1="10:10:", s2="20:20:", last_id=6)
    assert machine.next(looked(5, 6), 0.01) == Publish(a_page(5, 6), Read(after))
    assert machine.next(Published(a_page(7)), 0.03) == Publish(a_page(7), None)


def test_behind_a_small_page_the_relay_waits_until_it_is_woken() -> None:
    machine, _ = at_work()
    machine.next(looked(5), 0.01)
    assert isinstance(machine.next(Published(None), 0.02), Pause)
    assert machine.next(Waited(), 0.03) == Look(Cursor(s1="20:20:"))


def test_behind_a_window_of_several_pages_the_relay_looks_again_at_once() -> None:
    machine, _ = at_work()
    machine.next(looked(5, 6), 0.01)
    machine.next(Published(a_page(7)), 0.02)
    assert machine.next(Published(None), 0.03) == Look(Cursor(s1="20:20:"))


def test_a_look_that_finds_nothing_ends_its_window() -> None:
    machine, _ = at_work()
    assert machine.next(looked(), 0.01) == Pause(POLL_SECONDS)
    assert machine.cursor == Cursor(s1="20:20:")


def test_the_cursor_does_not_move_before_the_page_is_acknowledged() -> None:
    machine, _ = at_work()
    machine.next(looked(5, 6), 0.02)
    before = machine.cursor
    assert machine.next(PublishFailed(), 0.03) == Pause(BACK_OFF_SECONDS[0])
    assert machine.cursor == before
    assert machine.next(Waited(), 0.2) == Read(Cursor(s1="10:10:", s2="20:20:"))


def test_failures_in_a_row_are_tried_ever_later() -> None:
    machine, _ = at_work()
    machine.next(looked(5), 0.01)
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
    action = machine.next(looked(5), RENEW_SECONDS + 0.01)
    assert isinstance(action, RenewLease)
    assert machine.next(LeaseRenewed(), RENEW_SECONDS + 0.02) == Publish(a_page(5), None)


def test_a_page_in_hand_is_dropped_with_the_lease() -> None:
    machine, _ = at_work()
    machine.next(looked(5), RENEW_SECONDS + 0.01)
    assert machine.next(LeaseLost(), RENEW_SECONDS + 0.02) == Pause(STANDBY_SECONDS)
    assert not machine.is_holder
    assert machine.cursor is None
    assert machine.next(Waited(), 2.0) == TakeLease()


def test_the_cursor_is_stored_at_once_when_the_last_store_is_old_and_not_more_often() -> None:
    machine, _ = at_work()
    machine.next(looked(5, 6), 0.2)
    stored = machine.next(Published(a_page(7)), 0.21)
    assert stored == RenewLease(1, Cursor(s1="10:10:", s2="20:20:", last_id=6), HERE)
    machine.next(LeaseRenewed(), 0.22)
    machine.next(Published(None), 0.23)
    action = machine.next(looked(), 0.24)
    assert isinstance(action, Pause)
    assert 0 < action.seconds <= STORE_SECONDS


def test_an_idle_relay_polls() -> None:
    machine, _ = at_work()
    assert machine.next(looked(), 0.01) == Pause(POLL_SECONDS)
    assert machine.next(Waited(), 0.5) == Look(Cursor(s1="20:20:"))


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
    machine.next(looked(), 0.2)
    action = machine.next(Waited(), 0.7)
    assert isinstance(action, RenewLease)
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
    resent = Cursor(s1="10:10:", base_id=3, resent_id=3)
    assert machine.next(Published(None), 0.03) == Look(resent)


def test_a_drain_sends_what_is_there_stores_and_leaves() -> None:
    machine, _ = at_work()
    machine.drain()
    machine.next(looked(5), 0.01)
    assert machine.next(Published(None), 0.02) == Look(Cursor(s1="20:20:"))
    assert machine.next(looked(), 0.03) == Leave(1, Cursor(s1="20:20:"))
    assert machine.next(Left(), 0.05) is None


def test_a_drain_during_a_look_looks_again() -> None:
    machine, action = at_work()
    assert isinstance(action, Look)
    machine.drain()
    assert machine.next(looked(), 0.01) == Look(Cursor(s1="20:20:"))
    assert machine.next(looked(), 0.02) == Leave(1, Cursor(s1="20:20:"))
