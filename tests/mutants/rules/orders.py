"""Rule mutants of orders."""

from tests.mutants.rules.rule_mutant import RuleMutant

ORDERS: tuple[RuleMutant, ...] = ()
