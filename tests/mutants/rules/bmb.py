"""Rule mutants of bmb: what a transfer is, who takes its steps, and what becomes of it."""

from tests.mutants.rules.bmb_acknowledgements import ACKNOWLEDGEMENTS
from tests.mutants.rules.bmb_by_line import BY_LINE
from tests.mutants.rules.bmb_drafts import DRAFTS
from tests.mutants.rules.bmb_pages import PAGES
from tests.mutants.rules.bmb_responsibles import RESPONSIBLES
from tests.mutants.rules.bmb_states import STATES
from tests.mutants.rules.rule_mutant import RuleMutant

BMB: tuple[RuleMutant, ...] = (
    *DRAFTS,
    *ACKNOWLEDGEMENTS,
    *RESPONSIBLES,
    *BY_LINE,
    *PAGES,
    *STATES,
)
