"""Mutants of sharing: regions' own group, their turns, the park's cap, the drain."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, mutant

_APART: Final = "chassis/tests/test_regions_apart.py::test"
_IN_TURN: Final = "chassis/tests/test_parking_in_turn.py::test"
_ORDER: Final = "chassis/tests/test_reading_order.py::test"
_CONSUMER: Final = f"{CHASSIS}/consuming/consumer.py"
_DRAIN: Final = f"{CHASSIS}/consuming/drain.py"

SHARING: tuple[Mutant, ...] = (
    mutant(
        "regions-in-turn",
        "Regions' records are handed on one region's turn at a time",
        _CONSUMER,
        "if regions else None,",
        "if not regions else None,",
        f"{_APART}_a_regions_good_fact_waits_for_one_turn_of_anothers_flood[valid]",
    ),
    mutant(
        "slow-region-has-a-budget",
        "A region whose records take long has a shorter turn",
        f"{CHASSIS}/consuming/reading_order.py",
        "            if seconds > quick:\n",
        "            if seconds < 0:\n",
        f"{_ORDER}_a_slow_regions_turn_becomes_shorter_and_grows_again_when_it_is_quick",
    ),
    mutant(
        "busy-machine-has-long-turns",
        "Where each transaction takes long, turns stay long: shorter ones make the machine busier",
        f"{CHASSIS}/consuming/reading_order.py",
        "_TIMES * self._quickest",
        "0 * self._quickest",
        f"{_ORDER}_turns_stay_long_where_each_transaction_takes_long",
    ),
    mutant(
        "silent-region-is-next",
        "The region whose last turn is longest ago is next",
        f"{CHASSIS}/consuming/reading_order.py",
        "key=lambda one: (self._served.get(one, 0), one))",
        "key=lambda one: one)",
        f"{_ORDER}_a_region_that_has_been_silent_is_next",
    ),
    mutant(
        "partitions-in-turn",
        "Within a region the partition that was longest ago taken from is next",
        f"{CHASSIS}/consuming/reading_order.py",
        "key=lambda one: (self._taken.get(one, 0), one))",
        "key=lambda one: one)",
        f"{_ORDER}_a_regions_partitions_take_turns",
    ),
    mutant(
        "takes-over-from-positions",
        "A group without offsets reads on from what the database knows, not from the beginning",
        f"{CHASSIS}/consuming/progress.py",
        "        at = known if known <= end else begin\n",
        "        at = begin\n",
        f"{_APART}_a_new_group_reads_on_where_the_database_says",
    ),
    mutant(
        "together-is-not-for-long",
        "Keys that take long together are tried one by one: without, other regions wait 25 s",
        _DRAIN,
        "            async with asyncio.timeout(_TOGETHER_SECONDS):",
        "            async with asyncio.timeout(BUDGET):",
        f"{_IN_TURN}_keys_that_take_long_together_are_tried_one_by_one",
    ),
    mutant(
        "each-region-has-its-turn",
        "A full page is ended when each region has had its turn, not among them",
        _DRAIN,
        "            if tried >= _PAGE and region in had:",
        "            if tried >= _PAGE:",
        f"{_IN_TURN}_each_region_has_a_turn_however_many_keys_of_others_are_settled_together",
    ),
    mutant(
        "cap-holds",
        "A region at its cap is not read on",
        f"{CHASSIS}/consuming/back_pressure.py",
        "            self._client.pause(partition)\n",
        "            pass\n",
        f"{_APART}_a_region_at_its_cap_is_not_read_on_until_enough_has_left_the_park",
    ),
    mutant(
        "cap-lets-go",
        "A region is read on when enough of it has left the park",
        f"{CHASSIS}/consuming/back_pressure.py",
        "            self._client.resume(partition)\n",
        "            pass\n",
        f"{_APART}_a_region_at_its_cap_is_not_read_on_until_enough_has_left_the_park",
        seconds=120,
    ),
    mutant(
        "cap-has-low-water",
        "A region is held until a quarter of its cap is free: without, it flaps",
        f"{CHASSIS}/consuming/caps.py",
        "part = _LOW_WATER if was_over else 1.0",
        "part = 1.0",
        f"{_IN_TURN}_a_region_is_over_its_cap_until_a_quarter_has_left",
    ),
    mutant(
        "due-in-turn",
        "Due keys are taken one of each region in turn",
        f"{CHASSIS}/consuming/parking.py",
        "    ORDER BY turn, next_at LIMIT :limit\n",
        "    ORDER BY next_at LIMIT :limit\n",
        f"{_IN_TURN}_a_page_of_due_keys_has_each_region_in_turn",
    ),
    mutant(
        "drain-has-a-budget",
        "A region whose tries take long leaves the page to the others",
        _DRAIN,
        "            if spent[region] >= self.region_seconds:\n                continue\n",
        "",
        f"{_IN_TURN}_a_region_whose_tries_take_long_leaves_the_page_to_the_others",
    ),
    mutant(
        "together-then-alone",
        "Parked keys that fail together are tried alone: without, one holds up the others for ever",
        _DRAIN,
        "            self._alone.update(places)\n",
        "",
        f"{_IN_TURN}_one_that_fails_among_those_that_waited_holds_up_no_other",
    ),
    mutant(
        "rows-that-came-free-keys-together",
        "Keys whose row has come cost one transaction, not one each",
        _DRAIN,
        "tuple(well[at : at + _TOGETHER]) for at in range(0, len(well), _TOGETHER)",
        "(one,) for one in well",
        f"{_IN_TURN}_keys_that_waited_for_one_row_are_settled_together",
    ),
    mutant(
        "absent-rows-are-not-tried",
        "A key is not tried while the row that it waits for is not there",
        f"{CHASSIS}/consuming/awaited.py",
        "return place in self._row_of and place not in self._new and place not in self.arrived",
        "return False",
        f"{_IN_TURN}_keys_that_wait_for_a_row_are_not_tried_before_it_is_there",
    ),
    mutant(
        "absent-rows-have-a-deadline",
        "What waits for a row that never comes is tried a last time, and quarantined",
        f"{CHASSIS}/consuming/parking.py",
        "return self.cause is Cause.NOT_YET_KNOWN and not is_over",
        "return self.cause is Cause.NOT_YET_KNOWN",
        f"{_IN_TURN}_they_are_tried_when_their_deadline_is_over",
    ),
    mutant(
        "others-rows-are-found",
        "Now and then all awaited rows are looked for: another process may have stored one",
        f"{CHASSIS}/consuming/awaited.py",
        "        places = [*self._row_of] if is_due else [*self._new]\n",
        "        places = [*self._new]\n",
        f"{_IN_TURN}_a_row_that_another_process_has_stored_is_found",
    ),
)
