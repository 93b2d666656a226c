"""The page on who may do what, of the table of access. `generate` writes it; run as a module, this
prints it.
"""

import sys

from kvitt_contracts.access import ACTS, DUTIES, IN_REGISTER, IN_TOKENS, Act, Grantee
from kvitt_contracts.topic import SERVICES

_NAMES = {
    Grantee.REGION_SYSTEM: "region's system",
    Grantee.CUSTOMER_SERVICE: "customer service",
    Grantee.UNIT_HEAD: "head of a unit",
    Grantee.ASSORTMENT_MANAGER: "assortment manager",
    Grantee.LOG_REVIEWER: "log reviewer",
}


def page() -> str:
    """The whole page as Markdown."""
    services = (_section(f"## {name}", _own(name)) for name in SERVICES)
    return "\n".join([_INTRODUCTION, *services, _section(_OPERATORS, _operated()), _AFTER])


def _own(service: str) -> list[Act]:
    return [act for act in ACTS if act.service == service and not _is_operated(act)]


def _operated() -> list[Act]:
    """What every service has for who operates it, once."""
    return [act for act in ACTS if act.service == SERVICES[0] and _is_operated(act)]


def _is_operated(act: Act) -> bool:
    return act.name.startswith(f"{act.service}.admin.")


def _section(heading: str, acts: list[Act]) -> str:
    columns = [one for one in Grantee if any(one in act.granted for act in acts)]
    head = ["route", "a region's command", *(_NAMES.get(one, one.value) for one in columns)]
    with_commands = any(act.message for act in acts)
    rows = [head, ["---"] * len(head), *(_cells(act, columns) for act in acts)]
    shown = rows if with_commands else [[row[0], *row[2:]] for row in rows]
    return "\n".join([heading, "", *(f"| {' | '.join(row)} |" for row in shown), ""])


def _cells(act: Act, columns: list[Grantee]) -> list[str]:
    command = f"`{act.message.command.wire_type}`" if act.message else ""
    reaches = (act.granted.get(one) for one in columns)
    route = f"`{act.route}`" if act.route else ""
    return [route, command, *(reach.value if reach else "–" for reach in reaches)]


def _list(grantees: list[str]) -> str:
    *others, last = (f"`{one}`" for one in sorted(grantees))
    return f"{', '.join(others)} and {last}"


_INTRODUCTION = f"""\
<!-- Written by `python -m kvitt_contracts.generate` from the table of access; edit that. -->
# Who may do what

The table of access (REF-18), printed by `make access`: each act with the roles that may do it, and
how far each reaches. It is data, `contracts/kvitt_contracts/access/`; the chassis asks it before
a body is read and before a region's command is handled, and filters lists by it in the statement.
What is in no row is denied to everybody, and a route or a command without a row does not start.

- **Roles** {_list([one.value for one in IN_REGISTER.values()])} are what the register
  of users says of an active user; {_list([one.value for one in IN_TOKENS])} are what a
  token says, where its issuer may. A user who is unknown, inactive, or without a role and a duty
  may do nothing.
- **Duties** {_list(list(DUTIES))} are what the register says besides, whatever
  the roles. `unit_head` applies for the access of the unit's users, `technician` visits, repairs
  and makes fit again, `finance` bills, pays and keeps the accounts, `assortment_manager` keeps
  articles, news and what is told of them, `log_reviewer` reviews the log of persons; each reads
  what that needs, and no more.
- **Reach** `own`: what names the caller. `units`: besides, what belongs to the caller's service
  points, their stores and their payers. `region`: all of the caller's region. `platform`: every
  region.
- An act that is not granted is 403, or a refusal to the region that commanded it. What is out of
  reach is 404, as what does not exist.
"""

_OPERATORS = "## Operating, on each service's admin port"

_AFTER = """\
## What a user may besides

The rules of `docs/domain.md` judge the part that somebody has in what they act upon: who holds the
order, who sends and who receives a transfer. The table says only who comes as far as the rule.
"""


if __name__ == "__main__":
    sys.stdout.write(page())
