"""Rule mutants of delayed fees: when one is due, pauses, returns before."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_TESTS: Final = "services/billing/tests"
_FEES: Final = f"{_TESTS}/test_delayed_fees.py::test"
_HTTP: Final = f"{_TESTS}/test_delayed_fees_http.py::test"
_DOMAIN: Final = f"{_CODE}/delayed_fees/domain.py"
_RETURNED: Final = f"{_CODE}/returned/domain.py"
_HANDLERS: Final = f"{_CODE}/handlers.py"
_QUERIES: Final = f"{_CODE}/queries.py"
_IN_BETWEEN: Final = "(points, first=received_on, last="
_NEVER: Final = "(points, first=due, last="
_DUE: Final = f"{_FEES}_a_fee_is_due_on_a_months_first_working_day_when_its_days_have_passed"

DELAYED_FEES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-3c",
        "A delayed fee is charged when its unit is received",
        _HANDLERS,
        "    if timing == DELAYED:\n",
        '    if timing == "never":\n',
        f"{_FEES}_a_delayed_fee_waits_and_is_charged_on_its_day",
    ),
    rule_mutant(
        "BIL-3c",
        "What waits is never charged",
        _DOMAIN,
        "    return (raised,)\n",
        "    return (raised,)[:0]\n",
        f"{_FEES}_a_delayed_fee_waits_and_is_charged_on_its_day",
    ),
    rule_mutant(
        "BIL-3c",
        "It is due on a month's first day, also on a Sunday",
        _DOMAIN,
        "    return working_days_after(month.replace(day=1), 0)\n",
        "    return month.replace(day=1) + 0 * (month - working_days_after(month, 0))\n",
        _DUE,
    ),
    rule_mutant(
        "BIL-3c",
        "What waits is invoiced",
        _QUERIES,
        "        ChargeRow.status == domain.ChargeStatus.RAISED,\n",
        "",
        f"{_FEES}_what_waits_is_on_no_invoice_even_where_its_day_has_passed",
    ),
    rule_mutant(
        "BIL-3e",
        "The printed table rules, whatever the policy says",
        _DOMAIN,
        '    if calendar == "table":\n',
        '    if calendar != "":\n',
        _DUE,
        f"{_FEES}_ninety_whole_days_have_always_passed_and_no_month_too_many",
    ),
    rule_mutant(
        "BIL-3e",
        "There is no table",
        _DOMAIN,
        '    if calendar == "table":\n',
        '    if calendar == "":\n',
        _DUE,
    ),
    rule_mutant(
        "BIL-3g",
        "The day of receipt is one of the 90",
        _DOMAIN,
        "timedelta(days=WHOLE_DAYS + 1)",
        "timedelta(days=WHOLE_DAYS)",
        _DUE,
    ),
    rule_mutant(
        "BIL-4a",
        "What was charged is put off",
        _DOMAIN,
        "    if charge.status is ChargeStatus.RAISED:\n",
        "    if charge.status is ChargeStatus.RAISED and charge.until_on:\n",
        f"{_FEES}_only_what_waits_is_paused",
    ),
    rule_mutant(
        "BIL-4a",
        "A pause is heard, and its device is charged on the day as if there were none",
        _DOMAIN,
        "    if charge.status is not ChargeStatus.DEFERRED or due is None or due > today:\n",
        "    if charge.status is not ChargeStatus.DEFERRED or due is None:\n",
        f"{_FEES}_one_device_is_paused_and_another_is_charged_in_its_time",
        more=(
            Swap(
                f"{_CODE}/delayed_fees/handlers.py",
                "    tx.record(row, *paused)\n    await_due(row, tx)\n",
                "    tx.record(row, *paused)\n",
            ),
            Swap(_DOMAIN, "        charged_on=due,\n", "        charged_on=today,\n"),
        ),
    ),
    rule_mutant(
        "BIL-4b",
        "A pause may be asked for until the day itself",
        _DOMAIN,
        "    if today > last:\n",
        "    if today > max(last, due):\n",
        f"{_FEES}_a_pause_is_asked_for_two_weeks_before_at_the_latest",
        f"{_HTTP}_a_pause_after_its_last_day_is_refused",
    ),
    rule_mutant(
        "BIL-4c",
        "A device that was returned is charged all the same",
        _HANDLERS,
        "            await cancel_returned_device(event, tx)\n",
        "            pass\n",
        f"{_FEES}_a_paused_device_returned_before_its_new_day_is_never_charged",
        more=(Swap(_DOMAIN, _IN_BETWEEN, _NEVER),),
    ),
    rule_mutant(
        "BIL-4c",
        "A return that was told ahead of the delivery is forgotten",
        _DOMAIN,
        _IN_BETWEEN,
        _NEVER,
        f"{_FEES}_a_return_that_came_ahead_of_the_delivery_counts_too",
    ),
    rule_mutant(
        "BIL-4c",
        "What is stolen or lost was returned",
        _HANDLERS,
        "        if not rents.is_missing(rents.cause_of(event.cause)):\n",
        "        if event.custody.payer_id is None:\n",
        f"{_FEES}_what_is_stolen_or_lost_is_not_returned_and_its_fee_is_charged",
    ),
    rule_mutant(
        "BIL-4c",
        "What is returned on the day itself was returned before",
        _RETURNED,
        "charge.due_on - timedelta(days=1)",
        "charge.due_on - timedelta(days=0)",
        f"{_FEES}_a_device_returned_before_its_day_is_never_charged",
    ),
    rule_mutant(
        "BIL-4c",
        "The return of an earlier loan ends the fee of the next",
        _RETURNED,
        "            and charge.received_on <= had_since\n",
        "",
        f"{_FEES}_the_return_of_the_loan_before_says_nothing_of_the_next_one",
    ),
    rule_mutant(
        "BIL-4c",
        "One unit's return ends what all of them cost",
        _RETURNED,
        "(ended)[:quantity]",
        "(ended)[: quantity + 1]",
        f"{_FEES}_of_unmarked_units_as_many_as_were_returned_before_are_not_charged",
    ),
    rule_mutant(
        "BIL-4d",
        "What was paused is charged on the day until which it was",
        _DOMAIN,
        "    paused = _month_begins(until_on)\n",
        "    paused = until_on\n",
        f"{_FEES}_what_was_paused_is_due_on_the_first_working_day_of_a_month_from_then",
    ),
    rule_mutant(
        "BIL-4d",
        "A pause to an earlier day hurries the fee",
        _DOMAIN,
        "    if paused <= due:\n",
        "    if paused < until_on:\n",
        f"{_FEES}_nobody_is_charged_earlier_by_a_pause",
    ),
    rule_mutant(
        "BIL-4e",
        "What was invoiced stays owed, whenever its unit was returned",
        _QUERIES,
        "    either = union(rents, charges, credits).subquery()\n",
        "    either = union(rents, charges).subquery()\n",
        f"{_FEES}_a_return_before_told_after_the_invoice_is_credited_once",
    ),
    rule_mutant(
        "BIL-4e",
        "A credit names no invoice",
        f"{_CODE}/domain.py",
        'credit_of(charge.amount), "corrects": InvoiceId(invoice_id)}\n',
        'credit_of(charge.amount), "corrects": InvoiceId(charge_id)}\n',
        f"{_FEES}_a_return_before_told_after_the_invoice_is_credited_once",
    ),
    rule_mutant(
        "REF-12j",
        "Whoever prescribes puts a fee off",
        "contracts/kvitt_contracts/access/billing.py",
        "        billing.PauseCharge,\n        STAFF,\n        rule",
        "        billing.PauseCharge,\n        WORKS,\n        rule",
        f"{_HTTP}_nobody_else_puts_a_fee_off",
    ),
)
