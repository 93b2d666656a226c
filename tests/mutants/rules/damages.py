"""Rule mutants of what is stolen, lost or damaged, and who pays for that."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_DAMAGES: Final = "services/inventory/inventory/damages/domain.py"
_RECORDS: Final = "services/inventory/inventory/devices/records/domain.py"
_CHARGES: Final = "services/billing/billing/device_charges/domain.py"
_TOLD: Final = "services/notifications/notifications/devices/handlers.py"
_RECORDED: Final = "services/inventory/tests/test_damages.py::test"
_CONDITIONS: Final = "services/inventory/inventory/conditions"
_STATED: Final = "services/inventory/tests/test_conditions.py::test"
_CHARGED: Final = "services/billing/tests/test_damages.py::test"

DAMAGES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-15a",
        "What is decided is a record of its own",
        _RECORDS,
        "    if all((one.kind, one.happened_on) != named for one in damages):",
        "    if all((one.outcome, one.happened_on) != named for one in damages):",
        f"{_RECORDED}_what_has_happened_is_recorded_on_the_device_with_what_was_decided",
    ),
    rule_mutant(
        "INV-15b",
        "What is damaged is searched for as what is lost",
        _RECORDS,
        "MISSING = frozenset({DamageKind.STOLEN, DamageKind.LOST})",
        "MISSING = frozenset(DamageKind)",
        f"{_RECORDED}_what_is_damaged_stays_where_it_is",
    ),
    rule_mutant(
        "INV-15b",
        "What is stolen leaves its holder a day before",
        _DAMAGES,
        "        since=on,\n        cause=CustodyCause(damage=Word(kind)),",
        "        since=date.min,\n        cause=CustodyCause(damage=Word(kind)),",
        f"{_RECORDED}_what_is_stolen_or_lost_leaves_its_holder_and_is_searched_for",
    ),
    rule_mutant(
        "INV-15c",
        "Whoever reports decides who pays",
        _DAMAGES,
        "    if not is_customer_service:",
        "    if not is_customer_service and decision.payer_id is None:",
        f"{_RECORDED}_what_cannot_be_recorded_or_decided_is_refused_with_field_rule_and_way_on",
    ),
    rule_mutant(
        "INV-15d",
        "Customer service is told of what is decided",
        _TOLD,
        '    if event.outcome == "undecided":',
        '    if event.outcome != "undecided":',
        "services/notifications/tests/test_devices.py"
        "::test_customer_service_is_told_of_what_it_is_to_decide",
    ),
    rule_mutant(
        "INV-15e",
        "What is lost on its way is taken out of the balance that it left before",
        f"{_CONDITIONS}/handlers.py",
        "    left = None if now.is_on_its_way else stood_in\n",
        "    left = stood_in\n",
        f"{_STATED}_what_is_lost_on_its_way_does_not_arrive",
    ),
    rule_mutant(
        "INV-15e",
        "What a region states is lost is recorded as damaged",
        f"{_CONDITIONS}/domain.py",
        "        recorded=_recorded(now.device_id, kind, on, by),",
        "        recorded=_recorded(now.device_id, DamageKind.DAMAGED, on, by),",
        f"{_STATED}_what_a_region_states_is_missing_is_recorded_and_searched_for",
    ),
    rule_mutant(
        "INV-15f",
        "What a region states is found is still claimed by the search for it",
        "services/inventory/inventory/stocktakings/writes.py",
        "    row.claim = None\n",
        "",
        f"{_STATED}_what_was_lost_is_found_and_is_free_in_the_store_that_is_named",
    ),
    rule_mutant(
        "INV-15g",
        "What is scrapped from a loan goes on being paid for",
        f"{_CONDITIONS}/domain.py",
        "        changes=_comes_to(now, place, on, _cause_of_coming(now)) if comes else (),",
        "        changes=(),",
        f"{_STATED}_what_is_scrapped_from_a_loan_is_paid_by_nobody_from_that_day",
    ),
    rule_mutant(
        "INV-15g",
        "What is scrapped stays claimed by the pickup that is on its way",
        f"{_CONDITIONS}/handlers.py",
        '    await break_claim(tx, row, reason="SCRAPPED")\n',
        "",
        f"{_STATED}_what_is_scrapped_leaves_the_pickup_that_is_on_its_way",
    ),
    rule_mutant(
        "INV-7e",
        "What was scrapped at its return comes into the store",
        "services/inventory/inventory/returned_goods/handlers.py",
        "Counter({} if fact.is_scrapped else {(fact.store, number): fact.quantity})",
        "Counter({(fact.store, number): fact.quantity})",
        "services/inventory/tests/test_returned_goods.py"
        "::test_what_is_scrapped_at_its_return_comes_into_no_store",
    ),
    rule_mutant(
        "BIL-8c",
        "What is decided anew is owed besides",
        _CHARGES,
        "        if charge.status is ChargeStatus.RAISED and not _is_owed_as(recorded, charge)",
        "        if charge.status is ChargeStatus.DEFERRED and not _is_owed_as(recorded, charge)",
        f"{_CHARGED}_what_is_decided_anew_takes_back_what_was_charged",
    ),
    rule_mutant(
        "BIL-8c",
        "What is found is owed still",
        "services/billing/billing/services/domain.py",
        "{REGION_SALE, LOST_DEVICE, STOLEN_DEVICE, MISSING_DEVICE}",
        "{REGION_SALE, LOST_DEVICE}",
        f"{_CHARGED}_what_is_found_is_not_owed_but_a_damage_is",
    ),
)
