"""Rule mutants of inventory: what orders get, from the central store and from a unit's own."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_TESTS: Final = "services/inventory/tests"
_RESERVATIONS: Final = f"{_TESTS}/test_reservations.py::test"
_ARRIVED: Final = f"{_TESTS}/test_arrivals.py::test"
_WITHDRAWALS: Final = f"{_TESTS}/test_withdrawals.py::test"
_PROPOSED: Final = f"{_TESTS}/test_alternatives.py::test"
_ALTERNATIVES: Final = f"{_CODE}/alternatives/domain.py"
_GUIDES: Final = f"{_CODE}/order_guides/domain.py"
_GUIDED: Final = f"{_TESTS}/test_order_guides.py::test"
_RULES: Final = f"{_CODE}/reservations/domain.py"
_ARRIVALS: Final = f"{_CODE}/arrivals/domain.py"

ORDERS_IN_STOCK: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-14a",
        "A direct line delivers an order whose goods are released",
        _RULES,
        "    if is_direct and reservation.status in _ENDED:\n",
        "    if is_direct and reservation.status not in _ENDED:\n",
        f"{_TESTS}/test_direct_orders.py::test_a_direct_line_lets_an_ended_reservation_be",
    ),
    rule_mutant(
        "ORD-4a",
        "A reservation does not show the day on which it is to leave",
        f"{_CODE}/reservations/api.py",
        "planned_dispatch_on=row.planned_dispatch_on",
        "planned_dispatch_on=None",
        f"{_TESTS}/test_lists.py::test_a_reservation_shows_what_is_set_aside_and_what_is_missing",
    ),
    rule_mutant(
        "ORD-4b",
        "The supplier's lead time does not count",
        _RULES,
        "planned = working_days_after(today, max(wait, 1))",
        "planned = working_days_after(today, min(wait, 1))",
        f"{_RESERVATIONS}_what_is_missing_leaves_after_the_suppliers_lead_time_in_working_days",
    ),
    rule_mutant(
        "ORD-4b",
        "The shortest lead time of what is missing counts",
        _RULES,
        "wait = max((lead_time_days[number] for number in missing), default=1)",
        "wait = min((lead_time_days[number] for number in missing), default=1)",
        f"{_RESERVATIONS}_the_longest_lead_time_of_what_is_missing_counts",
    ),
    rule_mutant(
        "ORD-4b",
        "What comes in goes to who has waited shortest",
        f"{_CODE}/reservations/queries.py",
        "            BackorderRow.placed_at,\n",
        "            BackorderRow.placed_at.desc(),\n",
        f"{_TESTS}/test_stock.py::test_received_goods_serve_the_oldest_order_first",
    ),
    rule_mutant(
        "ORD-4f",
        "Goods that are told late are planned from the day on which they came",
        _RULES,
        "    earliest = working_days_after(today, 1)\n",
        "    earliest = working_days_after(reservation.planned_dispatch_on or today, 1)\n",
        f"{_TESTS}/test_stock.py"
        "::test_goods_told_late_are_planned_from_the_day_on_which_they_are_told",
    ),
    rule_mutant(
        "ORD-4f",
        "An order that is answered late is planned from the day on which it was placed",
        f"{_CODE}/reservations/writes.py",
        "        today=tx.today,\n    )\n    row =",
        "        today=order.placed_on,\n    )\n    row =",
        f"{_RESERVATIONS}_an_order_that_is_answered_late_is_planned_from_the_day_of_the_answer",
    ),
    rule_mutant(
        "ORD-6a",
        "What has no balance is proposed",
        _ALTERNATIVES,
        "if not one.article.is_purchased and one.is_there]",
        "if not one.article.is_purchased]",
        f"{_PROPOSED}_an_old_one_without_balance_is_not_proposed",
    ),
    rule_mutant(
        "ORD-6a",
        "Another is proposed instead of an old one that has balance",
        _ALTERNATIVES,
        "    if not asked.article.is_purchased and asked.is_there:\n        return None\n",
        "",
        f"{_PROPOSED}_nothing_is_proposed_instead_of_an_old_one_that_has_balance",
    ),
    rule_mutant(
        "ORD-6a",
        "What is of another group is proposed",
        f"{_CODE}/alternatives/api.py",
        "            and one.article.replacement_group == article.replacement_group\n",
        "",
        f"{_PROPOSED}_the_old_ones_of_the_group_are_proposed_over_http",
    ),
    rule_mutant(
        "ORD-6c",
        "Where both have balance the old one is not proposed",
        _ALTERNATIVES,
        "    if not asked.article.is_purchased and asked.is_there:\n",
        "    if asked.is_there:\n",
        f"{_PROPOSED}_the_old_one_is_proposed_where_both_have_balance",
    ),
    rule_mutant(
        "ORD-6d",
        "What is to be purchased is said to leave as soon as what is there",
        _ALTERNATIVES,
        "    wait = 1 if free > 0 else waits\n",
        "    wait = 1 if free >= 0 else waits\n",
        f"{_PROPOSED}_the_old_one_is_proposed_where_it_alone_has_balance_and_the_new_one_comes_later",
    ),
    rule_mutant(
        "ORD-6e",
        "Of several old ones only one can be chosen",
        _ALTERNATIVES,
        "older=tuple(older))",
        "older=tuple(older[:1]))",
        f"{_PROPOSED}_of_several_old_ones_one_is_proposed_and_any_can_be_chosen",
    ),
    rule_mutant(
        "ORD-6g",
        "A balance counts in stores that the policy does not name",
        _ALTERNATIVES,
        '        and (is_purchased or "central" in counts)\n',
        "",
        f"{_PROPOSED}_the_balance_of_an_old_one_counts_in_the_stores_that_the_policy_names",
    ),
    rule_mutant(
        "ORD-6h",
        "An order waits for what nobody purchases",
        _RULES,
        "    if any(number in not_purchased for number in missing):\n",
        "    if all(number in not_purchased for number in missing) and not missing:\n",
        f"{_RESERVATIONS}_an_order_never_waits_for_what_is_purchased_no_more",
    ),
    rule_mutant(
        "ORD-7a",
        "More is withdrawn than the store has",
        f"{_CODE}/withdrawals/domain.py",
        "if reason is None and free[line.article_number] < 0:",
        "if reason is None and line.quantity < 0:",
        f"{_WITHDRAWALS}_more_than_the_store_has_is_declined",
    ),
    rule_mutant(
        "ORD-7a",
        "Two lines of a withdrawal take the same pieces",
        f"{_CODE}/withdrawals/domain.py",
        "        free[line.article_number] -= line.quantity\n",
        "        number = line.article_number\n"
        "        free[number] = shelf.available[number] - line.quantity\n",
        f"{_WITHDRAWALS}_more_than_the_store_has_is_declined",
    ),
    rule_mutant(
        "ORD-7a",
        "A withdrawal leaves the balance as it was",
        f"{_CODE}/withdrawals/writes.py",
        "available=-delivered.quantity",
        "available=0",
        f"{_WITHDRAWALS}_a_withdrawal_lowers_the_balance_and_hands_the_device_over",
    ),
    rule_mutant(
        "ORD-7b",
        "A withdrawal is voided",
        _RULES,
        "        case Status.RESERVED | Status.BACKORDERED:\n            return (Res",
        "        case Status.RESERVED | Status.BACKORDERED | Status.DELIVERED:\n"
        "            return (Res",
        f"{_WITHDRAWALS}_a_withdrawal_is_never_voided",
    ),
    rule_mutant(
        "ORD-8a",
        "A device is prescribed from a store that it does not stand in",
        f"{_CODE}/withdrawals/domain.py",
        "    if wanted.device.store != store:\n",
        "    if False:\n",
        f"{_WITHDRAWALS}_a_marked_device_is_prescribed_from_the_store_that_it_stands_in",
    ),
    rule_mutant(
        "ORD-8a",
        "A device that a transfer has claimed is prescribed",
        f"{_CODE}/withdrawals/domain.py",
        "return Reason.DEVICE_CLAIMED if wanted.claim is not None else None",
        "return None",
        f"{_WITHDRAWALS}_a_marked_device_is_prescribed_from_the_store_that_it_stands_in",
    ),
    rule_mutant(
        "ORD-8a",
        "A device that is on its way is sent once more",
        f"{_CODE}/dispatches/domain.py",
        "if known.device.store != store or is_gone:",
        "if known.device.store != store:",
        f"{_ARRIVED}_a_device_that_is_on_its_way_is_not_sent_again",
    ),
    rule_mutant(
        "ORD-8a",
        "A device of another store is sent",
        f"{_CODE}/dispatches/domain.py",
        "if known.device.store != store or is_gone:",
        "if is_gone:",
        f"{_TESTS}/test_dispatches.py::test_a_device_of_another_store_or_article_is_not_sent",
    ),
    rule_mutant(
        "ORD-8c",
        "Two of one marked device are prescribed",
        f"{_CODE}/withdrawals/domain.py",
        "    if line.quantity != 1:\n",
        "    if line.quantity < 1:\n",
        f"{_WITHDRAWALS}_a_marked_device_is_prescribed_from_the_store_that_it_stands_in",
    ),
    rule_mutant(
        "ORD-13a",
        "Goods count as received the day after their arrival",
        _ARRIVALS,
        "        if shipment.arrives_on > until:\n            continue",
        "        if shipment.arrives_on >= until:\n            continue",
        f"{_ARRIVED}_dispatched_goods_count_as_received_on_the_day_of_arrival",
    ),
    rule_mutant(
        "ORD-13a",
        "Goods whose arrival is told late count as received on the day that it is told",
        _ARRIVALS,
        "                    on=shipment.arrives_on,\n",
        "                    on=until,\n",
        f"{_ARRIVED}_an_arrival_that_has_passed_delivers_at_once",
    ),
    rule_mutant(
        "ORD-14a",
        "An order that the warehouse has begun with is voided",
        _RULES,
        "        case Status.RESERVED | Status.BACKORDERED:\n            return (Res",
        "        case Status.RESERVED | Status.BACKORDERED | Status.PICKING:\n"
        "            return (Res",
        f"{_RESERVATIONS}_an_order_that_the_warehouse_has_begun_with_is_not_released",
    ),
    rule_mutant(
        "ORD-14a",
        "A dispatch does not say that the warehouse has begun",
        f"{_CODE}/dispatches/handlers.py",
        "*reservations.begin_picking(order.order_id, before), dispatched",
        "dispatched",
        f"{_ARRIVED}_a_dispatch_says_that_the_warehouse_has_begun",
    ),
    rule_mutant(
        "ORD-14a",
        "Goods that come in take back that the warehouse has begun",
        _RULES,
        "kept = Status.PICKING if known.status is Status.PICKING else status",
        "kept = status",
        f"{_RESERVATIONS}_goods_that_come_in_while_picking_do_not_take_the_beginning_back",
    ),
    rule_mutant(
        "ORD-14b",
        "A withdrawal can be voided",
        _RULES,
        "        case Status.RESERVED | Status.BACKORDERED:\n            return (Res",
        "        case Status.RESERVED | Status.BACKORDERED | Status.DELIVERED:\n"
        "            return (Res",
        f"{_WITHDRAWALS}_a_withdrawal_is_never_voided",
    ),
    rule_mutant(
        "ORD-23a",
        "A guide that names no other version leaves the main device out",
        _GUIDES,
        "*(standard or [itself])",
        "*standard",
        f"{_GUIDED}_the_main_device_itself_is_its_standard_version_where_none_is_named",
    ),
    rule_mutant(
        "ORD-23a",
        "The standard version is proposed as an accessory",
        _GUIDES,
        "Part.STANDARD if is_main else Part.ACCESSORY",
        "Part.ACCESSORY",
        f"{_GUIDED}_the_standard_version_is_proposed_before_the_accessories",
    ),
    rule_mutant(
        "ORD-23b",
        "Several of a marked accessory are one line",
        _GUIDES,
        "(goods.quantity, 1) if article.marked else (1, goods.quantity)",
        "(1, goods.quantity)",
        f"{_GUIDED}_each_accessory_is_a_line_and_each_marked_one_a_line_of_its_own",
    ),
    rule_mutant(
        "ORD-23b",
        "What nobody purchases is proposed",
        _GUIDES,
        " or not article.is_purchased",
        "",
        f"{_GUIDED}_what_cannot_be_ordered_is_not_proposed",
    ),
)
