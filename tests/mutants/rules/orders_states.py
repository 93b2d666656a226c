"""Rule mutants of what becomes of an order: voided, searched, charged a fee."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_TESTS: Final = "services/orders/tests"
_PLACING: Final = f"{_CODE}/placements/domain.py"
_ORDER: Final = f"{_CODE}/customer_orders/domain.py"
_HANDLERS: Final = f"{_CODE}/customer_orders/handlers.py"
_API: Final = f"{_CODE}/customer_orders/api.py"
_VIEWS: Final = f"{_CODE}/customer_orders/views.py"
_STATE: Final = f"{_TESTS}/test_order_states.py::test"
_HTTP: Final = f"{_TESTS}/test_orders_http.py::test"
_FEE: Final = f"{_TESTS}/test_fees.py::test"
_VOIDING: Final = f"{_TESTS}/test_voiding.py::test"
_LISTED: Final = f"{_TESTS}/test_order_lists.py::test"

STATES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-4e",
        "What leaves is expected to arrive on the second working day after",
        f"{_CODE}/customer_orders/lines.py",
        "working_days_after(dispatch, 1)",
        "working_days_after(dispatch, 2)",
        f"{_LISTED}_it_is_expected_to_arrive_the_working_day_after_it_has_left",
    ),
    rule_mutant(
        "ORD-20b",
        "What is delivered is listed as to come",
        f"{_CODE}/customer_orders/awaited.py",
        "                if not line.is_over\n",
        "                if line.number\n",
        f"{_LISTED}_what_is_ordered_and_not_delivered_is_listed_by_recipient",
    ),
    rule_mutant(
        "ORD-20b",
        "Orders that are over are listed as to come",
        f"{_CODE}/customer_orders/awaited.py",
        "OrderRow.status.in_(OPEN), ",
        "",
        f"{_LISTED}_what_is_ordered_and_not_delivered_is_listed_by_recipient",
    ),
    rule_mutant(
        "ORD-14a",
        "An order that the warehouse has begun with is voided",
        _ORDER,
        "    if order.picking_begun:\n        raise _not_voidable(\n",
        "    if order.picking_begun and order.delivered_on:\n        raise _not_voidable(\n",
        f"{_STATE}_the_warehouse_has_begun_and_nothing_is_voided",
    ),
    rule_mutant(
        "ORD-14a",
        "An order that is delivered in part is voided",
        _ORDER,
        "    if order.status in (Status.DELIVERED, Status.PART_DELIVERED):\n",
        "    if order.status is Status.DELIVERED:\n",
        f"{_STATE}_what_is_delivered_wholly_or_in_part_is_not_voided",
    ),
    rule_mutant(
        "ORD-14a",
        "A dispatch without a word of picking leaves the right to void",
        _HANDLERS,
        "@messages.on(OrderPickingStarted, OrderGoodsDispatched, of=OrderRow)\n",
        "@messages.on(OrderPickingStarted, of=OrderRow)\n",
        f"{_VOIDING}_what_was_dispatched_without_a_word_of_picking_cannot_be_voided",
    ),
    rule_mutant(
        "ORD-14a",
        "An order that could not be voided stays so for ever",
        _ORDER,
        "        status = Status.PART_DELIVERED if begun else Status.REGISTERED\n",
        "        status = Status.VOIDING\n",
        f"{_STATE}_an_order_goes_on_when_inventory_holds_on",
    ),
    rule_mutant(
        "ORD-14a",
        "An order that was declined meanwhile is said to go on",
        _ORDER,
        "    if order.status is Status.DECLINED:\n        return ()\n",
        "",
        f"{_STATE}_an_order_that_was_declined_while_voiding_does_not_go_on",
    ),
    rule_mutant(
        "ORD-14b",
        "A withdrawal that waits for its answer is voided",
        _ORDER,
        "    if order.supply is LineSupply.OWN_STORE:\n        raise",
        "    if order.supply is LineSupply.OWN_STORE and order.status is not Status.PENDING:\n"
        "        raise",
        f"{_STATE}_a_withdrawal_is_never_voided",
        f"{_VOIDING}_a_pending_withdrawal_cannot_be_voided",
    ),
    rule_mutant(
        "ORD-14f",
        "Anybody voids",
        _ORDER,
        "or acts or by.works_at(order.service_point) or by",
        "or acts or not by.works_at(order.service_point) or by",
        f"{_STATE}_whoever_has_no_part_in_the_order_does_not_void_it",
    ),
    rule_mutant(
        "ORD-14f",
        "Whoever has lost access voids",
        "contracts/kvitt_contracts/access/asked.py",
        "granted_to(user.roles, user.duties) if user.active else frozenset()",
        "granted_to(user.roles, user.duties)",
        f"{_TESTS}/test_order_flow.py::test"
        "_whoever_lost_access_after_placing_neither_orders_nor_voids",
    ),
    rule_mutant(
        "ORD-14f",
        "A colleague at the service point does not void",
        _ORDER,
        "or acts or by.works_at(order.service_point) or by",
        "or acts or by",
        f"{_STATE}_colleagues_the_connected_and_customer_service_void",
    ),
    rule_mutant(
        "ORD-15a",
        "Orders are not found by the beginning of their number",
        _API,
        "        StartsWith(OrderRow.order_number,",
        "        Eq(OrderRow.order_number,",
        f"{_LISTED}_orders_are_searched_by",
    ),
    rule_mutant(
        "ORD-15a",
        "The last day of a search is left out",
        _API,
        "    is_earlier = OrderRow.placed_on <= day\n",
        "    is_earlier = OrderRow.placed_on < day\n",
        f"{_LISTED}_orders_are_searched_by",
    ),
    rule_mutant(
        "ORD-15a",
        "An article's orders are not found by who registers for their prescriber",
        f"{_CODE}/customer_orders/queries.py",
        "        row.prescriber == any_(_for_whom_they_act(caller)),\n",
        "",
        f"{_LISTED}_an_articles_orders_are_those_that_are_theirs",
    ),
    rule_mutant(
        "ORD-15a",
        "Orders of a person's other references are not found",
        f"{_CODE}/people/queries.py",
        "    return column.in_(select(same_persons([ref], region).c.id))\n",
        "    return column == ref\n",
        f"{_LISTED}_orders_are_searched_by_recipient_under_any_of_its_references",
    ),
    rule_mutant(
        "ORD-15b",
        "Orders sorted by requester come by prescriber",
        _API,
        "        OrderRow.requester,\n        OrderRow.planned_dispatch_on,\n",
        "        OrderRow.planned_dispatch_on,\n",
        f"{_LISTED}_every_column_that_says_something_can_be_sorted_on",
    ),
    rule_mutant(
        "ORD-15c",
        "An order that is delivered in part counts as registered",
        _ORDER,
        "status=order.status if waits else Status.PART_DELIVERED",
        "status=order.status if waits else Status.REGISTERED",
        f"{_STATE}_some_of_a_line_leaves_the_order_in_part_delivered",
    ),
    rule_mutant(
        "ORD-15c",
        "An order is delivered with its first line",
        _ORDER,
        "    if order.status is Status.DELIVERED or not all(one.is_over for one in after.lines):\n",
        "    if order.status is Status.DELIVERED or not any(one.is_over for one in after.lines):\n",
        f"{_STATE}_an_order_is_registered_then_in_part_delivered_then_delivered",
    ),
    rule_mutant(
        "ORD-15e",
        "Mine are only those that I prescribed",
        _API,
        "    return or_(OrderRow.prescriber == me, OrderRow.requester == me)\n",
        "    return or_(OrderRow.requester == me)\n",
        f"{_LISTED}_mine_are_those_where_i_am_prescriber_or_requester",
    ),
    rule_mutant(
        "ORD-18a",
        "A care unit pays a patient fee",
        _PLACING,
        "    if not isinstance(recipient, Patient) or article.fee_group is None:\n"
        "        return None\n",
        "    if not isinstance(recipient, Patient):\n        return policy.fees.rules[0]\n",
        f"{_FEE}_a_care_unit_pays_no_patient_fee",
    ),
    rule_mutant(
        "ORD-18a",
        "The young pay",
        _PLACING,
        "        if rule.fee_group == article.fee_group and not free:\n",
        "        if rule.fee_group == article.fee_group:\n",
        f"{_FEE}_the_policy_says_when_a_young_patient_begins_to_pay",
    ),
    rule_mutant(
        "ORD-18a",
        "Every article carries a fee",
        _PLACING,
        "        if rule.fee_group == article.fee_group and not free:\n",
        "        if not free:\n",
        f"{_FEE}_other_articles_carry_no_fee",
    ),
    rule_mutant(
        "ORD-18b",
        "The fee does not show before the order is placed",
        _VIEWS,
        "    fee: Annotated[Money | None, Field("
        'description="Patientavgift per styck, i öre (ORD-18)")]\n',
        "    fee: Annotated[\n"
        '        Money | None, Field(validation_alias="price", description="Patientavgift")\n'
        "    ] = None\n",
        f"{_HTTP}_the_fee_shows_as_soon_as_the_line_is_added_and_nobody_chooses_it",
    ),
    rule_mutant(
        "ORD-18c",
        "Whoever orders may write a fee",
        _VIEWS,
        '    """Det som en order och ett uttag har gemensamt."""\n\n'
        '    model_config = ConfigDict(extra="forbid")\n',
        '    """Det som en order och ett uttag har gemensamt."""\n\n'
        '    model_config = ConfigDict(extra="ignore")\n',
        f"{_HTTP}_the_fee_shows_as_soon_as_the_line_is_added_and_nobody_chooses_it",
    ),
    rule_mutant(
        "ORD-18e",
        "Every order is told as ever, and every fee is charged when it is received",
        _PLACING,
        "    is_of_second = is_delayed or direct_lines(order) or cover is not None\n",
        "    is_of_second = direct_lines(order) or cover is not None and not is_delayed\n",
        f"{_FEE}_when_a_fee_is_charged_is_pinned_with_the_fee",
    ),
    rule_mutant(
        "ORD-18e",
        "Which rule a fee follows is not told",
        _PLACING,
        "            fee_timing=TIMINGS[rule.timing] if rule else None,\n",
        "            fee_timing=TIMINGS[policy.fees.rules[0].timing],\n",
        f"{_FEE}_when_a_fee_is_charged_is_pinned_with_the_fee",
    ),
)
