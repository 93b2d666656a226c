"""Rule mutants of what an order or a withdrawal may hold."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_TESTS: Final = "services/orders/tests"
_PLACING: Final = f"{_CODE}/placements/domain.py"
_PARTIES: Final = f"{_CODE}/parties/domain.py"
_ORDER: Final = f"{_CODE}/customer_orders/domain.py"
_PLACE: Final = f"{_TESTS}/test_placing.py::test"
_STATE: Final = f"{_TESTS}/test_order_states.py::test"
_LINE: Final = f"{_TESTS}/test_order_lines.py::test"
_EQUIVALENT: Final = f"{_TESTS}/test_equivalents.py::test"

LINES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-5a",
        "What is outside the assortment is ordered",
        _PLACING,
        "        _must_be_in_assortment(article, line, number, applications, parties, policy)\n",
        "",
        f"{_LINE}_an_article_outside_the_assortment_cannot_be_ordered",
    ),
    rule_mutant(
        "ORD-5a",
        "The refusal does not say how to apply",
        _PLACING,
        '"Artikeln ligger utanför sortimentet. Ansök om individuell förskrivning.",',
        '"Artikeln ligger utanför sortimentet.",',
        f"{_LINE}_the_refusal_says_how_to_apply_for_an_individual_prescription",
    ),
    rule_mutant(
        "ORD-5b",
        "What stands in the own store outside the assortment is not withdrawn",
        _PLACING,
        "        if article.type is ArticleType.SERVICE:\n            raise _refused(\n"
        "                Reason.SERVICE_IS_NOT_STOCKED",
        "        _must_be_in_assortment(article, line, number, {}, parties, policy)\n"
        "        if article.type is ArticleType.SERVICE:\n            raise _refused(\n"
        "                Reason.SERVICE_IS_NOT_STOCKED",
        f"{_LINE}_what_stands_in_the_own_store_may_still_be_withdrawn",
    ),
    rule_mutant(
        "ORD-5c",
        "By policy anybody orders outside the assortment",
        _PLACING,
        "        _must_be_by_consultant(parties, number)\n        return\n",
        "        return\n",
        f"{_LINE}_by_policy_a_consultant_orders_what_is_outside_the_assortment",
    ),
    rule_mutant(
        "ORD-6f",
        "What is not purchased any more is ordered",
        _PLACING,
        "        must_be_to_get(article, number, source, policy)\n",
        "",
        f"{_LINE}_what_is_not_purchased_is_not_ordered_where_only_the_own_stores_balance_counts",
    ),
    rule_mutant(
        "ORD-6f",
        "A service that is not purchased any more is ordered",
        _PLACING,
        "(counts_in_central and article.type is not ArticleType.SERVICE):\n",
        "counts_in_central:\n",
        f"{_LINE}_a_service_that_is_not_purchased_has_no_balance_anywhere",
    ),
    rule_mutant(
        "ORD-6f",
        "A discontinued article counts as purchased",
        f"{_CODE}/articles/domain.py",
        "        return self.status is ArticleStatus.ACTIVE\n",
        "        return self.status is not ArticleStatus.PHASE_OUT\n",
        f"{_LINE}_what_is_not_purchased_is_not_ordered_where_only_the_own_stores_balance_counts",
    ),
    rule_mutant(
        "ORD-6g",
        "The central store's balance counts nowhere",
        _PLACING,
        'is_central and (not policy.phase_out or "central" in policy.phase_out)\n',
        "False\n",
        f"{_LINE}_what_is_not_purchased_is_ordered_where_the_central_stores_balance_counts",
    ),
    rule_mutant(
        "ORD-6b",
        "The new one cannot be taken",
        _PLACING,
        "    has_choice = any(line.instead_of is not None for line in lines)\n",
        "    has_choice = bool(lines)\n",
        f"{_EQUIVALENT}_the_new_one_may_be_taken_all_the_same",
    ),
    rule_mutant(
        "ORD-6i",
        "What was asked for first is forgotten",
        _ORDER,
        '    placed["instead_of"] = line.instead_of\n',
        "",
        f"{_EQUIVALENT}_the_choice_is_shown_over_http_before_and_after",
    ),
    rule_mutant(
        "ORD-6i",
        "An article of another group is taken instead",
        f"{_CODE}/placements/equivalents/domain.py",
        "    if is_another and is_in_group and not taken.is_purchased:\n",
        "    if is_another and not taken.is_purchased:\n",
        f"{_EQUIVALENT}_only_an_older_one_of_the_group_is_taken_instead",
    ),
    rule_mutant(
        "ORD-6i",
        "An article that is still purchased is taken instead",
        f"{_CODE}/placements/equivalents/domain.py",
        "    if is_another and is_in_group and not taken.is_purchased:\n",
        "    if is_another and is_in_group:\n",
        f"{_EQUIVALENT}_only_an_older_one_of_the_group_is_taken_instead",
    ),
    rule_mutant(
        "ORD-7a",
        "A service is withdrawn from a store",
        _PLACING,
        "        if article.type is ArticleType.SERVICE:\n",
        "        if article.type is ArticleType.SPARE_PART:\n",
        f"{_LINE}_a_service_does_not_stand_in_a_store",
    ),
    rule_mutant(
        "ORD-7a",
        "A withdrawal is registered and nobody waits for its answer",
        _ORDER,
        '        "status": Status.PENDING if own else Status.REGISTERED,\n',
        '        "status": Status.REGISTERED,\n',
        f"{_STATE}_a_withdrawal_is_pending_until_inventory_answers",
    ),
    rule_mutant(
        "ORD-7b",
        "A withdrawal is voided",
        _ORDER,
        "    if order.supply is LineSupply.OWN_STORE:\n        raise",
        "    if order.supply is LineSupply.OWN_STORE and order.picking_begun:\n        raise",
        f"{_STATE}_a_withdrawal_is_never_voided",
    ),
    rule_mutant(
        "ORD-7c",
        "A requisition is an order from the central store",
        _PLACING,
        "    own = Source(supply=LineSupply.OWN_STORE, store=command.store)\n",
        "    own = Source(supply=LineSupply.CENTRAL, store=command.store)\n",
        f"{_LINE}_two_requisitions_are_two_lines",
    ),
    rule_mutant(
        "ORD-7d",
        "Two requisitions get one line number",
        _PLACING,
        "            number=number,\n            article_number=line.article_number,\n",
        "            number=1,\n            article_number=line.article_number,\n",
        f"{_LINE}_two_requisitions_are_two_lines",
    ),
    rule_mutant(
        "ORD-8a",
        "A device that nobody named is prescribed",
        _PLACING,
        "        if article.marked and line.device_number is None:\n",
        "        if article.marked and not line.quantity:\n",
        f"{_LINE}_a_marked_device_is_withdrawn_by_its_number",
    ),
    rule_mutant(
        "ORD-8d",
        "A device number on an order from the central store is passed over",
        _PLACING,
        "        _must_name_no_device(line, number)\n",
        "",
        f"{_LINE}_an_order_from_the_central_store_names_no_device",
    ),
    rule_mutant(
        "ORD-8a",
        "A prescriber takes from the store of a unit where somebody else works",
        _PARTIES,
        "    if not prescriber.works_at(place.customer_id):\n",
        "    if not prescriber.service_points:\n",
        f"{_PLACE}_the_prescriber_works_at_the_service_point",
    ),
    rule_mutant(
        "ORD-8b",
        "The store need not be the service point's",
        _PLACING,
        "    if store != owner.store:\n",
        "    if owner.store is None:\n",
        f"{_LINE}_the_store_and_the_service_point_must_match",
    ),
    rule_mutant(
        "ORD-8c",
        "Two of a marked device are ordered on one line",
        _PLACING,
        "    if article.marked and line.quantity != 1:\n",
        "    if article.marked and line.quantity < 1:\n",
        f"{_LINE}_the_quantity_of_a_marked_device_is_always_one",
    ),
    rule_mutant(
        "ORD-8c",
        "One device stands on two lines",
        _PLACING,
        "        if line.device_number in seen:\n",
        "        if not seen >= set():\n",
        f"{_LINE}_a_device_stands_on_one_line_of_a_withdrawal",
    ),
    rule_mutant(
        "ORD-25a",
        "From a store for patients a withdrawal goes to a ward",
        _PLACING,
        "    must_prescribe_to_patients(command.store, parties.recipient, policy=policy)\n",
        "",
        f"{_TESTS}/test_patients_only.py::test_from_a_store_for_patients_nothing_goes_to_a_ward",
    ),
    rule_mutant(
        "ORD-25a",
        "Nothing goes to a ward, from whatever store",
        _PARTIES,
        "    if is_for_ward and store in policy.order.prescribes_to_patients_only:\n",
        "    if is_for_ward and policy.order.prescribes_to_patients_only:\n",
        f"{_TESTS}/test_patients_only.py::test_from_other_stores_it_goes_to_wards_too",
    ),
    rule_mutant(
        "ORD-25a",
        "A basket of a store for patients is delivered to a ward",
        f"{_CODE}/baskets/handlers.py",
        "act.recipient if act.deliver else None, policy=tx.policy",
        "None, policy=tx.policy",
        f"{_TESTS}/test_patients_only.py"
        "::test_a_basket_of_a_store_for_patients_is_delivered_to_patients_alone",
    ),
)
