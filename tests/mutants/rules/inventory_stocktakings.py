"""Rule mutants of inventory: stocktakings, and what they miss."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_TAKING: Final = f"{_CODE}/stocktakings"
_COUNTED: Final = "services/inventory/tests/test_what_is_counted.py::test"
_FOLDER: Final = "services/inventory/tests/stocktaking"
_POSTING: Final = f"{_FOLDER}/test_posting.py::test"
_MISSING: Final = f"{_FOLDER}/test_missing_devices.py::test"
_PLANNING: Final = f"{_FOLDER}/test_planning.py::test"
_SCANNED: Final = f"{_FOLDER}/test_scanned.py::test"

STOCKTAKINGS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-5n",
        "Who counts from one hides a code's own article where a shelf is counted",
        f"{_TAKING}/queries.py",
        ".order_by(*first, DeviceRow.device_number)",
        ".order_by(DeviceRow.device_number)",
        f"{_SCANNED}_the_codes_own_article_is_read_before_others_with_the_same_serial_number",
    ),
    rule_mutant(
        "REF-7i",
        "What is counted over the ledger is put into a private clinic's store",
        f"{_TAKING}/handlers.py",
        "if any(change > 0 for change in found.moves.values()):",
        "if any(change > 10_000_000 for change in found.moves.values()):",
        f"{_POSTING}_a_private_clinics_store_takes_nothing_in_that_was_counted_over",
    ),
    rule_mutant(
        "INV-10a",
        "A store is counted once and never again",
        f"{_TAKING}/handlers.py",
        "await _plan(tx, row.store, after=max(",
        "max((",
        f"{_PLANNING}_a_store_is_counted_once_a_year",
    ),
    rule_mutant(
        "INV-10a",
        "A store that was counted in good time is to be counted once more in the same year",
        f"{_TAKING}/handlers.py",
        "after=max(tx.today, row.planned_on)",
        "after=min(tx.today, row.planned_on)",
        f"{_PLANNING}_a_store_is_counted_once_a_year",
    ),
    rule_mutant(
        "INV-10e",
        "What was scrapped is missing too",
        f"{_TAKING}/queries.py",
        "        which,\n        DeviceRow.status.not_in(GONE),\n",
        "        which,\n        DeviceRow.status.is_not(None),\n",
        f"{_COUNTED}_what_is_gone_from_a_store_is_not_missing_there",
    ),
    rule_mutant(
        "INV-10e",
        "What was scrapped may stand for what is missing",
        f"{_TAKING}/domain.py",
        "return was_in != store or is_gone or is_sent",
        "return was_in != store or is_sent",
        f"{_COUNTED}_what_is_gone_cannot_stand_for_what_is_missing",
    ),
    rule_mutant(
        "INV-10e",
        "What is searched for is available",
        f"{_TAKING}/writes.py",
        "(away, 0, 1, 0),",
        "(away, 1, 0, 0),",
        f"{_COUNTED}_what_is_searched_for_is_available_to_nobody",
    ),
    rule_mutant(
        "REF-12k",
        "Any unit says that it has found what was missing",
        "contracts/kvitt_contracts/access/inventory.py",
        "        inventory.FindDevice,\n        STAFF,\n",
        "        inventory.FindDevice,\n        WORKS,\n",
        f"{_POSTING}_over_http_a_unit_counts_and_customer_service_posts_and_finds",
    ),
    rule_mutant(
        "INV-10c",
        "A count of a service is taken",
        f"{_TAKING}/domain.py",
        "if article.type not in COUNTED_TYPES:",
        "if article.type not in (*COUNTED_TYPES, ArticleType.SERVICE):",
        f"{_COUNTED}_a_service_is_not_counted",
    ),
    rule_mutant(
        "INV-10g",
        "What is found may be put into the investigation store, free",
        f"{_TAKING}/domain.py",
        "if kind is StoreKind.INVESTIGATION:",
        "if kind is StoreKind.PURCHASING:",
        f"{_COUNTED}_what_is_found_is_put_into_a_store_where_it_can_be_used",
    ),
    rule_mutant(
        "INV-10c",
        "Services are counted too, and accessories are not",
        f"{_TAKING}/domain.py",
        "ArticleType.MAIN_DEVICE, ArticleType.ACCESSORY, ArticleType.SPARE_PART",
        "ArticleType.MAIN_DEVICE, ArticleType.SERVICE, ArticleType.SPARE_PART",
        f"{_PLANNING}_the_basis_is_what_has_a_balance_or_has_moved_and_no_service",
    ),
    rule_mutant(
        "INV-10d",
        "What is missing is added",
        f"{_TAKING}/writes.py",
        "moves[number] = one.counted - stood",
        "moves[number] = stood - one.counted",
        f"{_POSTING}_what_differs_is_posted_as_a_move_with_the_stocktaking_as_its_cause",
    ),
    rule_mutant(
        "INV-10e",
        "What is not found stays in its store",
        f"{_TAKING}/writes.py",
        "_to(one, away or row.store, row, tx)",
        "_to(one, row.store, row, tx)",
        f"{_MISSING}_a_marked_device_that_is_not_found_goes_to_the_investigation_store",
    ),
    rule_mutant(
        "INV-10g",
        "What is found again stays claimed",
        f"{_TAKING}/writes.py",
        "    row.claim = None\n",
        "    row.claim = claim\n",
        f"{_MISSING}_a_device_that_is_found_again_is_put_back_and_is_free",
    ),
    rule_mutant(
        "BMB-12d",
        "What is searched for is said to be in another transfer",
        f"{_CODE}/devices/domain.py",
        'ClaimKind.INVESTIGATION: "IN_INVESTIGATION"',
        'ClaimKind.INVESTIGATION: "IN_TRANSFER"',
        f"{_MISSING}_what_a_stocktaking_misses_cannot_be_transferred_and_is_told_why",
    ),
    rule_mutant(
        "INV-10h",
        "What one has scanned takes the place of what another has",
        f"{_TAKING}/tallies/domain.py",
        "seen = dict.fromkeys([*before, *scanned])",
        "seen = dict.fromkeys([*scanned])",
        f"{_SCANNED}_what_anybody_has_scanned_of_a_shelf_stays_counted",
    ),
    rule_mutant(
        "INV-10h",
        "Two who say different numbers are posted as the last one says",
        f"{_TAKING}/tallies/domain.py",
        "if others and all(one.counted != latest.counted for one in others):",
        "if others and all(one.counted is None for one in others):",
        f"{_SCANNED}_where_two_say_different_numbers_it_is_counted_anew_until_two_agree",
    ),
    rule_mutant(
        "INV-10i",
        "What stands in no store counts as it is scanned",
        f"{_TAKING}/tallies/domain.py",
        "    if is_elsewhere:\n        return Answer.ELSEWHERE\n",
        "    if is_elsewhere and is_counted:\n        return Answer.ELSEWHERE\n",
        f"{_SCANNED}_what_is_elsewhere_is_not_counted",
    ),
    rule_mutant(
        "INV-8d",
        "The slip says nothing of the device",
        f"{_CODE}/supplier_returns/documents.py",
        'device_number=device.device_number if device else "",',
        'device_number="",',
        "services/inventory/tests/test_supplier_returns.py::test"
        "_a_return_is_listed_and_its_slip_goes_along",
    ),
)
