"""What is denied to somebody: each time recorded once, as a line of the log and a count (REF-18i).
Who is denied what is not decided here.
"""

import logging
from enum import StrEnum

from kvitt_contracts.access import Act
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, UserId

from kvitt_chassis import metrics

log = logging.getLogger(__name__)

WAY_ON = "Be enhetschefen om behörighet."

DENIED = metrics.declare(
    "counter",
    "access_denied_total",
    "Acts that were denied, by region, act and why: no valid token, no role, or out of reach",
    "One user, many acts: somebody tries doors; one act, many users: a role lacks its row",
    ("region", "act", "why"),
    silent="nobody was denied anything since the process began",
)


class Why(StrEnum):
    """Why an act is denied. `reach`: the thing is not there, or is another's."""

    TOKEN = "token"
    ROLE = "role"
    REACH = "reach"


class NotGranted(Refused):
    """A region's command that the table of access does not grant to who acts by it."""

    def __init__(self, act: Act, *, actor: UserId, field: str) -> None:
        super().__init__(act.reason, rule=act.rule, field=field, way_on=WAY_ON)
        self.act = act
        self.actor = actor


# decision 0272: what is denied is recorded once: a line and a count
def record(
    service: str,
    why: Why,
    *,
    act: str = "-",
    region: RegionCode | None = None,
    user: UserId | None = None,
    reason: str | None = None,
) -> None:
    """Record one denial: the act's name, and the caller where they are known."""
    DENIED.labels(service, region or metrics.NO_REGION, act, why).inc()
    about = {"act": act, "region": region, "user": user, "reason": reason}
    log.warning(_LINES[why], extra={name: value for name, value in about.items() if value})


def record_refused(service: str, region: RegionCode, refused: NotGranted) -> None:
    """Record that a region's command was denied to who acts by it."""
    record(
        service,
        Why.ROLE,
        act=refused.act.name,
        region=region,
        user=refused.actor,
        reason=refused.reason,
    )


_LINES = {
    Why.TOKEN: "a caller without a valid token was denied",
    Why.ROLE: "an act was denied to who lacks a role for it",
    Why.REACH: "an act was denied upon what is not there, or out of reach",
}
