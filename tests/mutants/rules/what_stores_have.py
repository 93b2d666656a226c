"""Rule mutants of the night's comparisons of what stores have with what is behind it."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_TESTS: Final = "services/inventory/tests/test_what_stores_have.py::test"
_SET_ASIDE: Final = f"{_TESTS}_what_is_set_aside_without_a_cause_is_found_by_article_and_store"
_ORDERS: Final = f"{_TESTS}_a_reservation_that_is_not_as_its_order_is_found_by_the_order"
_LINES: Final = f"{_TESTS}_a_line_has_no_more_than_is_ordered_and_no_less_before_it_is_sent"
_DEVICES: Final = f"{_TESTS}_a_store_that_has_other_devices_than_its_balance_says_is_found"

WHAT_STORES_HAVE: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-4h",
        "Nobody compares what a store has reserved",
        f"{_CODE}/set_aside/queries.py",
        "    WHERE reserved OR on_order ORDER BY region, key\n",
        "    WHERE on_order ORDER BY region, key\n",
        _SET_ASIDE,
    ),
    rule_mutant(
        "INV-4h",
        "Nobody compares what a store has on order",
        f"{_CODE}/set_aside/queries.py",
        "    WHERE reserved OR on_order ORDER BY region, key\n",
        "    WHERE reserved ORDER BY region, key\n",
        _SET_ASIDE,
    ),
    rule_mutant(
        "INV-4h",
        "What a transfer holds in a store is no cause to set it aside",
        f"{_CODE}/set_aside/queries.py",
        "claim_kind IN ('transfer', 'lock', 'pickup', 'investigation')",
        "claim_kind IN ('lock', 'pickup', 'investigation')",
        _SET_ASIDE,
    ),
    rule_mutant(
        "INV-4h",
        "What a basket has lent is no cause to set it aside",
        f"{_CODE}/set_aside/queries.py",
        "WHERE b.status = 'lent' AND line.value ->> 'outcome' IS NULL",
        "WHERE b.status = 'ended' AND line.value ->> 'outcome' IS NULL",
        _SET_ASIDE,
    ),
    rule_mutant(
        "INV-4h",
        "A line that waits for more than it lacks is not found",
        f"{_CODE}/set_aside/queries.py",
        "WHERE coalesce(b.missing, 0) <> coalesce(l.missing, 0)",
        "WHERE coalesce(b.missing, 0) < coalesce(l.missing, 0)",
        _SET_ASIDE,
    ),
    rule_mutant(
        "INV-4h",
        "An order that inventory does not know is not found",
        f"{_CODE}/set_aside/checks.py",
        "for region, left in asked.items():",
        "for region, left in list(asked.items())[:0]:",
        _ORDERS,
    ),
    rule_mutant(
        "INV-4h",
        "An order without a reservation is not found",
        f"{_CODE}/set_aside/domain.py",
        "            if asked.lines:\n",
        "            if asked.lines and asked.is_void_asked:\n",
        _ORDERS,
    ),
    rule_mutant(
        "INV-4h",
        "A reservation of an order that nobody has placed is not found",
        f"{_CODE}/set_aside/domain.py",
        '            yield order_id, "no_order"\n',
        "            continue\n",
        _ORDERS,
    ),
    rule_mutant(
        "INV-4h",
        "A reservation that is let go while its order is open is not found",
        f"{_CODE}/set_aside/domain.py",
        "    if has.status is Status.RELEASED and not asked.is_void_asked:\n",
        "    if has.status is Status.RELEASED and asked.is_void_asked:\n",
        _ORDERS,
    ),
    rule_mutant(
        "INV-4h",
        "What is kept of an order that is to be void is not found",
        f"{_CODE}/set_aside/domain.py",
        "    if has.status in _NOTHING_SENT and asked.is_void_asked:\n",
        "    if has.status is Status.PICKING and asked.is_void_asked:\n",
        _ORDERS,
    ),
    rule_mutant(
        "INV-4h",
        "A line that has more than was ordered is not found",
        f"{_CODE}/set_aside/domain.py",
        "    return quantity > ordered or (",
        "    return (",
        _LINES,
    ),
    rule_mutant(
        "INV-4h",
        "What is on its way is not counted as a line's",
        f"{_CODE}/set_aside/domain.py",
        "            held[sent.line_id] = held.get(sent.line_id, 0) + sent.quantity\n",
        "            held[sent.line_id] = held.get(sent.line_id, 0)\n",
        _LINES,
    ),
    rule_mutant(
        "INV-4i",
        "What is on its way stands in its store",
        f"{_CODE}/whereabouts/queries.py",
        "          AND claim_kind IS DISTINCT FROM 'dispatch'\n",
        "",
        _DEVICES,
    ),
    rule_mutant(
        "INV-4i",
        "What is scrapped stands in its store",
        f"{_CODE}/whereabouts/queries.py",
        "NOT IN ('scrapped', 'sold', 'returned_to_supplier')",
        "NOT IN ('sold', 'returned_to_supplier')",
        _DEVICES,
    ),
    rule_mutant(
        "INV-4i",
        "A store without a balance is not compared",
        f"{_CODE}/whereabouts/queries.py",
        "FROM had h FULL JOIN standing s",
        "FROM had h LEFT JOIN standing s",
        _DEVICES,
    ),
    rule_mutant(
        "INV-4j",
        "A device that is listed elsewhere than it is is not found",
        f"{_CODE}/whereabouts/queries.py",
        "WHERE holder OR store ORDER BY",
        "WHERE store ORDER BY",
        _DEVICES,
    ),
    rule_mutant(
        "INV-4j",
        "A device in a store that nobody has stated is not found",
        f"{_CODE}/whereabouts/queries.py",
        "WHERE holder OR store ORDER BY",
        "WHERE holder ORDER BY",
        _DEVICES,
    ),
)
