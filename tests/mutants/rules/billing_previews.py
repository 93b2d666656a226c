"""Rule mutants of what a change of payer is said to cost before it is decided."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing/previews"
_DOMAIN: Final = f"{_CODE}/domain.py"
_SHOWN: Final = "services/billing/tests/test_previews.py::test"
_CHARGED: Final = "services/billing/tests/test_previews_are_invoiced.py::test"
_BY_DEVICE: Final = (
    f"{_CHARGED}_what_is_previewed_of_a_device_is_what_the_run_then_charges_its_two_payers"
)
_SPLIT: Final = f"{_SHOWN}_it_says_who_pays_what_of_the_month_and_what_a_whole_month_costs"

PREVIEWS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-16a",
        "Who pays until then is said to pay for the day of the change too",
        _DOMAIN,
        "rented.issued, from_day=first, to_day=begins - _DAY)",
        "rented.issued, from_day=first, to_day=begins)",
        _BY_DEVICE,
        _SPLIT,
    ),
    rule_mutant(
        "BIL-16a",
        "What is invoiced already is not said to be credited",
        _DOMAIN,
        "before_ore=_sum((*until, *credited), of=payer_before)",
        "before_ore=_sum(until, of=payer_before)",
        f"{_SHOWN}_days_that_are_invoiced_already_are_credited_and_charged_by_the_next_run",
    ),
    rule_mutant(
        "BIL-16a",
        "The new payer is said to pay for days that a later change takes over",
        _DOMAIN,
        "    return min([through, *later])\n",
        "    return through\n",
        _BY_DEVICE,
    ),
    rule_mutant(
        "BIL-16a",
        "A month that is invoiced is said to be invoiced again",
        _DOMAIN,
        "    return first_of_next_month(max(from_on, next_month)) - _DAY\n",
        "    return first_of_next_month(from_on) - _DAY\n",
        f"{_SHOWN}_days_that_are_invoiced_already_are_credited_and_charged_by_the_next_run",
    ),
    rule_mutant(
        "BIL-16a",
        "The months until a later change are said to be on its invoice",
        _DOMAIN,
        "        return through.replace(day=1)\n",
        "        return next_month\n",
        f"{_SHOWN}_a_day_of_a_later_month_is_of_that_months_invoice",
    ),
    rule_mutant(
        "BIL-16a",
        "What was sold is said to be rented from the change on",
        _DOMAIN,
        "    return charging_of_loan(points, on=change.from_on) or charging\n",
        "    return charging or charging_of_loan(points, on=change.from_on)\n",
        _BY_DEVICE,
    ),
    rule_mutant(
        "BIL-16a",
        "A rent whose price is not known is said to be nothing",
        _DOMAIN,
        "    return price.net_ore if price else None\n",
        "    return price.net_ore if price else 0\n",
        f"{_SHOWN}_a_rent_without_a_price_is_not_said_to_be_nothing",
    ),
    rule_mutant(
        "BIL-16b",
        "Whoever knows a device's id is told who pays for it",
        f"{_CODE}/views.py",
        "payer_before=before if named is None or before in named else None,",
        "payer_before=before,",
        f"{_SHOWN}_who_pays_now_is_named_to_their_own_unit_and_to_customer_service_alone",
    ),
    rule_mutant(
        "BIL-16b",
        "What is credited and charged is netted where the payer that one guesses pays now",
        _DOMAIN,
        "to_settle(changed, rented.prices, (), from_day",
        "to_settle(changed, rented.prices, rented.issued, from_day",
        f"{_SHOWN}_no_amount_tells_whether_a_payer_that_one_guesses_pays_now",
    ),
)
