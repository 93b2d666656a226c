"""Rule mutants of who reads what of billing."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_QUERIES: Final = f"{_CODE}/queries.py"
_TESTS: Final = "services/billing/tests/test_reach.py::test"

REACH: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-18b",
        "A unit reads what every unit is billed",
        _QUERIES,
        "mine = CustomerRow.customer_id.in_(sorted(caller.service_points))",
        "mine = CustomerRow.customer_id.is_not(None)",
        f"{_TESTS}_a_unit_reads_what_its_payer_is_billed_and_nothing_of_a_patient",
    ),
    rule_mutant(
        "REF-18b",
        "A unit reads patients' invoices",
        _QUERIES,
        "lambda caller: _is_billed_to(InvoiceRow.payer_key, caller)",
        "lambda _: InvoiceRow.payer_key.startswith('patient/')",
        f"{_TESTS}_a_unit_reads_what_its_payer_is_billed_and_nothing_of_a_patient",
    ),
    rule_mutant(
        "REF-18b",
        "A unit reads what patients are charged",
        _QUERIES,
        "lambda caller: _is_billed_to(ChargeRow.payer_key, caller)",
        "lambda _: ChargeRow.payer_key.startswith('patient/')",
        f"{_TESTS}_a_unit_reads_what_its_payer_is_billed_and_nothing_of_a_patient",
    ),
    rule_mutant(
        "REF-18b",
        "A unit that has paid for a device sees who pays for it now",
        f"{_CODE}/views.py",
        "payer = period.payer_id if period.payer_id in payers else None",
        "payer = period.payer_id",
        f"{_TESTS}_a_unit_sees_its_own_payers_days_of_a_device_and_not_who_pays_besides",
    ),
    rule_mutant(
        "REF-18c",
        "A device that others pay for is shown",
        _QUERIES,
        "also=lambda caller: _has_been_paid_by(caller)",
        "also=lambda _: DeviceRow.device_id.is_not(None)",
        f"{_TESTS}_what_is_billed_to_others_is_as_if_it_did_not_exist",
    ),
    rule_mutant(
        "REF-18d",
        "A user who moves reads what the unit that they came from pays",
        f"{_CODE}/handlers.py",
        "messages.project(UserRegistered, UserRow)",
        "messages.amend(UserRegistered, UserRow, service_points=lambda _: ('40201',))",
        f"{_TESTS}_reach_is_what_the_register_says_now",
    ),
    rule_mutant(
        "REF-19e",
        "Customer service reads what a protected person is charged",
        _QUERIES,
        "    protected=lambda: ChargeRow.payer_key.in_(_keys_of_protected()),\n",
        "    protected=lambda: ChargeRow.payer_key.is_(None),\n",
        f"{_TESTS}_what_a_protected_person_is_billed_is_the_regions_systems_alone",
    ),
    rule_mutant(
        "REF-19e",
        "An earlier reference of a protected person is billed in the open",
        _QUERIES,
        "cast(found.union(aliases).c.person, Text)",
        "cast(found.c.person, Text)",
        f"{_TESTS}_what_a_protected_person_is_billed_is_the_regions_systems_alone",
    ),
    rule_mutant(
        "REF-18e",
        "Who is inactive reads on",
        f"{_CODE}/handlers.py",
        "messages.project(UserRegistered, UserRow)",
        "messages.project(UserRegistered, UserRow, active=True)",
        f"{_TESTS}_who_is_inactive_reads_nothing_at_once",
    ),
)
