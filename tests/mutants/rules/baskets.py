"""Rule mutants of basket loans: lent, acted on, charged, overdue."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_ORDERS: Final = "services/orders/orders/baskets"
_LENDING: Final = f"{_ORDERS}/lending/domain.py"
_RULES: Final = f"{_ORDERS}/domain.py"
_STOCK: Final = "services/inventory/inventory"
_LOAN: Final = "services/orders/tests/test_baskets.py::test"
_SHELF: Final = "services/inventory/tests/test_baskets.py::test"
_COUNTED: Final = "services/inventory/tests/stocktaking/test_lent.py::test"
_MONEY: Final = "services/billing/tests/test_baskets.py::test"
_MESSAGE: Final = "services/notifications/tests/test_baskets.py::test"

BASKETS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-10a",
        "A loan lasts its days without regard to weekends",
        _LENDING,
        "        due_on=working_days_after(today, policy.order.basket_days),\n",
        "        due_on=today.replace(day=today.day + policy.order.basket_days),\n",
        f"{_LOAN}_a_loan_has_a_number_and_five_working_days_and_no_recipient",
    ),
    rule_mutant(
        "ORD-10b",
        "Every unit's store lends baskets",
        _LENDING,
        "    if store not in policy.stores.own:\n",
        "    if not store:\n",
        f"{_LOAN}_a_store_that_the_policy_does_not_name_lends_no_baskets",
    ),
    rule_mutant(
        "ORD-10c",
        "A loan is numbered from its second line on",
        _LENDING,
        "        for number, line in enumerate(lines, 1)\n",
        "        for number, line in enumerate(lines, 2)\n",
        f"{_LOAN}_a_loan_has_a_number_and_five_working_days_and_no_recipient",
    ),
    rule_mutant(
        "ORD-10d",
        "What is lent stays available",
        f"{_STOCK}/baskets/writes.py",
        "MoveKind.RESERVED, available=-line.quantity, reserved=1)\n",
        "MoveKind.RESERVED, available=0, reserved=1)\n",
        f"{_SHELF}_a_basket_claims_its_devices_and_lowers_the_available_balance",
    ),
    rule_mutant(
        "ORD-10e",
        "An act puts nothing back",
        f"{_STOCK}/baskets/domain.py",
        "    return (*delivered, *put_back)\n",
        "    return delivered or tuple(put_back)\n",
        f"{_SHELF}_an_act_delivers_lines_and_puts_others_back_in_one_transaction",
    ),
    rule_mutant(
        "ORD-10f",
        "A fee is delivered in the act of its device",
        _RULES,
        "    if line.is_fee:\n",
        "    if line.is_fee and line.outcome is not None:\n",
        f"{_LOAN}_a_fee_is_delivered_in_an_act_of_its_own_to_who_has_the_goods",
    ),
    rule_mutant(
        "ORD-10g",
        "A loan is over with its first line",
        _RULES,
        "    if basket.open_lines:\n",
        "    if len(basket.open_lines) == len(basket.lines):\n",
        f"{_LOAN}_it_stays_open_until_every_line_is_over",
    ),
    rule_mutant(
        "ORD-10h",
        "Anybody acts on a basket",
        _RULES,
        '    if is_named or works_there or by.may_for_all("orders.basket-loan.act"):\n',
        "    if is_named or works_there or by.active:\n",
        f"{_LOAN}_colleagues_act_on_it_and_outsiders_do_not",
    ),
    rule_mutant(
        "ORD-10i",
        "An overdue loan is told once",
        f"{_ORDERS}/writes.py",
        "due=start_of_day(tx.today + timedelta(days=1)))\n",
        "due=start_of_day(tx.today + timedelta(days=99)))\n",
        f"{_LOAN}_an_overdue_loan_is_told_each_day_until_nothing_is_lent",
    ),
    rule_mutant(
        "ORD-10j",
        "What was granted too late stays set aside",
        f"{_STOCK}/baskets/handlers.py",
        "    if released:\n",
        "    if not released:\n",
        f"{_SHELF}_what_was_granted_too_late_is_free_again",
    ),
    rule_mutant(
        "ORD-10k",
        "A line is put back after it was delivered",
        f"{_STOCK}/baskets/domain.py",
        "    if basket.status is not Status.LENT or not open_lines.keys() >= set(named):\n",
        "    if basket.status is Status.DECLINED:\n",
        f"{_SHELF}_an_act_that_names_an_ended_line_is_refused_whole",
    ),
    rule_mutant(
        "ORD-10k",
        "Two acts wait for one line",
        _RULES,
        "    if line.act_id is not None:\n",
        "    if line.act_id is not None and line.outcome is not None:\n",
        f"{_LOAN}_a_line_is_in_one_act_and_ends_once",
    ),
    rule_mutant(
        "ORD-10l",
        "What is lent is missing at once",
        f"{_STOCK}/stocktakings/queries.py",
        "        BasketOrderRow.due_on >= stockholm_day(at),\n",
        "        BasketOrderRow.due_on < stockholm_day(at),\n",
        f"{_COUNTED}_what_is_lent_is_not_missing_until_its_last_day",
    ),
    rule_mutant(
        "ORD-10l",
        "Every line of a basket was out until one of it was put back",
        f"{_STOCK}/stocktakings/queries.py",
        "        if line.line_id in freed\n",
        "        if line.line_id is not None\n",
        f"{_COUNTED}_what_was_put_back_before_the_count_and_not_found_is_missing",
        f"{_COUNTED}_a_line_put_back_after_the_count_says_nothing_of_an_overdue_one",
    ),
    rule_mutant(
        "ORD-10l",
        "Unmarked goods are lent for ever",
        f"{_STOCK}/stocktakings/queries.py",
        "StockMoveRow.cause_id.in_(_baskets_in_time(tx, store, max(of_day.values())))",
        "StockMoveRow.cause_id.is_not(None)",
        f"{_COUNTED}_unmarked_goods_that_are_overdue_are_missing",
    ),
    rule_mutant(
        "ORD-18d",
        "A basket has no line for a fee",
        _LENDING,
        "    return (*lent, *fees)\n",
        "    return tuple(lent) if fees else tuple(lent)\n",
        f"{_LOAN}_a_fee_gets_a_line_of_its_own_and_nobody_chooses_it",
    ),
    rule_mutant(
        "ORD-18d",
        "A basket's fee is charged to nobody",
        "services/billing/billing/handlers.py",
        "    if isinstance(event.recipient, PatientRecipient):\n        received",
        "    if event.recipient.kind == 'care_unit':\n        received",
        f"{_MONEY}_a_fee_is_charged_to_the_patient_as_of_the_line_with_the_goods",
    ),
    rule_mutant(
        "ORD-18f",
        "Who is to pay nothing has an open fee",
        _RULES,
        "        if fee.fee_of == line_id and (outcome != DELIVERED or fee.fee is None)\n",
        "        if fee.fee_of == line_id and outcome != DELIVERED\n",
        f"{_LOAN}_who_is_to_pay_nothing_gets_no_fee",
    ),
    rule_mutant(
        "NTF-2i",
        "An overdue loan is told as a declined one",
        "services/notifications/notifications/baskets/handlers.py",
        "    await _tell(event.prescriber, NewKind.BASKET_OVERDUE, event.order_id, tx)\n",
        "    await _tell(event.prescriber, NewKind.BASKET_DECLINED, event.order_id, tx)\n",
        f"{_MESSAGE}_the_prescriber_is_told_each_day_that_a_loan_is_overdue",
    ),
)
