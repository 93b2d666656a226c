"""Rule mutants of what is bought: direct supply, suppliers, purchase orders, voided lines."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_SUPPLY: Final = f"{_CODE}/placements/supply/domain.py"
_CREATING: Final = f"{_CODE}/purchase_orders/creating/domain.py"
_PURCHASE: Final = f"{_CODE}/purchase_orders/domain.py"
_WAITING: Final = f"{_CODE}/purchase_orders/writes.py"
_LINES: Final = f"{_CODE}/customer_orders/line_rules/domain.py"
_TESTS: Final = "services/orders/tests"
_DIRECT: Final = f"{_TESTS}/test_direct_orders.py::test"
_BOUGHT: Final = f"{_TESTS}/test_purchase_orders.py::test"
_ACTS: Final = f"{_TESTS}/test_purchase_order_acts.py::test"
_VOIDED: Final = f"{_TESTS}/test_voiding_lines.py::test"
_RESTRICTED: Final = f"{_TESTS}/test_article_restrictions.py::test"

PURCHASES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-1d",
        "Everything comes from the central store",
        _SUPPLY,
        "    return policy.stores.purchasing is not None and not article.is_kept_in_central\n",
        "    return policy.stores.purchasing is None and not article.is_kept_in_central\n",
        f"{_DIRECT}_what_the_central_store_does_not_keep_comes_direct",
    ),
    rule_mutant(
        "ORD-3g",
        "A direct line is consolidated with the others",
        f"{_CODE}/placements/domain.py",
        "        consolidated=command.delivery.consolidated and not has_direct,\n",
        "        consolidated=command.delivery.consolidated,\n",
        f"{_DIRECT}_an_order_with_a_direct_line_is_never_consolidated",
    ),
    rule_mutant(
        "ORD-4g",
        "A direct line leaves its supplier on the next working day",
        _CREATING,
        "            today, max(articles[line.article_number].lead_time_days, 1)\n",
        "            today, min(articles[line.article_number].lead_time_days, 1)\n",
        f"{_ACTS}_a_direct_line_is_planned_by_the_suppliers_lead_time",
    ),
    rule_mutant(
        "ORD-4c",
        "A delay moves no planned day",
        _LINES,
        "    if line.planned_dispatch_on == on or line.is_over:\n",
        "    if line.planned_dispatch_on is not None or line.is_over:\n",
        f"{_ACTS}_a_supplier_that_is_late_moves_the_planned_day",
    ),
    rule_mutant(
        "ORD-11a",
        "Another supplier's lines are bought too",
        _CREATING,
        "    is_theirs = line.is_direct and line.supplier_id == supplier.supplier_id\n",
        "    is_theirs = line.is_direct\n",
        f"{_BOUGHT}_over_http_every_line_of_the_supplier_is_bought_unless_some_are_named",
        f"{_BOUGHT}_a_purchase_order_has_one_supplier_and_a_number_of_its_own",
    ),
    rule_mutant(
        "ORD-11b",
        "What is voided is printed again",
        f"{_CODE}/purchase_orders/documents.py",
        "    lines = [line for line in row.lines if line.state is not LineState.VOIDED]\n",
        "    lines = list(row.lines)\n",
        f"{_ACTS}_it_is_printed_and_again_with_what_is_left_of_it",
    ),
    rule_mutant(
        "ORD-11c",
        "Nobody is reminded of what is not sent",
        _PURCHASE,
        "    if purchase_order.status is not Status.CREATED:\n        return ()\n",
        "    if purchase_order.status is Status.CREATED:\n        return ()\n",
        f"{_ACTS}_one_that_nobody_has_sent_after_two_working_days_is_told",
    ),
    rule_mutant(
        "ORD-11d",
        "A line's comment is not printed for the supplier",
        f"{_CODE}/purchase_orders/documents.py",
        '        comment=comments.get(number, ""),\n',
        '        comment="",\n',
        f"{_ACTS}_it_is_printed_and_again_with_what_is_left_of_it",
    ),
    rule_mutant(
        "ORD-11e",
        "A service is bought without a word of what it is for",
        _CREATING,
        "        if is_service and not wish.comments.get(line.number):\n",
        "        if not is_service and not wish.comments.get(line.number):\n",
        f"{_BOUGHT}_a_service_is_bought_with_a_comment_of_what_it_is_for",
    ),
    rule_mutant(
        "ORD-11g",
        "That of a service does not go along with the device",
        f"{_CODE}/purchase_orders/documents.py",
        "        goes_along=any(one.type is ArticleType.SERVICE for one in articles.values()),\n",
        "        goes_along=False,\n",
        f"{_ACTS}_that_of_a_service_goes_along_with_the_device",
    ),
    rule_mutant(
        "ORD-11h",
        "A line is changed to more than was ordered",
        _PURCHASE,
        "    if quantity > line.quantity:\n",
        "    if quantity > 10 * line.quantity:\n",
        f"{_ACTS}_customer_service_changes_a_line_as_agreed_with_the_supplier",
    ),
    rule_mutant(
        "ORD-11i",
        "What is bought is listed as if it were not",
        f"{_CODE}/purchase_orders/api.py",
        '    waiting = {"is_direct": True, "reached": LineState.ORDERED, **of}\n',
        '    waiting = {"is_direct": True, **of}\n',
        f"{_ACTS}_what_has_no_purchase_order_is_listed_for_who_makes_it",
    ),
    rule_mutant(
        "ORD-11j",
        "A line is told of when the last of all is expected",
        _PURCHASE,
        "    return frozenset(line.expected_on + later for line in purchase_order.open_lines)\n",
        "    days = [line.expected_on + later for line in purchase_order.open_lines]\n"
        "    return frozenset(sorted(days)[-1:])\n",
        f"{_ACTS}_a_line_is_told_of_on_its_own_day_though_another_is_late",
    ),
    rule_mutant(
        "ORD-14c",
        "The unit voids lines whatever the policy says",
        _LINES,
        '    if policy.order.void_line == "customer_service":\n',
        '    if policy.order.void_line == "nobody":\n',
        f"{_VOIDED}_by_policy_customer_service_alone_voids_lines_and_names_who_asked",
    ),
    rule_mutant(
        "ORD-14d",
        "With one line the whole order is voided",
        f"{_CODE}/customer_orders/domain.py",
        "    if states == {LineState.VOIDED}:\n",
        "    if LineState.VOIDED in states:\n",
        f"{_VOIDED}_with_the_rest_delivered_the_order_is_delivered",
    ),
    rule_mutant(
        "ORD-14e",
        "A line is voided without a word to its supplier",
        _LINES,
        "    if is_supplier_asked_of(lines) and not is_supplier_told:\n",
        "    if not is_supplier_asked_of(lines) and not is_supplier_told:\n",
        f"{_VOIDED}_whoever_voids_what_is_bought_has_told_the_supplier",
    ),
    rule_mutant(
        "ORD-21a",
        "What the central store keeps is bought",
        _SUPPLY,
        "    if purchasing is None or not is_direct(article, policy):\n",
        "    if purchasing is None:\n",
        f"{_DIRECT}_what_the_central_store_does_not_keep_comes_direct",
    ),
    rule_mutant(
        "ORD-21b",
        "What has a purchase order is offered another",
        "services/orders/orders/customer_orders/line_rules/domain.py",
        "        if line.supplier_id is not None and line.state is LineState.ORDERED:\n",
        "        if line.supplier_id is not None and not line.is_over:\n",
        "services/orders/tests/test_purchase_order_acts.py"
        "::test_an_order_offers_to_create_the_purchase_orders_that_it_lacks",
    ),
    rule_mutant(
        "ORD-21c",
        "What nobody sells is ordered of a supplier that is not active",
        _SUPPLY,
        "    if supplier is None or not supplier.is_active:\n",
        "    if supplier is None:\n",
        f"{_DIRECT}_what_has_no_active_supplier_cannot_be_ordered",
    ),
    rule_mutant(
        "ORD-22a",
        "A private clinic orders what is for the region's own units",
        _SUPPLY,
        "    if article.is_own_units_only and service_point.private_clinic:\n",
        "    if article.is_own_units_only and not service_point.private_clinic:\n",
        f"{_RESTRICTED}_an_article_for_own_units_is_not_for_a_private_clinic",
    ),
    rule_mutant(
        "ORD-22b",
        "An article is had from where it never comes",
        _SUPPLY,
        "    if Word(supply) in article.never_from:\n",
        "    if Word(supply) not in article.never_from and article.never_from:\n",
        f"{_RESTRICTED}_an_article_is_not_had_from_where_it_never_comes",
    ),
    rule_mutant(
        "REF-13a",
        "How a supplier is reached is lost",
        f"{_CODE}/suppliers/handlers.py",
        "row.address = fact.order_email, fact.phone, fact.address\n",
        "row.address = None, None, None\n",
        f"{_DIRECT}_suppliers_are_listed_with_how_they_are_reached_and_publish_none_of_it",
    ),
    rule_mutant(
        "INV-8e",
        "A deviation that is not settled is forgotten",
        _WAITING,
        "    if row.has_deviation:\n",
        "    if not row.has_deviation:\n",
        f"{_ACTS}_a_deviation_that_is_not_settled_is_reminded_of_each_month",
    ),
    rule_mutant(
        "NTF-2l",
        "That a delivery is ready to be received is told two weeks late",
        "services/notifications/notifications/purchase_orders/handlers.py",
        "    if event.days_late < LATE_DAYS:\n",
        "    if event.days_late > LATE_DAYS:\n",
        "services/notifications/tests/test_purchase_orders.py"
        "::test_what_waits_too_long_is_told_to_who_acts",
    ),
    rule_mutant(
        "INV-8e",
        "Who settled a deviation is told, not who reported it",
        "services/notifications/notifications/purchase_orders/handlers.py",
        "ToUser(user_id=event.asked_by)",
        "ToUser(user_id=event.by)",
        "services/notifications/tests/test_purchase_orders.py"
        "::test_who_reported_a_deviation_is_told_that_it_is_settled",
    ),
    rule_mutant(
        "ORD-11f",
        "What is no service is counted in hours",
        "contracts/kvitt_contracts/regions/articles.py",
        "self.is_hourly and self.type is not ArticleType.SERVICE",
        "self.is_hourly and self.type is ArticleType.MAIN_DEVICE",
        "services/orders/tests/test_training.py::test_only_a_service_is_counted_in_hours",
    ),
    rule_mutant(
        "ORD-11f",
        "Training whose hours nobody says is an hour",
        "services/orders/orders/placements/occasions/domain.py",
        '"quantity" not in line.model_fields_set',
        '"article_number" not in line.model_fields_set',
        "services/orders/tests/test_training.py::test_a_line_says_its_hours",
    ),
    rule_mutant(
        "ORD-11f",
        "Several occasions are one line",
        "services/orders/orders/placements/occasions/domain.py",
        "line.quantity > _HOURS_OF_A_DAY",
        "line.quantity > 30 * _HOURS_OF_A_DAY",
        "services/orders/tests/test_training.py::test_a_line_is_one_occasion",
    ),
)
"""What comes direct, and how it is bought."""
