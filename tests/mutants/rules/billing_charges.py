"""Rule mutants of what a delivery costs: sales, services, fees."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/billing/billing"
_TESTS: Final = "services/billing/tests"
_CHARGES: Final = f"{_TESTS}/test_charges.py::test"
_DOMAIN: Final = f"{_CODE}/domain.py"
_HANDLERS: Final = f"{_CODE}/handlers.py"
_QUERIES: Final = f"{_CODE}/queries.py"

CHARGES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-2a",
        "A sale is charged to nobody",
        _HANDLERS,
        "        await start_charge(tx, charge_id, sold)\n",
        "        del sold\n",
        f"{_CHARGES}_a_sold_article_is_charged_to_the_lines_payer_at_the_price_of_the_delivery_day",
    ),
    rule_mutant(
        "BIL-2a",
        "What is rented is sold at delivery as well",
        _HANDLERS,
        "    if (event.charging or article.charging) is Charging.SALE:\n",
        "    if (event.charging or article.charging) is not None:\n",
        f"{_CHARGES}_a_rented_article_is_not_charged_at_delivery",
    ),
    rule_mutant(
        "BIL-2a",
        "Three cost as much as one",
        _DOMAIN,
        "    return Money(net_ore=price.net_ore * quantity, vat_percent=price.vat_percent)\n",
        "    return Money(net_ore=price.net_ore, vat_percent=price.vat_percent)\n",
        f"{_CHARGES}_a_sold_article_is_charged_to_the_lines_payer_at_the_price_of_the_delivery_day",
    ),
    rule_mutant(
        "BIL-2b",
        "A service costs nothing",
        _HANDLERS,
        "    if (event.charging or article.charging) is Charging.SALE:\n",
        '    if article.type != "service" and article.charging is Charging.SALE:\n',
        f"{_CHARGES}_a_service_is_charged_to_the_lines_payer_when_it_is_delivered",
    ),
    rule_mutant(
        "BIL-2d",
        "A sale costs what it costs on the day on which it is read",
        _HANDLERS,
        "            listed=rents.price_on(article.prices, event.delivered_on),\n",
        "            listed=rents.price_on(article.prices, tx.today),\n",
        f"{_CHARGES}_a_sold_article_is_charged_to_the_lines_payer_at_the_price_of_the_delivery_day",
    ),
    rule_mutant(
        "BIL-3a",
        "A care unit pays the fee, and a patient none",
        _HANDLERS,
        "    if line.fee is not None and isinstance(line.recipient, PatientRecipient):\n",
        "    if line.fee is not None and not isinstance(line.recipient, PatientRecipient):\n",
        f"{_CHARGES}_the_pinned_fee_is_charged_to_the_patient_when_the_line_is_received",
    ),
    rule_mutant(
        "BIL-3a",
        "Every line costs the patient something",
        _HANDLERS,
        "                fee=line.fee,\n",
        "                fee=line.fee or Money(net_ore=1, vat_percent=0),\n",
        f"{_CHARGES}_a_line_that_no_fee_was_pinned_to_costs_the_patient_nothing",
    ),
    rule_mutant(
        "BIL-3b",
        "A fee is never charged",
        _HANDLERS,
        "    await start_charge(tx, charge_id, charged)\n\n\ndef",
        "    del charged\n\n\ndef",
        f"{_CHARGES}_the_pinned_fee_is_charged_to_the_patient_when_the_line_is_received",
    ),
    rule_mutant(
        "BIL-3d",
        "An invoice is dated within its month",
        _DOMAIN,
        "        issued_on=first_of_next_month(month),\n",
        "        issued_on=month,\n",
        f"{_CHARGES}_a_patients_fees_of_a_month_are_invoiced_at_its_turn",
    ),
    rule_mutant(
        "BIL-3d",
        "What was received after the month's last day is invoiced with it",
        _QUERIES,
        "        ChargeRow.charged_on <= day,\n",
        "",
        f"{_CHARGES}_a_patients_fees_of_a_month_are_invoiced_at_its_turn",
    ),
    rule_mutant(
        "BIL-3f",
        "The fee is of the line, however many were received",
        _DOMAIN,
        "        amount=_times(unit_price, delivered.quantity),\n",
        "        amount=_times(unit_price, 1 if kind is ChargeKind.FEE else delivered.quantity),\n",
        f"{_CHARGES}_the_fee_is_of_each_unit_that_was_received",
    ),
)
