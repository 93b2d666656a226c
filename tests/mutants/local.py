"""Mutants of the local machine: its supervisor, its secrets, its command line."""

from tests.mutants.mutant import mutant

_LOCAL = "deploy/kvitt/local"
_TESTS = "deploy/tests"

LOCAL = (
    mutant(
        "servers-are-kept",
        "A server that died is started again",
        f"{_LOCAL}/supervisor.py",
        "        keeper.start()\n",
        "",
        f"{_TESTS}/test_keeping.py::test_killed_servers_come_back_with_their_data",
        seconds=180.0,
    ),
    mutant(
        "ended-stays-ended",
        "A server that somebody has ended is not started again",
        f"{_LOCAL}/server.py",
        "            if not self._is_wanted:\n                return\n",
        "",
        f"{_TESTS}/test_keeping.py::test_what_somebody_has_ended_is_not_started_again",
        seconds=180.0,
    ),
    mutant(
        "left-over-is-ended",
        "`kvitt up` ends what a killed supervisor has left",
        f"{_LOCAL}/supervisor.py",
        "        self._end_left_over()\n",
        "",
        f"{_TESTS}/test_keeping.py::test_a_system_whose_supervisor_was_killed_is_mended_by_up",
        seconds=240.0,
    ),
    mutant(
        "lock-left-behind",
        "The lock of a dead PostgreSQL, which names a zombie, is removed",
        f"{_LOCAL}/postmaster.py",
        "    lock.unlink(missing_ok=True)\n",
        "",
        f"{_TESTS}/test_postmaster.py::test_a_lock_that_names_a_zombie_is_removed",
    ),
    mutant(
        "lock-of-the-living",
        "A lock beside live processes of PostgreSQL stays",
        f"{_LOCAL}/postmaster.py",
        "    if left:\n",
        "    if False:\n",
        f"{_TESTS}/test_postmaster.py::test_a_lock_beside_a_live_process_stays_and_the_process_is_named",
    ),
    mutant(
        "zombie-has-ended",
        "A zombie does not count as running",
        f"{_LOCAL}/processes.py",
        "            return same and process.status() != psutil.STATUS_ZOMBIE\n",
        "            return same\n",
        f"{_TESTS}/test_processes.py::test_a_zombie_has_ended_though_nobody_waits_for_it",
    ),
    mutant(
        "end-is-orderly",
        "Ctrl-C is an orderly end from the first word of what says that all is ready",
        "deploy/kvitt/signals.py",
        "    with contextlib.suppress(KeyboardInterrupt), _woken_by_signals() as woken:\n",
        "    with _woken_by_signals() as woken:\n",
        f"{_TESTS}/test_signals.py::test_a_signal_while_ready_is_announced_is_an_orderly_end",
    ),
    mutant(
        "state-is-private",
        "The state directory is its owner's alone",
        f"{_LOCAL}/state.py",
        "            directory.chmod(0o700)",
        "            directory.chmod(0o755)",
        f"{_TESTS}/test_command_line.py::test_a_state_is_its_owners_alone",
    ),
    mutant(
        "no-state-by-reading",
        "A command that only reads makes no state",
        "deploy/kvitt/app.py",
        "    found = parts.look(State.existing(state_dir.resolve()))\n",
        "    found = parts.look(State.open(state_dir.resolve()))\n",
        f"{_TESTS}/test_command_line.py::test_a_command_that_starts_nothing_makes_no_state",
    ),
    mutant(
        "operators-next-step",
        "An operator is not given the next step of a user's surface",
        "deploy/kvitt/troubles.py",
        "    return LocalProblem(what, remedy=remedy)\n",
        '    return LocalProblem(what, remedy=str(problem.get("way_on", remedy)))\n',
        f"{_TESTS}/test_command_line.py::test_an_operator_gets_the_next_step_of_this_surface",
    ),
)
