"""All rule mutants, by where the rule is built."""

from collections.abc import Mapping

from tests.mutants.rules.access import ACCESS
from tests.mutants.rules.balances_on_a_day import BALANCES_ON_A_DAY
from tests.mutants.rules.baskets import BASKETS
from tests.mutants.rules.billing import BILLING
from tests.mutants.rules.blocks import BLOCKS
from tests.mutants.rules.bmb import BMB
from tests.mutants.rules.cards import CARDS
from tests.mutants.rules.contracts import CONTRACTS
from tests.mutants.rules.contributions import CONTRIBUTIONS
from tests.mutants.rules.documents import DOCUMENTS
from tests.mutants.rules.fault_reports import FAULT_REPORTS
from tests.mutants.rules.foresight import FORESIGHT
from tests.mutants.rules.inventory import INVENTORY
from tests.mutants.rules.log import LOG
from tests.mutants.rules.log_reviews import LOG_REVIEWS
from tests.mutants.rules.looks import LOOKS
from tests.mutants.rules.mails import MAILS
from tests.mutants.rules.notifications import NOTIFICATIONS
from tests.mutants.rules.operating import OPERATING
from tests.mutants.rules.orders import ORDERS
from tests.mutants.rules.person_search import PERSON_SEARCH
from tests.mutants.rules.physical import PHYSICAL
from tests.mutants.rules.product_areas import PRODUCT_AREAS
from tests.mutants.rules.purchases import PURCHASES
from tests.mutants.rules.receipts import RECEIPTS
from tests.mutants.rules.reference import REFERENCE
from tests.mutants.rules.rule_mutant import RuleMutant, numbered
from tests.mutants.rules.told_of_work import TOLD_OF_WORK
from tests.mutants.rules.users import USERS
from tests.mutants.rules.what_stores_have import WHAT_STORES_HAVE
from tests.mutants.rules.work_charges import WORK_CHARGES

LISTS: Mapping[str, tuple[RuleMutant, ...]] = {
    "reference": REFERENCE,
    "access": ACCESS,
    "log": LOG,
    "log_reviews": LOG_REVIEWS,
    "looks": LOOKS,
    "blocks": BLOCKS,
    "person_search": PERSON_SEARCH,
    "physical": PHYSICAL,
    "contracts": CONTRACTS,
    "operating": OPERATING,
    "foresight": FORESIGHT,
    "mails": MAILS,
    "orders": ORDERS,
    "product_areas": PRODUCT_AREAS,
    "users": USERS,
    "fault_reports": FAULT_REPORTS,
    "baskets": BASKETS,
    "bmb": BMB,
    "inventory": INVENTORY,
    "cards": CARDS,
    "purchases": PURCHASES,
    "balances_on_a_day": BALANCES_ON_A_DAY,
    "what_stores_have": WHAT_STORES_HAVE,
    "contributions": CONTRIBUTIONS,
    "receipts": RECEIPTS,
    "billing": BILLING,
    "work_charges": WORK_CHARGES,
    "documents": DOCUMENTS,
    "notifications": (*NOTIFICATIONS, *TOLD_OF_WORK),
}
RULE_MUTANTS = {one.name: one for one in numbered(one for some in LISTS.values() for one in some)}
_LIST_OF = dict(zip(RULE_MUTANTS, (name for name in LISTS for _ in LISTS[name]), strict=True))


def chosen(names: str) -> list[RuleMutant]:
    """The mutants of these, with commas between: a list, a rule, a clause, or one mutant's name.

    All of them when nothing is named. Raises LookupError with a name that is none of them.
    """
    found: dict[str, RuleMutant] = {}
    for name in filter(None, names.split(",")):
        named = {one.name: one for one in RULE_MUTANTS.values() if name in _names(one)}
        if not named:
            raise LookupError(name)
        found |= named
    return list((found or RULE_MUTANTS).values())


def _names(mutant: RuleMutant) -> tuple[str, ...]:
    """What a mutant can be chosen by."""
    rule = mutant.clause[:-1]
    return (_LIST_OF[mutant.name], rule, mutant.clause, mutant.name)
