"""Rule mutants of billing: who owes what for which day, the month's invoices, who reads them."""

from tests.mutants.rules.billing_charges import CHARGES
from tests.mutants.rules.billing_delayed_fees import DELAYED_FEES
from tests.mutants.rules.billing_explaining import EXPLAINING
from tests.mutants.rules.billing_home_regions import HOME_REGIONS
from tests.mutants.rules.billing_invoices import INVOICES
from tests.mutants.rules.billing_ledger import LEDGER
from tests.mutants.rules.billing_loans import LOANS
from tests.mutants.rules.billing_month_previews import MONTH_PREVIEWS
from tests.mutants.rules.billing_previews import PREVIEWS
from tests.mutants.rules.billing_print_files import PRINT_FILES
from tests.mutants.rules.billing_reach import REACH
from tests.mutants.rules.billing_rents import RENTS
from tests.mutants.rules.billing_runs import RUNS
from tests.mutants.rules.billing_supplier_invoices import SUPPLIER_INVOICES
from tests.mutants.rules.rule_mutant import RuleMutant

BILLING: tuple[RuleMutant, ...] = (
    *RENTS,
    *CHARGES,
    *DELAYED_FEES,
    *HOME_REGIONS,
    *INVOICES,
    *RUNS,
    *LOANS,
    *PREVIEWS,
    *MONTH_PREVIEWS,
    *PRINT_FILES,
    *REACH,
    *LEDGER,
    *EXPLAINING,
    *SUPPLIER_INVOICES,
)
