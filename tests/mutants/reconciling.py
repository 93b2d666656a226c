"""Mutants of the reconciliation: what each night's comparison would pass over, and who is told."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, mutant

_TESTS: Final = "chassis/tests/test_reconciling.py::test"
_INVENTORY: Final = "services/inventory/inventory"
_CHECKS: Final = "services/inventory/tests/test_checks.py::test"
_CLAIMED: Final = f"{_CHECKS}_a_claim_that_does_not_agree_is_found_by_its_key"
_RECONCILING: Final = f"{CHASSIS}/operating/reconciling.py"

RECONCILING: tuple[Mutant, ...] = (
    mutant(
        "heard-up-to-the-marks",
        "What another service has said and this one has not applied yet is no difference",
        f"{CHASSIS}/operating/checks.py",
        "            if not read.get(said.key, 0) < said.seq <= marks.get(said.key, 0):\n",
        "            if not read.get(said.key, 0) < said.seq:\n",
        f"{_TESTS}_what_another_service_says_is_cut_where_the_marks_stand",
    ),
    mutant(
        "heard-once",
        "What stands on a topic twice is taken once",
        f"{CHASSIS}/operating/checks.py",
        "            read[said.key] = said.seq\n",
        "",
        f"{_TESTS}_what_another_service_says_is_cut_where_the_marks_stand",
    ),
    mutant(
        "a-topic-is-read-to-its-end",
        "A topic is read until each partition's end, page after page",
        f"{CHASSIS}/consuming/replaying.py",
        "left = {place for place in left if await consumer.position(place) < ends[place]}",
        "left = set()",
        "chassis/tests/test_replaying.py::test_everything_on_a_topic_is_read_in_each_keys_order",
    ),
    mutant(
        "a-failing-check-stops-no-other",
        "A comparison that cannot be made stops no other one",
        _RECONCILING,
        "            failed = describe(error)\n",
        "            raise\n",
        f"{_TESTS}_a_check_that_fails_says_so_and_stops_no_other",
    ),
    mutant(
        "differences-of-ones-region",
        "Who operates one region sees its differences alone",
        _RECONCILING,
        '    mine = [one for one in about["differences"] if region in (None, one)]\n',
        '    mine = list(about["differences"])\n',
        f"{_TESTS}_who_operates_one_region_sees_its_differences_alone",
    ),
    mutant(
        "a-difference-is-told-by-its-key",
        "Each key that differs is a line of the log",
        _RECONCILING,
        "        for one in found[:SHOWN]:\n",
        "        for one in found[:0]:\n",
        f"{_TESTS}_what_differs_is_measured_listed_and_told_by_its_key",
    ),
    mutant(
        "a-night-is-taken-once",
        "A night is one process' alone",
        _RECONCILING,
        "what = 'reconciliation-taken' AND at >= :due",
        "what = 'reconciliation-taken' AND at > 'infinity'",
        f"{_TESTS}_a_night_that_was_missed_is_made_up_by_one_process_once",
    ),
    mutant(
        "claims-are-their-holds",
        "A device that nothing holds and something claims is found",
        f"{_INVENTORY}/claims/domain.py",
        "                is_backed = hold is not None and claim.device_id in hold.devices\n",
        "                is_backed = hold is None or claim.device_id in hold.devices\n",
        f"{_CLAIMED}[a claim of no hold]",
    ),
    mutant(
        "holds-are-claimed",
        "A device that is held and not claimed is found",
        f"{_INVENTORY}/claims/domain.py",
        "        if claim_of is None or claim_of.by != claimant:\n",
        "        if claim_of is not None and claim_of.by != claimant:\n",
        f"{_CLAIMED}[a claim is gone]",
    ),
    mutant(
        "holds-end-with-their-transfers",
        "A hold that goes on after its transfer's end is found",
        f"{_INVENTORY}/claims/domain.py",
        "        elif hold.status is Status.GRANTED and asked.has_ended:\n",
        "        elif hold.status is Status.REFUSED and asked.has_ended:\n",
        f"{_CLAIMED}[a hold that its transfer's end did not reach]",
    ),
    mutant(
        "balances-are-their-moves",
        "A balance that its moves do not make is found",
        f"{_INVENTORY}/stock/queries.py",
        "               coalesce(b.available, 0) <> coalesce(s.available, 0) AS available,\n",
        "               coalesce(b.available, 0) < 0 AS available,\n",
        f"{_CHECKS}_a_balance_that_its_moves_do_not_make_is_found",
    ),
    mutant(
        "lives-are-their-events",
        "A life that its table tells otherwise than its events is found",
        f"{_INVENTORY}/custody/domain.py",
        "        if getattr(one.entry.custody, field) != getattr(other.entry.custody, field):\n",
        "        if not hasattr(other.entry.custody, field):\n",
        f"{_CHECKS}_a_life_that_its_table_tells_otherwise_is_found_with_field_and_day",
    ),
    mutant(
        "change-points-are-custody",
        "A day that billing bills to another payer than custody has is found",
        "services/billing/billing/rents/domain.py",
        "if _payer_from(here, day) != _payer_from(told, day))",
        "if bool(_payer_from(here, day)) != bool(_payer_from(told, day)))",
        "services/billing/tests/test_payers_check.py"
        "::test_a_payer_who_is_not_custodys_is_found_with_the_days[a day late]",
    ),
)
