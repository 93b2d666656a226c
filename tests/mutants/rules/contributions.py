"""Rule mutants of contributions: never stocked, never returned, never rented."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_INVENTORY: Final = "services/inventory/inventory"
_TESTS: Final = "services/inventory/tests/test_contributions.py::test"
_NEITHER: Final = f"{_TESTS}_a_contribution_is_neither_rented_nor_marked"
_RETURNS: Final = f"{_INVENTORY}/registered_returns/domain.py"
_ORDERS: Final = "services/orders/orders"
_ORDERING: Final = "services/orders/tests"

CONTRIBUTIONS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-16a",
        "A store takes contributions in",
        f"{_INVENTORY}/articles/domain.py",
        "    if article.is_contribution:\n        raise NeverStocked(\n",
        "    if article.is_contribution and article.marked:\n        raise NeverStocked(\n",
        f"{_TESTS}_no_store_takes_a_contribution_in_or_sends_it_back",
    ),
    rule_mutant(
        "INV-16a",
        "A contribution is withdrawn and lent as goods are",
        f"{_INVENTORY}/withdrawals/domain.py",
        "    if article.is_contribution:\n        return NotServed.CONTRIBUTION_IS_NEVER_STOCKED\n",
        "",
        f"{_TESTS}_no_store_is_drawn_from_or_filled_with_a_contribution",
    ),
    rule_mutant(
        "INV-16a",
        "A contribution fills up a store",
        f"{_INVENTORY}/reservations/writes.py",
        "        fills_a_store=order.to_store is not None,\n",
        "",
        f"{_TESTS}_no_store_is_drawn_from_or_filled_with_a_contribution",
    ),
    rule_mutant(
        "INV-16a",
        "An order waits for the contribution that no store has",
        f"{_INVENTORY}/reservations/domain.py",
        "    return not is_service and line.article_number not in never_stocked\n",
        "    return not is_service\n",
        f"{_TESTS}_an_ordered_contribution_is_never_missing_and_takes_nothing",
    ),
    rule_mutant(
        "INV-16a",
        "A contribution is counted",
        f"{_INVENTORY}/stocktakings/domain.py",
        "    if article.is_contribution:\n",
        "    if article.is_contribution and article.marked:\n",
        f"{_TESTS}_a_contribution_is_not_counted",
    ),
    rule_mutant(
        "INV-16a",
        "What is stocked becomes a contribution",
        f"{_INVENTORY}/articles/domain.py",
        "    is_never_stocked = stated.type is ArticleType.SERVICE or stated.is_contribution\n",
        "    is_never_stocked = known.is_never_stocked or stated.type is ArticleType.SERVICE\n",
        f"{_TESTS}_what_is_stocked_does_not_become_a_contribution",
    ),
    rule_mutant(
        "INV-16a",
        "A contribution is withdrawn from a store, which declines it afterwards",
        f"{_ORDERS}/placements/domain.py",
        "        if article.is_contribution:\n",
        "        if article.is_contribution and article.marked:\n",
        f"{_ORDERING}/test_order_lines.py::test_a_contribution_is_ordered_and_never_withdrawn",
    ),
    rule_mutant(
        "INV-16a",
        "A contribution is ordered to one's own store",
        f"{_ORDERS}/replenishments/domain.py",
        "    if article.is_contribution:\n",
        "    if article.is_contribution and article.marked:\n",
        f"{_ORDERING}/test_replenishments.py::test_what_no_store_has_is_refused",
    ),
    rule_mutant(
        "INV-16a",
        "A contribution is in a store's template",
        f"{_ORDERS}/templates/domain.py",
        "        if articles[line.article_number].is_contribution:\n",
        "        if articles[line.article_number].is_contribution and number > 0:\n",
        f"{_ORDERING}/test_templates.py::test_a_contribution_is_in_no_template",
    ),
    rule_mutant(
        "INV-16a",
        "A contribution is lent in a basket",
        f"{_ORDERS}/baskets/lending/domain.py",
        "    if article.is_contribution:\n",
        "    if article.is_contribution and article.marked:\n",
        f"{_ORDERING}/test_baskets.py::test_a_contribution_is_not_lent",
    ),
    rule_mutant(
        "INV-16a",
        "One's own store is proposed for a contribution",
        f"{_ORDERS}/articles/domain.py",
        "        return self.type is ArticleType.SERVICE or self.is_contribution\n",
        "        return self.type is ArticleType.SERVICE\n",
        f"{_ORDERING}/test_defaults.py::test_the_default_follows_what_the_article_allows",
    ),
    rule_mutant(
        "INV-16b",
        "A contribution comes back",
        _RETURNS,
        "    if back.article.is_contribution:\n",
        "    if back.article.is_contribution and back.line.marked:\n",
        f"{_TESTS}_no_user_returns_a_contribution",
        f"{_TESTS}_no_region_states_a_contribution_back",
    ),
    rule_mutant(
        "INV-16b",
        "A contribution is marked, so that it could come back",
        f"{_INVENTORY}/articles/domain.py",
        "    if stated.marked:  # what is marked stands in stores, comes back and is lent again\n",
        "    if stated.marked and stated.is_hourly:\n",
        _NEITHER,
    ),
    rule_mutant(
        "INV-16c",
        "A contribution is rented",
        f"{_INVENTORY}/articles/domain.py",
        "    if stated.charging is Charging.RENT:\n        raise ArticleRefused(\n",
        "    if stated.charging is Charging.RENT and stated.is_hourly:\n"
        "        raise ArticleRefused(\n",
        _NEITHER,
    ),
)
