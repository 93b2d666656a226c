"""Who may do what: each act with the roles that may do it, and how far each role reaches (REF-18).

The one table. The chassis enforces it for HTTP and for what regions command; a route or a command
that is in no row does not start. `make access` prints it.
"""

from typing import Final

from kvitt_contracts.access import billing, bmb, inventory, notifications, orders
from kvitt_contracts.access.acts import (
    DUTIES,
    IN_REGISTER,
    IN_TOKENS,
    OF_DUTIES,
    Act,
    ByMessage,
    Grantee,
    Reach,
    grantees_of,
)
from kvitt_contracts.access.admin import ADMIN
from kvitt_contracts.topic import SERVICES

__all__ = [
    "ACTS",
    "DUTIES",
    "IN_REGISTER",
    "IN_TOKENS",
    "OF_DUTIES",
    "Act",
    "ByMessage",
    "Grantee",
    "Reach",
    "acts_of",
    "grantees_of",
]

ACTS: Final[tuple[Act, ...]] = (
    *orders.ACTS,
    *bmb.ACTS,
    *inventory.ACTS,
    *billing.ACTS,
    *notifications.ACTS,
    *(
        Act(name=f"{service}.admin.{name}", service=service, route=route, granted=granted)
        for service in SERVICES
        for route, (name, granted) in ADMIN.items()
    ),
)
"""Every act of every service."""


def acts_of(service: str) -> tuple[Act, ...]:
    """Every act of one service."""
    return tuple(act for act in ACTS if act.service == service)
