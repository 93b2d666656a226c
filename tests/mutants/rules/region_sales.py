"""Rule mutants of sales to other regions, and of what private clinics have lost."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_SALES: Final = "services/billing/billing/region_sales/domain.py"
_CHARGES: Final = "services/billing/billing/device_charges/domain.py"
_PHYSICAL: Final = "services/inventory/inventory/region_sales/domain.py"
_RETURNS: Final = "services/inventory/inventory/returns/domain.py"
_REGISTERED: Final = "services/inventory/inventory/registered_returns/handlers.py"
_LOSSES: Final = "services/inventory/inventory/losses/domain.py"
_POSTING: Final = "services/inventory/inventory/stocktakings/writes.py"
_TOLD: Final = "services/notifications/notifications/region_sales/handlers.py"
_SOLD: Final = "services/billing/tests/test_region_sales.py::test"
_CLAIMED: Final = "services/inventory/tests/test_region_sales.py::test"
_LOST: Final = "services/inventory/tests/stocktaking/test_missing_devices.py::test"
_LOST_CHARGED: Final = "services/billing/tests/test_lost_devices.py::test"

REGION_SALES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "BIL-7a",
        "A sale is proposed with a price for some of its devices",
        _SALES,
        "    if missing:\n        raise Refused(",
        "    if missing > len(of_sale):\n        raise Refused(",
        f"{_SOLD}_prices_that_cannot_be_are_refused",
    ),
    rule_mutant(
        "BIL-7b",
        "What is sold is charged nothing",
        _CHARGES,
        "        amount=price,",
        "        amount=Money(net_ore=0),",
        f"{_SOLD}_what_is_approved_is_charged_when_inventory_has_sold_it",
    ),
    rule_mutant(
        "BIL-7b",
        "What is sold keeps its payer",
        _PHYSICAL,
        "    custody = Custody(holder=holder, since=since)",
        "    custody = device.custody.model_copy(update={'holder': holder, 'since': since})",
        f"{_CLAIMED}_what_is_sold_has_left_and_nobody_pays_for_it",
    ),
    rule_mutant(
        "BIL-7c",
        "Nobody is told of what was not bought and is not returned",
        _SALES,
        "        waits_for = RETURN if of_sale.intersection(still_out) else None",
        "        waits_for = None",
        f"{_SOLD}_what_is_not_approved_is_to_be_returned",
    ),
    rule_mutant(
        "BIL-7d",
        "A proposal stands when one of its devices has come back",
        _SALES,
        "    if sale.status is Status.PROPOSED:\n        return replace(sale, lines=left,",
        "    if sale.status is Status.REFUSED:\n        return replace(sale, lines=left,",
        f"{_SOLD}_what_came_back_first_is_dropped_and_the_rest_is_proposed_anew",
    ),
    rule_mutant(
        "BIL-7d",
        "A return on the day of the sale comes too late",
        _RETURNS,
        "    if device.status_since is not None and on > device.status_since:\n"
        '        raise _refusal("RETURNED_AFTER_SALE"',
        "    if device.status_since is not None and on >= device.status_since:\n"
        '        raise _refusal("RETURNED_AFTER_SALE"',
        f"{_CLAIMED}_a_return_by_the_day_of_the_sale_takes_the_sale_back",
    ),
    rule_mutant(
        "BIL-7d",
        "A unit's return does not reach what was sold",
        _REGISTERED,
        "    if row.status is DeviceStatus.SOLD:\n        return\n    is_left",
        "    if row.status is DeviceStatus.LOST:\n        return\n    is_left",
        "services/inventory/tests/test_registered_returns.py"
        "::test_a_units_return_by_the_day_of_the_sale_takes_the_sale_back",
    ),
    rule_mutant(
        "BIL-7e",
        "The unit is told of an answer that has not come, and not customer service",
        _TOLD,
        '    if event.waits_for == "answer":',
        '    if event.waits_for == "":',
        "services/notifications/tests/test_region_sales.py"
        "::test_whoever_is_to_act_is_told_how_far_it_is",
    ),
    rule_mutant(
        "BIL-7f",
        "Where the policy names no other region anybody may buy",
        _SALES,
        "    if payer not in known:\n",
        "    if known and payer not in known:\n",
        f"{_SOLD}_where_the_policy_names_no_other_region_nothing_is_sold",
    ),
    rule_mutant(
        "BIL-7f",
        "A unit of the region's own buys",
        _SALES,
        "    if payer not in known:\n",
        "    if not known:\n",
        f"{_SOLD}_the_payer_is_one_that_stands_for_another_region",
    ),
    rule_mutant(
        "BIL-8b",
        "What a private clinic has lost is charged to nobody",
        _CHARGES,
        "    return (raised,)\n",
        "    return ()\n",
        f"{_LOST_CHARGED}_a_lost_device_is_charged_at_its_value",
    ),
    rule_mutant(
        "REF-7d",
        "The clinic pays a lost device without its value",
        _LOSSES,
        "        value=device.value or sold_at,",
        "        value=sold_at,",
        f"{_LOST}_what_a_private_clinic_misses_is_lost_and_its_payer_pays_the_value",
    ),
    rule_mutant(
        "INV-10f",
        "Each unit pays for what it misses",
        _POSTING,
        "if clinic is None or not clinic.private_clinic or clinic.payer_id is None:",
        "if clinic is None or clinic.payer_id is None:",
        f"{_LOST}_what_a_units_own_store_misses_costs_nothing",
    ),
)
