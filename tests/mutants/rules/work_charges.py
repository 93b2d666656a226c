"""Rule mutants of what work orders and urgent pickups cost."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_RULES: Final = f"{_CODE}/services/domain.py"
_HANDLERS: Final = f"{_CODE}/work_charges.py"
_TESTS: Final = "services/billing/tests/test_work_charges.py::test"
_CHARGED: Final = f"{_TESTS}_finished_work_is_charged_to_its_payer_at_the_price_of_that_day"
_NO_POSTAGE: Final = f"{_TESTS}_no_other_postage_is_compensated"

WORK_CHARGES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-2c",
        "Two services cost as much as one",
        _RULES,
        "net_ore=unit_price.net_ore * finished.quantity,",
        "net_ore=unit_price.net_ore,",
        _CHARGED,
    ),
    rule_mutant(
        "BIL-2c",
        "A warranty repair is paid for",
        _RULES,
        "    return None if work.kind == WARRANTY_REPAIR else work.service_article",
        "    return work.service_article",
        f"{_TESTS}_a_warranty_repair_costs_nothing",
    ),
    rule_mutant(
        "BIL-2d",
        "Work costs what it costs on the day on which it is read",
        _HANDLERS,
        "rents.price_on(article.prices, event.finished_on)",
        "rents.price_on(article.prices, tx.today)",
        _CHARGED,
    ),
    rule_mutant(
        "BIL-12a",
        "Postage is compensated without the supplier's action",
        _RULES,
        "    return was_warranty and finished.has_action\n",
        "    return was_warranty\n",
        _NO_POSTAGE,
    ),
    rule_mutant(
        "ACT-4c",
        "Any work's postage is compensated",
        _RULES,
        "    return was_warranty and finished.has_action\n",
        "    return finished.has_action\n",
        _NO_POSTAGE,
    ),
    rule_mutant(
        "ACT-4c",
        "Postage is compensated for what was no warranty",
        _RULES,
        " and finished.outcome != NOT_WARRANTY",
        "",
        f"{_TESTS}_what_was_no_warranty_is_compensated_no_postage_whatever_was_written",
    ),
    rule_mutant(
        "BIL-12a",
        "The region's own units are compensated",
        _RULES,
        "earns_postage(work, finished) and is_contracted",
        "earns_postage(work, finished)",
        _NO_POSTAGE,
    ),
    rule_mutant(
        "BIL-12a",
        "Postage is paid by the unit",
        _RULES,
        "net_ore=-postage.net_ore",
        "net_ore=postage.net_ore",
        f"{_TESTS}_postage_is_compensated_where_the_suppliers_action_was_recorded",
    ),
    rule_mutant(
        "BIL-8a",
        "An urgent pickup costs nothing",
        _RULES,
        "    if closed.fee is None or closed.payer_id is None:",
        "    if closed.fee is None or closed.payer_id is not None:",
        f"{_TESTS}_an_urgent_pickup_is_charged_when_it_is_closed",
    ),
    rule_mutant(
        "BIL-9e",
        "What is compensated stands among debits",
        f"{_CODE}/schedule.py",
        "        return row.state().is_compensated or row.invoice_id is not None\n",
        "        return row.invoice_id is not None\n",
        f"{_TESTS}_services_are_invoiced_and_postage_is_credited",
    ),
)
