"""Rule mutants of inventory."""

from tests.mutants.rules.rule_mutant import RuleMutant

INVENTORY: tuple[RuleMutant, ...] = ()
