"""Which act of the table of access a service is asked for by an address."""

import re
from functools import cache
from typing import Final

from kvitt_contracts.access import acts_of
from kvitt_contracts.access.acts import Act

_NAMED: Final = re.compile(r"\{\w+\}")


def act_at(service: str, method: str, path: str) -> Act | None:
    """The act of a service's route; None for an address that the table has no row of."""
    asked = f"{method} {path}"
    return next((act for route, act in _routes(service) if route.fullmatch(asked)), None)


@cache
def _routes(service: str) -> tuple[tuple[re.Pattern[str], Act], ...]:
    """A pattern of each route, those that name least ahead of others."""
    acts = [act for act in acts_of(service) if act.route is not None]
    return tuple(
        (_pattern(act.route or ""), act)
        for act in sorted(acts, key=lambda act: (act.route or "").count("{"))
    )


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(re.escape(part) for part in _NAMED.split(route)))
