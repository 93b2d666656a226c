"""Rule mutants of what a patient brings from another region."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_RULES: Final = f"{_CODE}/takeovers/domain.py"
_TESTS: Final = "services/inventory/tests/test_takeovers.py::test"
_TOLD: Final = "services/notifications/tests/test_devices.py::test"

TAKEOVERS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-12l",
        "Any unit registers what it has bought over",
        "contracts/kvitt_contracts/access/inventory.py",
        "        inventory.TakeOverDevice,\n        STAFF,\n",
        "        inventory.TakeOverDevice,\n        WORKS,\n",
        f"{_TESTS}_customer_service_registers_it_over_http_and_its_unit_sees_whose_it_is",
    ),
    rule_mutant(
        "INV-12a",
        "Who approved it is not told, but who asked",
        _RULES,
        "approver=command.approver,",
        "approver=command.by,",
        f"{_TESTS}_what_is_bought_stands_in_the_units_store_with_all_that_was_told_of_it",
    ),
    rule_mutant(
        "INV-12b",
        "What is outside the assortment is not bought",
        _RULES,
        "    if command.from_region == region:",
        "    if command.from_region == region or not article.in_assortment:",
        f"{_TESTS}_what_is_outside_the_assortment_may_be_bought",
    ),
    rule_mutant(
        "INV-12c",
        "Any unit's store takes it",
        _RULES,
        "if place.kind is not StoreKind.OWN or not is_units:",
        "if place.kind is not StoreKind.OWN and not is_units:",
        f"{_TESTS}_what_is_outside_the_regions_rules_is_not_bought",
    ),
    rule_mutant(
        "INV-12c",
        "It is bought to who gets nothing new",
        _RULES,
        "    if not may_receive:",
        "    if not may_receive and not article.marked:",
        f"{_TESTS}_what_is_outside_the_regions_rules_is_not_bought",
    ),
    rule_mutant(
        "INV-12d",
        "Anybody gets what came with a patient",
        f"{_CODE}/withdrawals/domain.py",
        "    if wanted.is_meant_for_another:",
        "    if wanted.is_meant_for_another and wanted.claim is not None:",
        f"{_TESTS}_it_is_withdrawn_to_its_patient_and_to_nobody_else",
    ),
    rule_mutant(
        "INV-12d",
        "A transfer takes it to anybody",
        f"{_CODE}/holds/domain.py",
        "    if wanted.device.meant_for is not None:",
        "    if wanted.device.meant_for is not None and at is None:",
        f"{_TESTS}_no_transfer_and_no_dispatch_takes_it_before_its_patient_has_it",
    ),
    rule_mutant(
        "BMB-14a",
        "What every supplier sends is told too, and what a patient brings is not",
        "services/notifications/notifications/devices/handlers.py",
        "    if unit is None:\n        return\n",
        "    if unit is not None:\n        return\n    unit = ServicePointId(event.store)\n",
        f"{_TOLD}_the_main_responsible_is_told_of_what_a_patient_has_brought",
    ),
)
