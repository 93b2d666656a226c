"""Mutants of operating: whose share an operator has, what an edit may do, how time moves."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, mutant

_SHARES: Final = "chassis/tests/test_admin_shares.py::test"
_MENDING: Final = "chassis/tests/test_mending.py::test"
_QUARANTINE: Final = "chassis/tests/test_quarantine.py::test"
_CLOCK: Final = "chassis/tests/test_clock.py::test"
_OPERATOR: Final = "deploy/tests/test_operator.py::test"

OPERATING: tuple[Mutant, ...] = (
    mutant(
        "admin-has-its-own-port",
        "What operators ask for is not on the port that users reach",
        f"{CHASSIS}/operating/process.py",
        "        app.include_router(health.routes(self.health))\n",
        "        app.include_router(health.routes(self.health))\n"
        "        app.include_router(admin.routes(self._operations))\n",
        "chassis/tests/test_service_process.py::test_who_operates_comes_by_a_port_that_serves_nobody_else",
    ),
    mutant(
        "region-of-no-name",
        "What is parked and names no region is shown to who operates all",
        f"{CHASSIS}/consuming/quarantine.py",
        "      AND (CAST(:region AS text) IS NULL OR k.region = :region)\n",
        "      AND (CAST(:region AS text) IS NULL OR coalesce(k.region, :region) = :region)\n",
        f"{_QUARANTINE}_what_belongs_to_no_region_is_shown_to_who_operates_all",
    ),
    mutant(
        "lag-of-a-region",
        "Who operates a region is told of the lag of its topics alone",
        f"{CHASSIS}/operating/idle.py",
        "    lag = await consumers.lag(region=region)\n",
        "    lag = await consumers.lag()\n",
        f"{_SHARES}_idle_counts_the_share_of_who_operates_one_region",
    ),
    mutant(
        "an-edit-makes-no-other-message",
        "What makes a message this one is not changed by an edit",
        f"{CHASSIS}/consuming/mending.py",
        "        if said.get(field) != value:\n",
        '        if field.startswith("data.") and said.get(field) != value:\n',
        f"{_MENDING}_an_attribute_that_says_which_message_it_is_is_not_changed",
    ),
    mutant(
        "an-edit-names-nobody",
        "Who acts by a message is not changed by an edit of its body",
        f"{CHASSIS}/consuming/mending.py",
        '        **{f"data.{name}": document.get(name) for name in who},\n',
        "",
        f"{_MENDING}_who_acts_by_a_message_stays_who_it_was",
    ),
    mutant(
        "an-edit-in-structured-mode",
        "In structured mode the attributes are compared where they stand",
        f"{CHASSIS}/consuming/opening.py",
        "            return {name: document.get(name) for name in _IDENTIFYING}, document",
        "            return dict.fromkeys(_IDENTIFYING), document",
        f"{_MENDING}_in_structured_mode_the_body_says_it_and_it_is_not_changed",
    ),
    mutant(
        "clock-stands",
        "Business time is moved in the local profile alone",
        f"{CHASSIS}/operating/admin.py",
        "    if not operations.moves_clock:\n        return\n",
        "",
        f"{_SHARES}_business_time_stands_where_it_is_not_made_to_move",
    ),
    mutant(
        "clock-has-bounds",
        "Business time goes a year ahead at a time, and stays within its bounds",
        f"{CHASSIS}/operating/clock.py",
        "    if not EARLIEST <= to <= latest:\n",
        "    if not EARLIEST <= to:\n",
        f"{_CLOCK}_business_time_goes_a_year_ahead_at_a_time_and_never_out_of_its_bounds",
    ),
    mutant(
        "clock-is-audited",
        "Business time is moved by somebody, whom the audit names",
        f"{CHASSIS}/operating/admin.py",
        '                who=who.user_id,\n                what="clock.advance",\n',
        '                who="operator",\n                what="clock.advance",\n',
        f"{_SHARES}_business_time_is_moved_by_name_and_within_its_bounds",
    ),
    mutant(
        "kvitt-acts-by-name",
        "`kvitt` acts in the name of who runs it",
        "deploy/kvitt/admin.py",
        '    name = named or os.environ.get("KVITT_OPERATOR") or _user_of_the_system()\n',
        '    name = "operator"\n',
        f"{_OPERATOR}_an_act_is_in_the_name_of_who_runs_it",
    ),
)
