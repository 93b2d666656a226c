"""Rule mutants of what is told of the past: why it is so (REF-6e), and what another policy would
have made of it (BMB-15).
"""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_WHAT_IF: Final = "services/bmb/bmb/what_if/domain.py"
_COSTS: Final = "deploy/kvitt/what_if/costs.py"
_EXPLAIN: Final = "deploy/kvitt/explain.py"
_REPLAYED: Final = "services/bmb/tests/test_what_if.py::test"
_PAID: Final = "deploy/tests/test_what_if_costs.py::test"
_EXPLAINED: Final = "tests/journeys/lived/test_looking_back.py::test"
_SECONDS: Final = 300.0
"""A running system is looked back on."""

_SHOWN: Final = "services/inventory/tests/test_order_previews.py::test"
_PREVIEWS: Final = "tests/previews/test_previews.py::test_each"

FORESIGHT: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-1f",
        "What comes direct is shown as if it came from the central store",
        "services/inventory/inventory/order_previews/domain.py",
        "            wait = max(articles[line.article_number].lead_time_days, 1)\n",
        "            wait = 1\n",
        f"{_PREVIEWS}_line_leaves_on_the_day_that_was_shown",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "ORD-1h",
        "Nobody is told that the own store has not got it",
        "services/inventory/inventory/order_previews/domain.py",
        "decline(_NO_ORDER, drawn, shelf=shelf)",
        "decline(_NO_ORDER, drawn[:0], shelf=shelf)",
        f"{_SHOWN}_why_the_own_store_would_decline_is_said_before",
    ),
    rule_mutant(
        "ORD-1g",
        "What an order costs is shown at the first price that the article had",
        "services/billing/billing/order_previews/domain.py",
        "    price = price_on(listed.prices, line.delivered_on)\n",
        "    price = price_on(listed.prices[:1], line.delivered_on)\n",
        f"{_PREVIEWS}_line_is_charged_what_was_shown_to_whom_was_shown",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "ORD-1g",
        "The rent of the first month is shown as a whole month's",
        "services/billing/billing/order_previews/domain.py",
        "        first_ore=first * line.quantity, ",
        "        first_ore=price.net_ore * line.quantity, ",
        f"{_PREVIEWS}_device_costs_the_rent_that_was_shown",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "BMB-15a",
        "Who answered after the other deadline answered in time",
        _WHAT_IF,
        "        replaying.pass_time(past.at)\n",
        "",
        f"{_REPLAYED}_an_answer_that_comes_after_the_other_deadline_comes_too_late",
    ),
    rule_mutant(
        "BMB-15a",
        "What nobody answered waits for ever",
        _WHAT_IF,
        "    replaying.pass_time(now)\n",
        "",
        f"{_REPLAYED}_what_nobody_answers_ends_by_the_other_deadline",
    ),
    rule_mutant(
        "BMB-15a",
        "What the other policy does not let be sent is answered all the same",
        _WHAT_IF,
        "        self.is_stopped = refused is not None\n",
        "        if refused is not None:\n            self._record(event)\n",
        f"{_REPLAYED}_whom_the_other_policy_lets_not_send_has_not_sent",
        f"{_REPLAYED}_from_patient_to_patient_goes_what_the_other_policy_lets",
    ),
    rule_mutant(
        "BMB-15a",
        "The payer that was chosen pays where the payer follows the customer",
        _WHAT_IF,
        "            return transfer.proposed_payer\n",
        "            return event.payer_id\n",
        f"{_REPLAYED}_where_the_payer_follows_the_customer_the_customers_own_pays",
    ),
    rule_mutant(
        "BMB-15a",
        "What was void for somebody who had ended is executed",
        _WHAT_IF,
        "ended=self.ended, policy",
        "ended=None, policy",
        f"{_REPLAYED}_what_was_void_since_somebody_had_ended_is_void_then_too",
    ),
    rule_mutant(
        "BMB-15b",
        "The transfer's own change stays beside the other one",
        _COSTS,
        "        if but is not None and _is_of(event, but):\n",
        "        if but is not None and _is_of(event, but) and event.number == 0:\n",
        f"{_PAID}_without_its_effect_the_old_payer_pays_on",
    ),
    rule_mutant(
        "BMB-15b",
        "Who takes over to a store pays",
        _COSTS,
        "        payer = None if to_store else would_be.payer_id\n",
        "        payer = would_be.payer_id\n",
        f"{_PAID}_in_a_store_nobody_pays",
    ),
    rule_mutant(
        "BMB-15b",
        "A device that has gone elsewhere is taken over",
        _COSTS,
        "event.custody.since <= by for event in moves",
        "event.custody.since < after.date() for event in moves",
        f"{_PAID}_what_had_left_before_the_other_day_takes_no_part",
    ),
    rule_mutant(
        "REF-6e",
        "What is parked of it is not told",
        _EXPLAIN,
        '            if one["key"] in keys:\n',
        '            if one["key"] in set[str]():\n',
        f"{_EXPLAINED}_what_is_parked_of_it_is_told_with_its_cause",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "REF-6e",
        "It is told service by service, not in order of time",
        _EXPLAIN,
        "    one.story.sort(key=lambda told: datetime.fromisoformat(told.at))\n",
        "",
        f"{_EXPLAINED}_a_transfer_is_told_with_its_devices_in_order_of_time",
        seconds=_SECONDS,
    ),
    rule_mutant(
        "REF-6e",
        "A device's orders are not told",
        _EXPLAIN,
        "    for one in sorted(filter(None, orders)):\n",
        "    for one in sorted(filter(None, orders - orders)):\n",
        f"{_EXPLAINED}_a_device_is_told_with_each_order_and_transfer_it_was_in",
        seconds=_SECONDS,
    ),
)
