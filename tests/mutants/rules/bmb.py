"""Rule mutants of bmb."""

from tests.mutants.rules.rule_mutant import RuleMutant

BMB: tuple[RuleMutant, ...] = ()
