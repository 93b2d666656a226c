"""Rule mutants of devices that nobody prescribes: fault reports, who answers, who is told."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_RULES: Final = "services/orders/orders/fault_reports/domain.py"
_TEST: Final = "services/orders/tests/test_fault_reports.py::test"
_RISK: Final = "services/orders/tests/test_risk_assessments.py::test"
_SET: Final = "services/inventory/inventory/fault_reports/domain.py"
_SET_TEST: Final = "services/inventory/tests/test_prescribers.py::test"
_TOLD: Final = "services/notifications/tests/test_fault_reports.py::test"

FAULT_REPORTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ACT-6a",
        "A prescriber who has left is taken for a current one",
        _RULES,
        "    if device.prescriber is not None and device.prescriber.has(Role.PRESCRIBER):\n",
        "    if device.prescriber is not None:\n",
        f"{_TEST}_a_fault_on_a_device_whose_prescriber_has_left_waits_for_the_unit",
    ),
    rule_mutant(
        "ACT-6a",
        "What is bought is taken for rented",
        _RULES,
        "    if device.charging is Charging.SALE:\n",
        "    if device.charging is None:\n",
        f"{_TEST}_what_is_bought_or_in_a_store_is_not_rented",
    ),
    rule_mutant(
        "ACT-6b",
        "Whoever works there answers though there is a main responsible",
        _RULES,
        "    if there and (not responsible or by.user_id in responsible):\n",
        "    if there:\n",
        f"{_TEST}_only_who_answers_for_the_unit_names_a_prescriber",
    ),
    rule_mutant(
        "ACT-6b",
        "What a transfer claims gets a prescriber all the same",
        _SET,
        "    if claim is not None:\n",
        "    if claim is not None and device.store is not None:\n",
        f"{_SET_TEST}_a_device_in_a_transfer_gets_no_prescriber_until_it_is_free",
    ),
    rule_mutant(
        "ACT-6c",
        "The milder assessment holds",
        _RULES,
        "        return min(assessed, key=_STRICTEST_FIRST.index, default=None)\n",
        "        return max(assessed, key=_STRICTEST_FIRST.index, default=None)\n",
        f"{_RISK}_the_stricter_of_both_assessments_holds",
    ),
    rule_mutant(
        "ACT-6c",
        "A first assessment replaces one that nobody has read",
        _RULES,
        '    if _said(report, _word(Side, side, field="side")) not in (None, use):\n',
        "    if False:\n",
        f"{_RISK}_a_first_assessment_replaces_none_that_was_made_meanwhile",
    ),
    rule_mutant(
        "NTF-2m",
        "The main responsible is not told",
        "services/notifications/notifications/fault_reports/handlers.py",
        "    for to in told:\n",
        "    for to in told[1:]:\n",
        f"{_TOLD}_the_main_responsible_is_told_of_a_fault",
    ),
    rule_mutant(
        "BMB-14b",
        "A colleague names a prescriber for what nobody prescribes",
        "services/bmb/bmb/parties/domain.py",
        "        if leaders and sender.id not in leaders:\n",
        "        if leaders and sender.id in ():\n",
        "services/bmb/tests/test_unprescribed.py::test"
        "_a_colleague_names_no_prescriber_for_what_nobody_prescribes",
    ),
    rule_mutant(
        "BMB-14b",
        "What a prescriber who has left prescribed is not listed",
        "services/inventory/inventory/devices/queries.py",
        "    return and_(DeviceRow.payer_id.is_not(None), ~prescribe.exists())\n",
        "    return and_(DeviceRow.payer_id.is_not(None), DeviceRow.prescriber.is_(None))\n",
        f"{_SET_TEST}_a_unit_lists_what_it_pays_for_and_nobody_prescribes",
    ),
)
