"""Rule mutants of patients whom another region, or the state, pays for."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_TOLD: Final = "services/notifications/notifications/home_regions/handlers.py"
_MESSAGE: Final = "services/notifications/tests/test_home_regions.py::test"
_CASES: Final = "services/billing/billing/home_region_cases"
_DOMAIN: Final = f"{_CASES}/domain.py"
_TESTS: Final = "services/billing/tests/test_home_region_cases.py::test"
_TELLING: Final = "services/billing/tests/test_home_region_orders_of_telling.py::test"
_COVERS: Final = "services/orders/orders/placements/covers/domain.py"
_ORDERED: Final = "services/orders/tests/test_covers.py::test"

HOME_REGIONS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-5h",
        "Nobody at the unit hears that the payer is soon invoiced",
        _TOLD,
        "    for to in dict.fromkeys((prescriber, *at_unit)):\n",
        "    for to in (prescriber,):\n",
        f"{_MESSAGE}_the_unit_is_told_too_before_the_payer_is_invoiced",
    ),
    rule_mutant(
        "BIL-5h",
        "A commitment that is missing is told as a fitting that is not finished",
        _TOLD,
        "    if not event.is_fitting_open:\n        post(",
        "    if not event.is_commitment_missing:\n        post(",
        f"{_MESSAGE}_the_prescriber_is_told_of_a_delivery_without_commitment",
    ),
    rule_mutant(
        "BIL-5a",
        "A commitment is not recorded",
        _DOMAIN,
        "    return (recorded,)\n",
        "    return (recorded,)[:0]\n",
        f"{_TESTS}_a_commitment_is_recorded_and_is_asked_for_where_it_is_missing",
    ),
    rule_mutant(
        "BIL-5b",
        "What is finished waits on",
        f"{_CASES}/handlers.py",
        "        await end_waits(row, tx)\n",
        "        tx.cancel_timer(REMIND, key=row.id)\n",
        f"{_TESTS}_what_is_delivered_waits_and_is_charged_when_the_fitting_is_finished",
    ),
    rule_mutant(
        "BIL-5c",
        "It is invoiced a month too late",
        _DOMAIN,
        "delivered_on.month - 1 + months, 12)",
        "delivered_on.month + months, 12)",
        f"{_TESTS}_without_contact_it_is_charged_six_months_after_delivery",
        f"{_TELLING}_six_months_are_the_same_day_or_the_months_last",
    ),
    rule_mutant(
        "BIL-5d",
        "Whom another region pays for pays no fee",
        "services/orders/orders/placements/domain.py",
        "            fee=rule.amount if rule else None,\n",
        "            fee=rule.amount if rule and cover is None else None,\n",
        f"{_ORDERED}_a_patient_of_another_region_pays_the_fee_that_residents_pay",
    ),
    rule_mutant(
        "BIL-5e",
        "What a region's system reports finished is not known",
        _DOMAIN,
        "    return (finished,)\n",
        "    return (finished,)[:0]\n",
        f"{_TESTS}_the_finish_that_a_regions_system_tells_is_charged_at_once",
        f"{_TESTS}_what_a_private_clinic_finishes_comes_from_the_system_that_it_reports_in",
    ),
    rule_mutant(
        "BIL-5f",
        "The days of a rented device are invoiced by the month",
        f"{_CASES}/writes.py",
        "device.waits_until = event.delivered_on, ended or until\n",
        "device.waits_until = event.delivered_on, None and (ended or until)\n",
        f"{_TESTS}_the_days_of_a_rented_device_are_invoiced_when_the_fitting_is_finished",
    ),
    rule_mutant(
        "BIL-5g",
        "What came back on the last day is owed",
        "services/billing/billing/returned/domain.py",
        "    return charge.charged_on  # decision 0433",
        "    return charge.charged_on - timedelta(days=1)  # decision 0433",
        f"{_TELLING}_when_it_came_back_decides_and_not_when_that_is_told",
    ),
    rule_mutant(
        "BIL-11a",
        "A private clinic fits whom the state pays for",
        _COVERS,
        "isinstance(cover, CoveredByState) and parties.service_point.private_clinic",
        "isinstance(cover, CoveredByState) and parties.service_point is None",
        f"{_ORDERED}_a_private_clinic_fits_nobody_for_the_state",
    ),
    rule_mutant(
        "BIL-11b",
        "The state is not charged when the fitting is finished",
        _DOMAIN,
        "    return due if case.reported_on is None else",
        "    return due if case.reported_on is None or case.kind == BY_STATE else",
        f"{_TESTS}_the_finish_that_a_regions_system_tells_is_charged_at_once",
    ),
    rule_mutant(
        "BIL-11c",
        "The state is never charged by itself",
        _DOMAIN,
        "    if until > today:\n",
        "    if until > today or (case.kind == BY_STATE and case.reported_on is None):\n",
        f"{_TESTS}_the_state_pays_as_a_home_region_does_and_gives_no_commitment",
    ),
)
