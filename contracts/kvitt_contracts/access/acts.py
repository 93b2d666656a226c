"""What a row of the table is made of: whom an act is granted to, and how far each reaches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import Role, UserId, Word


class Grantee(StrEnum):
    """Who an act is granted to: what a user is by the register, or what a token alone can say."""

    PRESCRIBER = "prescriber"
    REQUESTER = "requester"
    CUSTOMER_SERVICE = "customer_service"
    UNIT_HEAD = "unit_head"
    TECHNICIAN = "technician"
    FINANCE = "finance"
    ASSORTMENT_MANAGER = "assortment_manager"
    LOG_REVIEWER = "log_reviewer"
    REGION_SYSTEM = "region_system"
    SERVICE = "service"
    OPS = "ops"
    PLATFORM = "platform"


IN_TOKENS: Final = frozenset(
    {Grantee.REGION_SYSTEM, Grantee.SERVICE, Grantee.OPS, Grantee.PLATFORM}
)
"""What a token says of its holder; a user of the register is never one of these. `service` is one
of our own services, whose tokens are for the one that it asks and for no other.
"""

IN_REGISTER: Final[Mapping[Role, Grantee]] = {
    Role.PRESCRIBER: Grantee.PRESCRIBER,
    Role.REQUESTER: Grantee.REQUESTER,
    Role.CUSTOMER_SERVICE: Grantee.CUSTOMER_SERVICE,
}
"""What the register of users says of somebody; a token cannot."""

# decisions 0363 and 0507: a duty is granted acts as a role is, and customer service keeps its own
OF_DUTIES: Final[Mapping[Word, Grantee]] = {
    Word(one.value): one
    for one in (
        Grantee.UNIT_HEAD,
        Grantee.TECHNICIAN,
        Grantee.FINANCE,
        Grantee.ASSORTMENT_MANAGER,
        Grantee.LOG_REVIEWER,
    )
}
"""What a region may state that a user is besides, whatever their roles (REF-18)."""

DUTIES: Final = frozenset(OF_DUTIES)


class Reach(StrEnum):
    """How far a role reaches with an act, the nearest first.

    `own`: what names the caller. `units`: besides, what belongs to the caller's service points,
    their stores and their payers. `region`: all of the region. `platform`: all regions.
    """

    OWN = "own"
    UNITS = "units"
    REGION = "region"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class ByMessage:
    """A command from a region's topic. Who acts is named by the first of the fields `actors` that
    is given.
    """

    command: type[Command]
    actors: tuple[str, ...] = ("by",)

    def field(self, command: Command) -> str:
        """The field that says who acts by a command."""
        return next(name for name in self.actors if getattr(command, name) is not None)

    def actor(self, command: Command) -> UserId:
        """Who acts by a command."""
        actor: UserId = getattr(command, self.field(command))
        return actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row. `route` is `POST /transfers/{transfer_id}:accept`, None for what has no route.

    Who lacks it is refused with `reason` and `rule`.
    """

    name: str
    service: str
    route: str | None = None
    message: ByMessage | None = None
    granted: Mapping[Grantee, Reach] = field(hash=False)
    rule: str = "REF-18"
    reason: str = "FORBIDDEN"

    @property
    def only_reads(self) -> bool:
        """True of an act that shows something and changes nothing."""
        return self.route is not None and self.route.startswith("GET ")

    def reach_of(self, grantees: Iterable[Grantee]) -> Reach | None:
        """The farthest reach of whoever is all of these; None: they may not do it."""
        found = {self.granted[one] for one in grantees if one in self.granted}
        return max(found, key=_ORDER.index, default=None)


_ORDER = tuple(Reach)

CARE = {Grantee.PRESCRIBER: Reach.UNITS, Grantee.REQUESTER: Reach.UNITS}
STAFF = {Grantee.CUSTOMER_SERVICE: Reach.REGION}
SYSTEM = {Grantee.REGION_SYSTEM: Reach.REGION}
ASKS = {Grantee.SERVICE: Reach.REGION}
OPERATES = {Grantee.OPS: Reach.REGION, Grantee.PLATFORM: Reach.PLATFORM}

WORKS = {**CARE, **STAFF}
READS = {**WORKS, **SYSTEM}
LOOKS_UP = dict.fromkeys((*CARE, *STAFF, *SYSTEM), Reach.REGION)
HEADS = {Grantee.UNIT_HEAD: Reach.UNITS, **STAFF}
MINE = {**CARE, Grantee.CUSTOMER_SERVICE: Reach.UNITS}
REVIEWS = {Grantee.LOG_REVIEWER: Reach.REGION}
"""What who reviews the log does, and nobody else (REF-18p)."""
OF_HEADS_TOO = {**MINE, Grantee.UNIT_HEAD: Reach.UNITS}

# decision 0537: who works in the region's own departments reaches all of it, by few acts
REPAIRS = {Grantee.TECHNICIAN: Reach.REGION}
"""What technicians do: visits, repairs, devices made fit again."""
PAYS = {Grantee.FINANCE: Reach.REGION}
"""What finance does: what is billed, what is paid, and the accounts."""
KEEPS = {Grantee.ASSORTMENT_MANAGER: Reach.REGION}
"""What who keeps the assortment does: articles, and what is told of them."""
DEPARTMENTS = {**REPAIRS, **PAYS, **KEEPS}
EVERY_DUTY = {Grantee.UNIT_HEAD: Reach.REGION, **DEPARTMENTS, **REVIEWS}
"""What also who has a duty alone looks up, though they neither prescribe nor order."""


def routes(
    service: str, rows: Mapping[str, tuple[str, Mapping[Grantee, Reach]]]
) -> tuple[Act, ...]:
    """Rows of a service: by each route the act's name, and whom it is granted to."""
    return tuple(
        Act(name=name, service=service, route=route, granted=granted)
        for route, (name, granted) in rows.items()
    )


def sends(service: str) -> Act:
    """The row of what a region's own system sends to a service over HTTP, in place of Kafka: each
    command in it is asked its own row besides, of who acts.
    """
    return Act(
        name=f"{service}.region-messages.send",
        service=service,
        route="POST /region-messages",
        granted=SYSTEM,
    )


def command(
    name: str,
    route: str,
    command: type[Command],
    granted: Mapping[Grantee, Reach],
    *,
    actors: tuple[str, ...] = ("by",),
    rule: str = "REF-18",
    reason: str = "FORBIDDEN",
) -> Act:
    """A row of what is asked by a route, and commanded by a region."""
    return Act(
        name=name,
        service=name.split(".")[0],
        route=route,
        message=ByMessage(command, actors),
        granted=granted,
        rule=rule,
        reason=reason,
    )
