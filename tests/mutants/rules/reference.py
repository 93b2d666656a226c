"""Rule mutants of people, units and access (REF), of days that are told (DAY), and of PHY-1."""

from tests.mutants.rules.rule_mutant import RuleMutant

REFERENCE: tuple[RuleMutant, ...] = ()
