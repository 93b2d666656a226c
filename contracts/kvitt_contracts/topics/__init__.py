"""The catalogue: every topic with its owner, key, types, readers and writers, each in the module of
its owner.

Topics, ACLs, AsyncAPI and docs are made from it. Topics that have reserved types alone are in
`coming`.
"""

from collections.abc import Sequence
from dataclasses import replace

from kvitt_contracts import coming
from kvitt_contracts.envelope import Message
from kvitt_contracts.topic import DAYS_14, FOR_EVER, REGION, SERVICES, Topic
from kvitt_contracts.topics.billing import (
    BILLING_CHARGES,
    BILLING_HOME_REGION_CASES,
    BILLING_INVOICE_RUNS,
    BILLING_INVOICES,
    BILLING_LEDGER_ENTRIES,
    BILLING_LEDGER_PERIODS,
    BILLING_REFUSALS,
    BILLING_REGION_SALES,
    BILLING_SUPPLIER_INVOICES,
    REGION_BILLING,
)
from kvitt_contracts.topics.bmb import (
    BMB_REFUSALS,
    BMB_RESPONSIBLES,
    BMB_TRANSFERS,
    REGION_BMB,
)
from kvitt_contracts.topics.inventory import (
    INVENTORY_ARTICLES,
    INVENTORY_CLAIMS,
    INVENTORY_DAYS,
    INVENTORY_DEVICES,
    INVENTORY_HOLDS,
    INVENTORY_RECONDITIONING,
    INVENTORY_REFILLS,
    INVENTORY_REFUSALS,
    INVENTORY_RESERVATIONS,
    INVENTORY_STOCK_MOVES,
    INVENTORY_STOCKTAKINGS,
    INVENTORY_SUPPLIER_RETURNS,
    REGION_INVENTORY,
)
from kvitt_contracts.topics.notifications import (
    NOTIFICATIONS_EMAILS,
    NOTIFICATIONS_MESSAGES,
    NOTIFICATIONS_NEWS,
    NOTIFICATIONS_PREFERENCES,
    REGION_EVENTS,
)
from kvitt_contracts.topics.orders import (
    ORDERS_BASKET_LOANS,
    ORDERS_BLOCKS,
    ORDERS_CASES,
    ORDERS_CONSENTS,
    ORDERS_CUSTOMER_ORDERS,
    ORDERS_FAULT_REPORTS,
    ORDERS_PERSONS,
    ORDERS_PICKUPS,
    ORDERS_PURCHASE_ORDERS,
    ORDERS_REFUSALS,
    ORDERS_SUPPLIERS,
    ORDERS_TEMPLATES,
    ORDERS_UNITS,
    ORDERS_USERS,
    ORDERS_WORK_ORDERS,
    REGION_ORDERS,
    REGION_PERSONS,
)

__all__ = [
    "BILLING_CHARGES",
    "BILLING_HOME_REGION_CASES",
    "BILLING_INVOICES",
    "BILLING_INVOICE_RUNS",
    "BILLING_LEDGER_ENTRIES",
    "BILLING_LEDGER_PERIODS",
    "BILLING_REFUSALS",
    "BILLING_REGION_SALES",
    "BILLING_SUPPLIER_INVOICES",
    "BMB_REFUSALS",
    "BMB_RESPONSIBLES",
    "BMB_TRANSFERS",
    "CATALOGUE",
    "COMING",
    "DAYS_14",
    "FOR_EVER",
    "INVENTORY_ARTICLES",
    "INVENTORY_CLAIMS",
    "INVENTORY_DAYS",
    "INVENTORY_DEVICES",
    "INVENTORY_HOLDS",
    "INVENTORY_RECONDITIONING",
    "INVENTORY_REFILLS",
    "INVENTORY_REFUSALS",
    "INVENTORY_RESERVATIONS",
    "INVENTORY_STOCKTAKINGS",
    "INVENTORY_STOCK_MOVES",
    "INVENTORY_SUPPLIER_RETURNS",
    "NOTIFICATIONS_EMAILS",
    "NOTIFICATIONS_MESSAGES",
    "NOTIFICATIONS_NEWS",
    "NOTIFICATIONS_PREFERENCES",
    "ORDERS_BASKET_LOANS",
    "ORDERS_BLOCKS",
    "ORDERS_CASES",
    "ORDERS_CONSENTS",
    "ORDERS_CUSTOMER_ORDERS",
    "ORDERS_FAULT_REPORTS",
    "ORDERS_PERSONS",
    "ORDERS_PICKUPS",
    "ORDERS_PURCHASE_ORDERS",
    "ORDERS_REFUSALS",
    "ORDERS_SUPPLIERS",
    "ORDERS_TEMPLATES",
    "ORDERS_UNITS",
    "ORDERS_USERS",
    "ORDERS_WORK_ORDERS",
    "REGION",
    "REGION_BILLING",
    "REGION_BMB",
    "REGION_EVENTS",
    "REGION_INVENTORY",
    "REGION_ORDERS",
    "REGION_PERSONS",
    "SERVICES",
    "Topic",
    "catalogue",
    "consumed_by",
    "for_region",
    "groups_of",
]

CATALOGUE: tuple[Topic, ...] = (
    ORDERS_PERSONS,
    ORDERS_UNITS,
    ORDERS_USERS,
    ORDERS_CUSTOMER_ORDERS,
    ORDERS_FAULT_REPORTS,
    ORDERS_PICKUPS,
    ORDERS_WORK_ORDERS,
    ORDERS_PURCHASE_ORDERS,
    ORDERS_SUPPLIERS,
    ORDERS_BLOCKS,
    ORDERS_CASES,
    ORDERS_CONSENTS,
    ORDERS_BASKET_LOANS,
    ORDERS_TEMPLATES,
    ORDERS_REFUSALS,
    BMB_TRANSFERS,
    BMB_RESPONSIBLES,
    BMB_REFUSALS,
    INVENTORY_ARTICLES,
    INVENTORY_RESERVATIONS,
    INVENTORY_HOLDS,
    INVENTORY_CLAIMS,
    INVENTORY_DEVICES,
    INVENTORY_STOCK_MOVES,
    INVENTORY_REFILLS,
    INVENTORY_RECONDITIONING,
    INVENTORY_SUPPLIER_RETURNS,
    INVENTORY_DAYS,
    INVENTORY_STOCKTAKINGS,
    INVENTORY_REFUSALS,
    BILLING_CHARGES,
    BILLING_INVOICES,
    BILLING_INVOICE_RUNS,
    BILLING_SUPPLIER_INVOICES,
    BILLING_REGION_SALES,
    BILLING_HOME_REGION_CASES,
    BILLING_LEDGER_ENTRIES,
    BILLING_LEDGER_PERIODS,
    BILLING_REFUSALS,
    NOTIFICATIONS_MESSAGES,
    NOTIFICATIONS_EMAILS,
    NOTIFICATIONS_NEWS,
    NOTIFICATIONS_PREFERENCES,
    REGION_PERSONS,
    REGION_ORDERS,
    REGION_BMB,
    REGION_INVENTORY,
    REGION_BILLING,
    REGION_EVENTS,
)
"""Every topic; those of regions with `<code>` in the place of the region's code."""

COMING: frozenset[type[Message]] = frozenset(
    message for topic in (*CATALOGUE, *coming.TOPICS) for message in topic.coming
)
"""Every reserved type: declared, with schema and example, and not in use.

One leaves with its producer and every reader's handler (decision 0170). Until then an inbound one
is refused, and a domain one parks its key.
"""


def catalogue(codes: Sequence[str]) -> tuple[Topic, ...]:
    """Every topic for these regions, names and principals filled in."""
    return tuple(filled for topic in CATALOGUE for filled in _filled(topic, codes))


def for_region(topic: Topic, code: str) -> Topic:
    """A region's own copy of a topic that exists per region."""
    return replace(
        topic,
        name=topic.name.replace(REGION, code),
        writers=frozenset(name.replace(REGION, code) for name in topic.writers),
        readers=frozenset(name.replace(REGION, code) for name in topic.readers),
    )


def consumed_by(service: str, codes: Sequence[str]) -> tuple[Topic, ...]:
    """What a service subscribes to, sorted by name."""
    return tuple(
        sorted(
            (t for t in catalogue(codes) if service in t.consumers), key=lambda topic: topic.name
        )
    )


def groups_of(service: str, codes: Sequence[str]) -> dict[str, tuple[Topic, ...]]:
    """The consumer groups of a service by name, each with the topics that it subscribes to."""
    groups: dict[str, tuple[Topic, ...]] = {service: ()}
    for topic in consumed_by(service, codes):
        group = topic.group_of(service)
        groups[group] = (*groups.get(group, ()), topic)
    return groups


def _filled(topic: Topic, codes: Sequence[str]) -> list[Topic]:
    return [for_region(topic, code) for code in codes] if topic.is_per_region else [topic]
