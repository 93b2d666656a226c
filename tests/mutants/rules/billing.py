"""Rule mutants of billing."""

from tests.mutants.rules.rule_mutant import RuleMutant

BILLING: tuple[RuleMutant, ...] = ()
