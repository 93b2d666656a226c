"""Rule mutants of balances at the end of a past day."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_STOCK: Final = "services/inventory/inventory/stock/queries.py"
_LIST: Final = "services/inventory/inventory/store_balances"
_TESTS: Final = "services/inventory/tests/test_balances_on_a_day.py::test"

BALANCES_ON_A_DAY: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-4g",
        "A day has what was dated by then, however late it was told",
        _STOCK,
        "            StockMoveRow.recorded_at < before,\n",
        "            StockMoveRow.moved_on < before.date(),\n",
        f"{_TESTS}_each_day_is_told_as_it_was_at_its_end",
    ),
    rule_mutant(
        "INV-4g",
        "A day ends when it begins",
        f"{_LIST}/api.py",
        "    before = start_of_day(on + timedelta(days=1))\n",
        "    before = start_of_day(on)\n",
        f"{_TESTS}_each_day_is_told_as_it_was_at_its_end",
    ),
    rule_mutant(
        "INV-4g",
        "A day to come is told as today",
        f"{_LIST}/domain.py",
        "    if on > today:\n",
        "    if on == date.max:\n",
        f"{_TESTS}_what_cannot_be_told_of_a_day_is_refused_with_the_way_on",
    ),
)
