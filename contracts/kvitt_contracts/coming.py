"""Topics that hold reserved types alone, and what regions will write (decision 0170).

None of these topics exists on a broker, in an ACL or in AsyncAPI. One moves to `topics.CATALOGUE`
with the first type that leaves its reserve, with the readers that have their handlers.
"""

from kvitt_contracts import billing, orders
from kvitt_contracts.topic import Topic

# decision 0505: what no rule asks for is not reserved
TO_ORDERS = (orders.ReduceOrderLine,)
"""Reserved on `region.<code>.orders`."""

TO_BILLING = (
    billing.ApproveInvoiceRun,
    billing.ClosePeriod,
)
"""Reserved on `region.<code>.billing`."""


TOPICS: tuple[Topic, ...] = ()
"""Every topic of which nothing is in use yet."""
