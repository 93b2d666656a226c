"""Rule mutants of who is told of work orders, cases and urgent pickups."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/notifications/notifications"
_TESTS: Final = "services/notifications/tests"
_WORK: Final = f"{_TESTS}/test_work_orders.py::test"

TOLD_OF_WORK: tuple[RuleMutant, ...] = (
    rule_mutant(
        "NTF-2b",
        "Who finished the work is told of it",
        f"{_CODE}/work_orders/handlers.py",
        "_tell(event.requester, NewKind.WORK_ORDER_FINISHED",
        "_tell(event.by, NewKind.WORK_ORDER_FINISHED",
        f"{_WORK}_the_requester_is_told_when_the_work_is_finished",
    ),
    rule_mutant(
        "ACT-3c",
        "The requester is told of finished work that was done alone",
        f"{_CODE}/work_orders/handlers.py",
        "    await _tell(event.requester, NewKind.WORK_ORDER_FINISHED,",
        '    if event.outcome == "done":\n'
        "        await _tell(event.requester, NewKind.WORK_ORDER_FINISHED,",
        f"{_WORK}_the_requester_is_told_when_the_work_is_finished",
    ),
    rule_mutant(
        "ACT-3c",
        "Who decided is told what was decided",
        f"{_CODE}/work_orders/handlers.py",
        "_tell(event.requester, NewKind.APPLICATION_DECIDED",
        "_tell(event.by, NewKind.APPLICATION_DECIDED",
        f"{_WORK}_the_requester_is_told_what_was_decided",
    ),
    rule_mutant(
        "NTF-1c",
        "A message of a work order leads to an order",
        f"{_CODE}/messages/views.py",
        '("orders", "/work-orders")',
        '("orders", "/orders")',
        f"{_WORK}_a_message_leads_to_the_work_order",
    ),
    rule_mutant(
        "NTF-1c",
        "A message of a case leads to an order",
        f"{_CODE}/messages/views.py",
        '("orders", "/cases")',
        '("orders", "/orders")',
        f"{_TESTS}/test_cases.py::test_a_message_leads_to_the_case_and_names_nobody",
    ),
    rule_mutant(
        "ACT-9a",
        "Who answered is told of the answer",
        f"{_CODE}/cases/handlers.py",
        "ToUser(user_id=event.asked_by)",
        "ToUser(user_id=event.by)",
        f"{_TESTS}/test_cases.py::test_who_asked_is_told_of_the_answer",
    ),
    rule_mutant(
        "PCK-3c",
        "Who made a pickup urgent is told of it",
        f"{_CODE}/pickups/handlers.py",
        "        if not (isinstance(to, ToUser) and to.user_id == but):",
        "        if not (isinstance(to, ToUser) and to.user_id is None):",
        f"{_TESTS}/test_pickups.py::test_who_made_it_urgent_is_not_told_of_it",
    ),
    rule_mutant(
        "PCK-3c",
        "Customer service is told twice of an urgent pickup",
        f"{_CODE}/pickups/handlers.py",
        "    if staff not in await _who_is_told(row, tx):",
        "    if staff not in ():",
        f"{_TESTS}/test_pickups.py::"
        "test_customer_service_is_told_once_of_a_unit_without_a_main_responsible",
    ),
)
