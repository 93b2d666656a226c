"""Users of the month's regions whom one may log in to the portal as: one of each role."""

from collections.abc import Iterator

from kvitt_contracts.access import Grantee

from kvitt.local.problems import LocalProblem
from kvitt.local.supervisor import LocalSystem
from kvitt.region_system import Json, RegionSystem

_ROLES = {
    Grantee.PRESCRIBER: "prescriber",
    Grantee.REQUESTER: "requester",
    Grantee.CUSTOMER_SERVICE: "customer service",
    Grantee.TECHNICIAN: "technician",
    Grantee.FINANCE: "finance",
    Grantee.ASSORTMENT_MANAGER: "assortment manager",
}


def users_to_log_in_as(system: LocalSystem) -> Iterator[str]:
    """A line for each region that has users: an active one of each role, by the register."""
    for region in system.regions:
        found: dict[str, str] = {}
        for user in _users(system, region):
            for role in (*user["roles"], *(user.get("duties") or ())):
                if user["active"]:
                    found.setdefault(role, user["user_id"])
        named = [f"{found[role]} ({said})" for role, said in _ROLES.items() if role in found]
        if named:
            yield f"region {region}: log in as {', '.join(named)}"


def _users(system: LocalSystem, region: str) -> list[Json]:
    try:
        return list(RegionSystem.of(system.state.directory, region).all("orders", "/users"))
    except LocalProblem:
        return []  # the portal's own page says what is wrong
