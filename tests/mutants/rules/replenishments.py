"""Rule mutants of replenishments, refill proposals, templates and balance lists (ORD-9, INV-9)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_ADDRESSES: Final = "services/orders/tests/test_replenishment_addresses.py::test"
_ORDERS: Final = "services/orders/orders"
_STOCK: Final = "services/inventory/inventory"
_PLACED: Final = "services/orders/tests/test_replenishments.py::test"
_NAMED: Final = "services/orders/tests/test_templates.py::test"
_STOCKED: Final = "services/inventory/tests/test_replenishments.py::test"
_PROPOSED: Final = "services/inventory/tests/test_refills.py::test"
_LISTED: Final = "services/inventory/tests/test_store_balances.py::test"
_TOLD: Final = "services/notifications/tests/test_refills.py::test"

REPLENISHMENTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-9a",
        "Another unit's store is filled up",
        f"{_ORDERS}/replenishments/domain.py",
        "    if store != place.store:\n",
        "    if place.store is None:\n",
        f"{_PLACED}_another_units_store_is_not_filled_up",
    ),
    rule_mutant(
        "ORD-9a",
        "A replenishment goes to a recipient's address",
        f"{_ORDERS}/customer_orders/domain.py",
        '        "address_kind": AddressKind.UNIT,\n        "consolidated": True,',
        '        "address_kind": AddressKind.RECIPIENT,\n        "consolidated": True,',
        f"{_PLACED}_a_replenishment_goes_to_the_units_address",
    ),
    rule_mutant(
        "ORD-9b",
        "Goods that fill up a store are in no balance",
        f"{_STOCK}/replenishments/writes.py",
        "        available=stocked.quantity,\n",
        "        reserved=stocked.quantity,\n",
        f"{_STOCKED}_goods_that_fill_up_a_store_are_available_in_it_on_arrival",
    ),
    rule_mutant(
        "ORD-9b",
        "A device that fills up a store came by a loan's order",
        f"{_STOCK}/replenishments/writes.py",
        "CustodyCause(replenishment_id=order.order_id)",
        "CustodyCause(order_id=order.order_id)",
        f"{_STOCKED}_a_marked_device_is_in_the_custody_of_the_store_that_it_fills_up",
    ),
    rule_mutant(
        "ORD-9c",
        "A template is not called what it was named",
        f"{_ORDERS}/templates/handlers.py",
        "    await _save(command, command.name, tx)",
        "    await _save(command, command.store, tx)",
        f"{_NAMED}_a_template_names_articles_quantities_and_the_store_that_delivers",
    ),
    rule_mutant(
        "ORD-9d",
        "A template is seen by those who prescribe alone",
        "contracts/kvitt_contracts/access/orders.py",
        '"GET /templates": ("orders.templates.list", {**LOOKS_UP, **KEEPS})',
        '"GET /templates": ("orders.templates.list", STAFF)',
        f"{_NAMED}_all_see_all_templates",
    ),
    rule_mutant(
        "ORD-9e",
        "A line is ordered with one, whatever was asked",
        f"{_ORDERS}/replenishments/domain.py",
        "            quantity=one.quantity,\n",
        "            quantity=1,\n",
        f"{_NAMED}_lines_of_a_template_are_ordered_with_other_quantities",
    ),
    rule_mutant(
        "ORD-9f",
        "An empty template stays in the list",
        f"{_ORDERS}/templates/api.py",
        "func.jsonb_array_length(TemplateRow.lines) > 0",
        "func.jsonb_array_length(TemplateRow.lines) >= 0",
        f"{_NAMED}_a_template_is_removed_once_it_is_empty",
    ),
    rule_mutant(
        "REF-7a",
        "A private clinic fills up a store",
        f"{_ORDERS}/replenishments/domain.py",
        "if place.private_clinic and not policy.private_clinics_hold_stock:",
        "if place.private_clinic and policy.private_clinics_hold_stock:",
        f"{_PLACED}_a_private_clinic_fills_up_no_store",
    ),
    rule_mutant(
        "INV-9a",
        "A safety level is of any store",
        f"{_STOCK}/safety_levels/domain.py",
        "    if kind is not StoreKind.OWN:\n",
        "    if kind is StoreKind.PURCHASING:\n",
        f"{_PROPOSED}_a_level_is_of_goods_in_an_own_store",
    ),
    rule_mutant(
        "INV-9b",
        "What is on its way is proposed again",
        f"{_STOCK}/refills/domain.py",
        "balance.safety_level - balance.available - incoming.get(number, 0)",
        "balance.safety_level - balance.available",
        f"{_PROPOSED}_a_proposal_fills_up_to_the_level",
        f"{_PROPOSED}_what_is_on_its_way_to_the_store_is_not_proposed",
    ),
    rule_mutant(
        "INV-9b",
        "A night that is late forgets what arrives late as it is",
        f"{_STOCK}/refills/handlers.py",
        "incoming_to(tx, row.store, on=day)",
        "incoming_to(tx, row.store, on=tx.today)",
        f"{_PROPOSED}_a_night_that_is_late_proposes_nothing_of_what_arrives_late_as_it_is",
    ),
    rule_mutant(
        "INV-9b",
        "A balance at its level is proposed",
        f"{_STOCK}/refills/domain.py",
        "        if less > 0:\n",
        "        if less >= 0 and balance.safety_level:\n            less = max(less, 1)\n",
        f"{_PROPOSED}_a_proposal_fills_up_to_the_level",
    ),
    rule_mutant(
        "INV-9c",
        "A proposal is followed twice",
        f"{_ORDERS}/replenishments/handlers.py",
        "        refill.order_id = order_id\n",
        "        refill.order_id = None\n",
        f"{_PLACED}_a_proposal_is_followed_once",
    ),
    rule_mutant(
        "INV-9c",
        "A dropped proposal is not ordered by what follows it",
        f"{_STOCK}/refills/domain.py",
        "    if refill.status is Status.ORDERED:\n        return ()\n    return (RefillOrdered",
        "    if refill.status in (Status.ORDERED, Status.DROPPED):\n        return ()\n"
        "    return (RefillOrdered",
        f"{_PROPOSED}_a_replenishment_that_follows_a_dropped_proposal_has_ordered_it",
    ),
    rule_mutant(
        "INV-9c",
        "An unanswered proposal stands beside the next night's",
        f"{_STOCK}/refills/domain.py",
        "    return (RefillDropped(proposal_id=proposal_id),)",
        "    return ()",
        f"{_PROPOSED}_the_next_nights_proposal_takes_the_place_of_an_unanswered_one",
    ),
    rule_mutant(
        "INV-9d",
        "The same is proposed anew each night",
        f"{_STOCK}/refills/domain.py",
        "    return refill.status is Status.PROPOSED and refill.lines == lines",
        "    return refill.status is not Status.PROPOSED and refill.lines == lines",
        f"{_PROPOSED}_a_proposal_that_would_say_the_same_again_stays",
    ),
    rule_mutant(
        "INV-9e",
        "The message of a proposal leads elsewhere",
        "services/notifications/notifications/messages/views.py",
        '"refill": ("inventory", "/refills"),',
        '"refill": ("inventory", "/stores"),',
        f"{_TOLD}_the_message_leads_to_the_proposal",
    ),
    rule_mutant(
        "INV-4f",
        "What is on the way is not told while it is in transit",
        f"{_STOCK}/reservations/domain.py",
        "                found[articles[sent.line_id]] += sent.quantity\n",
        "                found[articles[sent.line_id]] += 0\n",
        f"{_LISTED}_what_is_on_its_way_to_a_store_is_told_beside_its_balance",
    ),
    rule_mutant(
        "INV-4f",
        "What came back before its arrival is on its way for ever",
        f"{_STOCK}/reservations/domain.py",
        "            if shipment.arrives_on < today:\n",
        "            if shipment.arrives_on < date.min:\n",
        f"{_PROPOSED}_what_came_back_before_its_arrival_is_on_its_way_no_longer",
    ),
    rule_mutant(
        "INV-11a",
        "A store's report leaves out what is on its way",
        f"{_STOCK}/store_balances/documents.py",
        "                incoming=one.incoming or 0,\n",
        "                incoming=0,\n",
        f"{_LISTED}_a_stores_balances_are_printed",
    ),
    rule_mutant(
        "INV-14d",
        "A posted round leaves no note of what it counted",
        f"{_STOCK}/stocktakings/handlers.py",
        "    await note_counted(tx, row.state())\n",
        "",
        f"{_LISTED}_a_balance_tells_when_it_was_last_counted",
    ),
    rule_mutant(
        "REF-12f",
        "The address that a unit's replenishments had first counts for ever",
        "services/orders/orders/replenishment_addresses/queries.py",
        "return rows[0].address if rows else None",
        "return rows[-1].address if rows else None",
        f"{_ADDRESSES}_the_latest_address_counts",
    ),
    rule_mutant(
        "REF-12f",
        "Orders for patients go where replenishments go",
        "services/orders/orders/customer_orders/api.py",
        "if row.to_store is not None and (elsewhere",
        "if row.store is not None and (elsewhere",
        f"{_ADDRESSES}_only_replenishments_go_there",
    ),
)
