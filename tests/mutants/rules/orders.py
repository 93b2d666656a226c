"""Rule mutants of what orders decides: ORD, and of REF its part."""

from tests.mutants.rules.attachments import ATTACHMENTS
from tests.mutants.rules.cases import CASES
from tests.mutants.rules.handouts import HANDOUTS
from tests.mutants.rules.order_drafts import ORDER_DRAFTS
from tests.mutants.rules.orders_delivery import DELIVERY
from tests.mutants.rules.orders_lines import LINES
from tests.mutants.rules.orders_persons import PERSONS
from tests.mutants.rules.orders_states import STATES
from tests.mutants.rules.orders_units import UNITS
from tests.mutants.rules.pickups import PICKUPS
from tests.mutants.rules.replenishments import REPLENISHMENTS
from tests.mutants.rules.returned_at_once import RETURNED_AT_ONCE
from tests.mutants.rules.rule_mutant import RuleMutant
from tests.mutants.rules.sealed_texts import SEALED_TEXTS
from tests.mutants.rules.slips import SLIPS
from tests.mutants.rules.work_orders import WORK_ORDERS

ORDERS: tuple[RuleMutant, ...] = (
    *PERSONS,
    *UNITS,
    *DELIVERY,
    *LINES,
    *STATES,
    *PICKUPS,
    *RETURNED_AT_ONCE,
    *CASES,
    *WORK_ORDERS,
    *HANDOUTS,
    *ORDER_DRAFTS,
    *SLIPS,
    *REPLENISHMENTS,
    *ATTACHMENTS,
    *SEALED_TEXTS,
)
